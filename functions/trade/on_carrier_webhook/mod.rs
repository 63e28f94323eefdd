//! Queue — asks the carrier about a parcel that is said to have moved.

use domain::carrier::{Carrier, TrackingNumber};
use platform::{App, Failure, Function, Grant, Queue, Secret, queue::Message};
use serde::{Deserialize, Serialize};
use store::Table;

use crate::watching;

pub const FUNCTION: Function = Function::queue(
    "trade",
    "on_carrier_webhook",
    "Asks the carrier about a parcel that is said to have moved",
    Queue::new(|app, message| Box::pin(handle(app, message))),
)
.grants(&[Grant::table(Table::Trade).get().put()])
.timeout_s(60)
.secrets(&[Secret::Carrier]);

/// Which parcel to ask about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    pub carrier_id: String,
    /// Digits.
    pub tracking_number: String,
}

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let notice: Notice = message.json()?;
    let carrier = Carrier::by_id(&notice.carrier_id)
        .ok_or_else(|| Failure::new(format!("no carrier {}", notice.carrier_id)))?;
    let number = TrackingNumber::parse(carrier, &notice.tracking_number)?;
    // Of no shipment: there is nobody to whom it means anything.
    let Some(trade) = app.store.trade_of_parcel(&number).await? else { return Ok(()) };
    match app.store.trade(trade).await? {
        Some(trade) if watching::bears(&trade, &number) => {
            watching::ask(&app, &trade, &number, message.now).await
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
