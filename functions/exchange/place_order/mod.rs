//! Places an ask or a bid.

use axum::extract::State;
use domain::{
    catalog::ItemOption,
    exchange::{EXPIRY_DAYS, Side},
    trade::DeliveryNote,
};
use events::{Event, OrderExpired, TradeMatched};
use kernel::{AddressId, CatalogItemId, Won};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, parse,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    placing::{self, Draft, FundingChoice, GRANTS},
    refusal::ORDER_PROBLEMS,
    view::OrderView,
};

const PATH: &str = "/v1/exchange/orders";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "place_order",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Required)
        .problems(ORDER_PROBLEMS),
)
.grants(GRANTS)
.tells(&[TradeMatched::KIND, OrderExpired::KIND])
// A card's password is compared with argon2.
.memory_mb(1_769)
.timeout_s(29);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlaceOrder {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    /// `XS` to `XXL`, `220` to `300`, `US5` to `US12` or `ONESIZE`.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "270")]
    option: ItemOption,
    side: SideChoice,
    /// Won; in steps of 1,000. The most a buyer pays, the least a seller takes, without fees.
    #[schema(value_type = i64, example = 321_000, minimum = 1_000)]
    price: Won,
    /// 1, 3, 7, 14, 30 or 60.
    #[schema(example = 30)]
    expires_in_days: i64,
    /// From the caller's address book: where a buyer's goods go; a seller's is kept with the order.
    #[schema(value_type = String, format = Uuid)]
    address_id: AddressId,
    /// A buyer's; absent for a seller.
    funding: Option<FundingChoice>,
    /// A buyer's: what is asked of whoever brings the goods, one line of at most 100 characters.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "문 앞에 놓아 주세요", max_length = 100)]
    delivery_note: Option<DeliveryNote>,
    /// A buyer's: when the goods fail inspection, buy the next ask at no more than the same price.
    #[serde(default)]
    buy_again: bool,
    /// That a price is meant which slips make: more than 10 % off the last trade, or one that
    /// meets an order of the other side. Without it such an order is `confirm-price`.
    #[serde(default)]
    confirm: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SideChoice {
    Buy,
    Sell,
}

/// Places an ask or a bid
///
/// It meets the best order of the other side at that order's price, the oldest among equals, or
/// rests until it is met, cancelled or past its time. Of a buyer's wallet, price and fee are held
/// at once; a card is charged after the match. What an order comes to, `/v1/exchange/quote` says.
///
/// A bid at or above the lowest ask, an ask at or below the highest bid, and a price more than 10 %
/// off the last trade need `confirm`; without it the answer is `confirm-price` and says what the
/// order would do: `wouldMatchAt`, and what the market was moments ago (`lowestAsk`, `highestBid`,
/// `lastTrade`).
#[utoipa::path(
    post,
    path = PATH,
    request_body = PlaceOrder,
    responses((status = 201, body = OrderView, description = "`matched` at once, or `open`"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<PlaceOrder>,
) -> Result<Reply, Problem> {
    let draft = draft(body)?;
    Box::pin(placing::place(&app, &once, caller.user, draft, now)).await
}

fn draft(body: PlaceOrder) -> Result<Draft, Problem> {
    if !EXPIRY_DAYS.contains(&body.expires_in_days) {
        let detail = format!("An order rests for one of {EXPIRY_DAYS:?} days.");
        return Err(Problem::field("/expiresInDays", "invalid", detail));
    }
    let side = match body.side {
        SideChoice::Buy => Side::Buy,
        SideChoice::Sell => Side::Sell,
    };
    if body.buy_again && side == Side::Sell {
        return Err(Problem::field("/buyAgain", "invalid", "Only a buyer buys again."));
    }
    if body.delivery_note.is_some() && side == Side::Sell {
        let detail = "Only a buyer's goods are delivered.";
        return Err(Problem::field("/deliveryNote", "invalid", detail));
    }
    Ok(Draft {
        route: "exchange-place-order",
        item: body.item_id,
        option: body.option,
        side,
        price: placing::price(body.price, "/price")?,
        funding: body.funding,
        address: body.address_id,
        note: body.delivery_note,
        rebuy_if_failed: body.buy_again,
        expires_in_days: Some(body.expires_in_days),
        confirmed: body.confirm,
    })
}

#[cfg(test)]
mod tests;
