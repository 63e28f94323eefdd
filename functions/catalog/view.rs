//! What clients see of the catalogue.

use domain::{
    catalog::{CatalogItem, ReleasePrice},
    exchange::Price,
};
use kernel::{CatalogItemId, Instant, Won};
use serde::Serialize;
use store::catalog::TagRow;
use utoipa::ToSchema;

/// A product of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogItemView {
    #[schema(value_type = String, format = Uuid)]
    pub id: CatalogItemId,
    #[schema(example = "나이키 덩크 로우 레트로")]
    pub name_ko: String,
    #[schema(example = "Nike Dunk Low Retro")]
    pub name_en: String,
    /// The manufacturer's number.
    #[schema(example = "DD1391-100")]
    pub model: String,
    #[schema(example = "2026-11-21", format = Date)]
    pub release_date: Option<String>,
    /// Won.
    #[schema(value_type = Option<i64>, example = 139_000)]
    pub release_price: Option<Won>,
    /// Object keys, at most three, the first of them for lists.
    #[schema(example = json!(["catalog/dunk-1.webp"]))]
    pub images: Vec<String>,
    /// The sizes it comes in, in the order of shops.
    #[schema(example = json!(["260", "270"]))]
    pub options: Vec<&'static str>,
    #[schema(example = json!(["sneaker"]))]
    pub tags: Vec<String>,
    /// Over all options.
    pub completed_trades: u32,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Rises with every change but the counting of trades. What `If-Match` takes.
    pub version: u32,
}

/// An item among the most traded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HotItemView {
    #[schema(value_type = String, format = Uuid)]
    pub id: CatalogItemId,
    #[schema(example = "나이키 덩크 로우 레트로")]
    pub name_ko: String,
    #[schema(example = "Nike Dunk Low Retro")]
    pub name_en: String,
    #[schema(example = "DD1391-100")]
    pub model: String,
    /// The key of the first image; null of an item without.
    #[schema(example = "catalog/dunk-1.webp")]
    pub image: Option<String>,
    pub completed_trades: u32,
    /// Won; the lowest ask of any of its options, of moments ago; null when nobody sells.
    #[schema(value_type = Option<i64>, example = 299_000)]
    pub lowest_ask: Option<Won>,
}

/// A tag that items can have.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagView {
    #[schema(example = "sneaker")]
    pub name: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

impl From<&CatalogItem> for CatalogItemView {
    fn from(item: &CatalogItem) -> Self {
        let facts = &item.facts;
        Self {
            id: item.id,
            name_ko: facts.name_ko.as_str().to_owned(),
            name_en: facts.name_en.as_str().to_owned(),
            model: facts.model.as_str().to_owned(),
            release_date: facts.release_date.map(|date| date.to_string()),
            release_price: facts.release_price.map(ReleasePrice::won),
            images: facts.images.keys().to_vec(),
            options: item.options.iter().map(|option| option.as_str()).collect(),
            tags: item.tags.iter().map(ToString::to_string).collect(),
            completed_trades: item.completed_trades,
            created_at: item.created_at,
            version: item.version,
        }
    }
}

impl HotItemView {
    pub fn new(item: &CatalogItem, lowest_ask: Option<Price>) -> Self {
        let facts = &item.facts;
        Self {
            id: item.id,
            name_ko: facts.name_ko.as_str().to_owned(),
            name_en: facts.name_en.as_str().to_owned(),
            model: facts.model.as_str().to_owned(),
            image: facts.images.first().map(str::to_owned),
            completed_trades: item.completed_trades,
            lowest_ask: lowest_ask.map(Price::won),
        }
    }
}

impl From<&TagRow> for TagView {
    fn from(row: &TagRow) -> Self {
        Self { name: row.tag.to_string(), created_at: row.created_at }
    }
}
