use std::time::Duration;

use aws_runtime::{auth::HttpSignatureType, auth::sigv4::SigV4AuthScheme};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_types::{Document, body::SdkBody, config_bag::Layer};
use aws_types::{
    region::Region,
    sdk_config::{SharedTimeSource, TimeSource},
};

use super::*;

/// 2026-11-30, 23:59:59 UTC.
const BEFORE_MIDNIGHT: u64 = 1_796_083_199;

#[derive(Clone, Copy, Debug)]
struct At(SystemTime);

impl TimeSource for At {
    fn now(&self) -> SystemTime {
        self.0
    }
}

/// One call, and all that decides its signature.
#[derive(Clone, Debug)]
struct Case {
    at: SystemTime,
    credentials: Credentials,
    region: &'static str,
    service: &'static str,
    method: &'static str,
    uri: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
    options: SigningOptions,
    corrects_clock: bool,
    payload: Option<PayloadSigningOverride>,
    rules: Option<(&'static str, Document)>,
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn credentials(secret: &str, token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", secret, token.map(str::to_owned), None, "test")
}

/// A call as the tables' client makes them.
fn usual() -> Case {
    Case {
        at: at(BEFORE_MIDNIGHT),
        credentials: credentials("secret", Some("IQoJb3JpZ2luX2VjEJr//+/=")),
        region: "ap-northeast-2",
        service: "dynamodb",
        method: "POST",
        uri: "https://dynamodb.ap-northeast-2.amazonaws.com/",
        headers: vec![
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", "DynamoDB_20120810.UpdateItem"),
            ("content-length", "14"),
            ("amz-sdk-invocation-id", "01938f3c-7e2a-7000-8000-00000000000a"),
        ],
        body: "{\"Key\":\"시계\"}",
        options: SigningOptions::default(),
        corrects_clock: false,
        payload: None,
        rules: None,
    }
}

impl Case {
    fn request(&self) -> HttpRequest {
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method(self.method).unwrap();
        request.set_uri(self.uri).unwrap();
        for (name, value) in &self.headers {
            request.headers_mut().append(*name, (*value).to_owned());
        }
        request
    }

    fn config(&self) -> ConfigBag {
        let mut layer = Layer::new("case");
        layer.store_put(SigV4OperationSigningConfig {
            signing_options: self.options.clone(),
            ..SigV4OperationSigningConfig::default()
        });
        layer.store_put(SigningRegion::from(Region::from_static(self.region)));
        layer.store_put(SigningName::from_static(self.service));
        layer.store_put(DisableClockSkewCorrection::from(!self.corrects_clock));
        if let Some(payload) = &self.payload {
            layer.store_put(payload.clone());
        }
        ConfigBag::of_layers(vec![layer])
    }

    fn endpoint(&self) -> Option<Document> {
        let (name, value) = self.rules.clone()?;
        Some(Document::Object([(name.to_owned(), value)].into()))
    }

    fn stamp(&self) -> Stamp {
        Stamp::of(self.at)
    }

    fn scope(&self) -> Scope<'_> {
        let Self { credentials, region, service, .. } = self;
        Scope { credentials, region, service }
    }

    /// Whether our own signature is made, not the SDK's.
    fn is_ours(&self, signer: &Signer) -> bool {
        let identity = Identity::from(self.credentials.clone());
        let config = self.config();
        let endpoint = self.endpoint();
        let endpoint = AuthSchemeEndpointConfig::from(endpoint.as_ref());
        let scope = Scope::of(&identity, &endpoint, &config);
        let made =
            scope.and_then(|scope| signer.authorization(&self.request(), scope, &self.stamp()));
        made.is_some()
    }

    /// The request as `signer` leaves it: where it goes, and its headers.
    fn signed_by(&self, signer: &dyn Sign) -> (String, Vec<(String, String)>) {
        let mut request = self.request();
        let time = SharedTimeSource::new(At(self.at));
        let components = RuntimeComponentsBuilder::for_tests().with_time_source(Some(time));
        let endpoint = self.endpoint();
        signer
            .sign_http_request(
                &mut request,
                &Identity::from(self.credentials.clone()),
                AuthSchemeEndpointConfig::from(endpoint.as_ref()),
                &components.build().unwrap(),
                &self.config(),
            )
            .unwrap();
        let headers = request.headers().iter();
        let mut headers: Vec<_> =
            headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        headers.sort();
        (request.uri().to_owned(), headers)
    }

    /// The SDK's signer is the judge.
    fn check(&self, signer: &Signer) {
        let due = self.signed_by(SigV4AuthScheme::new().signer());
        assert!(due.1.iter().any(|(name, _)| name == "x-amz-date") || due.0.contains("X-Amz-Date"));
        assert_eq!(self.signed_by(signer), due, "{self:?}");
    }
}

/// One signer for all: what it keeps of one call must not be in the next.
#[test]
fn the_kept_key_signs_as_the_sdk_does_whatever_changes_between_two_calls() {
    let signer = Signer::default();
    let first = usual();
    let cases = [
        first.clone(),
        Case { at: at(BEFORE_MIDNIGHT + 1), ..first.clone() },
        // A clock that was put back.
        first.clone(),
        Case { at: at(BEFORE_MIDNIGHT) + Duration::from_millis(999), ..first.clone() },
        Case { at: at(BEFORE_MIDNIGHT + 86_400), ..first.clone() },
        // In Seoul another day, in UTC the same.
        Case { at: at(BEFORE_MIDNIGHT - 9 * 3_600), ..first.clone() },
        Case { at: at(1_709_164_800), ..first.clone() },
        Case { at: at(1_709_251_199), ..first.clone() },
        Case { at: UNIX_EPOCH, ..first.clone() },
        Case { at: at(4_102_444_799), ..first.clone() },
        Case { credentials: credentials("another", None), ..first.clone() },
        Case { credentials: credentials("another", Some("token")), ..first.clone() },
        Case { credentials: credentials("secret", None), ..first.clone() },
        Case {
            credentials: Credentials::new("AKIDOTHER", "secret", None, None, "test"),
            ..first.clone()
        },
        first.clone(),
        Case { region: "us-east-1", ..first.clone() },
        Case { service: "dynamodbstreams", ..first.clone() },
        // The parts of a scope are not joined: `ab` and `c` are not `a` and `bc`.
        Case { region: "ap-northeast-2d", service: "ynamodb", ..first.clone() },
        Case { uri: "http://127.0.0.1:8000", body: "", ..first.clone() },
        Case { uri: "http://127.0.0.1:8000/", body: "{}", ..first.clone() },
        Case { headers: Vec::new(), ..first.clone() },
        Case {
            headers: vec![
                ("user-agent", "two  words"),
                ("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793"),
                ("transfer-encoding", "chunked"),
                ("x-amz-target", "DynamoDB_20120810.GetItem"),
            ],
            ..first.clone()
        },
        first,
    ];
    for case in cases {
        assert!(case.is_ours(&signer), "{case:?}");
        case.check(&signer);
    }
}

#[test]
fn a_call_of_another_shape_is_the_sdks() {
    let first = usual();
    let with = |header| Case { headers: vec![header], ..usual() };
    let ruled = |name, value| Case { rules: Some((name, value)), ..usual() };
    let text = |text: &str| Document::String(text.to_owned());
    let asked = |how: fn(&mut SigningOptions)| {
        let mut case = usual();
        how(&mut case.options);
        case
    };
    let cases = [
        Case { method: "GET", ..first.clone() },
        Case { uri: "https://dynamodb.ap-northeast-2.amazonaws.com/path", ..first.clone() },
        Case { uri: "https://dynamodb.ap-northeast-2.amazonaws.com//", ..first.clone() },
        Case { uri: "https://dynamodb.ap-northeast-2.amazonaws.com/?a=b", ..first.clone() },
        Case { uri: "https://dynamodb.ap-northeast-2.amazonaws.com?a=b", ..first.clone() },
        Case { uri: "https://dynamodb.ap-northeast-2.amazonaws.com:443/", ..first.clone() },
        Case { uri: "https://dynamodb.ap-northeast-2.amazonaws.com:80/", ..first.clone() },
        Case { uri: "http://127.0.0.1:80/", ..first.clone() },
        Case { uri: "https://DynamoDB.example/", ..first.clone() },
        Case { uri: "https://user@dynamodb.example/", ..first.clone() },
        Case { credentials: credentials("secret", Some("two words")), ..first.clone() },
        with(("x-amz-meta", "two  words ")),
        with(("x-amz-meta", "시계")),
        with(("host", "another.example")),
        with(("x-amz-date", "20150830T123600Z")),
        with(("authorization", "Basic abc")),
        with(("x-amz-security-token", "another")),
        Case { headers: vec![("x-amz-a", "1"), ("x-amz-a", "2")], ..first.clone() },
        Case { corrects_clock: true, ..first.clone() },
        Case { payload: Some(PayloadSigningOverride::UnsignedPayload), ..first.clone() },
        asked(|options| options.content_sha256_header = true),
        asked(|options| options.omit_session_token = true),
        asked(|options| {
            options.signature_type = HttpSignatureType::HttpRequestQueryParams;
            options.expires_in = Some(Duration::from_secs(60));
        }),
        ruled("signingName", text("another")),
        ruled("signingRegion", text("eu-west-1")),
        ruled("disableDoubleEncoding", Document::Bool(true)),
        ruled("disableNormalizePath", Document::Bool(true)),
    ];
    for case in cases {
        let signer = Signer::default();
        assert!(!case.is_ours(&signer), "{case:?}");
        case.check(&signer);
        // Nothing of it stays.
        assert!(signer.kept.lock().unwrap().is_none());
        first.check(&signer);
    }
}

#[test]
fn a_key_is_kept_for_its_day_and_its_credentials_and_no_longer() {
    let signer = Signer::default();
    let key = |case: &Case| signer.key(case.scope(), &case.stamp());
    let first = usual();
    let kept = key(&first);
    for same in [
        first.clone(),
        Case { at: at(BEFORE_MIDNIGHT - 86_399), ..first.clone() },
        Case { at: at(BEFORE_MIDNIGHT) + Duration::from_millis(999), ..first.clone() },
        Case { body: "", uri: "http://127.0.0.1:8000", ..first.clone() },
    ] {
        assert!(Arc::ptr_eq(&kept, &key(&same)), "{same:?}");
    }
    for other in [
        Case { at: at(BEFORE_MIDNIGHT + 1), ..first.clone() },
        Case { at: at(BEFORE_MIDNIGHT - 86_400), ..first.clone() },
        Case { credentials: credentials("another", Some("token")), ..first.clone() },
        Case { credentials: credentials("secret", Some("token")), ..first.clone() },
        Case { credentials: credentials("secret", None), ..first.clone() },
        Case { region: "us-east-1", ..first.clone() },
        Case { service: "another", ..first.clone() },
    ] {
        let before = key(&first);
        let fresh = key(&other);
        assert!(!Arc::ptr_eq(&before, &fresh), "{other:?}");
        assert!(Arc::ptr_eq(&fresh, &key(&other)), "{other:?}");
    }
}

#[test]
fn a_signer_tells_nobody_what_it_signs_with() {
    let signer = Signer::default();
    let case = Case { credentials: credentials("hidden-secret", Some("hidden-token")), ..usual() };
    case.check(&signer);
    let text = format!("{signer:?}");
    assert!(text.contains("the key of 20261130 ap-northeast-2 dynamodb"), "{text}");
    assert!(!text.contains("hidden"), "{text}");
}
