//! Taking a withdrawal back before anybody spoke with the bank about it.
//!
//! Guaranteed: of a stop and the worker's first step exactly one happens, for both hold only while
//! the row says `requested`; the money is free again in the transaction that stops it.

use domain::withdrawal::State;
use kernel::{Instant, UserId, WithdrawalId, codes};
use platform::{
    App, Caller, Grant, Once, Problem, Reply,
    staff::{self, Changed},
};
use store::{
    Item, Label, Table, Transaction,
    wallet::{WalletWrite, WithdrawalRow, read_withdrawal},
};

use crate::withdrawal_view::WithdrawalView;

/// What whoever stops one needs.
pub const GRANTS: &[Grant] =
    &[Grant::table(Table::Wallet).get().put().update(), Grant::table(Table::Operation).get().put()];

/// Whose withdrawal, which, and when.
pub struct StopRequest<'a> {
    pub once: &'a Once,
    pub user: UserId,
    pub withdrawal: WithdrawalId,
    pub now: Instant,
}

/// A member of staff who stops it, and why.
pub struct AsStaff<'a> {
    pub caller: &'a Caller,
    pub why: String,
}

/// Stops it; the first answer to a repetition. A stop by staff is noted with it.
pub async fn stop(
    app: &App,
    request: StopRequest<'_>,
    staff: Option<AsStaff<'_>>,
) -> Result<Reply, Problem> {
    let StopRequest { once, user, withdrawal, now } = request;
    if let Some(first) = once.replay(app).await? {
        return Ok(first);
    }
    let row = app.store.withdrawal(user, withdrawal).await?.ok_or_else(not_found)?;
    let stopped = match row.withdrawal.stop(now) {
        Ok(stopped) => stopped,
        Err(state) => {
            // Perhaps by the first of this request's repetitions, since the look above.
            let first = once.replay(app).await?;
            return first.ok_or_else(|| not_requested(state));
        }
    };
    let transaction = Transaction::new().withdrawal_stop(&row.withdrawal, &stopped, now);
    let mut transaction = transaction.map_err(Problem::internal)?;
    if let Some(AsStaff { caller, why }) = staff {
        let changed = Changed {
            whom: format!("withdrawal#{withdrawal}"),
            why: Some(why),
            before: row.withdrawal.state.as_str().to_owned(),
            after: stopped.state.as_str().to_owned(),
        };
        transaction = transaction.staff_act(&staff::act(app, caller, changed, now))?;
    }
    let after = WithdrawalRow { withdrawal: stopped, ..row };
    let reply = Reply::ok(&WithdrawalView::from(&after))?;
    once.commit(app, transaction, reply, explain).await
}

/// A user's withdrawal that is not there.
pub fn not_found() -> Problem {
    Problem::new(codes::WITHDRAWAL_NOT_FOUND, "There is no withdrawal of this id.")
}

fn not_requested(state: State) -> Problem {
    let detail = format!("It is {}; only what is still requested is stopped.", state.as_str());
    Problem::new(codes::WITHDRAWAL_NOT_REQUESTED, detail).member("state", state.as_str())
}

fn explain(label: Label, found: Option<Item>) -> Problem {
    match (label, found.as_ref().map(read_withdrawal)) {
        // The worker, or another stop, was faster: the row itself says which.
        (Label::Wallet(WalletWrite::Withdrawal), Some(Ok(row))) => {
            not_requested(row.withdrawal.state)
        }
        (Label::Wallet(WalletWrite::Withdrawal), Some(Err(corrupt))) => corrupt.into(),
        (label, _) => Problem::internal(format!("the stop of a withdrawal met {label}")),
    }
}
