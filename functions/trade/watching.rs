//! Parcels under the carriers' eyes: who asks to be told of changes, who writes down what a carrier
//! says, and what becomes of the trade by it.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::{
    carrier::{Tracking, TrackingNumber},
    trade::{Actor, Shipment, Trade, carried},
};
use gateway::carrier::{CarrierError, WATCH_LASTS, Watch};
use kernel::{Instant, Span, TradeId};
use platform::{App, Failure, Grant, Problem, Secret, retry::Policy};
use store::{Table, parcel::ParcelRow};

use crate::deciding::decided;

/// What it takes to do what a carrier's word asks: the end of a paid trade at the most.
pub const GRANTS: &[Grant] = &[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Outbox).put(),
];

/// Another worker writes the same row meanwhile at most this often: a whole batch may be of one
/// parcel. After that the message comes again.
const REPLACE: Policy = Policy::named("parcel-replace", 16);
/// Somebody else moves the trade meanwhile at most this often.
const FOLLOW: Policy = Policy::named("parcel-follow", 16);
/// A watch that ends sooner is renewed by whoever looks.
const WATCH_LEFT_MIN: Span = Span::hours(24);

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
    let sent = trade.shipment.iter().chain(&trade.forwarding);
    let mut shipments = sent.chain(trade.parcel_back());
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

/// Asks the carrier, writes down what it says of the time since the trade was paid, and does what
/// that asks of the trade. What it once told stays when it forgets the number.
pub async fn look(
    app: &App,
    trade: &Trade,
    number: &TrackingNumber,
    now: Instant,
) -> Result<Looked, Failure> {
    let parcel = ask(app, trade, number, now).await?;
    let trade = follow(app, trade.id, &parcel.tracking, now).await?;
    Ok(Looked { parcel, trade })
}

/// A parcel and its trade, once the carrier was asked and followed.
pub struct Looked {
    pub parcel: ParcelRow,
    /// `None`: there is no such trade any more.
    pub trade: Option<Trade>,
}

/// Renews the watch of a parcel that is still under way, when it ends soon.
pub async fn keep_watch(app: &App, looked: &Looked, now: Instant) -> Result<(), Failure> {
    let Looked { parcel, trade } = looked;
    let number = parcel.tracking.number();
    let lasts = parcel.watched_until.is_some_and(|until| until >= now + WATCH_LEFT_MIN);
    match trade {
        Some(trade) if !lasts && waits_for(trade, number) => {
            watch(app, trade.id, number, now).await
        }
        _ => Ok(()),
    }
}

/// Whether the trade's next step is the parcel's.
fn waits_for(trade: &Trade, number: &TrackingNumber) -> bool {
    trade.under_way().and_then(Shipment::number).as_ref() == Some(number)
}

async fn ask(
    app: &App,
    trade: &Trade,
    number: &TrackingNumber,
    now: Instant,
) -> Result<ParcelRow, Failure> {
    let mut attempts = REPLACE.attempts();
    while attempts.again() {
        // Read first: whoever wrote since has asked since, and is not overwritten by what is older.
        let row = app.store.parcel(trade.id, number).await?;
        let tracking = match app.carriers().look_up(number).await {
            Ok(tracking) => tracking.since(trade.counts_scans_from(number)),
            Err(CarrierError::UnknownNumber | CarrierError::NotThisCarriers) => {
                row.tracking.clone()
            }
            Err(error) => return Err(error.into()),
        };
        let asked = ParcelRow { asked_at: row.asked_at.max(Some(now)), tracking, ..row };
        if app.store.parcel_replace(&asked).await? {
            return Ok(asked);
        }
    }
    Err(attempts.exhausted().into())
}

/// Does what the carrier's word asks, one step after another, until nothing is new. Answers the
/// trade as it stands then.
async fn follow(
    app: &App,
    trade: TradeId,
    tracking: &Tracking,
    now: Instant,
) -> Result<Option<Trade>, Failure> {
    let mut attempts = FOLLOW.attempts();
    while attempts.again() {
        let Some(trade) = app.store.trade(trade).await? else { return Ok(None) };
        let Some(command) = carried(&trade, tracking) else { return Ok(Some(trade)) };
        let decision = decided(app, &trade, command, Actor::System, now).await??;
        let _moved = app.store.trade_commit(&trade, &decision, now).await?;
    }
    Err(attempts.exhausted().into())
}
