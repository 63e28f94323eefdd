//! The caller's payments, newest first.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    App, Caller, Function, Grant, Http, PageQuery, PageRequest, Paged, Problem, Secret,
};
use store::Table;
use utoipa_axum::routes;

use crate::view::PaymentView;

const PATH: &str = "/v1/payments";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "list_payments",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Payment).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// Lists the caller's payments, newest first
#[utoipa::path(
    get,
    path = PATH,
    params(PageQuery),
    responses((status = 200, description = "A page of payments", body = Paged<PaymentView>)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<PaymentView>>, Problem> {
    let rows = app.store.payments_of(caller.user, page.limit, page.after.clone()).await?;
    let shown = rows.try_map(|payment| Ok::<_, Problem>(PaymentView::new(&payment)))?;
    page.render(&app, shown).map(Json)
}

#[cfg(test)]
mod tests;
