//! A price alert as its owner sees it.

use domain::exchange::Instrument;
use kernel::{CatalogItemId, Instant, Won};
use serde::Serialize;
use store::exchange::Alert;
use utoipa::ToSchema;

/// A price that somebody waits for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertView {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    #[schema(example = "270")]
    option: &'static str,
    /// The item's name and the option.
    #[schema(example = "에어 조던 1 270")]
    title: String,
    /// Won; told when the lowest ask is this or less.
    #[schema(value_type = i64, example = 300_000)]
    price: Won,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl From<&Alert> for AlertView {
    fn from(alert: &Alert) -> Self {
        let Instrument { item: item_id, option } = alert.instrument;
        Self {
            item_id,
            option: option.as_str(),
            title: alert.title.clone(),
            price: alert.price.won(),
            created_at: alert.created_at,
        }
    }
}
