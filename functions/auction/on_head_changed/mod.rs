//! The stream of auction heads — records bids, tells prices, finishes closed auctions.

use platform::{App, Failure, Function, Grant, Stream, Trigger, stream::Change};
use store::{Table, auction::decode_head, keys};

use crate::recording::follow;

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "on_head_changed",
    summary: "Records bids and outcomes",
    trigger: Trigger::Stream(Stream {
        table: Table::Auction,
        pk_prefix: keys::AUCTION_HEAD_PREFIX,
        batch_size: 100,
        handle: |app, change| Box::pin(handle(app, change)),
    }),
    grants: &[
        Grant::table(
            Table::Auction,
            &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"],
        ),
        Grant::table(Table::Outbox, &["dynamodb:PutItem"]),
        Grant::PUT_EVENTS,
    ],
    memory_mb: 512,
    timeout_s: 30,
};

async fn handle(app: App, change: Change) -> Result<(), Failure> {
    // Some engines report a write that changed nothing, and heads are never deleted.
    let Some(new) = change.new.as_ref().filter(|_| change.old != change.new) else {
        return Ok(());
    };
    let new = decode_head(new)?;
    let old = change.old.as_ref().map(decode_head).transpose()?;
    follow(&app, old.as_ref(), &new, change.now).await
}

#[cfg(test)]
mod tests;
