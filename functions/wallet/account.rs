//! Payout accounts: read from a request, checked with the bank, sealed, shown.

use domain::withdrawal::{AccountNumber, Bank, BankAccount, Holder};
use gateway::payout::{Contact, Payee, Verdict};
use kernel::{Instant, UserId, codes};
use platform::{App, Problem, Secret, parse};
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
    let bank = app.bank();
    let contact = if bank.wants_contact() { contact(app, user).await? } else { None };
    let payee = Payee { user, account, contact };
    let unverified = |detail: &str| Problem::new(codes::PAYOUT_ACCOUNT_UNVERIFIED, detail);
    let name = match bank.verify_holder(&payee, now).await.map_err(Problem::try_again)? {
        Verdict::Fits(name) => name,
        Verdict::Foreign => {
            let detail = "The bank does not know this account, or its holder is somebody else.";
            return Err(unverified(detail));
        }
        Verdict::Unreachable => {
            return Err(unverified("Your account needs a phone number and an e-mail address."));
        }
    };
    let account = payee.account;
    let plain = match name {
        Some(name) => format!("{}{NAME_FOLLOWS}{name}", account.number.as_str()),
        None => account.number.as_str().to_owned(),
    };
    let sealed =
        app.keys.encrypt(Secret::Wallet, &purpose(user), plain.as_bytes(), app.entropy.nonce())?;
    Ok(PayoutAccount {
        bank_code: account.bank.code.to_owned(),
        masked_number: account.number.masked(),
        sealed_number: sealed,
        holder: account.holder.as_str().to_owned(),
        changed_at: now,
    })
}

/// The account as the bank wants it, and the bank's name of the payee; `None` when the row was
/// changed by another hand.
pub fn opened(
    app: &App,
    user: UserId,
    account: &PayoutAccount,
) -> Option<(BankAccount, Option<String>)> {
    let plain = app.keys.decrypt(Secret::Wallet, &purpose(user), &account.sealed_number)?;
    let plain = String::from_utf8(plain).ok()?;
    let (number, name) = match plain.split_once(NAME_FOLLOWS) {
        Some((number, name)) => (number, Some(name.to_owned())),
        None => (plain.as_str(), None),
    };
    let account = BankAccount {
        bank: account.bank_code.parse().ok()?,
        number: number.parse().ok()?,
        holder: account.holder.parse().ok()?,
    };
    Some((account, name))
}

/// Where the bank reaches the user; `None` when there is not both.
async fn contact(app: &App, user: UserId) -> Result<Option<Contact>, Problem> {
    let Some(contact) = app.store.user_contact(user).await? else { return Ok(None) };
    let pair = contact.phone.zip(contact.email);
    Ok(pair.map(|(phone, email)| Contact { phone, email }))
}

/// Between the number and the bank's name of the payee. No number holds it.
const NAME_FOLLOWS: char = ' ';

/// A number sealed for one user opens for no other.
fn purpose(user: UserId) -> String {
    format!("payout-account#{user}")
}
