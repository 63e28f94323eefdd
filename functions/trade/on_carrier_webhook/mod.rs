//! Queue — asks the carrier about a parcel that is said to have moved, or that is looked after.

use domain::carrier::{Carrier, TrackingNumber};
use events::{Event, TradeCancelled, TradeMoved};
use kernel::Span;
use messaging::PublishError;
use platform::{App, Failure, Function, Queue, Secret, queue::Message};
use serde::{Deserialize, Serialize};

use crate::watching;

pub const FUNCTION: Function = Function::queue(
    "trade",
    "on_carrier_webhook",
    "Asks the carrier about a parcel, and does what its word asks of the trade",
    Queue::new(|app, message| Box::pin(handle(app, message))),
)
.grants(watching::GRANTS)
.tells(&[TradeMoved::KIND, TradeCancelled::KIND])
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

/// Has the carrier asked about a parcel.
pub async fn send(app: &App, number: &TrackingNumber) -> Result<(), PublishError> {
    let notice = Notice {
        carrier_id: number.carrier().id().to_owned(),
        tracking_number: number.digits().to_owned(),
    };
    app.publisher.send(FUNCTION.full_name(), &notice, Span::millis(0)).await
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
            let looked = watching::look(&app, &trade, &number, message.now).await?;
            watching::keep_watch(&app, &looked, message.now).await
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
