//! Queue, WithdrawalRequested — has the bank send the money of one withdrawal.
//!
//! Guaranteed: one transfer and one end per withdrawal, however often and however late this is
//! called, and wherever it breaks off.

use events::{Event, WithdrawalRequested};
use platform::{App, Failure, Function, Grant, Queue, Secret, queue};
use store::Table;

use crate::paying::pay;

pub const FUNCTION: Function = Function::queue(
    "wallet",
    "on_withdrawal_requested",
    "Has the bank send the money of one withdrawal",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[WithdrawalRequested::KIND]),
)
.grants(&[Grant::table(Table::Wallet).get().put().update().check()])
// Less than a claim's lease: whoever finds the lease ended knows that the holder is gone.
.timeout_s(30)
.secrets(&[Secret::Wallet]);

async fn handle(app: App, message: queue::Message) -> Result<(), Failure> {
    let (_, requested) = message.event::<WithdrawalRequested>()?;
    pay(&app, requested.user_id, requested.withdrawal_id, message.now).await
}

#[cfg(test)]
mod tests;
