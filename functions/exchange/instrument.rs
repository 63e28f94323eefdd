//! What is traded, from the path of a request.

use domain::catalog::ItemOption;
use kernel::CatalogItemId;
use platform::{App, Problem};
use store::exchange::Instrument;

use crate::refusal;

/// An option as the path spells it.
pub fn option(text: &str) -> Result<ItemOption, Problem> {
    text.parse().map_err(|error: domain::catalog::UnknownOption| {
        Problem::field("path/option", "invalid", format!("{error}."))
    })
}

/// The instrument of a path, if there is such a one.
pub async fn traded(
    app: &App,
    (item, text): (CatalogItemId, String),
) -> Result<Instrument, Problem> {
    let instrument = (item, option(&text)?);
    match app.store.is_instrument(instrument).await? {
        true => Ok(instrument),
        false => Err(refusal::not_traded()),
    }
}
