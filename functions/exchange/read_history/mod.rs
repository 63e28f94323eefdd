//! Prices over time, as bars of a chart.

use axum::{Json, extract::State};
use domain::exchange::views::Candle;
use kernel::{CatalogItemId, Instant, Won, codes};
use platform::{Access, App, Function, Grant, Http, Now, Path, Problem, QueryString, parse};
use serde::{Deserialize, Serialize};
use store::Table;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{
    history::{Stretch, bars_max, bucket},
    instrument::traded,
};

const PATH: &str = "/v1/catalog/{itemId}/options/{option}/history";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "read_history",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[codes::NOT_TRADED]),
)
.grants(&[Grant::table(Table::Exchange).get().query()])
.timeout_s(5);

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReadHistory {
    /// `hour`, or `day` (default), which begins at midnight in Seoul.
    #[param(example = "day")]
    bucket: Option<String>,
    /// The first bar holds this instant; 72 hours or 30 days back unless told.
    #[param(value_type = Option<String>, format = DateTime)]
    #[serde(default, deserialize_with = "parse::maybe_text")]
    from: Option<Instant>,
    /// The last bar holds this instant; now unless told.
    #[param(value_type = Option<String>, format = DateTime)]
    #[serde(default, deserialize_with = "parse::maybe_text")]
    to: Option<Instant>,
}

/// Prices over a stretch of time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HistoryView {
    /// `hour` or `day`.
    #[schema(example = "day")]
    bucket: &'static str,
    #[schema(value_type = String, format = DateTime)]
    from: Instant,
    #[schema(value_type = String, format = DateTime)]
    to: Instant,
    /// Oldest first; an hour or day without trades has none.
    #[schema(max_items = 400)]
    bars: Vec<BarView>,
}

/// The trades of an hour or a day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BarView {
    #[schema(value_type = String, format = DateTime)]
    start: Instant,
    /// Won; of the first trade.
    #[schema(value_type = i64, example = 320_000)]
    open: Won,
    #[schema(value_type = i64, example = 335_000)]
    high: Won,
    #[schema(value_type = i64, example = 318_000)]
    low: Won,
    /// Won; of the last trade.
    #[schema(value_type = i64, example = 331_000)]
    close: Won,
    /// How many trades.
    #[schema(example = 7, minimum = 1)]
    volume: u32,
}

impl From<&Candle> for BarView {
    fn from(candle: &Candle) -> Self {
        let Candle { start, open, high, low, close, volume, .. } = *candle;
        Self { start, open, high, low, close, volume }
    }
}

/// Shows the price history of an option
///
/// Of paid trades, by the instant at which they were paid. At most 400 bars.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("option" = String, Path, description = "The option, like `270`"),
        ReadHistory,
    ),
    responses((status = 200, body = HistoryView, description = "The bars"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path((item, option)): Path<(CatalogItemId, String)>,
    QueryString(query): QueryString<ReadHistory>,
) -> Result<Json<HistoryView>, Problem> {
    let bucket = bucket(query.bucket.as_deref())?;
    let Stretch { from, to, .. } = Stretch::of(bucket, query.from, query.to, now)?;
    let instrument = traded(&app, item, &option).await?;
    let bars = app.store.candles(instrument, bucket, from, to, bars_max()).await?;
    let bars = bars.iter().map(BarView::from).collect();
    Ok(Json(HistoryView { bucket: bucket.as_str(), from, to, bars }))
}

#[cfg(test)]
mod tests;
