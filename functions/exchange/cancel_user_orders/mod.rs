//! Takes a user's open orders back (admin).
//!
//! Guaranteed: each order ends in a transaction of its own, noted with it; what breaks off half-way
//! leaves the rest as it was, and doing it again goes on.

use axum::extract::State;
use domain::{exchange::OrderState, identity::Role};
use events::{Event, OrderExpired};
use kernel::{UserId, codes};
use platform::{
    Access, App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Path, Problem, Reply,
    parse,
};
use serde::{Deserialize, Serialize};
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::taking_back::{ByStaff, TakingBack};

const PATH: &str = "/v1/admin/users/{userId}/orders/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "cancel_user_orders",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Natural),
)
.grants(&[
    Grant::table(Table::Exchange).get().query().put().delete(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Operation).put(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[OrderExpired::KIND])
.timeout_s(29);

/// How many orders one request ends: what fits into its time, with conflicts.
const ORDERS_MAX: u32 = 50;
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CancelUserOrders {
    /// 1 to 200 characters; kept in the log of what staff did.
    #[schema(example = "계정 도용 신고", max_length = 200)]
    reason: String,
}

/// What became of a user's orders.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserOrdersCancelled {
    /// How many this request ended; those past their time ended as expired.
    #[schema(example = 3)]
    ended: u32,
    /// Whether there may be more: ask again.
    more: bool,
}

/// Takes a user's open orders back
///
/// For admins, with a reason: up to 50 orders a request, each by itself and noted with it, until
/// `more` is false. Asking again ends what is open then; what was matched meanwhile stays matched.
/// Nobody decides as staff about orders of their own.
#[utoipa::path(
    post,
    path = PATH,
    params(("userId" = String, Path, format = Uuid, description = "Whose orders they are")),
    request_body = CancelUserOrders,
    responses((status = 200, body = UserOrdersCancelled, description = "How many ended"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(user): Path<UserId>,
    Json(body): Json<CancelUserOrders>,
) -> Result<Reply, Problem> {
    let why = parse::reason(&body.reason)?;
    if user == caller.user {
        let detail = "They are your own, so you have no say in them as staff.";
        return Err(Problem::new(codes::FORBIDDEN, detail));
    }
    let page = app.store.orders_of(user, OrderState::Open, ORDERS_MAX, None).await?;
    let taking = TakingBack { app: &app, by: Some(ByStaff { caller: &caller, why }), now };
    let mut ended = 0;
    for row in &page.items {
        ended += u32::from(taking.end(row.id).await?);
    }
    Reply::ok(&UserOrdersCancelled { ended, more: page.next.is_some() })
}

#[cfg(test)]
mod tests;
