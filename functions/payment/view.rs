//! A payment as its payer sees it.

use domain::payment::{Payment, Purpose};
use kernel::{Instant, PaymentId, TradeId, Won};
use serde::Serialize;
use utoipa::ToSchema;

/// One payment through a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    #[schema(
        value_type = String,
        format = "uuid",
        example = "01938f3c-7e2a-7000-8000-0000000000a1"
    )]
    id: PaymentId,
    /// `top_up` or `trade`
    #[schema(example = "top_up")]
    purpose: &'static str,
    #[schema(value_type = Option<String>, format = "uuid", example = json!(null))]
    trade_id: Option<TradeId>,
    #[schema(value_type = i64, example = 50_000)]
    amount: Won,
    /// `toss` or `kakaopay`
    #[schema(example = "toss")]
    provider: &'static str,
    /// `ready`, `approving`, `done`, `failed`, `partially_cancelled`, `cancelled`, `returning`
    /// or `returned`: on its way back, and gone back, because nothing here could take it
    #[schema(example = "done")]
    status: &'static str,
    /// Why it failed, or why its money goes back; null unless it does.
    #[schema(example = json!(null))]
    failure: Option<&'static str>,
    /// How it was paid, in the provider's words.
    #[schema(example = "카드")]
    method: Option<String>,
    /// Given back so far.
    #[schema(value_type = i64, example = 0)]
    cancelled_amount: Won,
    /// Whether a cancellation is under way.
    cancelling: bool,
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T09:00:00.000Z")]
    created_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-21T09:01:00.000Z")]
    done_at: Option<Instant>,
}

impl PaymentView {
    pub fn new(payment: &Payment) -> Self {
        let purpose = match payment.purpose {
            Purpose::TopUp => "top_up",
            Purpose::Trade { .. } | Purpose::Match { .. } => "trade",
        };
        Self {
            id: payment.id,
            purpose,
            trade_id: payment.purpose.trade(),
            amount: payment.amount,
            provider: payment.provider.as_str(),
            status: payment.status.as_str(),
            failure: payment.decline.map(domain::payment::Decline::as_str),
            method: payment.method.clone(),
            cancelled_amount: payment.cancelled,
            cancelling: payment.cancelling.is_some(),
            created_at: payment.created_at,
            done_at: payment.done_at,
        }
    }
}
