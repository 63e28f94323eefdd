//! What carriers say of parcels: one row for each parcel of a trade, replaced as a whole on
//! condition of its version.
//!
//! Facts alone: what they ask of a trade is decided by `domain::trade::carried`.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::carrier::{ParcelState, Tracking, TrackingEvent, TrackingNumber};
use kernel::{Instant, TradeId};

use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Read, Store, StoreError, Table, Write, keys,
};

/// A parcel of a trade, as its carrier last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelRow {
    pub trade: TradeId,
    /// 0: there is no row yet.
    pub version: u32,
    /// Until when we are told of changes; `None`: nobody was asked to.
    pub watched_until: Option<Instant>,
    /// When the carrier last answered; `None`: never.
    pub asked_at: Option<Instant>,
    /// What it told then of the time since the trade was paid.
    pub tracking: Tracking,
}

impl ParcelRow {
    /// Of a parcel of which nobody was asked yet.
    #[must_use]
    pub const fn new(trade: TradeId, number: TrackingNumber) -> Self {
        let tracking = Tracking::untold(number);
        Self { trade, version: 0, watched_until: None, asked_at: None, tracking }
    }
}

impl Store {
    /// A parcel as it stands; version 0 when there is no row.
    pub async fn parcel(
        &self,
        trade: TradeId,
        number: &TrackingNumber,
    ) -> Result<ParcelRow, StoreError> {
        let item = self.get(Table::Trade, &keys::parcel(trade, number), Read::Consistent).await?;
        let Some(item) = item else { return Ok(ParcelRow::new(trade, number.clone())) };
        Ok(read_parcel(trade, number, &item)?)
    }

    /// Writes `row` in the place of the one that was read, one version on. `false`: that one is not
    /// there any more.
    pub async fn parcel_replace(&self, row: &ParcelRow) -> Result<bool, CommitError> {
        let item = item(row);
        let write = match row.version {
            0 => Write::create(Table::Trade, item),
            // The version guards it; whatever an older row has beside is not kept.
            before => Write::put(Table::Trade, item).when_number("version", "=", before),
        };
        match self.write(write).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn item(row: &ParcelRow) -> Item {
    let ParcelRow { trade, version, watched_until, asked_at, tracking } = row;
    let events = tracking.events().iter().filter_map(|event| {
        let map = ItemWriter::default()
            .instant("at", event.at?)
            .text("state", event.state.as_str())
            .text("name", event.name.as_str());
        Some(AttributeValue::M(map.item()))
    });
    let mut item = ItemWriter::under(&keys::parcel(*trade, tracking.number()))
        .number("version", version.saturating_add(1))
        .value("events", AttributeValue::L(events.collect()));
    if let Some(state) = tracking.state() {
        // For people who look at rows: it follows from the events.
        item = item.text("now", state.as_str());
    }
    if let Some(until) = watched_until {
        item = item.instant("watchedUntil", *until);
    }
    if let Some(at) = asked_at {
        item = item.instant("askedAt", *at);
    }
    item.item()
}

/// Reads the row of a parcel.
pub fn read_parcel(
    trade: TradeId,
    number: &TrackingNumber,
    item: &Item,
) -> Result<ParcelRow, Corrupt> {
    let row = ItemReader(item);
    let events = row.get("events").and_then(|value| value.as_l().ok());
    let events = events.into_iter().flatten().map(event).collect::<Result<_, _>>()?;
    Ok(ParcelRow {
        trade,
        version: row.count("version")?,
        watched_until: row.maybe_number("watchedUntil").map(Instant::from_millis),
        asked_at: row.maybe_number("askedAt").map(Instant::from_millis),
        tracking: Tracking::new(number.clone(), events),
    })
}

fn event(value: &AttributeValue) -> Result<TrackingEvent, Corrupt> {
    let map = value.as_m().map_err(|_| Corrupt("an event that is no map".to_owned()))?;
    let line = ItemReader(map);
    let state = line.text("state")?;
    let state = ParcelState::parse(state).ok_or_else(|| Corrupt(format!("state {state}")))?;
    let name = line.text("name")?.to_owned();
    Ok(TrackingEvent { at: Some(line.instant("at")?), state, name })
}
