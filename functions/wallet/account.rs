//! Payout accounts: read from a request, checked with the bank, sealed, shown.

use domain::withdrawal::{AccountNumber, Bank, BankAccount, Holder};
use kernel::{Instant, UserId, codes};
use platform::{App, Problem, parse};
use serde::{Deserialize, Serialize};
use store::wallet::PayoutAccount;
use utoipa::ToSchema;

/// Where to pay to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PayoutAccountRequest {
    /// The bank's three-digit code.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "088")]
    bank_code: Bank,
    /// 10 to 16 digits, hyphens are ignored.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "110-234-567890")]
    account_number: AccountNumber,
    /// 1 to 30 characters, as the bank knows them.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, min_length = 1, max_length = 30, example = "김민지")]
    holder: Holder,
}

/// Where a user's withdrawals go.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutAccountView {
    #[schema(example = "088")]
    bank_code: String,
    /// Null when the bank is not known any more.
    #[schema(example = "신한은행")]
    bank_name: Option<&'static str>,
    /// All but the last four digits hidden.
    #[schema(example = "********7890")]
    account_number: String,
    #[schema(example = "김민지")]
    holder: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T09:00:00.000Z")]
    changed_at: Instant,
}

impl From<&PayoutAccount> for PayoutAccountView {
    fn from(account: &PayoutAccount) -> Self {
        Self {
            bank_code: account.bank_code.clone(),
            bank_name: bank_name(&account.bank_code),
            account_number: account.masked_number.clone(),
            holder: account.holder.clone(),
            changed_at: account.changed_at,
        }
    }
}

pub fn bank_name(code: &str) -> Option<&'static str> {
    code.parse::<Bank>().ok().map(|bank| bank.name)
}

pub fn not_found() -> Problem {
    Problem::new(codes::PAYOUT_ACCOUNT_NOT_FOUND, "Register one by POST /v1/me/payout-account.")
}

/// The account as it is stored, once the bank has said that it is the holder's.
pub async fn verified(
    app: &App,
    user: UserId,
    request: PayoutAccountRequest,
    now: Instant,
) -> Result<PayoutAccount, Problem> {
    let PayoutAccountRequest { bank_code, account_number, holder } = request;
    let account = BankAccount { bank: bank_code, number: account_number, holder };
    let fits = app.config.bank.verify_holder(&account).await.map_err(Problem::try_again)?;
    if !fits {
        let detail = "The bank does not know this account, or its holder is somebody else.";
        return Err(Problem::new(codes::PAYOUT_ACCOUNT_UNVERIFIED, detail));
    }
    let plain = account.number.as_str().as_bytes();
    let sealed = app.keys.encrypt(&purpose(user), plain, app.entropy.nonce())?;
    Ok(PayoutAccount {
        bank_code: account.bank.code.to_owned(),
        masked_number: account.number.masked(),
        sealed_number: sealed,
        holder: account.holder.as_str().to_owned(),
        changed_at: now,
    })
}

/// The account as the bank wants it; `None` when the row was changed by another hand.
pub fn opened(app: &App, user: UserId, account: &PayoutAccount) -> Option<BankAccount> {
    let number = app.keys.decrypt(&purpose(user), &account.sealed_number)?;
    Some(BankAccount {
        bank: account.bank_code.parse().ok()?,
        number: String::from_utf8(number).ok()?.parse().ok()?,
        holder: account.holder.parse().ok()?,
    })
}

/// A number sealed for one user opens for no other.
fn purpose(user: UserId) -> String {
    format!("payout-account#{user}")
}
