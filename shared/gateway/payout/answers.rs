//! What Toss answers about payouts, sorted into few outcomes.
//!
//! An answer that is not known to mean "nothing happened" or "it will never be paid" leaves the
//! outcome unknown: reading the payout again will tell. `[U]` is explained in [`super::toss`].

use http::StatusCode;
use kernel::WithdrawalId;
use serde::Deserialize;
use serde_json::Value;

use super::{BankError, Order, Outcome};

pub(super) const TOO_MUCH: &str = "a single payout must be less than 1,000,000,000 won";
pub(super) const NO_PAYEE: &str = "register the payout account again";

/// Members of an answer that may hold the list `[U]`; it may also be the list itself.
const LIST_MEMBERS: &[&str] = &["items", "data"];

const PAID: &[&str] = &["COMPLETED"];
const PENDING: &[&str] = &["REQUESTED", "IN_PROGRESS"];
/// The last three are no part of the guide's list `[U]`: somebody called the payout off by hand.
const DEAD: &[&str] = &["FAILED", "CANCELED", "REJECTED", "DELETED"];

/// Answers to an order that mean that nothing was ordered, and what the user is told. All but the
/// first are `[U]`; a code that is not here leaves the outcome unknown.
const REFUSALS: &[(&str, &str)] = &[
    ("FORBIDDEN_SELLER_PAYOUT", "confirm your identity as Toss Payments' text message asks"),
    ("NOT_FOUND_SELLER", NO_PAYEE),
    ("INSUFFICIENT_BALANCE", "payouts are not possible at the moment"),
    ("INVALID_PAYOUT_DATE", "no payouts on that day; try again on the next business day"),
    ("EXCEED_MAX_AMOUNT", TOO_MUCH),
];

/// Why a call brought nothing.
pub(super) enum Fault {
    /// Toss says so.
    Code(String),
    /// Nobody knows.
    Unknown(String),
}

/// What we read of a Payout.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payout {
    id: String,
    ref_payout_id: String,
    status: String,
    amount: Amount,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Amount {
    value: i64,
}

/// 36 characters. `[U]` One project read in the reference that 50 fit.
pub(super) fn ref_payout_id(id: WithdrawalId) -> String {
    id.to_string()
}

pub(super) fn refusal(code: &str) -> Result<Outcome, BankError> {
    match REFUSALS.iter().find(|(of, _)| *of == code) {
        Some((_, reason)) => Ok(Outcome::Refused((*reason).to_owned())),
        None => Err(BankError(code.to_owned())),
    }
}

pub(super) fn among(items: &[Value], order: &Order) -> Result<Outcome, Fault> {
    let name = ref_payout_id(order.id);
    let ours = items.iter().find(|item| text_of(item, "refPayoutId") == Some(&name));
    outcome(ours.cloned().unwrap_or_default(), order)
}

pub(super) fn outcome(payout: Value, order: &Order) -> Result<Outcome, Fault> {
    let unreadable = |_| Fault::Unknown("an unreadable Payout".to_owned());
    let payout: Payout = serde_json::from_value(payout).map_err(unreadable)?;
    let ours = payout.ref_payout_id == ref_payout_id(order.id);
    if !ours || payout.amount.value != order.amount.get() {
        return Err(Fault::Unknown("another payout".to_owned()));
    }
    match payout.status.as_str() {
        status if PAID.contains(&status) => Ok(Outcome::Paid),
        status if PENDING.contains(&status) => Ok(Outcome::Pending(Some(payout.id))),
        status if DEAD.contains(&status) => {
            let code = payout.error.as_ref().and_then(|error| text_of(error, "code"));
            let why = code.unwrap_or(status);
            Ok(Outcome::Refused(format!("the bank did not take the transfer ({why})")))
        }
        status => Err(Fault::Unknown(format!("a payout that is {status}"))),
    }
}

/// What an answer is about. Answers of version 2 come in an envelope with an `error` of its own.
pub(super) fn entity(answer: &Value, status: StatusCode) -> Result<Value, Fault> {
    let error = answer.get("error").filter(|error| !error.is_null()).unwrap_or(answer);
    match (text_of(error, "code"), answer.get("entityBody")) {
        (None, Some(entity)) if status.is_success() && error == answer => Ok(entity.clone()),
        // What breaks inside of Toss may have happened all the same.
        (Some(code), _) if status.is_server_error() => Err(Fault::Unknown(code.to_owned())),
        (Some(code), _) => Err(Fault::Code(code.to_owned())),
        (None, _) => Err(Fault::Unknown(format!("status {}", status.as_u16()))),
    }
}

pub(super) fn items(entity: &Value) -> Result<&[Value], Fault> {
    let member = LIST_MEMBERS.iter().find_map(|name| entity.get(*name));
    let items = member.unwrap_or(entity).as_array();
    items.map(Vec::as_slice).ok_or_else(|| Fault::Unknown("an unreadable list".to_owned()))
}

pub(super) fn text_of<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

pub(super) fn unknown(error: crate::GatewayError) -> Fault {
    Fault::Unknown(error.to_string())
}

impl From<Fault> for BankError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Code(text) | Fault::Unknown(text) => Self(text),
        }
    }
}
