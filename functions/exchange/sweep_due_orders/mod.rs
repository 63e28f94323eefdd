//! Every minute — ends orders past their time; every ten minutes tells again who was not told.
//!
//! Nothing depends on it but what is held for them: an order past its time is not met, whether it
//! was swept or not. That is why no order has a schedule of its own.

use domain::exchange::{End, Order};
use events::{Event, OrderExpired};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Service,
    schedule::{Tick, each_due, single_run},
};
use store::{Read, Table, exchange::order_expired};

pub const FUNCTION: Function = Function::schedule(
    "exchange",
    "sweep_due_orders",
    "Ends orders past their time",
    Schedule::every(Span::minutes(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Exchange).query().get().put().update().delete(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Notification).get(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Operation).update().delete(),
    Grant::table(Table::Outbox).put(),
])
.services(&[Service::EventBus])
.tells(&[OrderExpired::KIND])
.timeout_s(300);

const JOB: &str = "sweep-due-orders";
/// Longer than a run may last.
const LEASE: Span = Span::minutes(6);
/// What a longer outage leaves behind is found by whoever meets it in the book.
const DAYS_BACK: i64 = 7;
const PAGE: u32 = 50;
/// How long an expiry has to be told by itself, and how often it is told again.
const RETELL: Span = Span::minutes(10);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    let oldest = now - Span::days(DAYS_BACK);
    let work = each_due(
        now,
        DAYS_BACK,
        |day, after| app.store.orders_expiring(day, oldest, now, PAGE, after),
        |order| expire(&app, order, now),
    );
    let work = async {
        let ended = work.await;
        let retell = now.millis() / Span::minutes(1).as_millis()
            % (RETELL.as_millis() / Span::minutes(1).as_millis())
            == 0;
        let told = if retell { tell_again(&app, now).await } else { Ok(()) };
        ended.and(told)
    };
    Box::pin(single_run(&app, JOB, now, LEASE, work)).await.map(|_| ())
}

/// Whose order expired and who has no notice of it is told again.
async fn tell_again(app: &App, now: Instant) -> Result<(), Failure> {
    let to = now - RETELL;
    each_due(
        now,
        DAYS_BACK,
        |day, after| app.store.orders_untold(day, to, PAGE, after),
        |order| tell(app, order),
    )
    .await
}

async fn tell(app: &App, seen: Order) -> Result<(), Failure> {
    let Some(event) = order_expired(&seen) else { return Ok(()) };
    if app.store.order_is_told(&seen, &event).await? {
        return Ok(app.store.order_told(seen.id).await?);
    }
    Ok(app.publisher.publish(&[event]).await?)
}

async fn expire(app: &App, seen: Order, now: Instant) -> Result<(), Failure> {
    // The index lags behind: what stands in the table decides.
    let Some(order) = app.store.order(seen.id, Read::Consistent).await? else { return Ok(()) };
    // Or somebody met or cancelled it.
    let Ok(after) = order.end(End::Expired, now) else { return Ok(()) };
    app.store.order_commit_end(&order, &after, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
