//! Queue, WithdrawalRequested — has the bank send the money of one withdrawal.
//!
//! Guaranteed: one transfer and one end per withdrawal, however often and however late this is
//! called, and wherever it breaks off.

use events::{Event, WithdrawalRequested};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue};
use store::Table;

use crate::paying::pay;

pub const FUNCTION: Function = Function {
    context: "wallet",
    name: "on_withdrawal_requested",
    summary: "Has the bank send the money of one withdrawal",
    trigger: Trigger::Queue(Queue {
        queue: "withdraw",
        events: &[WithdrawalRequested::KIND],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[Grant::table(
        Table::Wallet,
        &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    )],
    memory_mb: 256,
    // Less than a claim's lease: whoever finds the lease ended knows that the holder is gone.
    timeout_s: 30,
};

async fn handle(app: App, message: queue::Message) -> Result<(), Failure> {
    let (_, requested) = message.event::<WithdrawalRequested>()?;
    pay(&app, requested.user_id, requested.withdrawal_id, message.now).await
}

#[cfg(test)]
mod tests;
