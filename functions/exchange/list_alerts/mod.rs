//! The prices the caller waits for.

use axum::extract::State;
use kernel::codes;
use platform::{App, Caller, Function, Grant, Http, PageRequest, Paged, Problem, Reply, Secret};
use store::Table;
use utoipa_axum::routes;

use crate::alert_view::AlertView;

const PATH: &str = "/v1/exchange/alerts";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "list_alerts",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Exchange).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// Lists my price alerts
///
/// Those that wait, newest first.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "1 to 100"),
        ("cursor" = Option<String>, Query, description = "The `nextCursor` of the page before"),
    ),
    responses((status = 200, body = Paged<AlertView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    request: PageRequest,
) -> Result<Reply, Problem> {
    let page = app.store.alerts_by(caller.user, request.limit, request.after.clone()).await?;
    let page = page.try_map(|alert| Ok::<_, Problem>(AlertView::from(&alert)))?;
    Reply::ok(&request.render(&app, page)?)
}

#[cfg(test)]
mod tests;
