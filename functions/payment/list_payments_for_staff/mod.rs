//! Everybody's payments of one status, for admins.

use axum::extract::State;
use domain::{
    identity::Role,
    payment::{Payment, Status},
};
use kernel::{Instant, UserId, codes};
use platform::{
    Access, App, Function, Grant, Http, ListOrder, PageRequest, Paged, Problem, QueryString, Reply,
    Secret,
};
use serde::{Deserialize, Serialize};
use store::Table;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::view::PaymentView;

const PATH: &str = "/v1/admin/payments";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "list_payments_for_staff",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Role(Role::Admin))
        .problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Payment).query()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListPaymentsForStaff {
    /// Of this status.
    #[param(inline)]
    status: StatusName,
    /// By when they were begun.
    #[param(inline)]
    #[serde(default)]
    order: ListOrder,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StatusName {
    Ready,
    Approving,
    Done,
    Failed,
    PartiallyCancelled,
    Cancelled,
    Returning,
    Returned,
}

/// A payment as staff sees it in a list: as its payer does, and whose it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffPaymentView {
    #[serde(flatten)]
    payment: PaymentView,
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    /// Since when somebody has been confirming or cancelling it; null when nobody is.
    #[schema(value_type = Option<String>, format = DateTime)]
    under_way_since: Option<Instant>,
}

/// Lists everybody's payments
///
/// For admins: those of one status. Only `nextCursor: null` says that there are no more. What moves
/// between two pages may be on both, or on neither.
#[utoipa::path(
    get,
    path = PATH,
    params(ListPaymentsForStaff),
    responses((status = 200, body = Paged<StaffPaymentView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    QueryString(query): QueryString<ListPaymentsForStaff>,
) -> Result<Reply, Problem> {
    let status = Status::from(query.status);
    let scope = format!("payment-list-payments-for-staff#{status:?}#{:?}", query.order);
    let request = PageRequest::parse(&app, scope, query.limit.as_deref(), query.cursor.as_deref())?;
    let page = app.store.payments_listed(status, request.ordered(query.order)).await?;
    Reply::ok(&request.render(&app, page.map(|row| StaffPaymentView::from(&row)))?)
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Ready => Self::Ready,
            StatusName::Approving => Self::Approving,
            StatusName::Done => Self::Done,
            StatusName::Failed => Self::Failed,
            StatusName::PartiallyCancelled => Self::PartiallyCancelled,
            StatusName::Cancelled => Self::Cancelled,
            StatusName::Returning => Self::Returning,
            StatusName::Returned => Self::Returned,
        }
    }
}

impl From<&Payment> for StaffPaymentView {
    fn from(payment: &Payment) -> Self {
        let confirming = payment.claim.as_ref().map(|claim| claim.first_at);
        let cancelling = payment.cancelling.as_ref().map(|cancelling| cancelling.first_at);
        Self {
            payment: PaymentView::new(payment),
            user_id: payment.user,
            under_way_since: confirming.or(cancelling),
        }
    }
}

#[cfg(test)]
mod tests;
