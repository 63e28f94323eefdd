//! A market in which Anna has one of everything.

use std::collections::BTreeMap;

use domain::identity::Role;
use kernel::UserId;
use serde_json::{Value, json};

use crate::{
    budgets::exchange::fixture::{Floor, Trader, wallet},
    support::parcel,
};

const TOP_UP: i64 = 30_000;

pub struct World {
    pub floor: Floor,
    pub anna: Trader,
    /// Somebody with an account, an address and money, who has nothing to do with Anna.
    pub bora: Trader,
    /// Who sells to Anna.
    sora: Trader,
    /// What a provider's page gave Anna for her payment.
    pub payment_key: String,
    /// Ids by object and parameter.
    ids: BTreeMap<(&'static str, &'static str), String>,
}

impl World {
    pub async fn build() -> Self {
        let mut floor = Floor::open().await;
        let anna = floor.seller("anna").await;
        floor.stage.fund(anna.id, 10_000_000).await;
        let (bora, sora) = (floor.buyer("bora").await, floor.seller("sora").await);
        let (ids, payment_key) = (BTreeMap::new(), String::new());
        let mut world = Self { floor, anna, bora, sora, payment_key, ids };
        world.keep("anna", "userId", &json!(world.anna.id));
        world.keep("blocked", "userId", &json!(world.sora.id));
        world.keep("item", "itemId", &json!(world.floor.item));
        world.auctions().await;
        world.direct_trades().await;
        world.exchange().await;
        world.money().await;
        world.small_things().await;
        world
    }

    /// `route`'s path with the ids of `object` in it.
    pub fn path(&self, route: &str, object: &'static str) -> String {
        let path = route.split_once(' ').unwrap().1;
        let fill = |part: &str| match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            None => part.to_owned(),
            Some("option") => "270".to_owned(),
            Some("tag") => "sneakers".to_owned(),
            Some("price") => "90000".to_owned(),
            Some(name) => {
                let mut kept = self.ids.iter();
                let found = kept.find(|((of, kept), _)| *of == object && *kept == name);
                found.unwrap_or_else(|| panic!("{route}: {object} has no {name}")).1.clone()
            }
        };
        let path = path.split('/').map(fill).collect::<Vec<_>>().join("/");
        // The list that must be told whose side to show.
        if route.ends_with("/{userId}/trades") { format!("{path}?role=buyer") } else { path }
    }

    fn keep(&mut self, object: &'static str, name: &'static str, id: &Value) {
        let id = id.as_str().unwrap().trim_matches('"').to_owned();
        assert!(self.ids.insert((object, name), id).is_none(), "{object}: two of {name}");
    }

    async fn made(&mut self, who: UserId, path: &str, body: Value) -> Value {
        let request = self.floor.stage.post(who, path, body);
        self.floor.stage.ask("201", request).await.json()
    }

    async fn auctions(&mut self) {
        let (anna, bora) = (self.anna.id, self.bora.id);
        let plain = json!({ "title": "삼각대", "startPrice": 10_000, "durationSeconds": 86_400 });
        let mut open = plain.clone();
        open["buyNowPrice"] = json!(90_000);
        for (object, offer) in [("auction", &plain), ("sale", &open)] {
            let made = self.made(anna, "/v1/auctions", offer.clone()).await;
            self.keep(object, "auctionId", &made["id"]);
        }
        let made = self.made(self.sora.id, "/v1/auctions", plain).await;
        let path = format!("/v1/auctions/{}/bids", made["id"].as_str().unwrap());
        let bid = self.made(anna, &path, json!({ "amount": 10_000 })).await;
        self.keep("bid", "auctionId", &made["id"]);
        self.keep("bid", "bidId", &bid["id"]);
        // Anna is outbid: that is one notification.
        self.made(bora, &path, json!({ "amount": 20_000 })).await;
    }

    /// One that Anna buys, one that she sells and that is paid.
    async fn direct_trades(&mut self) {
        let (anna, bora, sora) = (self.anna.clone(), self.bora.clone(), self.sora.clone());
        let bought = self.sold(sora.id, anna.id).await;
        self.keep("bought", "tradeId", &bought);
        // Bora's payment makes no secret of Anna's trade to anybody else: it is sora who buys.
        let sold = self.sold(anna.id, sora.id).await;
        self.floor.stage.fund(sora.id, 1_000_000).await;
        let pay = format!("/v1/trades/{}/pay", sold.as_str().unwrap());
        let request = self.floor.stage.post(sora.id, &pay, json!({ "addressId": sora.address }));
        self.floor.stage.ask("200", request).await;
        self.keep("sold", "tradeId", &sold);
        let own = self.sold(sora.id, bora.id).await;
        self.keep("bora's", "tradeId", &own);
    }

    /// The id of a trade that `seller` and `buyer` agreed on.
    async fn sold(&mut self, seller: UserId, buyer: UserId) -> Value {
        let offer = json!({
            "title": "필름 카메라", "startPrice": 10_000, "buyNowPrice": 50_000,
            "durationSeconds": 86_400,
        });
        let auction = self.made(seller, "/v1/auctions", offer).await;
        let path = format!("/v1/auctions/{}/buy-now", auction["id"].as_str().unwrap());
        self.made(buyer, &path, json!({})).await;
        let request = self.floor.stage.get(buyer, "/v1/trades?role=buyer");
        self.floor.stage.ask("200", request).await.json()["items"][0]["id"].clone()
    }

    /// An order that rests, and an inspected trade that is on its way to the centre.
    async fn exchange(&mut self) {
        let (anna, sora) = (self.anna.clone(), self.sora.clone());
        let ask = self.floor.ask(&sora, 100_000);
        self.floor.place("201 ask rests", &sora, ask).await;
        let bid = self.floor.bid(&anna, 100_000, &wallet());
        let met = self.floor.place("201 wallet's bid meets an ask", &anna, bid).await;
        self.keep("inspected", "tradeId", &met["tradeId"]);
        let trade = Floor::trade_of(&met);
        let request = self.floor.stage.post(sora.id, &format!("{trade}/ship"), parcel());
        self.floor.stage.ask("200", request).await;
        let bid = self.floor.bid(&anna, 5_000, &wallet());
        let rests = self.floor.place("201 wallet's bid rests", &anna, bid).await;
        self.keep("order", "orderId", &rests["id"]);
        let alert = json!({ "itemId": self.floor.item, "option": "270", "price": 90_000 });
        self.made(anna.id, "/v1/exchange/alerts", alert).await;
        self.keep("alert", "itemId", &json!(self.floor.item));
    }

    async fn money(&mut self) {
        let anna = self.anna.id;
        let top_up = json!({ "amount": TOP_UP, "provider": "toss" });
        let begun = self.made(anna, "/v1/wallet/top-ups", top_up).await;
        let order = begun["orderId"].as_str().unwrap();
        self.payment_key = self.floor.stage.providers.providers.toss_pay(order, TOP_UP);
        self.keep("payment", "paymentId", &begun["payment"]["id"]);
        self.floor.stage.earn(anna, 1_000).await;
        let withdrawal = self.made(anna, "/v1/wallet/withdrawals", json!({ "amount": 1_000 }));
        let withdrawal = withdrawal.await;
        self.keep("withdrawal", "withdrawalId", &withdrawal["id"]);
        self.keep("withdrawal", "userId", &json!(anna));
        let trader = self.anna.clone();
        let card = self.floor.card(&trader, "card-ok-1").await;
        self.keep("card", "paymentMethodId", &card["paymentMethodId"]);
        self.keep("address", "addressId", &trader.address);
    }

    async fn small_things(&mut self) {
        let (anna, sora) = (self.anna.id, self.sora.id);
        let stage = &mut self.floor.stage;
        let told = stage.ask("200", stage.get(anna, "/v1/notifications")).await.json();
        let request = stage.by(anna, stage.app.put(&format!("/v1/me/blocks/{sora}")));
        stage.ask("204", request).await;
        let request = stage.by_admin(stage.app.post("/v1/tags"));
        stage.ask("201", request.json(json!({ "name": "sneakers" }))).await;
        self.keep("notification", "notificationId", &told["items"][0]["id"]);
        let watched = self.path("PUT /v1/me/watches/{auctionId}", "bid");
        let request = self.floor.stage.by(anna, self.floor.stage.app.put(&watched));
        self.floor.stage.ask("204", request).await;
    }

    /// The roles with which Anna asks: those that the route wants, which help a party nothing.
    pub fn annas_roles(route: &str) -> &'static [Role] {
        match route.rsplit('/').next() {
            Some("receive" | "inspection" | "forward") => &[Role::User, Role::Inspector],
            _ => &[Role::User],
        }
    }
}
