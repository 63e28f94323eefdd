//! Asks for money to be sent to the caller's bank account.

use axum::extract::State;
use domain::{ledger::Split, withdrawal::Withdrawal};
use events::{Envelope, Event, WithdrawalRequested};
use kernel::{WithdrawalId, Won, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, Secret,
    parse,
};
use serde::Deserialize;
use store::{
    Item, Label, Table, Transaction,
    ledger::{MoneyWrite, read_balance},
    wallet::WithdrawalRow,
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::withdrawal_view::WithdrawalView;

const PATH: &str = "/v1/wallet/withdrawals";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "request_withdrawal",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::PAYOUT_ACCOUNT_REQUIRED,
        codes::INSUFFICIENT_BALANCE,
        codes::PENALTY_DUE,
    ]),
)
.grants(&[
    Grant::table(Table::Wallet).get().query().put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[WithdrawalRequested::KIND])
.secrets(&[Secret::Wallet]);

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestWithdrawal {
    /// Won, at least 1 and at most what may leave; nothing while a penalty is owed.
    #[schema(value_type = i64, minimum = 1, example = 50_000)]
    amount: Won,
}

/// Asks for money to be sent to the caller's bank account
///
/// Only earned money leaves; what somebody else's card or topped-up money paid, a week after it
/// came. The money is held at once and sent by a worker; the status is at the path in `Location`.
/// A withdrawal that the bank refuses gives the money back.
#[utoipa::path(
    post,
    path = PATH,
    request_body = RequestWithdrawal,
    responses((status = 201, description = "The withdrawal, requested", body = WithdrawalView)),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<RequestWithdrawal>,
) -> Result<Reply, Problem> {
    let amount = parse::amount(body.amount)?;
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let user = caller.user;
    let account = app.store.payout_account(user).await?.ok_or_else(account_required)?;
    // A lock that comes after this look brings what it locks with it.
    let locked = app.store.locked(user, now).await?;
    let id = WithdrawalId::from_uuid(app.entropy.uuid(now));
    let withdrawal = Withdrawal::request(id, user, amount, now);
    let row = WithdrawalRow { withdrawal, account };
    let requested = WithdrawalRequested { withdrawal_id: id, user_id: user };
    let envelope = Envelope::new(app.entropy.uuid(now), now, &requested);
    let transaction =
        Transaction::new().withdrawal(&row, locked, now).map_err(Problem::internal)?;
    let transaction = transaction.event(&envelope);
    let location = format!("/v1/wallet/withdrawals/{id}");
    let reply = Reply::created(location, &WithdrawalView::from(&row))?;
    once.commit(&app, transaction, reply, |label, item| explain(label, item, locked)).await
}

fn account_required() -> Problem {
    let detail = "Register one by POST /v1/me/payout-account.";
    Problem::new(codes::PAYOUT_ACCOUNT_REQUIRED, detail)
}

fn explain(label: Label, item: Option<Item>, locked: Split) -> Problem {
    let Label::Money(MoneyWrite::Balance(_)) = label else {
        return Problem::try_again("the id was taken");
    };
    match item.as_ref().map(read_balance).transpose() {
        Ok(Some(balance)) if balance.in_debt() => Problem::penalty_due(),
        Ok(balance) => {
            let free = balance.unwrap_or_default().free;
            let may = free.without(locked).earned;
            let detail = format!(
                "{may} won may be withdrawn now. What a sale brought may leave a week after it \
                 came; what was topped up may be spent, or go back to where it came from."
            );
            let problem = Problem::new(codes::INSUFFICIENT_BALANCE, detail);
            problem.member("available", may.get())
        }
        Err(corrupt) => corrupt.into(),
    }
}

#[cfg(test)]
mod tests;
