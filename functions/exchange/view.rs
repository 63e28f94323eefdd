//! An order as its owner sees it.

use domain::exchange::{Met, Order, OrderFunding, OrderState, quote};
use kernel::{CatalogItemId, Instant, OrderId, PaymentMethodId, TradeId, Won};
use serde::Serialize;
use utoipa::ToSchema;

/// An ask or a bid.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    #[schema(value_type = String, format = Uuid)]
    id: OrderId,
    /// `buy` or `sell`.
    #[schema(example = "buy")]
    side: &'static str,
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    #[schema(example = "270")]
    option: &'static str,
    #[schema(example = "에어 조던 1 270")]
    title: String,
    /// Won; the limit.
    #[schema(value_type = i64, example = 321_000)]
    price: Won,
    /// Won; the platform's: at the price of the trade, before that at the limit.
    #[schema(value_type = i64, example = 9_630)]
    fee: Won,
    /// Won; what the buyer pays, or the seller receives: at the price of the trade, before that at
    /// the limit.
    #[schema(value_type = i64, example = 330_630)]
    total: Won,
    /// Where the buyer's money comes from: `wallet` or `card`; absent for a seller.
    #[schema(example = "wallet")]
    funding: Option<&'static str>,
    /// Won; set aside in the owner's wallet: a seller's until the goods have passed or the order is
    /// over, a buyer's by card until the card has paid or the order is over.
    #[schema(value_type = i64, example = 32_100)]
    deposit: Won,
    #[schema(value_type = Option<String>, format = Uuid)]
    payment_method_id: Option<PaymentMethodId>,
    /// What its buyer asked of whoever brings the goods.
    #[schema(example = "문 앞에 놓아 주세요")]
    delivery_note: Option<String>,
    /// Whether the next ask is to be bought when the goods fail inspection.
    buy_again: bool,
    /// `open`, `matched`, `cancelled` or `expired`.
    #[schema(example = "open")]
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    placed_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    /// What it was matched in.
    #[schema(value_type = Option<String>, format = Uuid)]
    trade_id: Option<TradeId>,
    /// Won; the price of the trade: the resting order's.
    #[schema(value_type = Option<i64>)]
    matched_price: Option<Won>,
}

impl OrderView {
    /// As it stands at `now`.
    pub fn new(order: &Order, now: Instant) -> Self {
        Self::told(order, order.state_at(now), order.met)
    }

    /// As it was told when it was placed, whatever has come since.
    pub fn first(order: &Order) -> Self {
        let state = match order.at_once {
            Some(_) => OrderState::Matched,
            None => OrderState::Open,
        };
        Self::told(&order.placed(), state, order.at_once)
    }

    fn told(order: &Order, state: OrderState, met: Option<Met>) -> Self {
        let terms = &order.terms;
        let quote = quote(terms.side, met.map_or(terms.price, |met| met.price));
        let (funding, payment_method_id) = match terms.funding {
            OrderFunding::Wallet => (Some("wallet"), None),
            OrderFunding::Card(method) => (Some("card"), Some(method)),
            OrderFunding::Seller => (None, None),
        };
        Self {
            id: order.id,
            side: terms.side.as_str(),
            item_id: terms.item,
            option: terms.option.as_str(),
            title: terms.title.clone(),
            price: terms.price.won(),
            fee: quote.fee,
            total: quote.total,
            funding,
            payment_method_id,
            deposit: terms.deposit,
            delivery_note: terms.note.as_ref().map(ToString::to_string),
            buy_again: terms.rebuy_if_failed,
            state: state.as_str(),
            placed_at: order.placed_at,
            expires_at: terms.expires_at,
            trade_id: met.map(|met| met.trade),
            matched_price: met.map(|met| met.price.won()),
        }
    }
}
