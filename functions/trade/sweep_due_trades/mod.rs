//! Every minute — answers deadlines that passed, and reminds of those to come.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::trade::{Actor, Command, Duty, Rejection, Shipment, Trade, due_command};
use events::{Event, TradeCancelled, TradeCompleted, TradeMoved};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Secret,
    schedule::{Tick, each_due, single_run},
};
use store::{CommitError, Label, Table, ledger::MoneyWrite};

use crate::{deciding::decided, watching};

pub const FUNCTION: Function = Function::schedule(
    "trade",
    "sweep_due_trades",
    "Answers passed deadlines of trades and reminds of coming ones",
    Schedule::every(Span::minutes(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Trade).get().query().put().delete(),
    Grant::table(Table::Wallet).get().put().update(),
    Grant::table(Table::Auction).update(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).update().delete(),
])
.tells(&[TradeMoved::KIND, TradeCompleted::KIND, TradeCancelled::KIND])
.secrets(&[Secret::Carrier])
.memory_mb(512)
.timeout_s(50);

/// How many days back it looks: a trade that could not be moved for longer needs a person.
const DAYS_BACK: i64 = 7;
const PAGE: u32 = 100;
/// How many parcels one run asks about: what fits into its time.
const QUESTIONS_MAX: u32 = 20;
const LEASE: Span = Span::seconds(50);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    Box::pin(single_run(&app, "sweep-due-trades", now, LEASE, sweep(&app, now))).await?;
    Ok(())
}

async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let questions = &Questions::default();
    let oldest = now - Span::days(DAYS_BACK);
    each_due(
        now,
        DAYS_BACK,
        |day, after| app.store.trades_due(day, oldest, now, PAGE, after),
        |trade| async move {
            let moved = move_on(app, &trade, questions, now).await;
            moved.map_err(|failure| Failure::new(format!("{}: {failure}", trade.id)))
        },
    )
    .await
}

/// The index may lag behind: a trade that moved meanwhile is left to the next run.
async fn move_on(
    app: &App,
    trade: &Trade,
    questions: &Questions,
    now: Instant,
) -> Result<(), Failure> {
    let Some(command) = due_command(trade, now) else { return Ok(()) };
    let sender = matches!(trade.duty(), Some(Duty::HandIn | Duty::HandBack));
    if command == Command::TimeOut && sender {
        // A notice may be lost: nobody is blamed before the carrier was asked.
        if !questions.ask(app, trade, now).await? {
            return Ok(());
        }
    }
    let decision = match decided(app, trade, command, Actor::System, now).await? {
        Ok(decision) => decision,
        Err(Rejection::NotDue) => return Ok(()),
        Err(rejection) => return Err(rejection.into()),
    };
    match app.store.trade_commit(trade, &decision, now).await {
        // The seller's money went elsewhere meanwhile: the next run takes of what is left.
        Err(CommitError::Condition { label: Label::Money(MoneyWrite::Balance(_)), .. })
            if decision.penalty.is_some() =>
        {
            Ok(())
        }
        done => done.map(|_| ()).map_err(Failure::from),
    }
}

/// The carriers, as far as one run may ask them.
#[derive(Default)]
struct Questions {
    asked: AtomicU32,
}

impl Questions {
    /// Whether the carrier was asked, and the trade stands as it stood. One that does not answer
    /// is not asked again by this run: the trade waits for its word.
    async fn ask(&self, app: &App, trade: &Trade, now: Instant) -> Result<bool, Failure> {
        let Some(number) = trade.under_way().and_then(Shipment::number) else { return Ok(true) };
        if self.asked.fetch_add(1, Ordering::Relaxed) >= QUESTIONS_MAX {
            return Ok(false);
        }
        let looked = watching::look(app, trade, &number, now).await.inspect_err(|_| {
            self.asked.store(QUESTIONS_MAX, Ordering::Relaxed);
        })?;
        Ok(looked.trade.is_some_and(|there| there.version == trade.version))
    }
}

#[cfg(test)]
mod tests;
