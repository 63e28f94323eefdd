//! No longer waits for a price.

use axum::extract::State;
use domain::exchange::{Instrument, InvalidPrice, Price};
use http::StatusCode;
use kernel::{CatalogItemId, Won, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::Table;
use utoipa_axum::routes;

use crate::instrument::option;

const PATH: &str = "/v1/exchange/alerts/{itemId}/{option}/{price}";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "delete_alert",
    Http::delete(PATH, || routes!(handle)).problems(&[codes::ALERT_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Exchange).delete().update()])
.timeout_s(5);

/// Deletes a price alert
///
/// One that was told of, or is being told of, is gone already: 404.
#[utoipa::path(
    delete,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("option" = String, Path, description = "The option, like `270`"),
        ("price" = i64, Path, description = "The price, in won"),
    ),
    responses((status = 204, description = "Deleted"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path((item, text, won)): Path<(CatalogItemId, String, String)>,
) -> Result<StatusCode, Problem> {
    let instrument = Instrument { item, option: option(&text)? };
    let price = price(&won)?;
    match app.store.alert_delete(caller.user, instrument, price).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::new(codes::ALERT_NOT_FOUND, "You do not wait for this price.")),
    }
}

/// A price in its one spelling.
fn price(text: &str) -> Result<Price, Problem> {
    let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
    let won = number.and_then(|number| Won::new(number).ok());
    let price = won.map_or(Err(InvalidPrice), Price::new);
    price.map_err(|error| Problem::field("path/price", "invalid", format!("{error}.")))
}

#[cfg(test)]
mod tests;
