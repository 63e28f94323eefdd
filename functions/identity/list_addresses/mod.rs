//! The caller's address book.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{App, Caller, Function, Grant, Http, PageRequest, Paged, Problem, Secret};
use store::Table;
use utoipa_axum::routes;

use crate::view::AddressView;

const PATH: &str = "/v1/me/addresses";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "list_addresses",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Identity).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// Lists the caller's addresses
///
/// Oldest first.
#[utoipa::path(
    get,
    path = PATH,
    params(platform::PageQuery),
    responses((status = 200, body = Paged<AddressView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<AddressView>>, Problem> {
    let rows = app.store.addresses(caller.user, page.limit, page.after.clone()).await?;
    page.render(&app, rows.map(|row| AddressView::new(&row))).map(Json)
}

#[cfg(test)]
mod tests;
