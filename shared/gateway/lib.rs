//! Third parties that take and move money, behind narrow traits.
//!
//! An adapter speaks its provider's documented wire format and sorts what comes back into few
//! outcomes. It never repeats a call by itself: what an outcome means is the caller's decision.

mod billing;
mod client;
mod error;
mod kakaopay;
pub mod payout;
mod toss;
mod transport;

#[cfg(feature = "fake")]
pub mod fake;
#[cfg(test)]
mod tests;

use std::{future::Future, pin::Pin, sync::Arc};

use domain::payment::{Provider, Truth};
use kernel::{PaymentId, Span, UserId, Won};

pub use billing::{Authorization, CardBilling, Charge, IssuedKey};
pub use error::GatewayError;
pub use kakaopay::{KakaoPay, KakaoPaySettings};
pub use toss::{Toss, TossSettings};
pub use transport::{Carried, Transport};

/// How long a provider may take to answer before the outcome counts as unknown. Two calls, asking
/// and looking what came of it, fit into the 29 s that API Gateway waits.
pub const ANSWER_WITHIN: Span = Span::seconds(13);

/// A call on its way.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, GatewayError>> + Send + 'a>>;

/// What somebody is about to pay.
#[derive(Clone, Debug)]
pub struct Order {
    pub payment: PaymentId,
    pub user: UserId,
    pub name: String,
    pub amount: Won,
}

/// Where the payer goes to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    pub url: String,
    /// The provider's name for the payment, where it has one before it is paid.
    pub key: Option<String>,
}

/// A confirmation: `token` is what the payer brought back (`paymentKey`, `pg_token`).
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    pub payment: PaymentId,
    pub user: UserId,
    pub amount: Won,
    pub key: Option<&'a str>,
    pub token: &'a str,
}

/// Which payment, as both sides name it.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    pub payment: PaymentId,
    pub key: Option<&'a str>,
}

/// Money to give back.
#[derive(Clone, Copy, Debug)]
pub struct Cancellation<'a> {
    pub reference: Reference<'a>,
    /// The how-manieth of this payment: the same number is the same cancellation.
    pub number: u32,
    pub amount: Won,
    /// What could be given back before it.
    pub left: Won,
    pub reason: &'a str,
}

/// A provider of payments.
pub trait PaymentProvider: Send + Sync {
    /// Opens a payment. No money moves.
    fn ready<'a>(&'a self, order: &'a Order) -> Call<'a, Checkout>;
    /// Takes the money that the payer agreed to.
    fn confirm<'a>(&'a self, approval: Approval<'a>) -> Call<'a, Truth>;
    /// What the provider says of a payment now.
    fn read<'a>(&'a self, reference: Reference<'a>) -> Call<'a, Truth>;
    /// Gives money back. The same cancellation again has no further effect.
    fn cancel<'a>(&'a self, cancellation: Cancellation<'a>) -> Call<'a, Truth>;
}

/// Where the providers are and how we sign in there.
#[derive(Clone, Debug)]
pub struct Settings {
    pub toss: TossSettings,
    pub kakaopay: KakaoPaySettings,
    /// Where payers come back to: `<this>/<payment>/success`, `…/fail`.
    pub return_url: String,
    pub answer_within: Span,
    /// How requests reach the providers; `None`: over the network.
    pub transport: Option<Arc<dyn Transport>>,
}

/// Every provider that payments are routed to.
pub struct Gateways {
    toss: Toss,
    kakaopay: KakaoPay,
}

impl Gateways {
    /// Cheap: connections and certificates are loaded at the first call.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let client = client::Client::new(settings.answer_within).by(settings.transport);
        let toss = Toss::new(settings.toss, settings.return_url.clone(), client.clone());
        Self { toss, kakaopay: KakaoPay::new(settings.kakaopay, settings.return_url, client) }
    }

    #[must_use]
    pub fn provider(&self, provider: Provider) -> &dyn PaymentProvider {
        match provider {
            Provider::Toss => &self.toss,
            Provider::KakaoPay => &self.kakaopay,
        }
    }

    /// Where cards are registered and charged. Their payments are [`Provider::Toss`]'s.
    #[must_use]
    pub fn billing(&self) -> &dyn CardBilling {
        &self.toss
    }
}

impl std::fmt::Debug for Gateways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateways")
    }
}

/// The order id that providers see: the payment's id without hyphens.
#[must_use]
pub fn order_id(payment: PaymentId) -> String {
    payment.uuid().simple().to_string()
}

/// The payment that an order id of ours names.
#[must_use]
pub fn payment_of(order_id: &str) -> Option<PaymentId> {
    let uuid = (order_id.len() == 32).then(|| order_id.parse().ok()).flatten()?;
    let payment = PaymentId::from_uuid(uuid);
    (self::order_id(payment) == order_id).then_some(payment)
}

pub(crate) fn returning(return_url: &str, payment: PaymentId, outcome: &str) -> String {
    format!("{}/{payment}/{outcome}", return_url.trim_end_matches('/'))
}
