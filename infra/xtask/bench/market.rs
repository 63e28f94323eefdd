//! A whole marketplace in this process, on the machine's clock, with people who can sell and pay.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use axum::{Router, body::Body};
use domain::{
    identity::Role,
    ledger::{Account, Between, Movement, MovementKind},
};
use gateway::fake::Providers;
use http::Request;
use http_body_util::BodyExt as _;
use kernel::{UserId, Won};
use local::{Cloud, CloudOptions, DataPlace};
use platform::{App, Config, Parts, SystemClock, SystemEntropy, http::ClientAddress};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{open_loop::Job, virtual_time::NoLog};

const AUCTIONS: usize = 64;
const SELLERS: usize = 8;
const BUYERS: usize = 24;
const OPTIONS: [&str; 8] = ["230", "240", "250", "260", "270", "280", "290", "300"];
const START_PRICE: i64 = 1_000;
const BUY_NOW: i64 = 5_000;
/// What everybody has in the wallet: enough for every step.
const PURSE: Won = Won::constant(50_000_000_000);
/// How long a buyer looks for the trade that follows a purchase.
const TRADE_WAIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Somebody with an account, an address, a payout account and money.
struct Person {
    token: String,
    address: String,
}

pub struct Market {
    pub cloud: Cloud,
    app: App,
    router: Router,
    sellers: Vec<Person>,
    buyers: Vec<Person>,
    auctions: Vec<(String, AtomicI64)>,
    item: String,
}

impl Market {
    pub async fn open() -> anyhow::Result<Self> {
        // Carriers whose answers cost nothing: what is measured is ours.
        let base = "http://carriers.local";
        let mut config = Config::local().with_providers_at(base);
        config.carrier_transport = Some(Arc::new(Providers::new(base).in_process()));
        let functions = registry::functions();
        let cloud = Cloud::start(CloudOptions {
            functions: functions.clone(),
            clock: Arc::new(SystemClock),
            data: DataPlace::Memory,
            prefix: config.table_prefix.clone(),
        })?;
        let app = App::new(Parts {
            config,
            sdk: cloud.sdk_config(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            log: Arc::new(NoLog),
        })?;
        cloud.attach(app.clone());
        let router = local::router(&cloud, app.clone(), &functions);
        let people = (Vec::new(), Vec::new());
        let auctions = Vec::new();
        let item = String::new();
        let (sellers, buyers) = people;
        let mut market = Self { cloud, app, router, sellers, buyers, auctions, item };
        for number in 0..SELLERS + BUYERS {
            let person = market.person(number).await?;
            let role = if number < SELLERS { &mut market.sellers } else { &mut market.buyers };
            role.push(person);
        }
        for number in 0..AUCTIONS {
            let auction = market.auction(number, json!({ "durationSeconds": 86_400 })).await?;
            market.auctions.push((auction, AtomicI64::new(START_PRICE)));
        }
        market.item = market.catalogue().await?;
        market.cloud.run_until_idle().await;
        Ok(market)
    }

    async fn person(&self, number: usize) -> anyhow::Result<Person> {
        let account = json!({
            "email": format!("bench{number}@example.com"), "phone": format!("0102000{number:04}"),
            "password": "jangteo2026", "nickname": format!("bench{number}"),
        });
        let account = self.post("", "/v1/users", account).await?;
        let id = text(&account, "/user/id")?;
        let token = text(&account, "/accessToken")?;
        let address = json!({
            "recipient": "김민지", "phone": "01011110002", "postcode": "06236",
            "line1": "서울 강남구 테헤란로 152",
        });
        let address = self.post(&token, "/v1/me/addresses", address).await?;
        let payout =
            json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "김민지" });
        self.post(&token, "/v1/me/payout-account", payout).await?;
        let user: UserId = id.parse()?;
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(user) };
        let reason = format!("bench-top-up#{user}");
        let movement = Movement::transfer(reason, MovementKind::TopUp, PURSE, accounts)?;
        self.app.store.move_money(&movement, self.app.clock.now()).await?;
        Ok(Person { token, address: text(&address, "/id")? })
    }

    async fn catalogue(&self) -> anyhow::Result<String> {
        let now = self.app.clock.now();
        let id = || kernel::Id::from_uuid(self.app.entropy.uuid(now));
        let roles = [Role::User, Role::Admin];
        let admin =
            self.app.keys.access_token(id(), kernel::Id::from_uuid(id().uuid()), &roles, now);
        let admin = admin.map_err(|problem| anyhow::anyhow!("no token: {problem:?}"))?;
        let shoe = json!({ "nameKo": "에어 조던 1", "nameEn": "Air Jordan 1", "model": "555088" });
        let item = text(&self.post(&admin, "/v1/catalog", shoe).await?, "/id")?;
        for option in OPTIONS {
            let path = format!("/v1/catalog/{item}/options");
            self.post(&admin, &path, json!({ "option": option })).await?;
        }
        Ok(item)
    }

    async fn auction(&self, number: usize, more: Value) -> anyhow::Result<String> {
        let mut body = json!({ "title": "필름 카메라", "startPrice": START_PRICE, "increment": 1 });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let seller = turn(&self.sellers, number)?;
        text(&self.post(&seller.token, "/v1/auctions", body).await?, "/id")
    }

    /// The next higher bid on one of the auctions, by one of the buyers. One that a later bid
    /// overtook on its way is refused, which is an answer as good as any.
    pub fn bid(self: &Arc<Self>, number: u64) -> Job {
        let market = Arc::clone(self);
        Box::pin(async move {
            let number = usize::try_from(number)?;
            let (auction, next) = turn(&market.auctions, number)?;
            let amount = next.fetch_add(10, Ordering::Relaxed);
            let buyer = turn(&market.buyers, number / AUCTIONS)?;
            let path = format!("/v1/auctions/{auction}/bids");
            let body = json!({ "amount": amount });
            let (status, answer) = market.send(&buyer.token, "POST", &path, body).await?;
            match (status, answer.get("code").and_then(Value::as_str)) {
                (201, _) | (409, Some("bid-too-low")) => Ok(()),
                _ => bail!("a bid: {status} {answer}"),
            }
        })
    }

    /// One more request from one address to a route that takes thirty a minute: the first are
    /// counted, the others refused, all by conditional writes of one item.
    pub fn count(self: &Arc<Self>, number: u64) -> Job {
        let market = Arc::clone(self);
        Box::pin(async move {
            let path = format!("/v1/users/availability?nickname=free{number}");
            let (status, answer) = market.send("", "GET", &path, Value::Null).await?;
            anyhow::ensure!(matches!(status, 200 | 429), "a counter: {status} {answer}");
            Ok(())
        })
    }

    /// An ask, then the bid that meets it.
    pub fn meet(self: &Arc<Self>, number: u64) -> Job {
        let market = Arc::clone(self);
        Box::pin(async move {
            let number = usize::try_from(number)?;
            let seller = turn(&market.sellers, number)?;
            let buyer = turn(&market.buyers, number)?;
            let order = |who: &Person, side: &str| {
                json!({
                    "itemId": market.item, "option": turn(&OPTIONS, number).ok(), "side": side,
                    "price": 1_000, "expiresInDays": 30, "addressId": who.address,
                    "confirm": true,
                })
            };
            let ask = order(seller, "sell");
            market.post(&seller.token, "/v1/exchange/orders", ask).await?;
            let mut bid = order(buyer, "buy");
            if let Some(bid) = bid.as_object_mut() {
                bid.insert("funding".to_owned(), json!({ "from": "wallet" }));
            }
            let met = market.post(&buyer.token, "/v1/exchange/orders", bid).await?;
            text(&met, "/tradeId").map(|_| ())
        })
    }

    /// An auction, two bids, the purchase that ends it, the trade that follows: paid from the
    /// wallet, shipped, confirmed.
    pub fn journey(self: &Arc<Self>, number: u64) -> Job {
        let market = Arc::clone(self);
        Box::pin(async move {
            let number = usize::try_from(number)?;
            let seller = turn(&market.sellers, number)?;
            let buyer = turn(&market.buyers, number)?;
            let rival = turn(&market.buyers, number + 1)?;
            let terms = json!({ "durationSeconds": 3_600, "buyNowPrice": BUY_NOW });
            let auction = market.auction(number, terms).await?;
            let path = format!("/v1/auctions/{auction}/bids");
            for (who, amount) in [(rival, START_PRICE), (buyer, 2 * START_PRICE)] {
                market.post(&who.token, &path, json!({ "amount": amount })).await?;
            }
            let path = format!("/v1/auctions/{auction}/buy-now");
            market.post(&buyer.token, &path, Value::Null).await?;
            let trade = market.trade(buyer, &auction).await?;
            let step = |verb: &str| format!("/v1/trades/{trade}/{verb}");
            let address = json!({ "addressId": buyer.address });
            market.post(&buyer.token, &step("pay"), address).await?;
            let digits = format!("6887{number:08}");
            let parcel = json!({ "carrier": "kr.cjlogistics", "trackingNumber": digits });
            market.post(&seller.token, &step("ship"), parcel).await?;
            let done = market.post(&buyer.token, &step("confirm"), json!({})).await?;
            anyhow::ensure!(text(&done, "/state")? == "completed", "a journey ends in {done}");
            Ok(())
        })
    }

    /// The trade of an auction, as soon as its buyer sees it.
    async fn trade(&self, buyer: &Person, auction: &str) -> anyhow::Result<String> {
        let begin = tokio::time::Instant::now();
        while begin.elapsed() < TRADE_WAIT {
            let path = "/v1/trades?role=buyer&limit=50";
            let (status, page) = self.send(&buyer.token, "GET", path, Value::Null).await?;
            anyhow::ensure!(status == 200, "the trades: {status} {page}");
            let items = page.get("items").and_then(Value::as_array);
            let of = |trade: &&Value| trade.get("auctionId").is_some_and(|id| id == auction);
            if let Some(trade) = items.into_iter().flatten().find(of) {
                return text(trade, "/id");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("no trade follows the purchase")
    }

    /// A POST under a fresh key that must succeed.
    async fn post(&self, token: &str, path: &str, body: Value) -> anyhow::Result<Value> {
        let (status, answer) = self.send(token, "POST", path, body).await?;
        anyhow::ensure!(status < 300, "{path}: {status} {answer}");
        Ok(answer)
    }

    async fn send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> anyhow::Result<(u16, Value)> {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            let key = self.app.entropy.uuid(self.app.clock.now()).to_string();
            request = request.header("authorization", format!("Bearer {token}"));
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
        };
        let mut request = request.body(body)?;
        request.extensions_mut().insert(ClientAddress("192.0.2.1".to_owned()));
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&bytes).context("an answer that is not JSON")?))
    }
}

/// Whose turn it is.
fn turn<T>(all: &[T], number: usize) -> anyhow::Result<&T> {
    let index = number.checked_rem(all.len()).context("nobody is there")?;
    all.get(index).context("nobody is there")
}

fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {pointer} in {value}"))
}
