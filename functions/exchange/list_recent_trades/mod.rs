//! What was traded last, for how much.

use axum::extract::State;
use domain::exchange::views::RecentTrade;
use kernel::{CatalogItemId, Instant, Won, codes};
use platform::{
    Access, App, Function, Grant, Http, PageRequest, Paged, Path, Problem, Reply, Secret,
};
use serde::Serialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::instrument::traded;

const PATH: &str = "/v1/catalog/{itemId}/options/{option}/trades";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "list_recent_trades",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[codes::INVALID_CURSOR, codes::NOT_TRADED]),
)
.grants(&[Grant::table(Table::Exchange).get().query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// A paid trade. Who traded is nobody's business.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecentTradeView {
    #[schema(value_type = i64, example = 321_000)]
    price: Won,
    /// When it was paid.
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
}

impl From<&RecentTrade> for RecentTradeView {
    fn from(recent: &RecentTrade) -> Self {
        Self { price: recent.price, at: recent.at }
    }
}

/// Lists the last trades of an option
///
/// Paid ones, newest first.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("option" = String, Path, description = "The option, like `270`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "1 to 100"),
        ("cursor" = Option<String>, Query, description = "The `nextCursor` of the page before"),
    ),
    responses((status = 200, body = Paged<RecentTradeView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Path((item, option)): Path<(CatalogItemId, String)>,
    request: PageRequest,
) -> Result<Reply, Problem> {
    let instrument = traded(&app, item, &option).await?;
    let page = app.store.recent_trades(instrument, request.limit, request.after.clone()).await?;
    let page = page.try_map(|recent| Ok::<_, Problem>(RecentTradeView::from(&recent)))?;
    Reply::ok(&request.render(&app, page)?)
}

#[cfg(test)]
mod tests;
