//! One book under many placements at once, in virtual time and under DynamoDB's limits: how long
//! each waits, and whether anybody is overtaken.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region;
use axum::Router;
use bytes::Bytes;
use domain::{
    identity::{Address, Role},
    ledger::{Account, Between, Movement, MovementKind},
};
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use http::Response;
use kernel::{AddressId, Clock, Id, Span, UserId, Won};
use local::{
    Capacity, Cloud, CloudOptions, DataPlace, FaultKind, Latency, Random, Visibility, Witness,
};
use platform::{App, Config, Entropy as _, Function, Parts};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Table, Transaction,
    identity::{AddressRow, address_creation},
    wallet::PayoutAccount,
};
use tokio::time::Instant;

use super::{
    fixture::post,
    virtual_time::{self, NoLog, PausedClock, SeededEntropy},
};

/// Placements that come at once.
pub const CROWDS: [u64; 4] = [1, 8, 32, 64];
const TRADERS: usize = 20;
const PURSE: Won = Won::constant(1_000_000_000);
const PRICES: u64 = 10;
const START: &str = "2026-11-21T00:00:00.000Z";
/// A DynamoDB call within the region: 3 to 5 ms, and one in a hundred 20 ms.
const LATENCY: Latency = Latency {
    seed: 0,
    least: Span::millis(3),
    spread: Span::millis(2),
    slow_per_thousand: 10,
    slow: Span::millis(20),
};
/// What a transaction takes more: it holds its items so long before it is decided, and then makes
/// them true one by one.
const DECIDING: Span = Span::millis(5);
const APPLYING: Span = Span::millis(4);

/// What became of so many placements on one book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookOutcome {
    pub at_once: u64,
    pub rested: u64,
    pub met: u64,
    /// Refused because they would have met their owner's own.
    pub refused: u64,
    /// Answered by "try again".
    pub unavailable: u64,
    /// Committed after one of a later number.
    pub overtaken: u64,
    pub p50_ms: u64,
    pub p95_ms: u64,
    pub most_ms: u64,
    /// Of a placement on average, in thousandths.
    pub milli_writes: u64,
    pub milli_calls: u64,
}

/// Plays so many placements at once. The same seed ends in the same outcome.
pub fn play(at_once: u64, seed: u64) -> anyhow::Result<BookOutcome> {
    fastrand::seed(seed);
    virtual_time::runtime()?.block_on(Box::pin(crowd(at_once, seed)))
}

struct Trader {
    token: String,
    address: AddressId,
}

struct Scene {
    cloud: Cloud,
    clock: Arc<PausedClock>,
    entropy: Arc<SeededEntropy>,
    traders: Vec<Trader>,
    item: String,
}

impl Scene {
    async fn open(seed: u64) -> anyhow::Result<Self> {
        let clock = Arc::new(PausedClock::starting_at(START.parse()?));
        let cloud = Cloud::start(CloudOptions {
            functions: functions(),
            clock: Arc::<PausedClock>::clone(&clock),
            data: DataPlace::Memory,
            prefix: Config::local().table_prefix,
        })?;
        let entropy = Arc::new(SeededEntropy::new(seed));
        let traders = Vec::new();
        let item = String::new();
        let mut scene = Self { cloud, clock, entropy, traders, item };
        let app = scene.app(0)?;
        for _ in 0..TRADERS {
            let trader = scene.trader(&app).await?;
            scene.traders.push(trader);
        }
        scene.item = scene.catalogue(&app).await?;
        Ok(scene)
    }

    /// A container of its own: nobody shares the retries of the SDK with another.
    fn app(&self, number: u64) -> anyhow::Result<App> {
        let sdk = self.cloud.sdk_config().into_builder().region(Region::new(format!("b{number}")));
        Ok(App::new(Parts {
            config: Config::local(),
            sdk: sdk.retry_config(RetryConfig::standard()).build(),
            clock: Arc::<PausedClock>::clone(&self.clock),
            entropy: Arc::<SeededEntropy>::clone(&self.entropy),
            log: Arc::new(NoLog),
        })?)
    }

    fn id<T>(&self) -> Id<T> {
        Id::from_uuid(self.entropy.uuid(self.clock.now()))
    }

    fn token(&self, app: &App, user: UserId, roles: &[Role]) -> anyhow::Result<String> {
        let token = app.keys.access_token(user, self.id(), roles, self.clock.now());
        token.map_err(|problem| anyhow::anyhow!("no token: {problem:?}"))
    }

    async fn trader(&self, app: &App) -> anyhow::Result<Trader> {
        let user = self.id();
        let id = self.id();
        let now = self.clock.now();
        let phone = "010-1234-5678".parse()?;
        let address = Address::new("김민지", phone, "06236", "테헤란로 152", None)?;
        let row = AddressRow { id, address, created_at: now };
        app.store.commit(address_creation(user, &row)).await?;
        let account = PayoutAccount {
            bank_code: "088".to_owned(),
            masked_number: "********7890".to_owned(),
            sealed_number: "sealed".to_owned(),
            holder: "김민지".to_owned(),
            changed_at: now,
        };
        app.store.commit(Transaction::new().payout_account(user, &account)).await?;
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(user) };
        let reason = format!("bench-top-up#{user}");
        let movement = Movement::transfer(reason, MovementKind::TopUp, PURSE, accounts)?;
        app.store.move_money(&movement, now).await?;
        Ok(Trader { token: self.token(app, user, &[Role::User])?, address: id })
    }

    async fn catalogue(&self, app: &App) -> anyhow::Result<String> {
        let admin = self.token(app, self.id(), &[Role::User, Role::Admin])?;
        let shoe = json!({ "nameKo": "에어 조던 1", "nameEn": "Air Jordan 1", "model": "555088" });
        let (status, item) = post(&router(app), "/v1/catalog", &admin, "item", &shoe).await?;
        ensure!(status == 201, "the item: {status} {item}");
        let item = item.get("id").and_then(Value::as_str).context("an item without id")?.to_owned();
        let path = format!("/v1/catalog/{item}/options");
        let size = json!({ "option": "270" });
        let (status, answer) = post(&router(app), &path, &admin, "size", &size).await?;
        ensure!(status == 201, "the size: {status} {answer}");
        Ok(item)
    }

    fn body(&self, random: &mut Random) -> anyhow::Result<(String, Value)> {
        let who = usize::try_from(random.below(u64::try_from(TRADERS)?))?;
        let trader = self.traders.get(who).context("nobody of that number")?;
        let sells = random.below(2) == 0;
        let price = 1_000 * (10 + random.below(PRICES));
        let mut body = json!({
            "itemId": self.item, "option": "270", "side": if sells { "sell" } else { "buy" },
            "price": price, "expiresInDays": 30, "addressId": trader.address, "confirm": true,
        });
        if let (false, Some(body)) = (sells, body.as_object_mut()) {
            body.insert("funding".to_owned(), json!({ "from": "wallet" }));
        }
        Ok((trader.token.clone(), body))
    }
}

fn router(app: &App) -> Router {
    functions().into_iter().fold(Router::new(), |router, function| {
        router.merge(platform::http::router(function, app.clone()))
    })
}

/// What a placement needs. What follows a match is left out: it writes to other partitions.
fn functions() -> Vec<&'static Function> {
    let wanted = ["catalog-create-item", "catalog-add-option", "exchange-place-order"];
    let all = registry::functions().into_iter();
    all.filter(|function| wanted.contains(&function.id().as_str())).collect()
}

async fn crowd(at_once: u64, seed: u64) -> anyhow::Result<BookOutcome> {
    let scene = Scene::open(seed).await?;
    let mut random = Random::new(seed);
    let mut requests = Vec::new();
    for number in 1..=at_once {
        let app = scene.app(number)?;
        requests.push((router(&app), scene.body(&mut random)?, format!("key-{number}")));
    }
    let order = Arc::new(CommitOrder::default());
    scene.cloud.watch(Arc::<CommitOrder>::clone(&order));
    scene.cloud.adjust(|knobs| {
        knobs.capacity = Some(Capacity::PARTITION);
        knobs.latency = Some(Latency { seed, ..LATENCY });
        knobs.transaction_span = DECIDING;
        knobs.visibility = Some(Visibility { seed, calls: 0, span: APPLYING });
    });
    let before = scene.cloud.usage();
    let begin = Instant::now();
    let flights = requests.into_iter().map(|(router, (token, body), key)| async move {
        let (status, answer) = post(&router, "/v1/exchange/orders", &token, &key, &body).await?;
        anyhow::Ok((begin.elapsed(), status, answer))
    });
    let landed = try_join_all(flights).await?;
    let spent = scene.cloud.usage().since(&before);
    let each = |thousandths: u64| thousandths / at_once.max(1);
    let mut outcome = BookOutcome {
        at_once,
        rested: 0,
        met: 0,
        refused: 0,
        unavailable: 0,
        overtaken: order.overtaken(),
        p50_ms: 0,
        p95_ms: 0,
        most_ms: 0,
        milli_writes: each(spent.writes().in_tenths() * 100),
        milli_calls: each(spent.round_trips() * 1_000),
    };
    let mut waits = Histogram::<u64>::new(3)?;
    for (wait, status, answer) in landed {
        waits.record(millis(wait)?)?;
        match (status, answer.get("state").and_then(Value::as_str)) {
            (201, Some("matched")) => outcome.met += 1,
            (201, _) => outcome.rested += 1,
            (409, _) => outcome.refused += 1,
            (503, _) => outcome.unavailable += 1,
            _ => anyhow::bail!("an order: {status} {answer}"),
        }
    }
    outcome.p50_ms = waits.value_at_quantile(0.5);
    outcome.p95_ms = waits.value_at_quantile(0.95);
    outcome.most_ms = waits.max();
    Ok(outcome)
}

fn millis(span: Duration) -> anyhow::Result<u64> {
    Ok(u64::try_from(span.as_millis())?)
}

/// The numbers of the orders that came, as they were committed.
#[derive(Default)]
struct CommitOrder(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    pending: Option<u64>,
    last: u64,
    overtaken: u64,
}

impl CommitOrder {
    fn overtaken(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).overtaken
    }
}

/// The number of an order that is put for the first time.
fn number_of(body: &Value) -> Option<u64> {
    let acts = body.get("TransactItems")?.as_array()?.iter();
    let put = acts.filter_map(|act| act.get("Put")).find(|put| {
        let condition = put.get("ConditionExpression").and_then(Value::as_str).unwrap_or_default();
        let pk = put.pointer("/Item/pk/S").and_then(Value::as_str).unwrap_or_default();
        pk.starts_with("order#") && condition.contains("attribute_not_exists(#pk)")
    })?;
    put.pointer("/Item/place/N")?.as_str()?.parse().ok()
}

impl Witness for CommitOrder {
    fn asked(&self, action: &str, _: &[Table], body: &Value, _: Option<FaultKind>) {
        let pending = (action == "dynamodb:TransactWriteItems").then(|| number_of(body)).flatten();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pending = pending;
    }

    fn answered(&self, _: &str, answer: Option<&Response<Bytes>>, _: bool) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(number) = seen.pending.take() else { return };
        if !answer.is_some_and(|answer| answer.status().is_success()) {
            return;
        }
        seen.overtaken += u64::from(number < seen.last);
        seen.last = seen.last.max(number);
    }
}
