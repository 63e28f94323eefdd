//! Toss's billing keys, played. How a card behaves is in its `authKey`: `card-ok…` pays,
//! `card-refused…` cannot be registered, `card-declines…` is refused at every charge,
//! `card-limit-2…` is over its limit twice and then pays, `card-stopped…` was stopped,
//! `card-slow…` pays and answers when released, `card-error…` makes the provider fail.

use axum::{
    Form, Json, Router,
    extract::{Path, Query, State as Shared},
    response::{Html, Redirect, Response},
    routing::{delete, get, post},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{
    FaultKind, Providers,
    codes::{Answer, toss_error},
    page,
    state::{BilledCard, State, TossPayment},
    toss::{gate, object, once},
};

pub(super) fn router(providers: Providers) -> Router {
    Router::new()
        .route("/v1/billing/authorizations/issue", post(issue))
        .route("/v1/billing/{key}", post(charge).merge(delete(forget)))
        .route("/card", get(window).post(pressed))
        .with_state(providers)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    auth_key: String,
    customer_key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Charge {
    customer_key: String,
    amount: i64,
    order_id: String,
    order_name: String,
}

async fn issue(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Json(request): Json<Issue>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let path = "/v1/billing/authorizations/issue".to_owned();
    once(&providers, "toss:issue", path, &headers, |state| issued(state, request)).await
}

fn issued(state: &mut State, Issue { auth_key, customer_key }: Issue) -> Answer {
    let holder = state.authorized.get(&auth_key).unwrap_or(&customer_key);
    if !auth_key.starts_with("card-") || *holder != customer_key {
        return toss_error("INVALID_BILLING_AUTH");
    }
    if !state.spent.insert(auth_key.clone()) {
        return toss_error("INVALID_BILLING_AUTH");
    }
    if auth_key.starts_with("card-refused") {
        return toss_error("INVALID_STOPPED_CARD");
    }
    let billing_key = format!("bill/{:06}={auth_key}", state.issue());
    let limit = auth_key.strip_prefix("card-limit-").and_then(|rest| rest.split('-').next());
    let over_limit = limit.and_then(|times| times.parse().ok()).unwrap_or_default();
    let card = BilledCard { customer: customer_key.clone(), auth_key, over_limit };
    state.cards.insert(billing_key.clone(), card);
    let answer = json!({
        "mId": "tvivarepublica", "customerKey": customer_key, "billingKey": billing_key,
        "authenticatedAt": "2026-11-21T09:00:00+09:00", "method": "카드", "cardCompany": "현대",
        "cardNumber": "43301234****123*",
        "card": {
            "issuerCode": "61", "acquirerCode": "31", "number": "43301234****123*",
            "cardType": "신용", "ownerType": "개인",
        },
    });
    (StatusCode::OK, answer)
}

async fn charge(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Json(request): Json<Charge>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let auth_key = providers.state().cards.get(&key).map(|card| card.auth_key.clone());
    match auth_key.unwrap_or_default() {
        card if card.starts_with("card-slow") => providers.fail("toss:charge", 1, FaultKind::Held),
        card if card.starts_with("card-error") => {
            providers.fail("toss:charge", 1, FaultKind::Status500);
        }
        _ => {}
    }
    let path = format!("/v1/billing/{key}");
    once(&providers, "toss:charge", path, &headers, |state| charged(state, &key, request)).await
}

fn charged(state: &mut State, key: &str, request: Charge) -> Answer {
    let Some(card) = state.cards.get_mut(key) else {
        return toss_error("INVALID_BILL_KEY_REQUEST");
    };
    if card.customer != request.customer_key {
        return toss_error("NOT_MATCHES_CUSTOMER_KEY");
    }
    if card.over_limit > 0 {
        card.over_limit -= 1;
        return toss_error("EXCEED_MAX_AMOUNT");
    }
    if card.auth_key.starts_with("card-declines") {
        return toss_error("REJECT_CARD_PAYMENT");
    }
    if card.auth_key.starts_with("card-stopped") {
        return toss_error("INVALID_STOPPED_CARD");
    }
    if request.order_name.is_empty() || request.order_name.chars().count() > 100 {
        return toss_error("INVALID_REQUEST");
    }
    if request.amount < 100 {
        return toss_error("BELOW_MINIMUM_AMOUNT");
    }
    if state.toss.contains_key(&request.order_id) {
        return toss_error("DUPLICATED_ORDER_ID");
    }
    let payment = TossPayment {
        key: format!("tbil_{:012}", state.issue()),
        amount: request.amount,
        done: true,
        account: None,
        billing: true,
        cancels: Vec::new(),
    };
    let answer = object(&request.order_id, &payment);
    state.toss.insert(request.order_id, payment);
    (StatusCode::OK, answer)
}

async fn forget(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let effect = move |state: &mut State| match state.cards.remove(&key) {
        Some(_) => (StatusCode::OK, json!({})),
        None => toss_error("NOT_FOUND_BILL_KEY"),
    };
    providers.play("toss:forget", effect).await
}

/// What the card window is opened with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    customer_key: String,
    #[serde(default)]
    success_url: String,
    #[serde(default)]
    fail_url: String,
    #[serde(default)]
    press: String,
}

/// Which cards the window offers, by what their `authKey` begins with.
const CARDS: &[(&str, &str)] = &[
    ("card-ok", "등록 (a card that pays)"),
    ("card-limit-1", "한도 초과 카드 등록 (over its limit once, then pays)"),
    ("card-declines", "거절 카드 등록 (refused at every charge)"),
    ("card-stopped", "정지 카드 등록 (stopped after it was registered)"),
    ("cancel", "취소 (break off)"),
];

async fn window(Query(window): Query<Window>) -> Html<String> {
    let fields = [
        ("customerKey", window.customer_key.as_str()),
        ("successUrl", window.success_url.as_str()),
        ("failUrl", window.fail_url.as_str()),
    ];
    Html(page::asking("Toss Payments", "카드 등록 (register a card)", &fields, CARDS))
}

async fn pressed(Shared(providers): Shared<Providers>, Form(window): Form<Window>) -> Redirect {
    let ours = |outcome: &str| format!("{}/payments/card/{outcome}", providers.base);
    let or = |url: &str, outcome| if url.is_empty() { ours(outcome) } else { url.to_owned() };
    if !CARDS.iter().any(|(card, _)| *card == window.press) || window.press == "cancel" {
        let query =
            [("code", "PAY_PROCESS_CANCELED"), ("message", "사용자가 등록을 취소하였습니다")];
        return Redirect::to(&page::with_query(&or(&window.fail_url, "fail"), &query));
    }
    let auth_key = providers.state().authorize(&window.press, &window.customer_key);
    let query = [("customerKey", window.customer_key.as_str()), ("authKey", auth_key.as_str())];
    Redirect::to(&page::with_query(&or(&window.success_url, "success"), &query))
}
