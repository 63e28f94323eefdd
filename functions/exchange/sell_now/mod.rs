//! Takes the best bid.

use axum::extract::State;
use domain::{catalog::ItemOption, exchange::Side};
use events::{Event, OrderExpired, TradeMatched};
use kernel::{AddressId, CatalogItemId, Won};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, parse,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    placing::{self, Draft, SELL_GRANTS},
    refusal::SELLING_PROBLEMS,
    view::OrderView,
};

const PATH: &str = "/v1/exchange/sell-now";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "sell_now",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Required)
        .problems(SELLING_PROBLEMS),
)
.grants(SELL_GRANTS)
.tells(&[TradeMatched::KIND, OrderExpired::KIND])
.timeout_s(29);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SellNow {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "270")]
    option: ItemOption,
    /// Won; in steps of 1,000. The least to take, without fees.
    #[schema(value_type = i64, example = 300_000, minimum = 1_000)]
    limit_price: Won,
    /// From the caller's address book.
    #[schema(value_type = String, format = Uuid)]
    address_id: AddressId,
}

/// Takes the best bid
///
/// At its price, if that is within the limit; else nothing happens and the answer is `price-moved`
/// with the best bid there is. The seller has 48 hours to ship once the buyer's money is in.
#[utoipa::path(
    post,
    path = PATH,
    request_body = SellNow,
    responses((status = 201, body = OrderView, description = "`matched`"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<SellNow>,
) -> Result<Reply, Problem> {
    let draft = Draft {
        route: "exchange-sell-now",
        item: body.item_id,
        option: body.option,
        side: Side::Sell,
        price: placing::price(body.limit_price, "/limitPrice")?,
        funding: None,
        rebuy_if_failed: false,
        address: body.address_id,
        note: None,
        expires_in_days: None,
        // The limit says so.
        confirmed: true,
    };
    Box::pin(placing::place(&app, &once, caller.user, draft, now)).await
}

#[cfg(test)]
mod tests;
