//! Two orders that met, and the inspection centre.

use domain::{
    exchange::{hold_of, trade_of_match},
    identity::Role,
    trade::{Agreement, Funding, Match, Source, Trade, Variant},
};
use kernel::{Id, OrderId, TradeId, UserId, Won};
use serde_json::{Value, json};
use store::Transaction;
use testkit::RequestBuilder;
use uuid::Uuid;

use super::{Market, PRICE, home, shipment, user};

/// What a matched buyer pays at [`PRICE`]: 3 % on top.
pub const TOTAL: i64 = 103_000;
/// What an order to buy at 110,000 won holds.
pub const HELD: i64 = 113_300;
/// What a matched seller gets at [`PRICE`]: 3 % less.
pub const PROCEEDS: i64 = 97_000;

pub fn buy_order() -> OrderId {
    Id::from_uuid(Uuid::from_u128(0xb1))
}

pub fn sell_order() -> OrderId {
    Id::from_uuid(Uuid::from_u128(0x51))
}

pub fn match_id() -> TradeId {
    trade_of_match(buy_order(), sell_order())
}

pub fn wallet() -> Funding {
    Funding::Wallet { held: Won::constant(HELD) }
}

pub fn card() -> Funding {
    Funding::Card { method: Id::from_uuid(Uuid::from_u128(0xca)) }
}

/// Whoever works at the inspection centre.
pub fn inspector() -> UserId {
    user(0x99)
}

impl Market {
    /// Two orders that met at [`PRICE`]: the buyer's holds [`HELD`] of twice the price. Nobody was
    /// told yet.
    pub async fn matched() -> Self {
        let market = Self::start().await;
        market.fund(market.buyer.id, 2 * PRICE).await;
        market.hold().await;
        market.open_match(wallet()).await;
        market
    }

    /// [`Market::matched`], paid and shipped to the inspection centre.
    pub async fn to_centre() -> Self {
        let market = Self::matched().await;
        market.settle().await;
        let ship = market.ask(match_id(), "ship", &market.seller);
        ship.json(shipment()).send().await.expect(200);
        market.settle().await;
        market
    }

    /// [`Market::to_centre`], received there.
    pub async fn at_centre() -> Self {
        let market = Self::to_centre().await;
        market.centre("receive").send().await.expect(200);
        market
    }

    /// [`Market::at_centre`], with this grade.
    pub async fn graded(grade: &str) -> Self {
        let market = Self::at_centre().await;
        market.centre("inspection").json(inspection(grade)).send().await.expect(200);
        market.settle().await;
        market
    }

    pub async fn hold(&self) {
        let amount = Won::constant(HELD);
        let transaction = Transaction::new()
            .hold(&hold_of(buy_order()), self.buyer.id, amount, self.now())
            .unwrap();
        self.store().commit(transaction).await.unwrap();
    }

    /// What the exchange does when two orders meet.
    pub async fn open_match(&self, funding: Funding) {
        let matched = Match {
            item: Id::from_uuid(Uuid::from_u128(0x17)),
            option: "270".parse().unwrap(),
            buy: buy_order(),
            sell: sell_order(),
            funding,
            again: false,
        };
        let agreement = Agreement {
            source: Source::Exchange(matched),
            variant: Variant::Inspected,
            seller: self.seller.id,
            buyer: self.buyer.id,
            title: "운동화".to_owned(),
            price: Won::constant(PRICE),
        };
        let address = Some(home());
        let trade = Trade { address, ..Trade::open(match_id(), agreement, self.now()) };
        assert!(self.store().trade_open(&trade).await.unwrap());
    }

    /// `POST /v1/trades/{the match}/{verb}` by an inspector.
    pub fn centre(&self, verb: &str) -> RequestBuilder {
        let token = self.token(inspector(), &[Role::User, Role::Inspector]);
        let request = self.post(&format!("/v1/trades/{}/{verb}", match_id()));
        request.bearer(&token).key(&self.fresh_key())
    }
}

pub fn inspection(grade: &str) -> Value {
    let photos = ["inspection/front.jpg", "inspection/sole.jpg"];
    json!({ "grade": grade, "checklistVersion": 3, "photos": photos, "notes": "밑창에 작은 오염" })
}
