use std::sync::{Arc, Mutex};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion,
    http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
        http_client_fn,
    },
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, retry::RetryConfig};
use aws_types::{SdkConfig, region::Region};
use http::HeaderValue;
use kernel::Span;
use store::Store;

use super::*;
use crate::{
    App, Config, MemoryLog, Parts, Secret, Secrets, SystemClock, SystemEntropy, secrets::Ring,
};

/// A cloud of one secret and an empty table.
#[derive(Clone, Debug, Default)]
struct Stand(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// The secret's text; `None`: the service refuses.
    secret: Option<String>,
    tables_refuse: bool,
    /// The operations asked for, in order.
    asked: Vec<String>,
}

impl HttpConnector for Stand {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let (_, operation) = target.split_once('.').unwrap();
        let mut state = self.0.lock().unwrap();
        state.asked.push(operation.to_owned());
        let answer = match operation {
            "GetSecretValue" => state.secret.as_ref().map(|text| json!({ "SecretString": text })),
            _ => (!state.tables_refuse).then(|| json!({})),
        };
        let refused = json!({ "__type": "AccessDeniedException", "message": "no" });
        let status = if answer.is_some() { 200_u16 } else { 400 };
        let body = SdkBody::from(answer.unwrap_or(refused).to_string());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), body)))
    }
}

impl Stand {
    fn sdk(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("ap-northeast-2"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| {
                connector.clone()
            }))
            .build()
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

/// A container of a function that works with one secret, as it is when it starts.
struct Container {
    stand: Stand,
    app: App,
    log: Arc<MemoryLog>,
    secrets: Secrets,
    secret: Secret,
}

fn at(minutes: i64) -> Instant {
    Instant::from_millis(1_900_000_000_000) + Span::minutes(minutes)
}

impl Container {
    async fn start(secret: Secret, publishes: bool) -> Self {
        let stand = Stand::default();
        let log = Arc::new(MemoryLog::default());
        let mut secrets = Secrets::default();
        let text = Secrets::local().text(secret).unwrap().unwrap();
        secrets.read(secret, &text).unwrap();
        let sdk = stand.sdk();
        let source = SecretSource::named(vec![(secret, "jangteo-secret".to_owned())], &sdk);
        let config = Config { secrets: secrets.clone(), ..Config::local() };
        let parts = Parts {
            sdk: sdk.clone(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            log: Arc::<MemoryLog>::clone(&log),
            config,
        };
        let store = Store::new(&sdk, "jangteo-".to_owned());
        let app =
            App::on(store, parts, Renewal::of(source, Some("a-function".to_owned()), publishes))
                .unwrap();
        app.secrets_are_read(at(0)).await;
        let container = Self { stand, app, log, secrets, secret };
        container.put();
        container
    }

    /// What the service has from now on is what `self.secrets` says.
    fn put(&self) {
        let text = self.secrets.text(self.secret).unwrap();
        self.stand.set(|state| state.secret = text);
    }

    fn rotate(&mut self, at: Instant) {
        let ring = self.secrets.ring_mut(self.secret).unwrap();
        ring.rotate([9; 32], at, at).unwrap();
        self.put();
    }

    /// What was asked for at a request in that minute.
    async fn asked(&self, minute: i64) -> usize {
        self.app.renew(at(minute)).await;
        self.stand.asked().len()
    }
}

#[tokio::test]
async fn secrets_are_read_again_after_half_an_hour() {
    let mut container = Container::start(Secret::Wallet, false).await;
    let seal = |app: &App| app.keys.encrypt(Secret::Wallet, "x", b"y", [1; 12]).unwrap();
    container.rotate(at(1));
    assert_eq!(container.asked(29).await, 0);
    assert!(seal(&container.app).starts_with("0."));
    assert_eq!(container.asked(30).await, 1);
    assert!(seal(&container.app).starts_with("1."));
    assert_eq!((container.asked(31).await, container.asked(59).await), (0, 0));
    assert_eq!(container.asked(60).await, 1);
    assert!(container.log.lines().is_empty());
}

/// What is known stays; the next look comes in a minute, not in half an hour and not at once.
#[tokio::test]
async fn a_look_that_fails_leaves_the_keys_and_is_made_again_in_a_minute() {
    let mut container = Container::start(Secret::Sealing, false).await;
    let stamp = |app: &App| app.keys.stamp("x", &[]).unwrap();
    let first = stamp(&container.app);
    let broken = [None, Some(String::new()), Some("{}".to_owned())];
    for (minute, text) in (30..).zip(broken) {
        container.stand.set(|state| state.secret = text);
        assert_eq!(container.asked(minute).await, 1);
        assert_eq!(container.asked(minute).await, 0);
        assert_eq!(stamp(&container.app), first);
        let warning = container.log.lines().pop().unwrap()["warning"].to_string();
        assert!(warning.contains("could not be read again"), "{warning}");
    }
    container.rotate(at(33));
    assert_eq!(container.asked(33).await, 1);
    assert_ne!(stamp(&container.app), first);
    assert_eq!(container.log.lines().len(), 3);
}

#[tokio::test]
async fn a_seal_of_an_unknown_key_makes_a_container_look_once_a_minute() {
    let mut container = Container::start(Secret::Payment, false).await;
    let open = |app: &App| app.keys.decrypt(Secret::Payment, "x", "1.AAAA");
    assert_eq!(open(&container.app), None);
    assert_eq!((container.asked(1).await, container.asked(1).await), (1, 0));
    assert_eq!(open(&container.app), None);
    assert_eq!((container.asked(1).await, container.asked(2).await), (0, 1));
    container.rotate(at(2));
    assert_eq!(open(&container.app), None);
    assert_eq!(container.asked(3).await, 1);
    assert_eq!(open(&container.app), None, "known, and not sealed with it");
    assert_eq!(container.asked(4).await, 0);
}

/// Nobody could verify what is signed with it.
#[tokio::test]
async fn a_key_that_could_not_be_published_is_published_a_minute_later() {
    let container = Container::start(Secret::Signing, true).await;
    assert_eq!(container.stand.asked(), ["GetItem", "PutItem"]);
    let mut container = Container::start(Secret::Signing, true).await;
    container.stand.asked();
    container.rotate(at(1));
    container.stand.set(|state| state.tables_refuse = true);
    container.app.renew(at(30)).await;
    assert_eq!(container.stand.asked(), ["GetSecretValue", "GetItem"]);
    let warning = container.log.lines().pop().unwrap()["warning"].to_string();
    assert!(warning.contains("could not be published"), "{warning}");
    container.stand.set(|state| state.tables_refuse = false);
    container.app.renew(at(31)).await;
    assert_eq!(container.stand.asked(), ["GetSecretValue", "GetItem", "PutItem"]);
    assert_eq!(container.asked(60).await, 0);
    assert_eq!(container.app.keys.public().len(), 2);
}

/// A refusal would send the caller away as unknown.
#[tokio::test]
async fn a_token_of_an_unknown_key_is_not_refused_while_the_row_cannot_be_read() {
    let container = Container::start(Secret::Sealing, false).await;
    let signing = Some(Ring::of([3; 32]));
    let config = Config { secrets: Secrets { signing, ..Secrets::default() }, ..Config::local() };
    let keys = crate::Keys::new(&config).unwrap();
    let user = kernel::Id::from_uuid(uuid::Uuid::nil());
    let session = kernel::Id::from_uuid(user.uuid());
    let token = keys.access_token(user, session, &[], at(0)).unwrap();
    let mut headers = HeaderMap::new();
    let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
    headers.insert(http::header::AUTHORIZATION, value);
    container.stand.set(|state| state.tables_refuse = true);
    for _ in 0..2 {
        let problem = container.app.meet_key(&headers, at(0)).await.unwrap_err();
        assert_eq!(problem.code.status, 503);
        assert_eq!(container.stand.asked(), ["GetItem"]);
    }
    container.stand.set(|state| state.tables_refuse = false);
    assert!(container.app.meet_key(&headers, at(0)).await.unwrap());
    assert!(!container.app.meet_key(&headers, at(0)).await.unwrap(), "it was looked for just now");
    assert_eq!(container.stand.asked(), ["GetItem"]);
}
