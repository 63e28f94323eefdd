//! A provider of payments: what it is asked, and the names that both sides use.

use std::{future::Future, pin::Pin};

use domain::payment::Truth;
use kernel::{PaymentId, UserId, Won};

use crate::GatewayError;

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
