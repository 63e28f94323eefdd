//! A withdrawal as its user sees it.

use domain::withdrawal::Withdrawal;
use kernel::{Instant, WithdrawalId, Won};
use serde::Serialize;
use store::wallet::WithdrawalRow;
use utoipa::ToSchema;

use crate::account::bank_name;

/// Money on its way to a bank account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalView {
    #[schema(value_type = String, format = Uuid)]
    id: WithdrawalId,
    #[schema(value_type = i64, example = 50_000)]
    amount: Won,
    /// `requested`, `sending`, `done`, `failed` or `stopped`.
    #[schema(example = "requested")]
    state: &'static str,
    #[schema(example = "088")]
    bank_code: String,
    #[schema(example = "신한은행")]
    bank_name: Option<&'static str>,
    #[schema(example = "********7890")]
    account_number: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T09:00:00.000Z")]
    requested_at: Instant,
    /// Null until it is done, failed or stopped.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Instant>,
    /// Why it failed. The money is available again.
    failure: Option<String>,
}

impl From<&WithdrawalRow> for WithdrawalView {
    fn from(row: &WithdrawalRow) -> Self {
        let WithdrawalRow { withdrawal, account } = row;
        let Withdrawal { id, amount, state, requested_at, finished_at, failure, .. } = withdrawal;
        Self {
            id: *id,
            amount: *amount,
            state: state.as_str(),
            bank_code: account.bank_code.clone(),
            bank_name: bank_name(&account.bank_code),
            account_number: account.masked_number.clone(),
            requested_at: *requested_at,
            finished_at: *finished_at,
            failure: failure.clone(),
        }
    }
}
