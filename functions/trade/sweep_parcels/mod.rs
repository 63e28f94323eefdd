//! Every hour — has the carriers asked about parcels, whether or not notices come.

use domain::trade::{Shipment, State};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Service,
    schedule::{Tick, each_item, single_run},
};
use store::{Table, trade::LISTS};

use crate::on_carrier_webhook;

pub const FUNCTION: Function = Function::schedule(
    "trade",
    "sweep_parcels",
    "Has the carriers asked about every parcel under way, in turn",
    Schedule::every(Span::hours(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[Grant::table(Table::Trade).query(), Grant::table(Table::Operation).update().delete()])
.services(&[Service::queue_of(&on_carrier_webhook::FUNCTION)])
.memory_mb(512)
.timeout_s(50);

const PAGE: u32 = 100;
const LEASE: Span = Span::seconds(50);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    Box::pin(single_run(&app, "sweep-parcels", now, LEASE, sweep(&app, now))).await?;
    Ok(())
}

/// One of the lists an hour: each parcel is asked about three times a day.
async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let hour = now.millis() / Span::hours(1).as_millis();
    let list = u8::try_from(hour.rem_euclid(i64::from(LISTS))).unwrap_or_default();
    each_item(
        [State::InTransit, State::Forwarding, State::Disputed, State::Returning],
        |state, after| app.store.trades_in_list(*state, list, PAGE, after),
        |trade| async move {
            match trade.under_way().and_then(Shipment::number) {
                Some(number) => Ok(on_carrier_webhook::send(app, &number).await?),
                None => Ok(()),
            }
        },
    )
    .await
}

#[cfg(test)]
mod tests;
