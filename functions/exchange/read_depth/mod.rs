//! How many orders rest at each price.

use axum::extract::State;
use domain::exchange::Side;
use kernel::{CatalogItemId, Won, codes};
use platform::{
    Access, App, Function, Grant, Http, PageRequest, Paged, Path, Problem, QueryString, Reply,
    Secret,
};
use serde::{Deserialize, Serialize};
use store::{Table, exchange::Level};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::instrument::traded;

const PATH: &str = "/v1/catalog/{itemId}/options/{option}/depth";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "read_depth",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[codes::INVALID_CURSOR, codes::NOT_TRADED]),
)
.grants(&[Grant::table(Table::Exchange).get().query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReadDepth {
    /// `sell` (default): asks, lowest first. `buy`: bids, highest first.
    #[param(inline)]
    #[serde(default)]
    side: Asked,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Asked {
    Buy,
    #[default]
    Sell,
}

impl Asked {
    const fn side(self) -> Side {
        match self {
            Self::Buy => Side::Buy,
            Self::Sell => Side::Sell,
        }
    }
}

/// A price at which orders rest.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LevelView {
    #[schema(value_type = i64, example = 321_000)]
    price: Won,
    /// How many orders.
    #[schema(example = 3, minimum = 1)]
    count: u32,
}

impl From<&Level> for LevelView {
    fn from(level: &Level) -> Self {
        Self { price: level.price.won(), count: level.count }
    }
}

/// Shows how many orders rest at each price
///
/// Best price first. It follows the book by moments.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("option" = String, Path, description = "The option, like `270`"),
        ReadDepth,
    ),
    responses((status = 200, body = Paged<LevelView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Path((item, option)): Path<(CatalogItemId, String)>,
    QueryString(query): QueryString<ReadDepth>,
) -> Result<Reply, Problem> {
    let side = query.side.side();
    let scope = format!("exchange-read-depth#{}#{}#{}", item, option, side.as_str());
    let limit = query.limit.as_deref();
    let cursor = query.cursor.as_deref();
    let request = PageRequest::parse(&app, scope, limit, cursor)?;
    let instrument = traded(&app, item, &option).await?;
    let page = app.store.depth(instrument.side(side), request.limit, request.after.clone()).await?;
    let page = page.try_map(|level| Ok::<_, Problem>(LevelView::from(&level)))?;
    Reply::ok(&request.render(&app, page)?)
}

#[cfg(test)]
mod tests;
