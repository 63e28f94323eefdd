//! The price history as a picture.

mod svg;

use axum::{extract::State, response::IntoResponse};
use http::header;
use kernel::{CatalogItemId, codes};
use platform::{Access, App, Function, Grant, Http, Now, Path, Problem, QueryString};
use serde::Deserialize;
use store::{Read, Table};
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{
    history::{Stretch, bars_max, bucket},
    instrument::traded,
};

const PATH: &str = "/v1/catalog/{itemId}/options/{option}/chart.svg";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "draw_chart",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[codes::NOT_TRADED]),
)
.grants(&[Grant::table(Table::Exchange).get().query(), Grant::table(Table::Catalog).get()])
.timeout_s(5);

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DrawChart {
    /// `hour`: the last 72 hours. `day` (default): the last 30 days.
    #[param(example = "day")]
    bucket: Option<String>,
}

/// Draws the price history of an option
///
/// A candlestick chart that needs no script. Paid trades only; may be a minute old.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("option" = String, Path, description = "The option, like `270`"),
        DrawChart,
    ),
    responses((
        status = 200,
        description = "The chart",
        content_type = "image/svg+xml",
        body = String,
        example = json!("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"),
    )),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path((item, option)): Path<(CatalogItemId, String)>,
    QueryString(query): QueryString<DrawChart>,
) -> Result<impl IntoResponse, Problem> {
    let stretch = Stretch::of(bucket(query.bucket.as_deref())?, None, None, now)?;
    let instrument = traded(&app, item, &option).await?;
    // A deleted item has a history, and no name any more.
    let item = app.store.catalog_item(instrument.item, Read::Eventual).await?;
    let name = item.map(|item| item.facts.name_ko.as_str().to_owned()).unwrap_or_default();
    let Stretch { bucket, from, to } = stretch;
    let bars = app.store.candles(instrument, bucket, from, to, bars_max()).await?;
    let title = format!("{name} {}", instrument.option);
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    Ok((headers, svg::draw(title.trim(), &stretch, &bars)))
}

#[cfg(test)]
mod tests;
