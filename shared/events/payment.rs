//! What `payment` tells: money that arrives or goes back.

use kernel::{PaymentId, TradeId, UserId, Won};
use serde::{Deserialize, Serialize};

use crate::envelope::Event;

/// What every event of a payment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentFacts {
    pub payment_id: PaymentId,
    pub user_id: UserId,
    /// The trade it was meant for; absent for a top-up.
    pub trade_id: Option<TradeId>,
    pub amount: Won,
    pub provider: String,
    /// The platform charges it after a match: its payer cannot try again.
    #[serde(default)]
    pub is_charge: bool,
}

/// The money arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentDone {
    pub payment: PaymentFacts,
    pub landed: PaymentLanding,
}
impl Event for PaymentDone {
    const KIND: &'static str = "PaymentDone";
}

/// Where paid money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentLanding {
    /// A top-up, or a payment whose trade could not take it and whose provider not back.
    Wallet,
    Trade,
}

/// The money will not arrive, or goes back because nothing here takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentFailed {
    pub payment: PaymentFacts,
    /// As `domain::payment::Decline` spells it.
    pub reason: String,
}
impl Event for PaymentFailed {
    const KIND: &'static str = "PaymentFailed";
}

/// Money went back to where it was paid from: at the payer's own wish, or what a trade gives back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentCancelled {
    pub payment: PaymentFacts,
    /// This time.
    pub amount: Won,
    /// With this time.
    pub total: Won,
    /// The provider does not take it back, for good: it is in the payer's wallet.
    #[serde(default)]
    pub in_wallet: bool,
}
impl Event for PaymentCancelled {
    const KIND: &'static str = "PaymentCancelled";
}
