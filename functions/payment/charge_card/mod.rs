//! Queue, TradeMatched — charges the buyer's card for two orders that met.
//!
//! Guaranteed: however often and however late this is called, and wherever it breaks off, the card
//! pays at most once, and the trade is either paid or cancelled. A card that was refused is asked
//! again a little later; a message whose outcome is unknown fails and comes again. What stays
//! undecided is ended by the resolver of payments and the sweep of trades.

use events::{
    Event, MatchFunding, PaymentDone, PaymentFailed, TradeCancelled, TradeMatched, TradeMoved,
};
use platform::{
    App, Failure, Function, FunctionName, Grant, Queue, Secret, Service, queue::Message,
};
use store::Table;

use crate::charging::{ChargeProgress, charge};

pub const FUNCTION: Function = Function::queue(
    "payment",
    "charge_card",
    "Charges the buyer's card for two orders that met",
    Queue::new(|app, message| Box::pin(handle(app, message)))
        .events(&[TradeMatched::KIND])
        // The last one comes 45 minutes after the match: when its time to pay is over, and so is
        // an attempt that began at its end and that the provider never knew.
        .max_receive_count(16),
)
.grants(&[
    Grant::table(Table::Payment).get().put().update(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
])
.services(&[Service::OwnQueue])
.tells(&[PaymentDone::KIND, PaymentFailed::KIND, TradeMoved::KIND, TradeCancelled::KIND])
// Two calls of the provider; less than a claim's lease: whoever finds the lease ended knows
// that the holder is gone.
.timeout_s(29)
.secrets(&[Secret::Sealing, Secret::Payment]);

/// Apart from `handle`: [`FUNCTION`] holds that one, so the compiler would turn in a circle.
const fn own_queue() -> FunctionName {
    FUNCTION.full_name()
}

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, matched) = message.event::<TradeMatched>()?;
    // What is held since the orders were placed is somebody else's work.
    let MatchFunding::Card { payment_method_id } = matched.funding else { return Ok(()) };
    match charge(&app, matched.trade.trade_id, payment_method_id, message.now).await? {
        ChargeProgress::Over => Ok(()),
        // A card over its limit is no failure of ours: a message of its own, and nobody is called.
        ChargeProgress::Again { at } => {
            app.publisher.send(own_queue(), &event, at.since(message.now)).await?;
            Ok(())
        }
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
