//! Parcels under the carriers' eyes: who asks to be told of changes, and who writes down what a
//! carrier says.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::{
    carrier::TrackingNumber,
    trade::{Shipment, Trade},
};
use gateway::carrier::{CarrierError, WATCH_LASTS, Watch};
use kernel::{Instant, TradeId};
use platform::{App, Failure, Problem, Secret, retry::Policy};
use store::parcel::ParcelRow;

/// Another worker writes the same row meanwhile at most this often: a whole batch may be of one
/// parcel. After that the message comes again.
const REPLACE: Policy = Policy::named("parcel-replace", 16);

/// What nobody can guess who was not given the address for notices of this parcel. It stays the
/// same: an address under watch must not end before the watch does.
fn token(app: &App, number: &TrackingNumber) -> Result<String, Problem> {
    let parts = [number.carrier().id().as_bytes(), number.digits().as_bytes()];
    Ok(hex::encode(app.keys.seal_with(Secret::Carrier, "parcel-notice", &parts)?))
}

/// Whether a notice of this parcel came to the address that was given for it.
pub fn is_token(app: &App, number: &TrackingNumber, sent: &str) -> Result<bool, Problem> {
    let due = token(app, number)?;
    Ok(verify_slices_are_equal(due.as_bytes(), sent.as_bytes()).is_ok())
}

/// The parcel of a trade that bears `number`, if one does.
pub fn bears(trade: &Trade, number: &TrackingNumber) -> bool {
    let mut shipments = trade.shipment.iter().chain(&trade.forwarding);
    shipments.any(|shipment| Shipment::number(shipment).as_ref() == Some(number))
}

/// Asks to be told of changes from now on. Asking again moves the end.
pub async fn watch(
    app: &App,
    trade: TradeId,
    number: &TrackingNumber,
    now: Instant,
) -> Result<(), Failure> {
    let token = token(app, number).map_err(|problem| Failure::new(problem.code.code))?;
    let callback_url = format!("{}/v1/webhooks/carrier/{token}", app.config.api_url);
    let until = now + WATCH_LASTS;
    let watch = Watch { number, callback_url: &callback_url, until };
    app.carriers().watch(watch).await?;
    let mut attempts = REPLACE.attempts();
    while attempts.again() {
        let row = app.store.parcel(trade, number).await?;
        let watched_until = row.watched_until.max(Some(until));
        if app.store.parcel_replace(&ParcelRow { watched_until, ..row }).await? {
            return Ok(());
        }
    }
    Err(attempts.exhausted().into())
}

/// Asks the carrier and writes down what it says of the time since the trade was paid. What it once
/// told stays when it forgets the number.
pub async fn ask(
    app: &App,
    trade: &Trade,
    number: &TrackingNumber,
    now: Instant,
) -> Result<(), Failure> {
    let Some(paid) = trade.paid else { return Ok(()) };
    let mut attempts = REPLACE.attempts();
    while attempts.again() {
        // Read first: whoever wrote since has asked since, and is not overwritten by what is older.
        let row = app.store.parcel(trade.id, number).await?;
        let tracking = match app.carriers().look_up(number).await {
            Ok(tracking) => tracking.since(paid.at),
            Err(CarrierError::UnknownNumber | CarrierError::NotThisCarriers) => {
                row.tracking.clone()
            }
            Err(error) => return Err(error.into()),
        };
        let asked_at = row.asked_at.max(Some(now));
        if app.store.parcel_replace(&ParcelRow { asked_at, tracking, ..row }).await? {
            return Ok(());
        }
    }
    Err(attempts.exhausted().into())
}
