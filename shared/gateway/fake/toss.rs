//! Toss Payments, played.

use axum::{
    Form, Json, Router,
    extract::{Path, Query, State as Shared},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Providers,
    codes::{Answer, toss_error, toss_refusal},
    page,
    state::{State, TossPayment},
};

/// Every payment happens then.
const WHEN: &str = "2026-11-21T09:00:00+09:00";

pub(super) fn router(providers: Providers) -> Router {
    Router::new()
        .route("/v1/payments/confirm", post(confirm))
        .route("/v1/payments/orders/{order}", get(read))
        .route("/v1/payments/{key}", get(read_by_key))
        .route("/v1/payments/{key}/cancel", post(cancel))
        .route("/checkout", get(window).post(pressed))
        .with_state(providers)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Confirm {
    payment_key: String,
    order_id: String,
    amount: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancel {
    cancel_reason: Option<String>,
    cancel_amount: Option<i64>,
}

/// What stands before every call: the key, and an error that was asked for.
pub(super) fn gate(headers: &HeaderMap) -> Result<(), Response> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let basic = text("authorization").and_then(|value| value.strip_prefix("Basic "));
    let decoded = basic.and_then(|basic| STANDARD.decode(basic).ok()).unwrap_or_default();
    let ours = decoded.starts_with(b"test_sk_") && decoded.ends_with(b":");
    if !ours {
        return Err(toss_refusal("UNAUTHORIZED_KEY").into_response());
    }
    match text("tosspayments-test-code") {
        Some(code) => Err(toss_refusal(code).into_response()),
        None => Ok(()),
    }
}

/// Plays `effect` once per idempotency key and path; the first answer is given again.
pub(super) async fn once(
    providers: &Providers,
    action: &str,
    path: String,
    headers: &HeaderMap,
    effect: impl FnOnce(&mut State) -> Answer + Send,
) -> Response {
    let sent = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let key = sent.map(|sent| format!("{sent} POST {path}"));
    let recorded = move |state: &mut State| match key {
        Some(key) => match state.answers.get(&key) {
            Some(first) => first.clone(),
            None => {
                let answer = effect(state);
                state.answers.insert(key, answer.clone());
                answer
            }
        },
        None => effect(state),
    };
    providers.play(action, recorded).await
}

async fn confirm(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Json(request): Json<Confirm>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let path = "/v1/payments/confirm".to_owned();
    once(&providers, "toss:confirm", path, &headers, |state| {
        let refused = state.refused.contains(&request.order_id);
        let payment = state.toss.get_mut(&request.order_id);
        let payment = payment.filter(|payment| payment.key == request.payment_key);
        let Some(payment) = payment else { return toss_error("NOT_FOUND_PAYMENT") };
        match payment.status() {
            _ if payment.amount != request.amount => toss_error("INVALID_REQUEST"),
            "IN_PROGRESS" if refused => toss_error("REJECT_CARD_PAYMENT"),
            "IN_PROGRESS" => {
                match &mut payment.account {
                    Some(account) => account.is_open = true,
                    None => payment.done = true,
                }
                (StatusCode::OK, object(&request.order_id, payment))
            }
            _ => toss_error("ALREADY_PROCESSED_PAYMENT"),
        }
    })
    .await
}

async fn read(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Path(order): Path<String>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let look = move |state: &mut State| match state.toss.get(&order) {
        Some(payment) => (StatusCode::OK, object(&order, payment)),
        None => toss_error("NOT_FOUND_PAYMENT"),
    };
    providers.play("toss:read", look).await
}

async fn read_by_key(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let look = move |state: &mut State| match state.toss.iter().find(|(_, p)| p.key == key) {
        Some((order, payment)) => (StatusCode::OK, object(order, payment)),
        None => toss_error("NOT_FOUND_PAYMENT"),
    };
    providers.play("toss:read", look).await
}

async fn cancel(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Json(request): Json<Cancel>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let path = format!("/v1/payments/{key}/cancel");
    once(&providers, "toss:cancel", path, &headers, |state| {
        let Some(reason) = request.cancel_reason else { return toss_error("INVALID_REQUEST") };
        let found = state.toss.iter_mut().find(|(_, payment)| payment.key == key);
        let Some((order, payment)) = found else { return toss_error("NOT_FOUND_PAYMENT") };
        let balance = payment.amount - payment.cancelled();
        let amount = request.cancel_amount.unwrap_or(balance);
        match payment.status() {
            "IN_PROGRESS" => toss_error("NOT_CANCELABLE_PAYMENT"),
            "WAITING_FOR_DEPOSIT" => {
                if let Some(account) = &mut payment.account {
                    account.is_void = true;
                }
                (StatusCode::OK, object(order, payment))
            }
            "CANCELED" => toss_error("ALREADY_CANCELED_PAYMENT"),
            _ if amount < 1 || amount > balance => toss_error("NOT_CANCELABLE_AMOUNT"),
            _ => {
                payment.cancels.push((amount, reason));
                (StatusCode::OK, object(order, payment))
            }
        }
    })
    .await
}

/// The Payment object.
pub(super) fn object(order: &str, payment: &TossPayment) -> Value {
    let mut balance = payment.amount;
    let cancels = payment.cancels.iter().enumerate().map(|(index, (amount, reason))| {
        balance -= amount;
        json!({
            "cancelAmount": amount, "cancelReason": reason, "taxFreeAmount": 0,
            "taxExemptionAmount": 0, "refundableAmount": balance, "easyPayDiscountAmount": 0,
            "canceledAt": WHEN, "transactionKey": format!("{order}-cancel-{index}"),
            "receiptKey": null,
        })
    });
    let cancels: Vec<Value> = cancels.collect();
    let account = payment.account.as_ref().map(|account| {
        json!({
            "accountType": "일반", "accountNumber": "X6505636518308", "bankCode": "20",
            "customerName": "박토스", "dueDate": account.due, "refundStatus": "NONE",
            "expired": false, "settlementStatus": "INCOMPLETED", "refundReceiveAccount": null,
        })
    });
    let method = if account.is_some() { "가상계좌" } else { "카드" };
    json!({
        "version": "2022-11-16", "mId": "tvivarepublica",
        "type": if payment.billing { "BILLING" } else { "NORMAL" }, "currency": "KRW",
        "paymentKey": payment.key, "orderId": order, "orderName": "장터", "method": method,
        "status": payment.status(), "requestedAt": WHEN,
        "approvedAt": payment.done.then_some(WHEN), "useEscrow": false,
        "lastTransactionKey": format!("{order}-1"), "totalAmount": payment.amount,
        "balanceAmount": balance, "suppliedAmount": payment.amount, "vat": 0, "taxFreeAmount": 0,
        "taxExemptionAmount": 0, "cultureExpense": false, "isPartialCancelable": true,
        "cancels": if cancels.is_empty() { Value::Null } else { Value::Array(cancels) },
        "card": {
            "amount": payment.amount, "issuerCode": "61", "acquirerCode": "31",
            "number": "12345678****789*", "installmentPlanMonths": 0, "approveNo": "00000000",
            "useCardPoint": false, "cardType": "신용", "ownerType": "개인",
            "acquireStatus": "READY", "isInterestFree": false, "interestPayer": null,
        },
        "virtualAccount": account, "secret": format!("ps_{}", payment.key), "mobilePhone": null,
        "giftCertificate": null, "transfer": null, "receipt": null, "checkout": null,
        "easyPay": null, "country": "KR", "failure": null, "cashReceipt": null,
        "cashReceipts": null, "discount": null,
    })
}

/// What the payment window is opened with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    order_id: String,
    #[serde(default)]
    order_name: String,
    amount: i64,
    success_url: String,
    fail_url: String,
    #[serde(default)]
    press: String,
}

async fn window(Query(window): Query<Window>) -> Html<String> {
    let fields = [
        ("orderId", window.order_id.as_str()),
        ("orderName", window.order_name.as_str()),
        ("amount", &window.amount.to_string()),
        ("successUrl", window.success_url.as_str()),
        ("failUrl", window.fail_url.as_str()),
    ];
    Html(page::checkout("Toss Payments", &window.order_name, window.amount, &fields))
}

async fn pressed(Shared(providers): Shared<Providers>, Form(window): Form<Window>) -> Redirect {
    let (order, amount) = (&window.order_id, window.amount);
    if window.press == "cancel" {
        let query = [
            ("code", "PAY_PROCESS_CANCELED"),
            ("message", "사용자가 결제를 취소하였습니다"),
            ("orderId", order),
        ];
        return Redirect::to(&page::with_query(&window.fail_url, &query));
    }
    let key = providers.toss_pay(order, amount);
    if window.press == "refuse" {
        providers.state().refused.insert(order.clone());
    }
    let query = [("paymentKey", key.as_str()), ("orderId", order), ("amount", &amount.to_string())];
    Redirect::to(&page::with_query(&window.success_url, &query))
}
