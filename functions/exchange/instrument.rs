//! What is traded, from the path of a request.

use domain::{catalog::ItemOption, exchange::Instrument};
use kernel::CatalogItemId;
use platform::{App, Problem};

use crate::refusal;

/// An option as the path spells it.
pub fn option(text: &str) -> Result<ItemOption, Problem> {
    text.parse().map_err(|error: domain::catalog::UnknownOption| {
        Problem::field("path/option", "invalid", format!("{error}."))
    })
}

/// The instrument of a path, if there is such a one.
pub async fn traded(app: &App, item: CatalogItemId, text: &str) -> Result<Instrument, Problem> {
    let instrument = Instrument { item, option: option(text)? };
    match app.store.is_instrument(instrument).await? {
        true => Ok(instrument),
        false => Err(refusal::not_traded()),
    }
}
