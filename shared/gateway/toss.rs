//! Toss Payments, API version 2022-11-16 (docs.tosspayments.com/reference).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::payment::{Decline, Truth, TruthState};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use kernel::{Instant, PaymentId, Won};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Approval, Call, Cancellation, Checkout, GatewayError, Order, PaymentProvider, Reference,
    answer::kept,
    client::{Answer, Ask, Client},
    order_id, returning,
};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TEST_CODE: HeaderName = HeaderName::from_static("tosspayments-test-code");

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[derive(Clone, Debug)]
pub struct TossSettings {
    /// `https://api.tosspayments.com`
    pub base_url: String,
    /// `test_sk_…` or `live_sk_…`
    pub secret_key: String,
    /// The page that opens Toss's payment window with what its query says.
    pub checkout_url: String,
    /// With a test key: the error that every call shall meet (`TossPayments-Test-Code`).
    pub test_code: Option<String>,
}

/// The adapter.
#[derive(Debug)]
pub struct Toss {
    settings: TossSettings,
    return_url: String,
    client: Client,
}

/// What we read of a Payment object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentObject {
    payment_key: String,
    order_id: String,
    status: String,
    total_amount: i64,
    #[serde(default)]
    cancels: Option<Vec<CancelObject>>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    secret: Option<String>,
    #[serde(default)]
    approved_at: Option<String>,
    #[serde(default)]
    virtual_account: Option<AccountObject>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountObject {
    #[serde(default)]
    due_date: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelObject {
    cancel_amount: i64,
}

impl Toss {
    pub(crate) fn new(settings: TossSettings, return_url: String, client: Client) -> Self {
        Self { settings, return_url, client }
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: String,
        idempotency_key: Option<String>,
        body: Option<Value>,
    ) -> Result<Answer, GatewayError> {
        let mut headers = HeaderMap::new();
        let credentials = STANDARD.encode(format!("{}:", self.settings.secret_key));
        let pairs = [
            (header::AUTHORIZATION, Some(format!("Basic {credentials}"))),
            (IDEMPOTENCY_KEY, idempotency_key),
            (TEST_CODE, self.settings.test_code.clone()),
        ];
        for (name, text) in pairs {
            if let Some(text) = text {
                let unsendable = |_| GatewayError::Misconfigured(format!("header {name}"));
                let mut value = HeaderValue::try_from(text).map_err(unsendable)?;
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        let url = format!("{}{path}", self.settings.base_url);
        let answer = self.client.ask(Ask { method, url, headers, body }).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(sort(&answer)) }
    }

    pub(crate) async fn payment(
        &self,
        method: Method,
        path: String,
        key: Option<String>,
        body: Option<Value>,
        of: PaymentId,
    ) -> Result<Truth, GatewayError> {
        let answer = self.call(method, path, key, body).await?;
        truth(answer.body, of)
    }

    fn checkout(&self, order: &Order) -> String {
        let mut url = format!("{}?", self.settings.checkout_url);
        let pairs = [
            ("orderId", order_id(order.payment)),
            ("orderName", order.name.clone()),
            ("amount", order.amount.to_string()),
            ("successUrl", returning(&self.return_url, order.payment, "success")),
            ("failUrl", returning(&self.return_url, order.payment, "fail")),
        ];
        for (index, (name, text)) in pairs.iter().enumerate() {
            let sign = if index == 0 { "" } else { "&" };
            url.push_str(&format!("{sign}{name}={}", encoded(text)));
        }
        url
    }
}

/// Percent-encoded, so that it can stand in a path or query.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

impl PaymentProvider for Toss {
    /// Toss learns of a payment when the payer authenticates it in the window.
    fn ready<'a>(&'a self, order: &'a Order) -> Call<'a, Checkout> {
        Box::pin(async move { Ok(Checkout { url: self.checkout(order), key: None }) })
    }

    fn confirm<'a>(&'a self, approval: Approval<'a>) -> Call<'a, Truth> {
        let body = json!({
            "paymentKey": approval.token,
            "orderId": order_id(approval.payment),
            "amount": approval.amount.get(),
        });
        // A key that meant another token would bring that one's answer again.
        let key = format!("confirm-{}-{}", approval.payment, approval.token);
        let path = "/v1/payments/confirm".to_owned();
        Box::pin(self.payment(Method::POST, path, Some(key), Some(body), approval.payment))
    }

    /// By our own order id: what a client sent as `paymentKey` need not be believed.
    fn read<'a>(&'a self, reference: Reference<'a>) -> Call<'a, Truth> {
        let path = format!("/v1/payments/orders/{}", order_id(reference.payment));
        Box::pin(self.payment(Method::GET, path, None, None, reference.payment))
    }

    fn cancel<'a>(&'a self, cancellation: Cancellation<'a>) -> Call<'a, Truth> {
        let Cancellation { reference, number, amount, reason, .. } = cancellation;
        let body = json!({ "cancelReason": reason, "cancelAmount": amount.get() });
        let key = format!("cancel-{}-{number}", reference.payment);
        Box::pin(async move {
            let name = reference.key.ok_or(GatewayError::NotFound)?;
            let path = format!("/v1/payments/{}/cancel", encoded(name));
            self.payment(Method::POST, path, Some(key), Some(body), reference.payment).await
        })
    }
}

fn truth(body: Value, of: PaymentId) -> Result<Truth, GatewayError> {
    let unreadable = || GatewayError::Unknown("an unreadable Payment object".to_owned());
    let answer = kept(&body);
    let payment: PaymentObject = serde_json::from_value(body).map_err(|_| unreadable())?;
    if payment.order_id != order_id(of) {
        return Err(GatewayError::Unknown("the payment of another order".to_owned()));
    }
    let state = match payment.status.as_str() {
        // An account that was cancelled before anything came into it.
        "CANCELED" if payment.approved_at.is_none() => TruthState::Dead,
        "DONE" | "PARTIAL_CANCELED" | "CANCELED" => TruthState::Paid,
        "WAITING_FOR_DEPOSIT" => {
            let due = payment.virtual_account.and_then(|account| account.due_date);
            TruthState::Deposit { due: due.as_deref().and_then(instant) }
        }
        "READY" | "IN_PROGRESS" => TruthState::Waiting,
        "ABORTED" | "EXPIRED" => TruthState::Dead,
        _ => return Err(unreadable()),
    };
    let cancels = payment.cancels.unwrap_or_default();
    let cancelled = cancels.iter().map(|cancel| cancel.cancel_amount).sum::<i64>();
    Ok(Truth {
        state,
        key: Some(payment.payment_key),
        amount: Won::new(payment.total_amount).map_err(|_| unreadable())?,
        cancelled: Won::new(cancelled).map_err(|_| unreadable())?,
        method: payment.method,
        secret: payment.secret,
        answer,
    })
}

/// Toss writes times in Seoul's, with its offset or without.
fn instant(text: &str) -> Option<Instant> {
    text.parse().or_else(|_| format!("{text}+09:00").parse()).ok()
}

/// Sorts `{code, message}` (docs.tosspayments.com/reference/error-codes). A code that is not known
/// to mean "nothing happened" leaves the outcome unknown: reading the payment will tell.
fn sort(answer: &Answer) -> GatewayError {
    let code = answer.body.get("code").and_then(Value::as_str).unwrap_or_default();
    match code {
        "ALREADY_PROCESSED_PAYMENT"
        | "ALREADY_CANCELED_PAYMENT"
        | "DUPLICATED_ORDER_ID"
        | "ALREADY_REMOVED_BILLING_KEY" => GatewayError::AlreadyDone,
        "NOT_FOUND_PAYMENT" => GatewayError::NotFound,
        "UNAUTHORIZED_KEY"
        | "INVALID_API_KEY"
        | "INCORRECT_BASIC_AUTH_FORMAT"
        | "FORBIDDEN_REQUEST" => GatewayError::Misconfigured(code.to_owned()),
        _ => match decline(code) {
            Some(decline) => GatewayError::Declined(decline),
            None => GatewayError::Unknown(format!("status {}", answer.status.as_u16())),
        },
    }
}

fn decline(code: &str) -> Option<Decline> {
    Some(match code {
        "REJECT_CARD_PAYMENT" | "REJECT_CARD_COMPANY" => Decline::CardRejected,
        "INVALID_STOPPED_CARD"
        | "INVALID_CARD_EXPIRATION"
        | "INVALID_CARD_NUMBER"
        | "INVALID_CARD_LOST_OR_STOLEN"
        | "INVALID_CARD_INSTALLMENT_PLAN"
        | "NOT_SUPPORTED_CARD_TYPE"
        | "INVALID_BILL_KEY_REQUEST"
        | "NOT_FOUND_BILL_KEY"
        | "NOT_MATCHES_CUSTOMER_KEY" => Decline::CardInvalid,
        "REJECT_ACCOUNT_PAYMENT" => Decline::AccountRejected,
        "EXCEED_MAX_AMOUNT" | "EXCEED_MAX_DAILY_PAYMENT_COUNT" | "EXCEED_MAX_PAYMENT_AMOUNT" => {
            Decline::LimitExceeded
        }
        "BELOW_MINIMUM_AMOUNT" => Decline::AmountTooSmall,
        "FDS_ERROR" => Decline::Suspicious,
        "PAY_PROCESS_CANCELED" => Decline::Abandoned,
        "NOT_FOUND_PAYMENT_SESSION" | "INVALID_BILLING_AUTH" => Decline::Expired,
        "NOT_CANCELABLE_AMOUNT"
        | "NOT_CANCELABLE_PAYMENT"
        | "NOT_MATCHES_REFUNDABLE_AMOUNT"
        | "INVALID_REFUND_ACCOUNT_INFO"
        | "REFUND_REJECTED" => Decline::NotRefundable,
        _ => return None,
    })
}
