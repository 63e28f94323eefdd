//! Toss's payouts to sellers, played: sealed both ways, judged by the instant that a request says.
//!
//! How a seller behaves is in the account's last digits: [`FOREIGN_ENDING`] is not the holder's,
//! [`CLOSED_ENDING`] is paid and comes back, [`UNIDENTIFIED_ENDING`] never answers the text
//! message. Payouts go on when [`Providers::run_payouts`] is called.

use axum::{
    Json, Router,
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode};
use kernel::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Providers,
    codes::{Answer, toss_error},
    state::{FakePayout, FakeSeller, State},
    toss::{gate, once},
};
use crate::payout::{CLOSED_ENDING, FOREIGN_ENDING, Key, PAYOUTS_PATH, SELLERS_PATH};

/// The key of both sides, for tests. It is public: nothing real may use it.
pub const PAYOUT_SECURITY_KEY: &str =
    "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b";
/// Whose account's number ends so never confirms who they are.
pub const UNIDENTIFIED_ENDING: &str = "6666";
/// Fewer than anybody asks for, so that every list has pages.
const PAGE_MAX: usize = 3;

/// A payout as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutStand {
    /// `refPayoutId`
    pub name: String,
    pub amount: i64,
    pub status: &'static str,
    /// The day it was scheduled for; `None` for at once.
    pub day: Option<String>,
}

impl Providers {
    /// Every payout that was ordered, in order.
    #[must_use]
    pub fn payouts(&self) -> Vec<PayoutStand> {
        let stand = |payout: &FakePayout| PayoutStand {
            name: payout.name.clone(),
            amount: payout.amount,
            status: payout.status,
            day: payout.day.clone(),
        };
        self.state().payouts.iter().map(stand).collect()
    }

    /// What left, over all payouts.
    #[must_use]
    pub fn paid_out(&self) -> i64 {
        let payouts = self.payouts().into_iter();
        payouts.filter(|payout| payout.status == "COMPLETED").map(|payout| payout.amount).sum()
    }

    /// The bank works: every payout goes one step further.
    pub fn run_payouts(&self) {
        for payout in &mut self.state().payouts {
            payout.status = match payout.status {
                "REQUESTED" => "IN_PROGRESS",
                "IN_PROGRESS" if payout.comes_back => "FAILED",
                "IN_PROGRESS" => "COMPLETED",
                over => over,
            };
        }
    }

    /// Somebody calls every payout off that the bank does not work on yet.
    pub fn cancel_payouts_by_hand(&self) {
        for payout in self.state().payouts.iter_mut().filter(|it| it.status == "REQUESTED") {
            payout.status = "CANCELED";
        }
    }

    /// Fifteen days pass: idempotency keys are forgotten.
    pub fn forget_keys(&self) {
        self.state().answers.clear();
    }

    /// How many sellers are registered.
    #[must_use]
    pub fn sellers(&self) -> usize {
        self.state().sellers.len()
    }
}

pub(super) fn router(providers: Providers) -> Router {
    Router::new()
        .route(SELLERS_PATH, get(list_sellers).post(register))
        .route(PAYOUTS_PATH, get(list_payouts).post(order))
        .route(&format!("{PAYOUTS_PATH}/{{id}}"), get(read))
        .with_state(providers)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewSeller {
    ref_seller_id: String,
    business_type: String,
    individual: Individual,
    account: Account,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Individual {
    name: String,
    email: String,
    phone: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Account {
    bank_code: String,
    account_number: String,
    holder_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewPayout {
    ref_payout_id: String,
    destination: String,
    schedule_type: String,
    payout_date: Option<String>,
    amount: Amount,
    transaction_description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    currency: String,
    value: i64,
}

async fn register(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    body: String,
) -> Response {
    sealed(&providers, "toss:seller", SELLERS_PATH, &headers, &body, |state, body, _| {
        let Ok(new) = serde_json::from_value::<NewSeller>(body) else {
            return failure("INVALID_REQUEST");
        };
        let Individual { name, email, phone } = &new.individual;
        let reachable = email.contains('@') && phone.bytes().all(|byte| byte.is_ascii_digit());
        let whole = (7..=20).contains(&new.ref_seller_id.len()) && new.account.bank_code.len() == 3;
        if new.business_type != "INDIVIDUAL" || name.is_empty() || !reachable || !whole {
            return failure("INVALID_REQUEST");
        }
        let number = &new.account.account_number;
        if number.ends_with(FOREIGN_ENDING) || new.account.holder_name != *name {
            return failure("INVALID_ACCOUNT_HOLDER");
        }
        if state.sellers.iter().any(|seller| seller.name == new.ref_seller_id) {
            return failure("DUPLICATED_REF_SELLER_ID");
        }
        let seller = FakeSeller {
            id: format!("seller_{:06}", state.issue()),
            name: new.ref_seller_id,
            identified: !number.ends_with(UNIDENTIFIED_ENDING),
            comes_back: number.ends_with(CLOSED_ENDING),
        };
        let answer = seller_object(&seller);
        state.sellers.push(seller);
        success("seller", answer)
    })
    .await
}

async fn order(Shared(providers): Shared<Providers>, headers: HeaderMap, body: String) -> Response {
    sealed(&providers, "toss:payout", PAYOUTS_PATH, &headers, &body, |state, body, at| {
        let Ok(new) = serde_json::from_value::<Vec<NewPayout>>(body) else {
            return failure("INVALID_REQUEST");
        };
        if !(1..=100).contains(&new.len()) {
            return failure("INVALID_REQUEST");
        }
        // One that does not fit fails all.
        if let Some(code) = new.iter().find_map(|new| fault_of(state, new, at)) {
            return failure(code);
        }
        let mut objects = Vec::new();
        for new in new {
            let seller = state.sellers.iter().find(|seller| seller.id == new.destination);
            let payout = FakePayout {
                comes_back: seller.is_some_and(|seller| seller.comes_back),
                id: format!("FPA_{:06}", state.issue()),
                name: new.ref_payout_id,
                seller: new.destination,
                amount: new.amount.value,
                day: new.payout_date,
                status: "REQUESTED",
            };
            objects.push(payout_object(&payout));
            state.payouts.push(payout);
        }
        success("payout", json!({ "items": objects }))
    })
    .await
}

fn fault_of(state: &State, new: &NewPayout, at: &str) -> Option<&'static str> {
    let text = new.transaction_description.chars().count();
    let whole = (1..=50).contains(&new.ref_payout_id.len()) && (1..=7).contains(&text);
    if !whole || new.amount.currency != "KRW" || new.amount.value < 1 {
        return Some("INVALID_REQUEST");
    }
    if new.amount.value >= 1_000_000_000 {
        return Some("EXCEED_MAX_AMOUNT");
    }
    let Some(seller) = state.sellers.iter().find(|seller| seller.id == new.destination) else {
        return Some("NOT_FOUND_SELLER");
    };
    if !seller.identified {
        return Some("FORBIDDEN_SELLER_PAYOUT");
    }
    if state.payouts.iter().any(|payout| payout.name == new.ref_payout_id) {
        return Some("DUPLICATED_REF_PAYOUT_ID");
    }
    let (today, hour) = (at.get(..10)?, at.get(11..13)?);
    let fits = match (new.schedule_type.as_str(), new.payout_date.as_deref()) {
        ("EXPRESS", None) => is_business_day(today) && ("08".."15").contains(&hour),
        ("SCHEDULED", Some(day)) => day > today && is_business_day(day),
        _ => return Some("INVALID_REQUEST"),
    };
    if fits { None } else { Some("INVALID_PAYOUT_DATE") }
}

/// Monday to Friday, but not Christmas. By Sakamoto's congruence, so that the adapter is not
/// measured with its own yardstick.
fn is_business_day(day: &str) -> bool {
    const OFFSETS: [i64; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let parts: Vec<i64> = day.split('-').filter_map(|part| part.parse().ok()).collect();
    let [year, month, of_month] = parts.as_slice() else { return false };
    let index = usize::try_from(month - 1).ok();
    let Some(offset) = index.and_then(|index| OFFSETS.get(index)) else { return false };
    let year = if *month < 3 { year - 1 } else { *year };
    let weekday = (year + year / 4 - year / 100 + year / 400 + offset + of_month) % 7;
    (1..=5).contains(&weekday) && !day.ends_with("-12-25")
}

/// Opens a request, plays it once per idempotency key, seals the answer.
async fn sealed(
    providers: &Providers,
    action: &str,
    path: &str,
    headers: &HeaderMap,
    body: &str,
    effect: impl FnOnce(&mut State, Value, &str) -> Answer + Send,
) -> Response {
    if let Err(refused) = gate(headers) {
        return refused;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let mode = text("tosspayments-api-security-mode") == Some("ENCRYPTION");
    let typed = text("content-type").is_some_and(|kind| kind.starts_with("text/plain"));
    let refuse = |code: &str| {
        let (status, body) = failure(code);
        (status, Json(body)).into_response()
    };
    let Ok(key) = Key::from_hex(PAYOUT_SECURITY_KEY) else { return refuse("NO_SECURITY_KEY") };
    let opened = key.open(body).ok().filter(|_| mode && typed);
    let Some(opened) = opened else { return refuse("INVALID_ENCRYPTION") };
    let head = |name: &str| opened.header.get(name).and_then(Value::as_str).unwrap_or_default();
    let (at, nonce) = (head("iat").to_owned(), head("nonce").to_owned());
    let Some(now) = at.parse::<Instant>().ok().filter(|_| at.len() == 25) else {
        return refuse("INVALID_IAT");
    };
    if nonce.is_empty() || !providers.state().nonces.insert(nonce) {
        return refuse("REUSED_NONCE");
    }
    let body = serde_json::from_slice(&opened.text).unwrap_or_default();
    once(providers, action, path.to_owned(), headers, |state| {
        let (status, answer) = effect(state, body, &at);
        match key.seal(answer.to_string().as_bytes(), now) {
            Ok(sealed) => (status, Value::String(sealed)),
            Err(_) => failure("FAILED_INTERNAL_SYSTEM_PROCESSING"),
        }
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    limit: usize,
    starting_after: Option<String>,
}

impl Window {
    fn of(&self, objects: Vec<Value>) -> Answer {
        let named =
            |object: &Value, name: &str| object.get("id").and_then(Value::as_str) == Some(name);
        let start = self.starting_after.as_ref().map_or(0, |after| {
            let index = objects.iter().position(|object| named(object, after));
            index.map_or(objects.len(), |index| index + 1)
        });
        let end = start + self.limit.min(PAGE_MAX);
        let more = objects.len() > end;
        let page: Vec<Value> = objects.into_iter().take(end).skip(start).collect();
        success("list", json!({ "items": page, "hasNext": more }))
    }
}

async fn list_sellers(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Query(window): Query<Window>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let look =
        move |state: &mut State| window.of(state.sellers.iter().map(seller_object).collect());
    providers.play("toss:sellers", look).await
}

async fn list_payouts(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Query(window): Query<Window>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let look =
        move |state: &mut State| window.of(state.payouts.iter().map(payout_object).collect());
    providers.play("toss:payouts", look).await
}

async fn read(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let look = move |state: &mut State| match state.payouts.iter().find(|payout| payout.id == id) {
        Some(payout) => success("payout", payout_object(payout)),
        None => failure("NOT_FOUND_PAYOUT"),
    };
    providers.play("toss:read_payout", look).await
}

fn success(kind: &str, entity: Value) -> Answer {
    let answer = json!({
        "version": "2022-11-16", "traceId": "0441fe730c84ac58626927be96d77f30",
        "entityType": kind, "entityBody": entity, "error": null,
    });
    (StatusCode::OK, answer)
}

fn failure(code: &str) -> Answer {
    let (status, plain) = toss_error(code);
    let answer = json!({
        "version": "2022-11-16", "traceId": "0441fe730c84ac58626927be96d77f30",
        "entityType": null, "entityBody": null, "error": plain,
    });
    (status, answer)
}

fn seller_object(seller: &FakeSeller) -> Value {
    let status = if seller.identified { "PARTIALLY_APPROVED" } else { "APPROVAL_REQUIRED" };
    json!({
        "id": seller.id, "refSellerId": seller.name, "businessType": "INDIVIDUAL",
        "status": status, "company": null, "metadata": null,
    })
}

fn payout_object(payout: &FakePayout) -> Value {
    let error = (payout.status == "FAILED")
        .then(|| json!({ "code": "CLOSED_ACCOUNT", "message": "해지된 계좌입니다." }));
    json!({
        "id": payout.id, "refPayoutId": payout.name, "destination": payout.seller,
        "scheduleType": if payout.day.is_some() { "SCHEDULED" } else { "EXPRESS" },
        "payoutDate": payout.day, "status": payout.status, "metadata": null,
        "amount": { "currency": "KRW", "value": payout.amount },
        "transactionDescription": "장터출금", "error": error,
        "requestedAt": "2026-11-21T09:00:00+09:00",
    })
}
