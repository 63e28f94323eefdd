//! An auction on an embedded cloud, and the events of bids on it.

use std::{fs, sync::Arc};

use anyhow::{Context as _, ensure};
use axum::{Router, body::Body};
use http::Request;
use http_body_util::BodyExt as _;
use local::{Cloud, CloudOptions, DataPlace};
use platform::{App, Config, MemoryLog, Parts, SystemClock, SystemEntropy};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const EVENT: &str = "events/auction-place-bid/not_signed_in.json";
/// Where one step is a hundred thousand won: every amount has as many digits as the next.
const START_PRICE: i64 = 10_000_000;
const STEP: i64 = 100_000;

/// A cloud of its own, with everything that the product needs in it.
pub fn cloud() -> anyhow::Result<Cloud> {
    Ok(Cloud::start(CloudOptions {
        functions: registry::functions(),
        clock: Arc::new(SystemClock),
        data: DataPlace::Memory,
        prefix: Config::local().table_prefix,
    })?)
}

/// A running auction and two who bid against each other.
pub struct Market {
    auction: String,
    bidders: [String; 2],
}

impl Market {
    pub async fn open(cloud: &Cloud) -> anyhow::Result<Self> {
        let app = App::new(Parts {
            config: Config::local(),
            sdk: cloud.sdk_config(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            log: Arc::new(MemoryLog::default()),
        })?;
        let router = local::router(cloud, app, &registry::functions());
        let seller = join(&router, "seller", "01020000001").await?;
        let anna = join(&router, "anna", "01020000002").await?;
        let bora = join(&router, "bora", "01020000003").await?;
        let terms =
            json!({ "title": "시계", "startPrice": START_PRICE, "durationSeconds": 86_400 });
        let auction = post(&router, "/v1/auctions", Some(&seller), &terms).await?;
        let auction = text(&auction, "/id")?;
        Ok(Self { auction, bidders: [anna, bora] })
    }

    /// The events of `number` bids, each of which outbids the one before.
    pub fn bids(&self, number: u32) -> anyhow::Result<Vec<Value>> {
        let event = fs::read_to_string(crate::root().join(EVENT)).context(EVENT)?;
        let event: Value = serde_json::from_str(&event).context(EVENT)?;
        let bidders = self.bidders.iter().cycle();
        let bids = (0..number).zip(bidders);
        bids.map(|(bid, token)| self.bid(event.clone(), bid, token)).collect()
    }

    fn bid(&self, mut event: Value, bid: u32, token: &str) -> anyhow::Result<Value> {
        let path = format!("/v1/auctions/{}/bids", self.auction);
        let amount = START_PRICE + i64::from(bid) * STEP;
        let body = json!({ "amount": amount }).to_string();
        let parts = [
            ("/rawPath", path.clone()),
            ("/requestContext/http/path", path),
            ("/pathParameters/auctionId", self.auction.clone()),
            ("/headers/content-length", body.len().to_string()),
            ("/headers/idempotency-key", format!("bid-{bid:06}")),
            ("/body", body),
        ];
        for (pointer, text) in parts {
            let place =
                event.pointer_mut(pointer).with_context(|| format!("{EVENT}: {pointer}"))?;
            *place = Value::from(text);
        }
        let headers = event.pointer_mut("/headers").and_then(Value::as_object_mut);
        let headers = headers.with_context(|| format!("{EVENT}: no headers"))?;
        headers.insert("authorization".to_owned(), Value::from(format!("Bearer {token}")));
        Ok(event)
    }
}

/// Signs up; answers an access token.
async fn join(router: &Router, name: &str, phone: &str) -> anyhow::Result<String> {
    let email = format!("{name}@example.com");
    let account = json!({ "email": email, "phone": phone, "password": "secret123" });
    text(&post(router, "/v1/users", None, &account).await?, "/accessToken")
}

async fn post(
    router: &Router,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> anyhow::Result<Value> {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
        request = request.header("idempotency-key", "measured");
    }
    let response = router.clone().oneshot(request.body(Body::from(body.to_string()))?).await?;
    let status = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    let answer = serde_json::from_slice(&bytes).context("an answer that is not JSON")?;
    ensure!(status.is_success(), "{path}: {status} {answer}");
    Ok(answer)
}

fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {pointer} in {value}"))
}
