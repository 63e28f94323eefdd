//! Keys come and go; what was sealed and signed with the old ones stays good.

use axum::Router;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    identity::Role,
    ledger::{Account, Between, Movement, MovementKind},
};
use gateway::fake::Server;
use kernel::{Span, Won};
use local::{Fault, FaultKind};
use platform::{
    Secret, Secrets,
    secrets::{Ring, SecretsManager},
};
use serde_json::{Value, json};
use store::Table;
use testkit::{Reply, RequestBuilder, TestApp, User};
use xtask::rotate::{Rotation, rotate};

struct Market {
    app: TestApp,
    server: Server,
    /// What containers look like that started last.
    router: Router,
}

impl Market {
    async fn start() -> Self {
        let server = Server::start().unwrap();
        let adjust = |config: &mut platform::Config| {
            *config = config.clone().with_providers_at(server.base());
        };
        let app = TestApp::start_with(&registry::functions(), adjust).await;
        let router = app.router();
        Self { app, server, router }
    }

    async fn secrets(&self) -> Secrets {
        let service = SecretsManager::new(&self.app.cloud.sdk_config());
        let mut secrets = Secrets::default();
        for secret in Secret::ALL {
            let name = format!("jangteo-{}", secret.name());
            secrets.read(secret, &service.value(&name, self.app.now()).await.unwrap()).unwrap();
        }
        secrets
    }

    async fn rotate(&self, secret: Secret, wait: Span) -> Result<String, String> {
        let rotation = Rotation { secret, wait, now: self.app.now() };
        let rotated = rotate(&self.app.cloud.sdk_config(), "jangteo-", rotation).await;
        rotated.map_err(|error| error.to_string())
    }

    /// Every secret gets a new key, and a new container takes the place of the old ones.
    async fn rotate_all(&mut self) {
        for secret in Secret::ALL {
            self.rotate(secret, Span::default()).await.unwrap();
        }
        let secrets = self.secrets().await;
        let (container, router) = self.app.container(|config| config.secrets = secrets);
        self.app.cloud.detach();
        self.app.cloud.attach(container);
        self.router = router;
    }

    async fn send(&self, method: &str, path: &str, token: &str, body: Value) -> Reply {
        let key = self.app.app.entropy.uuid(self.app.now()).to_string();
        let request = RequestBuilder::new(self.router.clone(), method, path).bearer(token);
        let reply = request.key(&key).json(body).send().await;
        self.app.run_until_idle().await;
        reply
    }

    async fn wallet(&self, token: &str) -> u16 {
        wallet(&self.router, token).await
    }

    /// A container of a function without secrets.
    fn bare(&self) -> Router {
        self.app.container(|config| config.secrets = Secrets::default()).1
    }

    /// How often an item was read so far.
    fn reads(&self) -> u64 {
        self.app.cloud.usage().calls("dynamodb:GetItem")
    }

    async fn jwks(&self) -> Value {
        let path = "/.well-known/jwks.json";
        let request = RequestBuilder::new(self.router.clone(), "GET", path);
        request.send().await.expect(200).json()
    }

    async fn give(&self, who: &User, amount: i64) {
        let accounts = Between { from: Account::Provider, to: Account::Earned(who.id) };
        let amount = Won::constant(amount);
        let reason = "top-up#1".to_owned();
        let movement = Movement::transfer(reason, MovementKind::TopUp, amount, accounts).unwrap();
        assert!(self.app.store().move_money(&movement, self.app.now()).await.unwrap());
    }

    /// A token under the newest key.
    async fn fresh_token(&self, who: &User) -> String {
        let secrets = self.secrets().await;
        let (container, _) = self.app.container(|config| config.secrets = secrets);
        let session = kernel::Id::from_uuid(who.id.uuid());
        container.keys.access_token(who.id, session, &[], self.app.now()).unwrap()
    }
}

async fn wallet(router: &Router, token: &str) -> u16 {
    let request = RequestBuilder::new(router.clone(), "GET", "/v1/wallet");
    request.bearer(token).send().await.status()
}

/// A token of another market, signed with a key that nobody here has.
fn elsewhere(market: &Market, number: u8) -> String {
    let mut config = market.app.app.config.clone();
    config.secrets.signing = Some(Ring::of([number; 32]));
    let keys = platform::Keys::new(&config).unwrap();
    let user = market.app.signed_in("somebody").id;
    let session = kernel::Id::from_uuid(user.uuid());
    keys.access_token(user, session, &[], market.app.now()).unwrap()
}

/// The id of the key that it is signed with.
fn kid(token: &str) -> Value {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].clone()
}

/// The same token with another key's id in its header.
fn with_kid(token: &str, kid: &Value) -> String {
    let (header, rest) = token.split_once('.').unwrap();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap();
    let mut header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"] = kid.clone();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

/// The receipt of a bid of `bidder`'s.
async fn receipt(market: &Market, bidder: &User) -> String {
    let seller = market.app.signed_in("seller");
    let offer = json!({ "title": "필름 카메라", "startPrice": 30_000, "durationSeconds": 86_400 });
    let auction = market.send("POST", "/v1/auctions", &seller.token, offer).await.expect(201);
    let path = format!("/v1/auctions/{}/bids", auction.json()["id"].as_str().unwrap());
    let bid = market.send("POST", &path, &bidder.token, json!({ "amount": 40_000 })).await;
    bid.expect(201).json()["receipt"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_card_an_account_and_a_receipt_outlive_two_rotations_and_a_token_does_not() {
    let mut market = Market::start().await;
    let minji = market.app.signed_in("minji");
    market.give(&minji, 1_000).await;
    let account = json!({ "bankCode": "088", "accountNumber": "11023456789", "holder": "김민지" });
    let account = market.send("POST", "/v1/me/payout-account", &minji.token, account).await;
    account.expect(201);
    let card = json!({ "authKey": "card-ok-1", "password": "271828" });
    let card = market.send("POST", "/v1/me/payment-methods", &minji.token, card).await;
    let card = card.expect(201).json()["id"].as_str().unwrap().to_owned();
    let receipt = receipt(&market, &minji).await;
    market.rotate_all().await;
    assert_eq!(market.wallet(&minji.token).await, 200, "after one rotation");
    market.rotate_all().await;
    assert_eq!(market.wallet(&minji.token).await, 401, "after two");

    let token = market.fresh_token(&minji).await;
    assert_eq!(market.wallet(&token).await, 200);
    let asked = market.send("POST", "/v1/wallet/withdrawals", &token, json!({ "amount": 400 }));
    let path = format!("/v1/wallet/withdrawals/{}", asked.await.expect(201).json()["id"]);
    let path = path.replace('"', "");
    let request = RequestBuilder::new(market.router.clone(), "GET", &path).bearer(&token);
    assert_eq!(request.send().await.expect(200).json()["state"], "done", "the account opens");
    let path = format!("/v1/me/payment-methods/{card}");
    market.send("DELETE", &path, &token, json!({})).await.expect(204);
    assert_eq!(market.server.providers.cards(), 0, "the provider knew the card's key");
    let (container, _) = market.app.container(|_| {});
    assert!(container.keys.verify::<Value>(&receipt).is_some());
    let kids = market.jwks().await["keys"].as_array().unwrap().len();
    assert_eq!(kids, 3, "the key set has every key");
}

/// What runs on meets the first token of a new key, looks once, and refuses the oldest from then
/// on.
#[tokio::test]
async fn a_container_learns_of_a_new_key_from_the_row() {
    let mut market = Market::start().await;
    let minji = market.app.signed_in("minji");
    let old = market.router.clone();
    market.rotate_all().await;
    market.rotate_all().await;
    let newest = market.fresh_token(&minji).await;
    market.router = old;
    assert_eq!(market.wallet(&minji.token).await, 200, "it has not heard of the rotations");
    assert_eq!(market.wallet(&newest).await, 200);
    assert_eq!(market.wallet(&minji.token).await, 401);
}

/// A function without secrets knows nobody until it has read the row, and reads it at the first
/// token; then what rotation adds.
#[tokio::test]
async fn a_function_without_secrets_verifies_by_the_row_alone() {
    let mut market = Market::start().await;
    let minji = market.app.signed_in("minji");
    market.app.app.publish_keys(market.app.now()).await.unwrap();
    let bare = market.bare();
    let before = market.reads();
    assert_eq!(wallet(&bare, &minji.token).await, 200);
    assert_eq!(market.reads() - before, 2, "the row, and the balance");
    assert_eq!(wallet(&bare, &minji.token).await, 200);
    assert_eq!(market.reads() - before, 3, "the row is known");
    // What it has no key for it does not make: a key of a request that changes nothing.
    let request = RequestBuilder::new(bare.clone(), "GET", "/v1/wallet").key("k");
    request.bearer(&minji.token).send().await.expect(200);
    market.app.advance(Span::minutes(2)).await;
    market.rotate_all().await;
    let newest = market.fresh_token(&minji).await;
    assert_eq!(wallet(&bare, &newest).await, 200);
    assert_eq!(wallet(&bare, &minji.token).await, 200, "the key before is still good");
    market.app.advance(Span::minutes(2)).await;
    market.rotate_all().await;
    assert_eq!(wallet(&bare, &market.fresh_token(&minji).await).await, 200);
    assert_eq!(wallet(&bare, &minji.token).await, 401);
}

/// Who invents keys makes a container read once a minute, not at every request.
#[tokio::test]
async fn a_key_that_nobody_has_is_refused_and_looked_for_once_a_minute() {
    let market = Market::start().await;
    let bare = market.bare();
    let invented: Vec<String> = (1..=20).map(|number| elsewhere(&market, number)).collect();
    for router in [&bare, &market.router] {
        let before = market.reads();
        for token in &invented {
            assert_eq!(wallet(router, token).await, 401);
        }
        assert_eq!(market.reads() - before, 1);
    }
    market.app.advance(Span::seconds(59)).await;
    let before = market.reads();
    assert_eq!(wallet(&bare, &invented[0]).await, 401);
    assert_eq!(market.reads(), before);
    market.app.advance(Span::seconds(1)).await;
    let before = market.reads();
    assert_eq!(wallet(&bare, &invented[0]).await, 401);
    assert_eq!(wallet(&bare, &invented[1]).await, 401);
    assert_eq!(market.reads() - before, 1);
    // What is no token names no key.
    for kid in [json!(null), json!(7), json!([]), json!("")] {
        assert_eq!(wallet(&bare, &with_kid(&invented[0], &kid)).await, 401, "{kid}");
    }
    market.app.advance(Span::minutes(1)).await;
    for kid in ["가".repeat(1_000), "x".repeat(4_000), "\u{0}/../*".to_owned()] {
        assert_eq!(wallet(&bare, &with_kid(&invented[0], &json!(kid))).await, 401);
    }
}

/// A row that cannot be read is no reason to send somebody away as unknown.
#[tokio::test]
async fn without_the_row_a_function_without_secrets_asks_to_try_again() {
    let market = Market::start().await;
    market.app.expect_failures();
    let minji = market.app.signed_in("minji");
    market.app.app.publish_keys(market.app.now()).await.unwrap();
    let bare = market.bare();
    for _ in 0..3 {
        let fault = Fault::next("dynamodb:GetItem", FaultKind::Status500).on(Table::Operation);
        market.app.cloud.faults().push(fault);
    }
    let request = RequestBuilder::new(bare.clone(), "GET", "/v1/wallet").bearer(&minji.token);
    request.send().await.expect_problem(503, "try-again");
    market.app.cloud.faults().clear();
    assert_eq!(wallet(&bare, &minji.token).await, 200, "the next request looks again");
}

/// Two rotations at once, the second of which is not kept waiting by a key that was not in use.
#[tokio::test]
async fn a_leaked_key_is_out_of_use_as_soon_as_containers_have_looked() {
    let mut market = Market::start().await;
    let minji = market.app.signed_in("minji");
    let (thief, _) = market.app.another_container();
    market.app.app.publish_keys(market.app.now()).await.unwrap();
    let bare = market.bare();
    let stolen = |at| {
        let session = kernel::Id::from_uuid(minji.id.uuid());
        thief.keys.access_token(minji.id, session, &[Role::Admin], at).unwrap()
    };
    assert_eq!(wallet(&bare, &stolen(market.app.now())).await, 200);
    market.app.advance(Span::minutes(2)).await;
    market.rotate(Secret::Signing, Span::hours(1)).await.unwrap();
    market.rotate_all().await;
    assert_eq!(market.wallet(&stolen(market.app.now())).await, 401, "a new container");
    assert_eq!(wallet(&bare, &stolen(market.app.now())).await, 200, "it has not looked yet");
    // At the first token of a new key, at the latest after half an hour.
    market.app.advance(Span::minutes(29)).await;
    assert_eq!(wallet(&bare, &stolen(market.app.now())).await, 401);
    assert_eq!(market.jwks().await["keys"].as_array().unwrap().len(), 3, "its receipts stay good");
}

/// It looks at its secrets at a request, half an hour after it last did.
#[tokio::test]
async fn a_container_that_runs_signs_and_seals_with_the_new_keys_in_time() {
    let market = Market::start().await;
    let (container, router) = market.app.whole_container().await;
    let id = kernel::Id::from_uuid(market.app.signed_in("minji").id.uuid());
    let ask = async || {
        let request = RequestBuilder::new(router.clone(), "GET", "/v1/auctions").send().await;
        request.expect(200);
        let session = kernel::Id::from_uuid(id.uuid());
        let token = container.keys.access_token(id, session, &[], market.app.now()).unwrap();
        let card = container.keys.encrypt(Secret::Payment, "card", b"key", [1; 12]).unwrap();
        (kid(&token), card)
    };
    let (first, sealed) = ask().await;
    assert!(sealed.starts_with("0."));
    for secret in [Secret::Signing, Secret::Payment] {
        market.rotate(secret, Span::hours(1)).await.unwrap();
    }
    for minutes in [29, 30] {
        market.app.advance(Span::minutes(minutes)).await;
        assert_eq!(ask().await, (first.clone(), sealed.clone()), "published, and not in use");
    }
    market.app.advance(Span::minutes(1)).await;
    let (second, sealed) = ask().await;
    assert_ne!(second, first);
    assert!(sealed.starts_with("1."));
    assert_eq!(container.keys.decrypt(Secret::Payment, "card", &sealed).unwrap(), b"key");
}

#[tokio::test]
async fn a_key_that_is_not_used_yet_is_in_the_key_set_and_signs_nothing() {
    let market = Market::start().await;
    market.rotate(Secret::Signing, Span::hours(1)).await.unwrap();
    assert_eq!(market.jwks().await["keys"].as_array().unwrap().len(), 2);
    let minji = market.app.signed_in("minji");
    let first = kid(&minji.token);
    assert_eq!(kid(&market.fresh_token(&minji).await), first);
    assert!(market.rotate(Secret::Signing, Span::hours(1)).await.is_err(), "one at a time");
    market.app.advance(Span::hours(1)).await;
    assert_ne!(kid(&market.fresh_token(&minji).await), first);
}
