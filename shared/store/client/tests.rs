use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, future},
};
use aws_sdk_dynamodb::{config::http::HttpResponse, types::AttributeValue};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion,
    http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
        http_client_fn,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{
    DateTime, body::SdkBody, date_time::Format, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_types::{
    region::Region,
    sdk_config::{SharedTimeSource, TimeSource},
};

use super::*;

const REGION: &str = "ap-northeast-2";

/// What was sent.
#[derive(Clone, Debug)]
struct Request {
    uri: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Keeps what is sent, and answers an empty object; before that, as often as it is told, that it
/// cannot.
#[derive(Clone, Debug, Default)]
struct Sent {
    requests: Arc<Mutex<Vec<Request>>>,
    failures: usize,
}

impl HttpConnector for Sent {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let body = request.body().bytes().unwrap().to_vec();
        let mut requests = self.requests.lock().unwrap();
        requests.push(Request { uri: request.uri().to_owned(), headers, body });
        let status: u16 = if requests.len() > self.failures { 200 } else { 500 };
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from("{}"));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

impl Request {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// When it says that it was signed.
    fn signed_at(&self) -> SystemTime {
        let date = self.header("x-amz-date");
        let (day, time) = date.split_once('T').unwrap();
        let text = format!(
            "{}-{}-{}T{}:{}:{}Z",
            &day[..4],
            &day[4..6],
            &day[6..],
            &time[..2],
            &time[2..4],
            &time[4..6]
        );
        DateTime::from_str(&text, Format::DateTime).unwrap().try_into().unwrap()
    }

    /// The key that it says it was signed by.
    fn signed_by(&self) -> &str {
        let named = self.header("authorization").split("Credential=").nth(1).unwrap();
        named.split('/').next().unwrap()
    }

    /// The signature that `body` would have with this request's headers.
    fn signature_of(&self, body: &[u8]) -> String {
        let identity = credentials(self.signed_by()).into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name("dynamodb")
            .time(self.signed_at())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let signed = self.header("authorization").split("SignedHeaders=").nth(1).unwrap();
        let signed: Vec<_> = signed.split(',').next().unwrap().split(';').collect();
        let headers = self.headers.iter().filter(|(name, _)| signed.contains(&name.as_str()));
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_str()));
        let body = SignableBody::Bytes(body);
        let request = SignableRequest::new("POST", self.uri.as_str(), headers, body).unwrap();
        sign(request, &params).unwrap().into_parts().1
    }
}

/// Each key has a secret of its own.
fn credentials(key: &str) -> Credentials {
    Credentials::new(key, format!("secret of {key}"), None, None, "test")
}

fn client_of(sent: &Sent, endpoint: Option<&str>) -> Client {
    let mut sdk = sdk_of(sent);
    sdk.set_endpoint_url(endpoint.map(str::to_owned));
    client(&sdk.build())
}

/// As a function's: `platform/aws.rs`.
fn sdk_of(sent: &Sent) -> aws_types::sdk_config::Builder {
    let connector = SharedHttpConnector::new(sent.clone());
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials("AKIDEXAMPLE")))
        .disable_clock_skew_correction(true)
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .http_client(http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| {
            connector.clone()
        }))
}

async fn sent(endpoint: Option<&str>) -> Vec<Request> {
    let sent = Sent::default();
    let client = client_of(&sent, endpoint);
    client.get_item().table_name("first").send().await.unwrap();
    client.delete_item().table_name("second").send().await.unwrap();
    let sent = sent.requests.lock().unwrap();
    sent.clone()
}

#[tokio::test]
async fn calls_go_where_the_rules_say() {
    let own = sent(None).await;
    assert_eq!(own.len(), 2);
    for request in own {
        assert_eq!(request.uri, "https://dynamodb.ap-northeast-2.amazonaws.com/");
    }
    for request in sent(Some("http://127.0.0.1:8000")).await {
        assert_eq!(request.uri, "http://127.0.0.1:8000/");
    }
}

#[tokio::test]
async fn calls_carry_what_dynamodb_needs_and_little_else() {
    for mut request in sent(None).await {
        request.headers.sort();
        let names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
        let needed = ["amz-sdk-invocation-id", "authorization", "content-length", "content-type"];
        assert_eq!(names, [&needed[..], &["x-amz-date", "x-amz-target"]].concat());
        // Region and service are right without the endpoint's word for them.
        let signature = request.header("authorization");
        assert!(signature.contains("/ap-northeast-2/dynamodb/aws4_request,"), "{signature}");
    }
}

/// By our signer, and (of a tool, whose clock may be wrong) by the SDK's.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the call itself is looked at, not what it does")]
async fn what_is_signed_is_what_is_sent() {
    for size in [0, 1, 55, 64, 65, 4_096, 300_000] {
        for is_tool in [false, true] {
            let sent = Sent { failures: 1, ..Sent::default() };
            let client = client(&sdk_of(&sent).disable_clock_skew_correction(!is_tool).build());
            let text = AttributeValue::S("시".repeat(size));
            client.put_item().table_name("first").item("pk", text).send().await.unwrap();
            let requests = sent.requests.lock().unwrap();
            assert_eq!(requests.len(), 2, "{size}");
            for request in requests.iter() {
                let signed = request.header("authorization");
                let due = request.signature_of(&request.body);
                assert!(signed.ends_with(&format!("Signature={due}")), "{size}: {signed}");
                let other = request.signature_of(b"{}");
                assert!(!signed.ends_with(&format!("Signature={other}")), "{size}: {signed}");
            }
        }
    }
}

/// A clock that a test moves.
#[derive(Clone, Debug)]
struct Moved(Arc<Mutex<SystemTime>>);

impl TimeSource for Moved {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }
}

/// Gives credentials that are good for a quarter of an hour, each time others.
#[derive(Debug)]
struct Expiring {
    clock: Moved,
    given: Mutex<u32>,
}

impl ProvideCredentials for Expiring {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let mut given = self.given.lock().unwrap();
        *given += 1;
        let mut credentials = credentials(&format!("AKID{given}"));
        *credentials.expiry_mut() = Some(self.clock.now() + Duration::from_secs(900));
        future::ProvideCredentials::ready(Ok(credentials))
    }
}

/// The key of the day is kept between two calls: not beyond the credentials, nor beyond midnight.
#[tokio::test]
async fn a_call_is_signed_with_the_credentials_and_the_day_of_its_moment() {
    // 2026-11-30, 23:30 UTC.
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_081_400);
    let clock = Moved(Arc::new(Mutex::new(start)));
    let sent = Sent::default();
    let provider = Expiring { clock: clock.clone(), given: Mutex::default() };
    let sdk = sdk_of(&sent).credentials_provider(SharedCredentialsProvider::new(provider));
    let client = client(&sdk.time_source(SharedTimeSource::new(clock.clone())).build());
    for (minutes, key, day) in [
        (0, "AKID1", "20261130"),
        (1, "AKID1", "20261130"),
        (16, "AKID2", "20261130"),
        (29, "AKID2", "20261130"),
        (30, "AKID2", "20261201"),
        (31, "AKID3", "20261201"),
        (32, "AKID3", "20261201"),
        (24 * 60, "AKID4", "20261201"),
        (24 * 60 + 30, "AKID5", "20261202"),
    ] {
        *clock.0.lock().unwrap() = start + Duration::from_secs(minutes * 60);
        client.get_item().table_name("first").send().await.unwrap();
        let request = sent.requests.lock().unwrap().pop().unwrap();
        let signed = request.header("authorization");
        let scope = format!("Credential={key}/{day}/{REGION}/dynamodb/aws4_request,");
        assert!(signed.contains(&scope), "{minutes}: {signed}");
        let due = request.signature_of(&request.body);
        assert!(signed.ends_with(&format!("Signature={due}")), "{minutes}: {signed}");
    }
}

/// A tool without timeouts would wait for a stalled answer for ever.
#[test]
fn stalled_streams_are_watched_where_nothing_else_ends_an_attempt() {
    let watched = |times: TimeoutConfig| {
        let sdk = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
        let client = client(&sdk.timeout_config(times).build());
        let watch = client.config().stalled_stream_protection().cloned();
        watch.is_none_or(|watch| watch.download_enabled() && watch.upload_enabled())
    };
    let attempt = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(2));
    assert!(!watched(attempt.build()));
    assert!(watched(TimeoutConfig::disabled()));
    let connect = TimeoutConfig::builder().connect_timeout(Duration::from_secs(1));
    assert!(watched(connect.build()));
}
