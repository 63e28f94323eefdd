//! The caller's cards.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    App, Caller, Function, Grant, Http, Now, PageQuery, PageRequest, Paged, Problem, Secret,
};
use store::Table;
use utoipa_axum::routes;

use crate::cards::PaymentMethodView;

const PATH: &str = "/v1/me/payment-methods";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "list_payment_methods",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Payment).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// Lists the caller's cards
///
/// At most 10, in no order that means anything, their numbers masked.
#[utoipa::path(
    get,
    path = PATH,
    params(PageQuery),
    responses((status = 200, description = "A page of cards", body = Paged<PaymentMethodView>)),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<PaymentMethodView>>, Problem> {
    let rows = app.store.payment_methods(caller.user, page.limit, page.after.clone()).await?;
    let shown = rows.try_map(|method| Ok::<_, Problem>(PaymentMethodView::new(&method, now)))?;
    page.render(&app, shown).map(Json)
}

#[cfg(test)]
mod tests;
