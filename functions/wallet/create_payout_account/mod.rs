//! Says where the caller's withdrawals go.

use axum::extract::State;
use kernel::codes;
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, Secret,
};
use store::{Table, Transaction};
use utoipa_axum::routes;

use crate::account::{PayoutAccountRequest, PayoutAccountView, verified};

const PATH: &str = "/v1/me/payout-account";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "create_payout_account",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Optional)
        .problems(&[codes::PAYOUT_ACCOUNT_EXISTS, codes::PAYOUT_ACCOUNT_UNVERIFIED]),
)
.grants(&[
    Grant::table(Table::Wallet).get().put(),
    Grant::table(Table::Identity).get(),
    Grant::table(Table::Operation).get().put(),
])
.timeout_s(15)
.secrets(&[Secret::Wallet]);

/// Says where the caller's withdrawals go
///
/// The bank is asked whether the account is the holder's. There is one per user; `PUT` replaces it.
#[utoipa::path(
    post,
    path = PATH,
    request_body = PayoutAccountRequest,
    responses((
        status = 201,
        description = "The account; its number is masked from now on",
        body = PayoutAccountView,
    )),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(request): Json<PayoutAccountRequest>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    if app.store.payout_account(caller.user).await?.is_some() {
        return Err(exists());
    }
    let account = verified(&app, caller.user, request, now).await?;
    let transaction = Transaction::new().payout_account(caller.user, &account);
    let location = "/v1/me/payout-account".to_owned();
    let reply = Reply::created(location, &PayoutAccountView::from(&account))?;
    once.commit(&app, transaction, reply, |_, _| exists()).await
}

fn exists() -> Problem {
    let detail = "Replace it by PUT /v1/me/payout-account.";
    Problem::new(codes::PAYOUT_ACCOUNT_EXISTS, detail)
}

#[cfg(test)]
mod tests;
