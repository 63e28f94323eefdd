//! The codes with which the providers refuse.

use axum::Json;
use http::StatusCode;
use serde_json::{Value, json};

/// Status and body.
pub(super) type Answer = (StatusCode, Value);

/// The error body of `code`, under the status that the documentation gives it.
pub(super) fn toss_refusal(code: &str) -> (StatusCode, Json<Value>) {
    let (status, body) = toss_error(code);
    (status, Json(body))
}

pub(super) fn toss_error(code: &str) -> Answer {
    let status = match code {
        "UNAUTHORIZED_KEY" | "INVALID_API_KEY" => StatusCode::UNAUTHORIZED,
        "NOT_FOUND_PAYMENT" | "NOT_FOUND_PAYMENT_SESSION" | "NOT_FOUND_BILL_KEY" => {
            StatusCode::NOT_FOUND
        }
        "REJECT_CARD_PAYMENT"
        | "REJECT_ACCOUNT_PAYMENT"
        | "REJECT_CARD_COMPANY"
        | "FDS_ERROR"
        | "FORBIDDEN_REQUEST"
        | "NOT_CANCELABLE_AMOUNT"
        | "NOT_CANCELABLE_PAYMENT"
        | "EXCEED_MAX_AMOUNT" => StatusCode::FORBIDDEN,
        "IDEMPOTENT_REQUEST_PROCESSING" => StatusCode::CONFLICT,
        "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING"
        | "FAILED_INTERNAL_SYSTEM_PROCESSING"
        | "UNKNOWN_PAYMENT_ERROR"
        | "COMMON_ERROR" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    (status, json!({ "code": code, "message": "결제를 처리하지 못했습니다." }))
}

pub(super) fn kakaopay_refusal(code: i64) -> (StatusCode, Json<Value>) {
    let (status, body) = kakaopay_error(code);
    (status, Json(body))
}

pub(super) fn kakaopay_error(code: i64) -> Answer {
    let status = match code {
        -1 => StatusCode::INTERNAL_SERVER_ERROR,
        -401 => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    (status, json!({ "error_code": code, "error_message": "payment failed" }))
}
