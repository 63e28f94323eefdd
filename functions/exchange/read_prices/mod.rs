//! Best ask, best bid and last price of every option.

use axum::{Json, extract::State};
use domain::{catalog::ItemOption, exchange::Price};
use kernel::{CatalogItemId, Instant, Won, codes};
use platform::{Access, App, Function, Grant, Http, Path, Problem};
use serde::Serialize;
use store::{Table, exchange::Quotes};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::refusal;

const PATH: &str = "/v1/catalog/{itemId}/prices";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "read_prices",
    Http::get(PATH, || routes!(handle)).access(Access::Public).problems(&[codes::NOT_TRADED]),
)
.grants(&[Grant::table(Table::Exchange).query()])
.timeout_s(5);

/// What the market says of an item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PricesView {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    /// In the order of shops.
    options: Vec<OptionPricesView>,
}

/// What the market says of one option.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OptionPricesView {
    #[schema(example = "270")]
    option: &'static str,
    /// Won; for what it can be bought. Null when nobody sells.
    #[schema(value_type = Option<i64>, example = 321_000)]
    lowest_ask: Option<Won>,
    /// Won; for what it can be sold. Null when nobody buys.
    #[schema(value_type = Option<i64>, example = 298_000)]
    highest_bid: Option<Won>,
    /// Won; of the trade that was paid last. Null before the first.
    #[schema(value_type = Option<i64>, example = 310_000)]
    last_price: Option<Won>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Instant>,
}

impl OptionPricesView {
    fn new(option: ItemOption, quotes: &Quotes) -> Self {
        Self {
            option: option.as_str(),
            lowest_ask: quotes.ask.map(Price::won),
            highest_bid: quotes.bid.map(Price::won),
            last_price: quotes.last.map(|last| last.price),
            last_at: quotes.last.map(|last| last.at),
        }
    }
}

/// Shows the prices of an item
///
/// They follow the book by moments. An order that is placed meets the best one there is then.
#[utoipa::path(
    get,
    path = PATH,
    params(("itemId" = String, Path, format = Uuid, description = "The item")),
    responses((status = 200, body = PricesView, description = "The prices of every option"))
)]
async fn handle(
    State(app): State<App>,
    Path(item): Path<CatalogItemId>,
) -> Result<Json<PricesView>, Problem> {
    let quotes = app.store.quotes_of(item).await?;
    if quotes.is_empty() {
        return Err(refusal::not_traded());
    }
    let options = quotes
        .iter()
        .map(|(instrument, quotes)| OptionPricesView::new(instrument.option, quotes))
        .collect();
    Ok(Json(PricesView { item_id: item, options }))
}

#[cfg(test)]
mod tests;
