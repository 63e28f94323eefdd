//! Takes an open order back.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State;
use domain::exchange::{End, Order, OrderState, Refusal};
use events::{Event, OrderExpired};
use kernel::{Instant, OrderId, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Now, Once, Path, Problem, Reply,
    retry::Policy,
};
use store::{
    Label, Read, Table, Transaction,
    exchange::{OrderWrite, read_order},
};
use utoipa_axum::routes;

use crate::{refusal, view::OrderView};

const PATH: &str = "/v1/exchange/orders/{orderId}/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "cancel_order",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::ORDER_NOT_FOUND, codes::ORDER_NOT_OPEN]),
)
.grants(&[
    Grant::table(Table::Exchange).get().put().delete(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Operation).get().put(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[OrderExpired::KIND]);

/// How often an order that is repriced meanwhile is looked at again.
const CANCEL: Policy = Policy::named("cancel-order", 8);

/// Takes an open order back
///
/// What is held for it is free again. Of a cancellation and a match exactly one happens: an order
/// that was matched meanwhile answers 409, an order past its time reads `expired`.
#[utoipa::path(
    post,
    path = PATH,
    params(("orderId" = String, Path, format = Uuid, description = "The order")),
    responses((status = 200, body = OrderView, description = "The order, over"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<OrderId>,
    once: Once,
) -> Result<Reply, Problem> {
    let mut attempts = CANCEL.attempts();
    while attempts.again() {
        if let Some(first) = once.replay(&app).await? {
            return Ok(first);
        }
        let order = app.store.order(id, Read::Consistent).await?;
        let order = order.filter(|order| order.user == caller.user);
        let order = order.ok_or_else(|| refusal::not_found(id))?;
        match order.end(End::Cancelled, now) {
            Ok(after) => {
                if let Some(reply) = commit(&app, &once, &order, &after, now).await? {
                    return Ok(reply);
                }
            }
            Err(refused) => {
                // Perhaps by the first of this request's repetitions, since the look above.
                let first = once.replay(&app).await?;
                return first.ok_or_else(|| match refused {
                    Refusal::NotOpen { state } => refusal::not_open(state),
                    Refusal::NotDue { .. } => Problem::internal(refused),
                });
            }
        }
    }
    Err(attempts.exhausted().into())
}

/// The answer; `None`: the order is open and elsewhere, at another price.
async fn commit(
    app: &App,
    once: &Once,
    before: &Order,
    after: &Order,
    now: Instant,
) -> Result<Option<Reply>, Problem> {
    let ending = Transaction::new().order_end(before, after, now);
    let transaction = ending.map_err(Problem::internal)?;
    let reply = Reply::ok(&OrderView::new(after, now))?;
    let moved = AtomicBool::new(false);
    let done = once.commit(app, transaction, reply, |label, found| match (label, found) {
        // Somebody met it, or it ended otherwise, or was repriced: the row itself says which.
        (Label::Order(OrderWrite::Order), Some(row)) => match read_order(&row) {
            Ok(order) => {
                moved.store(order.state == OrderState::Open, Ordering::Relaxed);
                refusal::not_open(order.state)
            }
            Err(corrupt) => corrupt.into(),
        },
        (label, _) => Problem::internal(format!("an open order's end met {label}")),
    });
    match done.await {
        Err(_) if moved.load(Ordering::Relaxed) => Ok(None),
        answer => answer.map(Some),
    }
}

#[cfg(test)]
mod tests;
