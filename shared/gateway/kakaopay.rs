//! KakaoPay's online payments (open-api.kakaopay.com). It knows no idempotency header and no
//! webhook: after an unknown outcome `order` is read, and a cancellation names what could be
//! cancelled before it, so that a repetition is refused.

use domain::payment::{Decline, Truth, TruthState};
use http::{HeaderMap, HeaderValue, Method, header};
use kernel::{PaymentId, Won};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Approval, Call, Cancellation, Checkout, GatewayError, Order, PaymentProvider, Reference,
    answer::kept,
    client::{Answer, Ask, Client},
    order_id, returning,
};

#[derive(Clone, Debug)]
pub struct KakaoPaySettings {
    /// `https://open-api.kakaopay.com`
    pub base_url: String,
    pub secret_key: String,
    /// The shop, `TC0ONETIME` for tests.
    pub cid: String,
}

/// The adapter.
#[derive(Debug)]
pub struct KakaoPay {
    settings: KakaoPaySettings,
    return_url: String,
    client: Client,
}

#[derive(Debug, Deserialize)]
struct Ready {
    tid: String,
    next_redirect_pc_url: String,
}

#[derive(Debug, Deserialize)]
struct Amount {
    total: i64,
}

#[derive(Debug, Deserialize)]
struct Approved {
    tid: String,
    partner_order_id: String,
    payment_method_type: Option<String>,
    amount: Amount,
}

/// What `order` and `cancel` answer, as far as we read it.
#[derive(Debug, Deserialize)]
struct Stand {
    tid: String,
    status: String,
    partner_order_id: String,
    payment_method_type: Option<String>,
    amount: Amount,
    #[serde(default)]
    canceled_amount: Option<Amount>,
}

impl KakaoPay {
    pub(crate) fn new(settings: KakaoPaySettings, return_url: String, client: Client) -> Self {
        Self { settings, return_url, client }
    }

    async fn call(&self, path: &str, body: Value) -> Result<Value, GatewayError> {
        let credentials = format!("SECRET_KEY {}", self.settings.secret_key);
        let unsendable = |_| GatewayError::Misconfigured("header authorization".to_owned());
        let mut value = HeaderValue::try_from(credentials).map_err(unsendable)?;
        value.set_sensitive(true);
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        let url = format!("{}/online/v1/payment/{path}", self.settings.base_url);
        let ask = Ask { method: Method::POST, url, headers, body: Some(body) };
        let answer = self.client.ask(ask).await?;
        if answer.status.is_success() { Ok(answer.body) } else { Err(sort(&answer)) }
    }

    async fn open(&self, order: &Order) -> Result<Checkout, GatewayError> {
        let back = |outcome| returning(&self.return_url, order.payment, outcome);
        let body = json!({
            "cid": self.settings.cid,
            "partner_order_id": order_id(order.payment),
            "partner_user_id": order.user.uuid().simple().to_string(),
            "item_name": order.name,
            "quantity": 1,
            "total_amount": order.amount.get(),
            // A payment into a wallet or escrow is no taxable sale of ours.
            "tax_free_amount": order.amount.get(),
            "approval_url": back("success"),
            "cancel_url": back("cancel"),
            "fail_url": back("fail"),
        });
        let ready: Ready = read(self.call("ready", body).await?)?;
        Ok(Checkout { url: ready.next_redirect_pc_url, key: Some(ready.tid) })
    }

    async fn approve(&self, approval: Approval<'_>) -> Result<Truth, GatewayError> {
        let body = json!({
            "cid": self.settings.cid,
            "tid": approval.key.ok_or(GatewayError::NotFound)?,
            "partner_order_id": order_id(approval.payment),
            "partner_user_id": approval.user.uuid().simple().to_string(),
            "pg_token": approval.token,
        });
        let body = self.call("approve", body).await?;
        let answer = kept(&body);
        let approved: Approved = read(body)?;
        check(&approved.partner_order_id, approval.payment)?;
        Ok(Truth {
            state: TruthState::Paid,
            key: Some(approved.tid),
            amount: won(approved.amount.total)?,
            cancelled: Won::ZERO,
            method: approved.payment_method_type,
            secret: None,
            answer,
        })
    }

    async fn order(&self, reference: Reference<'_>) -> Result<Truth, GatewayError> {
        let tid = reference.key.ok_or(GatewayError::NotFound)?;
        let body = json!({ "cid": self.settings.cid, "tid": tid });
        truth(self.call("order", body).await?, reference.payment)
    }

    async fn take_back(&self, cancellation: Cancellation<'_>) -> Result<Truth, GatewayError> {
        let body = json!({
            "cid": self.settings.cid,
            "tid": cancellation.reference.key.ok_or(GatewayError::NotFound)?,
            "cancel_amount": cancellation.amount.get(),
            "cancel_tax_free_amount": cancellation.amount.get(),
            // Refused when something was cancelled since.
            "cancel_available_amount": cancellation.left.get(),
            "payload": cancellation.reason,
        });
        truth(self.call("cancel", body).await?, cancellation.reference.payment)
    }
}

impl PaymentProvider for KakaoPay {
    fn ready<'a>(&'a self, order: &'a Order) -> Call<'a, Checkout> {
        Box::pin(self.open(order))
    }
    fn confirm<'a>(&'a self, approval: Approval<'a>) -> Call<'a, Truth> {
        Box::pin(self.approve(approval))
    }
    fn read<'a>(&'a self, reference: Reference<'a>) -> Call<'a, Truth> {
        Box::pin(self.order(reference))
    }
    fn cancel<'a>(&'a self, cancellation: Cancellation<'a>) -> Call<'a, Truth> {
        Box::pin(self.take_back(cancellation))
    }
}

fn unreadable() -> GatewayError {
    GatewayError::Unknown("an unreadable KakaoPay answer".to_owned())
}

fn read<T: for<'de> Deserialize<'de>>(body: Value) -> Result<T, GatewayError> {
    serde_json::from_value(body).map_err(|_| unreadable())
}

fn won(amount: i64) -> Result<Won, GatewayError> {
    Won::new(amount).map_err(|_| unreadable())
}

fn check(order: &str, payment: PaymentId) -> Result<(), GatewayError> {
    if order == order_id(payment) {
        return Ok(());
    }
    Err(GatewayError::Unknown("the payment of another order".to_owned()))
}

fn truth(body: Value, of: PaymentId) -> Result<Truth, GatewayError> {
    let answer = kept(&body);
    let stand: Stand = read(body)?;
    check(&stand.partner_order_id, of)?;
    let state = match stand.status.as_str() {
        "SUCCESS_PAYMENT" | "PART_CANCEL_PAYMENT" | "CANCEL_PAYMENT" => TruthState::Paid,
        "READY" | "SEND_TMS" | "OPEN_PAYMENT" | "SELECT_METHOD" | "ARS_WAITING"
        | "AUTH_PASSWORD" | "ISSUED_SID" => TruthState::Waiting,
        "FAIL_AUTH_PASSWORD" | "QUIT_PAYMENT" | "FAIL_PAYMENT" => TruthState::Dead,
        _ => return Err(unreadable()),
    };
    Ok(Truth {
        state,
        key: Some(stand.tid),
        amount: won(stand.amount.total)?,
        cancelled: won(stand.canceled_amount.map_or(0, |amount| amount.total))?,
        method: stand.payment_method_type,
        secret: None,
        answer,
    })
}

/// Sorts `{error_code, error_message}`. What is not known to mean "nothing happened" leaves the
/// outcome unknown: reading the order will tell.
fn sort(answer: &Answer) -> GatewayError {
    if matches!(answer.status.as_u16(), 401 | 403) {
        return GatewayError::Misconfigured(format!("status {}", answer.status.as_u16()));
    }
    match answer.body.get("error_code").and_then(Value::as_i64) {
        Some(-702) => GatewayError::AlreadyDone,
        Some(-721) => GatewayError::NotFound,
        Some(-701) => GatewayError::Declined(Decline::Abandoned),
        Some(-723) => GatewayError::Declined(Decline::Expired),
        Some(-761 | -797) => GatewayError::Declined(Decline::LimitExceeded),
        Some(-780) => GatewayError::Declined(Decline::CardRejected),
        Some(-710 | -782) => GatewayError::Declined(Decline::NotRefundable),
        _ => GatewayError::Unknown(format!("status {}", answer.status.as_u16())),
    }
}
