//! Every minute — takes what is owed for penalties out of what came into the debtors' wallets.

use domain::ledger::Debt;
use events::{Event, PenaltyCollected};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule,
    schedule::{Tick, each_item, single_run},
};
use store::{
    CommitError, Label, Read, Table, Transaction, keys, ledger::MoneyWrite, trade::collected,
};

pub const FUNCTION: Function = Function::schedule(
    "trade",
    "collect_penalties",
    "Takes what is owed for penalties out of what came into the debtors' wallets",
    Schedule::every(Span::minutes(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Wallet).query().get().put().update(),
    Grant::table(Table::Auction).update(),
    Grant::table(Table::Trade).get(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).update().delete(),
])
.tells(&[PenaltyCollected::KIND])
.timeout_s(50);

const JOB: &str = "collect-penalties";
const LEASE: Span = Span::seconds(50);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    let work = each_item(
        keys::debt_shards(),
        |shard, after| {
            let (app, shard) = (app.clone(), shard.clone());
            async move { app.store.debts(&shard, after).await }
        },
        |debt: Debt| {
            let app = app.clone();
            async move {
                let collected = collect(&app, &debt, now).await;
                collected.map_err(|failure| Failure::new(format!("{}: {failure}", debt.trade)))
            }
        },
    );
    single_run(&app, JOB, now, LEASE, Box::pin(work)).await?;
    Ok(())
}

/// The index may lag behind, and the wallet move: then the next run finds what is left.
async fn collect(app: &App, debt: &Debt, now: Instant) -> Result<(), Failure> {
    let debtor = app.store.balance(debt.debtor, Read::Consistent).await?;
    let Some(collection) = debt.collect(debtor.free)? else { return Ok(()) };
    let mut transaction = Transaction::new().collection(debt, &collection, now);
    if let Some(trade) = app.store.trade(debt.trade).await? {
        transaction = transaction.event(&collected(&trade, debt, &collection, now));
    }
    match app.store.commit(transaction).await {
        Ok(())
        | Err(CommitError::Condition {
            label: Label::Money(MoneyWrite::Debt | MoneyWrite::Entry | MoneyWrite::Balance(_)),
            ..
        }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
