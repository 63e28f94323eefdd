//! A dispute as requests and answers say it.

use domain::trade::{Dispute, RefundOffer, Ruling, Statement, StatementText, Trade};
use kernel::{Instant, Won};
use platform::{Problem, parse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a dispute is.
pub const PATH: &str = "/v1/trades/{tradeId}/dispute";

/// What a side says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Said {
    /// 1 to 1,000 characters, in several lines if need be.
    #[schema(value_type = String, example = "포장할 때 찍은 사진이 있습니다", max_length = 1_000)]
    #[serde(deserialize_with = "parse::text")]
    pub text: StatementText,
}

/// A part of the price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartialRefund {
    /// Won, at least 1 and less than the price.
    #[schema(value_type = i64, example = 10_000, minimum = 1)]
    amount: Won,
}

impl PartialRefund {
    pub fn amount(&self) -> Result<Won, Problem> {
        parse::amount(self.amount)
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TradeDisputeView {
    /// `not_arrived`, `not_as_described`, `damaged`, `incomplete`, `counterfeit` or `other`.
    #[schema(example = "not_as_described")]
    complaint: &'static str,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Instant,
    /// Whether the buyer has the goods, by the carrier's word or an admin's.
    delivered: bool,
    /// Until when both sides are heard.
    #[schema(value_type = Option<String>, format = DateTime)]
    statements_until: Option<Instant>,
    /// A part of the price to be given back, as proposed last; it can be accepted for 48 hours.
    offer: Option<RefundOfferView>,
    ruling: Option<RulingView>,
    /// When the goods that went back had arrived, by the carrier's word or an admin's.
    #[schema(value_type = Option<String>, format = DateTime)]
    return_arrived_at: Option<Instant>,
    /// When an admin was asked what became of the goods that go back.
    #[schema(value_type = Option<String>, format = DateTime)]
    doubted_at: Option<Instant>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundOfferView {
    /// `buyer` or `seller`.
    #[schema(example = "seller")]
    by: &'static str,
    /// Won.
    #[schema(value_type = i64, example = 10_000)]
    amount: Won,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
}

/// What an admin decided.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulingView {
    /// `complete`, `return` or `refund`.
    #[schema(example = "return")]
    verdict: &'static str,
    /// Of a return: who pays the carrier, `buyer`, `seller` or `platform`.
    #[schema(example = "seller")]
    freight: Option<&'static str>,
    #[schema(example = "사진과 다른 제품입니다")]
    note: String,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementView {
    /// 1 and up, in order.
    #[schema(example = 1)]
    number: u8,
    /// `buyer` or `seller`.
    #[schema(example = "buyer")]
    by: &'static str,
    #[schema(example = "상자가 비어 있습니다")]
    text: String,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
}

impl TradeDisputeView {
    pub fn new(trade: &Trade) -> Option<Self> {
        let Dispute { complaint, at, delivered, offer, ruling, .. } = trade.dispute.as_ref()?;
        Some(Self {
            complaint: complaint.as_str(),
            opened_at: *at,
            delivered: *delivered,
            statements_until: trade.statements_until(),
            offer: offer.map(RefundOfferView::new),
            ruling: ruling.as_ref().map(RulingView::new),
            return_arrived_at: trade.going_back.as_ref().and_then(|back| back.arrived_at),
            doubted_at: trade.going_back.as_ref().and_then(|back| back.doubted_at),
        })
    }
}

impl RefundOfferView {
    const fn new(RefundOffer { by, amount, at }: RefundOffer) -> Self {
        Self { by: by.as_str(), amount, at }
    }
}

impl RulingView {
    fn new(ruling: &Ruling) -> Self {
        let Ruling { verdict, note, at } = ruling;
        let freight = verdict.freight().map(|payer| payer.as_str());
        Self { verdict: verdict.as_str(), freight, note: note.clone(), at: *at }
    }
}

impl StatementView {
    pub fn new(statement: &Statement) -> Self {
        let Statement { number, by, text, at } = statement;
        Self { number: *number, by: by.as_str(), text: text.to_string(), at: *at }
    }
}
