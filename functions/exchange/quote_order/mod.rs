//! What an order comes to, before it is placed.

use domain::exchange::{Price, Side, quote};
use kernel::Won;
use platform::{Access, Function, Http, Problem, QueryString, Reply};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

const PATH: &str = "/v1/exchange/quote";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "quote_order",
    Http::get(PATH, || routes!(handle)).takes_query().access(Access::Public),
);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QuoteOrder {
    /// `buy` or `sell`.
    #[param(inline)]
    side: QuotedSide,
    /// Won; in steps of 1,000.
    #[param(value_type = i64, minimum = 1_000, example = 321_000)]
    price: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum QuotedSide {
    Buy,
    Sell,
}

/// What an order comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct QuoteView {
    #[schema(example = "buy")]
    side: &'static str,
    /// Won.
    #[schema(value_type = i64, example = 321_000)]
    price: Won,
    /// Won; the platform's: 3 %, rounded down.
    #[schema(value_type = i64, example = 9_630)]
    fee: Won,
    /// Won; what the buyer pays, or the seller receives.
    #[schema(value_type = i64, example = 330_630)]
    total: Won,
}

/// Says what an order comes to
///
/// At its own price: an order that meets a better one pays, or receives, by that one's.
#[utoipa::path(
    get,
    path = PATH,
    params(QuoteOrder),
    responses((status = 200, body = QuoteView, description = "Price, fee and total"))
)]
async fn handle(QueryString(query): QueryString<QuoteOrder>) -> Result<Reply, Problem> {
    let side = match query.side {
        QuotedSide::Buy => Side::Buy,
        QuotedSide::Sell => Side::Sell,
    };
    let quote = quote(side, price(&query.price)?);
    let price = quote.price.won();
    let side = side.as_str();
    Reply::ok(&QuoteView { side, price, fee: quote.fee, total: quote.total })
}

fn price(raw: &str) -> Result<Price, Problem> {
    let digits = !raw.is_empty() && raw.bytes().all(|byte| byte.is_ascii_digit());
    let amount = raw.parse().ok().filter(|_| digits).and_then(|won| Won::new(won).ok());
    let detail = domain::exchange::InvalidPrice.to_string();
    let price = amount.and_then(|won| Price::new(won).ok());
    price.ok_or_else(|| Problem::field("query/price", "invalid", detail))
}

#[cfg(test)]
mod tests;
