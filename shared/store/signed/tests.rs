use std::sync::{Arc, Mutex};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion,
    http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
        http_client_fn,
    },
    runtime_components::RuntimeComponents,
};
use aws_types::region::Region;

use super::*;

/// Keeps what is sent, and answers with these statuses in turn, the last for ever.
#[derive(Clone, Debug)]
struct Stand {
    sent: Arc<Mutex<Vec<Request<Vec<u8>>>>>,
    statuses: Arc<Mutex<Vec<u16>>>,
}

impl HttpConnector for Stand {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = request.try_into_http1x().unwrap();
        let request = request.map(|body| body.bytes().unwrap_or_default().to_vec());
        self.sent.lock().unwrap().push(request);
        let mut statuses = self.statuses.lock().unwrap();
        let status = if statuses.len() > 1 { statuses.remove(0) } else { statuses[0] };
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from("said"));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

async fn send(
    service: Service,
    endpoint: Option<&str>,
    statuses: &[u16],
) -> (Answer, Vec<Request<Vec<u8>>>) {
    let stand = Stand { sent: Arc::default(), statuses: Arc::new(Mutex::new(statuses.to_vec())) };
    let connector = SharedHttpConnector::new(stand.clone());
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".into()), None, "test");
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("ap-northeast-2"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .http_client(http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| {
            connector.clone()
        }));
    sdk.set_endpoint_url(endpoint.map(str::to_owned));
    let call = Call {
        method: Method::PUT,
        path: "/a/b%2Fc".to_owned(),
        headers: vec![("x-amz-target", "secretsmanager.GetSecretValue".to_owned())],
        body: b"body".to_vec(),
    };
    let now = Instant::from_millis(1_440_938_160_000);
    let answer = Signed::new(&sdk.build(), service).send(call, now).await.unwrap();
    let sent = std::mem::take(&mut *stand.sent.lock().unwrap());
    (answer, sent)
}

#[tokio::test]
async fn a_call_is_signed_for_its_service_at_its_time() {
    for (service, name) in [(Service::SecretsManager, "secretsmanager"), (Service::S3, "s3")] {
        let (answer, sent) = send(service, None, &[200]).await;
        assert!(answer.is_success() && answer.body == b"said");
        let [request] = &sent[..] else { panic!("{sent:?}") };
        let address = format!("https://{name}.ap-northeast-2.amazonaws.com/a/b%2Fc");
        assert_eq!(request.uri().to_string(), address);
        assert_eq!((request.method(), &request.body()[..]), (&Method::PUT, &b"body"[..]));
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap());
        let scope = format!("AKIDEXAMPLE/20150830/ap-northeast-2/{name}/aws4_request");
        assert!(header("authorization").unwrap().contains(&scope));
        assert_eq!(header("x-amz-date"), Some("20150830T123600Z"));
        assert_eq!(header("x-amz-security-token"), Some("token"));
        assert_eq!(header("x-amz-target"), Some("secretsmanager.GetSecretValue"));
        // S3 wants the hash of the body said.
        let hash = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
        let said = (service == Service::S3).then_some(hash);
        assert_eq!(header("x-amz-content-sha256"), said);
    }
    let (_, sent) = send(Service::S3, Some("http://127.0.0.1:4566/"), &[200]).await;
    assert_eq!(sent[0].uri().to_string(), "http://127.0.0.1:4566/a/b%2Fc");
}

#[tokio::test]
async fn a_call_that_met_a_bad_moment_is_made_again_and_a_refusal_is_not() {
    for (statuses, status, calls) in [
        (&[503, 200][..], 200, 2),
        (&[429, 500, 200], 200, 3),
        (&[503], 503, 3),
        (&[400, 200], 400, 1),
        (&[404, 200], 404, 1),
    ] {
        let (answer, sent) = send(Service::SecretsManager, None, statuses).await;
        assert_eq!((answer.status, sent.len()), (status, calls), "{statuses:?}");
        assert_eq!(answer.is_success(), status == 200);
    }
}
