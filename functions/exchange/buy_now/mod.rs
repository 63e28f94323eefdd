//! Takes the best ask.

use axum::extract::State;
use domain::{catalog::ItemOption, exchange::Side, trade::DeliveryNote};
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
    refusal::BUYING_PROBLEMS,
    view::OrderView,
};

const PATH: &str = "/v1/exchange/buy-now";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "buy_now",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Required)
        .problems(BUYING_PROBLEMS),
)
.grants(GRANTS)
.tells(&[TradeMatched::KIND, OrderExpired::KIND])
.memory_mb(1_769)
.timeout_s(29);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BuyNow {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "270")]
    option: ItemOption,
    /// Won; in steps of 1,000. The most to pay, without fees.
    #[schema(value_type = i64, example = 321_000, minimum = 1_000)]
    limit_price: Won,
    /// From the caller's address book.
    #[schema(value_type = String, format = Uuid)]
    address_id: AddressId,
    funding: FundingChoice,
    /// What is asked of whoever brings the goods: one line of at most 100 characters.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "문 앞에 놓아 주세요", max_length = 100)]
    delivery_note: Option<DeliveryNote>,
    /// When the goods fail inspection, buy the next ask at no more than the price paid.
    #[serde(default)]
    buy_again: bool,
}

/// Takes the best ask
///
/// At its price, if that is within the limit; else nothing happens and the answer is `price-moved`
/// with the best ask there is.
#[utoipa::path(
    post,
    path = PATH,
    request_body = BuyNow,
    responses((status = 201, body = OrderView, description = "`matched`"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<BuyNow>,
) -> Result<Reply, Problem> {
    let draft = Draft {
        route: "exchange-buy-now",
        item: body.item_id,
        option: body.option,
        side: Side::Buy,
        price: placing::price(body.limit_price, "/limitPrice")?,
        funding: Some(body.funding),
        rebuy_if_failed: body.buy_again,
        address: body.address_id,
        note: body.delivery_note,
        expires_in_days: None,
        // The limit says so.
        confirmed: true,
    };
    Box::pin(placing::place(&app, &once, caller.user, draft, now)).await
}

#[cfg(test)]
mod tests;
