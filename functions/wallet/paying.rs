//! Speaking with the bank about one withdrawal.

use domain::withdrawal::{Step, Withdrawal};
use gateway::payout::{BankError, Order, Outcome};
use kernel::{Instant, UserId, WithdrawalId};
use platform::{App, Failure};
use serde_json::json;
use store::{CommitError, Read, Transaction};

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
    let (account, payee) =
        account.ok_or_else(|| Failure::new(format!("{id}: unreadable account")))?;
    if !app.store.withdrawal_claim(&seen, &claimed).await? {
        return stop_for_debt(app, &seen, now).await;
    }
    let Withdrawal { amount, requested_at, receipt, .. } = seen;
    let order = Order { id, account, payee, amount, requested_at, receipt };
    let finished = match outcome(app, &order, step, now).await {
        Ok(Outcome::Paid) => claimed.complete(now),
        Ok(Outcome::Refused(reason)) => claimed.fail(reason, now),
        // Not done, or not known: neither paid out nor given back.
        Ok(Outcome::Pending(receipt)) => return wait(app, &claimed, receipt, now).await,
        Err(error) => {
            warn(app, &claimed, &error, now);
            return Ok(());
        }
    };
    finish(app, &claimed, &finished, now).await
}

/// Asked for before its owner owed for a penalty: it ends, and what it held is collected
/// (`rules.md`, "Trade").
async fn stop_for_debt(app: &App, seen: &Withdrawal, now: Instant) -> Result<(), Failure> {
    let Ok(stopped) = seen.stop(now) else { return Ok(()) };
    if !app.store.balance(seen.user, Read::Consistent).await?.in_debt() {
        return Ok(());
    }
    let stop = Transaction::new().withdrawal_stop(seen, &stopped, now)?;
    match app.store.commit(stop).await {
        // Condition: somebody else was faster.
        Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn outcome(app: &App, order: &Order, step: Step, now: Instant) -> Result<Outcome, BankError> {
    if step == Step::Ask
        && let Some(outcome) = app.bank().find(order).await?
    {
        return Ok(outcome);
    }
    app.bank().transfer(order, now).await
}

/// Notes the bank's name of the transfer, and that nobody needs to ask for a while. Whoever took
/// it over meanwhile knows at least as much.
async fn wait(
    app: &App,
    claimed: &Withdrawal,
    receipt: Option<String>,
    now: Instant,
) -> Result<(), Failure> {
    let waiting = claimed.wait(receipt, now);
    if waiting != *claimed {
        app.store.withdrawal_claim(claimed, &waiting).await?;
    }
    Ok(())
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
