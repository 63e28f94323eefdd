//! KakaoPay, played.

use axum::{
    Form, Json, Router,
    extract::{Path, State as Shared},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Providers,
    codes::{kakaopay_error, kakaopay_refusal},
    page,
    state::{KakaoPayment, State},
};

/// Every payment happens then.
const WHEN: &str = "2026-11-21T09:00:00";

pub(super) fn router(providers: Providers) -> Router {
    Router::new()
        .route("/online/v1/payment/ready", post(ready))
        .route("/online/v1/payment/approve", post(approve))
        .route("/online/v1/payment/order", post(order))
        .route("/online/v1/payment/cancel", post(cancel))
        .route("/pages/{tid}", get(window).post(pressed))
        .with_state(providers)
}

fn gate(headers: &HeaderMap) -> Result<(), Response> {
    let sent = headers.get("authorization").and_then(|value| value.to_str().ok());
    match sent {
        Some(value) if value.starts_with("SECRET_KEY DEV") => Ok(()),
        _ => Err(kakaopay_refusal(-401).into_response()),
    }
}

#[derive(Deserialize)]
struct Ready {
    partner_order_id: String,
    partner_user_id: String,
    total_amount: i64,
    approval_url: String,
    cancel_url: String,
    fail_url: String,
}

#[derive(Deserialize)]
struct Approve {
    tid: String,
    partner_order_id: String,
    partner_user_id: String,
    pg_token: String,
}

#[derive(Deserialize)]
struct Order {
    tid: String,
}

#[derive(Deserialize)]
struct Cancel {
    tid: String,
    cancel_amount: i64,
    cancel_available_amount: Option<i64>,
}

async fn ready(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Json(request): Json<Ready>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let base = providers.base.clone();
    let open = move |state: &mut State| {
        let tid = format!("T{:019}", state.issue());
        let url = format!("{base}/kakaopay/pages/{tid}");
        state.kakao.insert(
            tid.clone(),
            KakaoPayment {
                order: request.partner_order_id,
                user: request.partner_user_id,
                amount: request.total_amount,
                status: "READY",
                pg_token: None,
                cancelled: 0,
                urls: [request.approval_url, request.cancel_url, request.fail_url],
            },
        );
        let answer = json!({
            "tid": tid, "next_redirect_app_url": url, "next_redirect_mobile_url": url,
            "next_redirect_pc_url": url, "android_app_scheme": "kakaotalk://kakaopay/pg",
            "ios_app_scheme": "kakaotalk://kakaopay/pg", "created_at": WHEN,
        });
        (StatusCode::OK, answer)
    };
    providers.play("kakaopay:ready", open).await
}

async fn approve(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Json(request): Json<Approve>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let work = move |state: &mut State| {
        let refused = state.refused.contains(&request.partner_order_id);
        let Some(payment) = state.kakao.get_mut(&request.tid) else { return kakaopay_error(-721) };
        let same = payment.order == request.partner_order_id
            && payment.user == request.partner_user_id
            && payment.pg_token.as_ref() == Some(&request.pg_token);
        match payment.status {
            "SUCCESS_PAYMENT" | "PART_CANCEL_PAYMENT" | "CANCEL_PAYMENT" => kakaopay_error(-702),
            "AUTH_PASSWORD" if same && refused => {
                payment.status = "FAIL_PAYMENT";
                kakaopay_error(-780)
            }
            "AUTH_PASSWORD" if same => {
                payment.status = "SUCCESS_PAYMENT";
                (StatusCode::OK, approved(&request.tid, payment))
            }
            _ => kakaopay_error(-701),
        }
    };
    providers.play("kakaopay:approve", work).await
}

fn approved(tid: &str, payment: &KakaoPayment) -> Value {
    json!({
        "aid": format!("A{}", tid.trim_start_matches('T')), "tid": tid, "cid": "TC0ONETIME",
        "partner_order_id": payment.order, "partner_user_id": payment.user,
        "payment_method_type": "MONEY", "amount": amount(payment.amount), "item_name": "장터",
        "quantity": 1, "created_at": WHEN, "approved_at": WHEN,
    })
}

fn amount(total: i64) -> Value {
    json!({
        "total": total, "tax_free": total, "vat": 0, "point": 0, "discount": 0, "green_deposit": 0,
    })
}

fn stand(tid: &str, payment: &KakaoPayment) -> Value {
    json!({
        "tid": tid, "cid": "TC0ONETIME", "status": payment.status,
        "partner_order_id": payment.order, "partner_user_id": payment.user,
        "payment_method_type": "MONEY", "amount": amount(payment.amount),
        "canceled_amount": amount(payment.cancelled),
        "cancel_available_amount": amount(payment.amount - payment.cancelled),
        "item_name": "장터", "quantity": 1, "created_at": WHEN,
    })
}

async fn order(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Json(request): Json<Order>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let look = move |state: &mut State| match state.kakao.get(&request.tid) {
        Some(payment) => (StatusCode::OK, stand(&request.tid, payment)),
        None => kakaopay_error(-721),
    };
    providers.play("kakaopay:read", look).await
}

async fn cancel(
    Shared(providers): Shared<Providers>,
    headers: HeaderMap,
    Json(request): Json<Cancel>,
) -> Response {
    if let Err(refused) = gate(&headers) {
        return refused;
    }
    let work = move |state: &mut State| {
        let Some(payment) = state.kakao.get_mut(&request.tid) else { return kakaopay_error(-721) };
        let left = payment.amount - payment.cancelled;
        let stale = request.cancel_available_amount.is_some_and(|believed| believed != left);
        let paid = matches!(payment.status, "SUCCESS_PAYMENT" | "PART_CANCEL_PAYMENT");
        if !paid || stale || request.cancel_amount < 1 || request.cancel_amount > left {
            return kakaopay_error(-710);
        }
        payment.cancelled += request.cancel_amount;
        let all = payment.cancelled == payment.amount;
        payment.status = if all { "CANCEL_PAYMENT" } else { "PART_CANCEL_PAYMENT" };
        (StatusCode::OK, stand(&request.tid, payment))
    };
    providers.play("kakaopay:cancel", work).await
}

async fn window(Shared(providers): Shared<Providers>, Path(tid): Path<String>) -> Response {
    let found = providers.state().kakao.get(&tid).cloned();
    match found {
        Some(payment) => Html(page::checkout("KakaoPay", "", payment.amount, &[])).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct Press {
    press: String,
}

async fn pressed(
    Shared(providers): Shared<Providers>,
    Path(tid): Path<String>,
    Form(form): Form<Press>,
) -> Response {
    let mut state = providers.state();
    let Some(payment) = state.kakao.get_mut(&tid) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let [approval, cancel, _] = payment.urls.clone();
    let order = payment.order.clone();
    if form.press == "cancel" {
        payment.status = "QUIT_PAYMENT";
        return Redirect::to(&cancel).into_response();
    }
    if form.press == "refuse" {
        state.refused.insert(order);
    }
    let token = state.kakao_authenticate(&tid).unwrap_or_default();
    Redirect::to(&page::with_query(&approval, &[("pg_token", &token)])).into_response()
}
