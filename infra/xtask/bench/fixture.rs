//! An auction on an embedded cloud in virtual time, its bidders, and the containers that serve
//! them: one request at a time each, as Lambda does, each with its own memory.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::Context as _;
use aws_sdk_dynamodb::Client;
use aws_smithy_types::retry::RetryConfig;
use aws_types::{SdkConfig, region::Region};
use axum::{Router, body::Body};
use domain::{auction::Head, identity::Role};
use http::Request;
use http_body_util::BodyExt as _;
use kernel::{AuctionId, Clock, Id, UserId};
use local::{Cloud, CloudOptions, DataPlace};
use platform::{App, Config, Entropy as _, Function, Parts};
use serde_json::{Value, json};
use store::{Read, Store, StoreError};
use tower::ServiceExt as _;

use super::virtual_time::{NoLog, PausedClock, SeededEntropy};

pub const START_PRICE: i64 = 10_000;
pub const INCREMENT: i64 = 100;
/// Long before its end, so that no bid extends it.
const DURATION_S: i64 = 86_400;
const START: &str = "2026-11-21T00:00:00.000Z";

/// How many containers there are at most: what Lambda grants an account that asked for no more.
const CONTAINERS_MAX: usize = 1_000;

/// One Lambda execution environment.
pub struct Container {
    pub store: Store,
    pub client: Client,
    pub router: Router,
}

/// Somebody with an access token.
#[derive(Clone, Debug)]
pub struct Bidder {
    pub id: UserId,
    pub token: String,
}

pub struct Scene {
    pub cloud: Cloud,
    pub auction: AuctionId,
    /// The how-manieth in this process.
    number: u64,
    clock: Arc<PausedClock>,
    entropy: Arc<SeededEntropy>,
    bidders: Vec<Bidder>,
    containers: Vec<Arc<Container>>,
    /// Numbers of the containers that are free, the one used last at the end.
    idle: Vec<usize>,
}

static SCENES: AtomicU64 = AtomicU64::new(0);

impl Scene {
    /// An auction without bids, and so many people with access tokens.
    pub async fn open(seed: u64, bidders: usize) -> anyhow::Result<Self> {
        let clock = Arc::new(PausedClock::starting_at(START.parse()?));
        let cloud = Cloud::start(CloudOptions {
            functions: functions(),
            clock: Arc::<PausedClock>::clone(&clock),
            data: DataPlace::Memory,
            prefix: Config::local().table_prefix,
        })?;
        let entropy = Arc::new(SeededEntropy::new(seed));
        let mut scene = Self {
            cloud,
            auction: Id::from_uuid(entropy.uuid(clock.now())),
            number: SCENES.fetch_add(1, Ordering::Relaxed),
            clock,
            entropy,
            bidders: Vec::new(),
            containers: Vec::new(),
            idle: Vec::new(),
        };
        let app = scene.app(scene.sdk())?;
        for _ in 0..=bidders {
            let bidder = scene.somebody(&app)?;
            scene.bidders.push(bidder);
        }
        let seller = scene.bidders.pop().context("nobody is there")?;
        scene.auction = create(&router(&app), &seller).await?;
        Ok(scene)
    }

    fn somebody(&self, app: &App) -> anyhow::Result<Bidder> {
        let now = self.clock.now();
        let id = Id::from_uuid(self.entropy.uuid(now));
        let session = Id::from_uuid(self.entropy.uuid(now));
        let token = app.keys.access_token(id, session, &[Role::User], now);
        let token = token.map_err(|problem| anyhow::anyhow!("no token: {problem:?}"))?;
        Ok(Bidder { id, token })
    }

    pub fn bidder(&self, number: usize) -> anyhow::Result<Bidder> {
        self.bidders.get(number).cloned().context("nobody of that number")
    }

    /// A container that is free, the one used last first, or a new one while all are busy. `None`
    /// when there are as many as may be.
    pub fn container(&mut self) -> anyhow::Result<Option<(usize, Arc<Container>)>> {
        if let Some(number) = self.idle.pop() {
            let container = self.containers.get(number).context("no such container")?;
            return Ok(Some((number, Arc::clone(container))));
        }
        if self.containers.len() >= CONTAINERS_MAX {
            return Ok(None);
        }
        let sdk = self.sdk();
        let client = Client::new(&sdk);
        let app = self.app(sdk)?;
        let (store, router) = (app.store.clone(), router(&app));
        let container = Arc::new(Container { store, client, router });
        self.containers.push(Arc::clone(&container));
        Ok(Some((self.containers.len() - 1, container)))
    }

    /// The configuration of the next container's clients. The SDK keeps its quota of retries by
    /// region: one of its own for each container gives each its own quota, as each process in the
    /// cloud has. Its retries are those of Lambda; the embedded cloud's would come within
    /// milliseconds.
    fn sdk(&self) -> SdkConfig {
        let region = format!("bench-{}-{}", self.number, self.containers.len());
        let sdk = self.cloud.sdk_config().into_builder().region(Region::new(region));
        sdk.retry_config(RetryConfig::standard()).build()
    }

    fn app(&self, sdk: SdkConfig) -> anyhow::Result<App> {
        Ok(App::new(Parts {
            config: Config::local(),
            sdk,
            clock: Arc::<PausedClock>::clone(&self.clock),
            entropy: Arc::<SeededEntropy>::clone(&self.entropy),
            log: Arc::new(NoLog),
        })?)
    }

    /// The container is free again.
    pub fn release(&mut self, number: usize) {
        self.idle.push(number);
    }

    /// How many there are.
    #[must_use]
    pub const fn containers(&self) -> usize {
        self.containers.len()
    }

    /// The auction as it stands.
    pub async fn head(&self) -> Result<Option<Head>, StoreError> {
        let Some(container) = self.containers.first() else { return Ok(None) };
        container.store.auction_head(self.auction, Read::Consistent).await
    }
}

fn router(app: &App) -> Router {
    functions().into_iter().fold(Router::new(), |router, function| {
        router.merge(platform::http::router(function, app.clone()))
    })
}

/// What a bid needs. The recorder behind the head is left out: it writes to other partitions.
fn functions() -> Vec<&'static Function> {
    let wanted = ["auction-create-auction", "auction-place-bid"];
    let all = registry::functions().into_iter();
    all.filter(|function| wanted.contains(&function.id().as_str())).collect()
}

async fn create(router: &Router, seller: &Bidder) -> anyhow::Result<AuctionId> {
    let body = json!({
        "title": "모두가 찾는 카메라", "startPrice": START_PRICE, "increment": INCREMENT,
        "durationSeconds": DURATION_S,
    });
    let (status, answer) = post(router, "/v1/auctions", &seller.token, "create", &body).await?;
    anyhow::ensure!(status == 201, "the auction: {status} {answer}");
    let id = answer.get("id").and_then(Value::as_str).context("an auction without id")?;
    Ok(id.parse()?)
}

/// One request with a token and an idempotency key; status and body.
pub async fn post(
    router: &Router,
    path: &str,
    token: &str,
    key: &str,
    body: &Value,
) -> anyhow::Result<(u16, Value)> {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))?;
    let response = router.clone().oneshot(request).await?;
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&bytes).context("an answer that is not JSON")?))
}
