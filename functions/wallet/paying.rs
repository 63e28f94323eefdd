//! Speaking with the bank about one withdrawal.

use domain::withdrawal::{Step, Withdrawal};
use gateway::payout::{BankError, Order, Outcome};
use kernel::{Instant, UserId, WithdrawalId};
use platform::{App, Failure};
use serde_json::json;

use crate::account;

/// Takes the withdrawal into hand, unless somebody else has it, and ends it if the bank says how.
///
/// Whatever breaks off in between leaves it `sending`; once the lease is over the sweep calls
/// again, and then the bank is asked before anything is ordered.
pub async fn pay(app: &App, user: UserId, id: WithdrawalId, now: Instant) -> Result<(), Failure> {
    let Some(row) = app.store.withdrawal(user, id).await? else { return Ok(()) };
    let seen = row.withdrawal;
    let Ok((claimed, step)) = seen.claim(now) else { return Ok(()) };
    let account = account::opened(app, user, &row.account);
    let account = account.ok_or_else(|| Failure::new(format!("{id}: unreadable account")))?;
    if !app.store.withdrawal_claim(&seen, &claimed).await? {
        return Ok(());
    }
    let order = Order { id, account, amount: seen.amount };
    let finished = match outcome(app, &order, step).await {
        Ok(Outcome::Paid) => claimed.complete(now),
        Ok(Outcome::Refused(reason)) => claimed.fail(reason, now),
        // Not known, or not done: neither paid out nor given back.
        Ok(Outcome::Pending) => return Ok(()),
        Err(error) => {
            warn(app, &claimed, &error, now);
            return Ok(());
        }
    };
    finish(app, &claimed, &finished, now).await
}

async fn outcome(app: &App, order: &Order, step: Step) -> Result<Outcome, BankError> {
    if step == Step::Ask
        && let Some(outcome) = app.config.bank.find(order.id).await?
    {
        return Ok(outcome);
    }
    app.config.bank.transfer(order).await
}

/// A bank that stays out of reach is somebody's work.
fn warn(app: &App, withdrawal: &Withdrawal, error: &BankError, now: Instant) {
    app.log.line(&json!({
        "level": "warn",
        "time": now.to_string(),
        "function": "wallet-on-withdrawal-requested",
        "withdrawalId": withdrawal.id.to_string(),
        "attempts": withdrawal.attempts,
        "unknown": error.to_string(),
    }));
}

async fn finish(
    app: &App,
    claimed: &Withdrawal,
    finished: &Withdrawal,
    now: Instant,
) -> Result<(), Failure> {
    Ok(app.store.withdrawal_finish(claimed, finished, now).await?)
}
