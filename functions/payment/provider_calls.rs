//! Which payment, as its provider is told.

use domain::payment::{Payment, Truth};
use gateway::{Approval, Cancellation, GatewayError, PaymentProvider, Reference};
use kernel::{PaymentId, UserId};
use platform::{App, Problem};

use crate::refusal;

/// A payment of this user; anybody else's does not exist.
pub async fn own(app: &App, user: UserId, id: PaymentId) -> Result<Payment, Problem> {
    let payment = app.store.payment(id).await?.filter(|payment| payment.user == user);
    payment.ok_or_else(|| refusal::not_found(id))
}

pub fn provider<'a>(app: &'a App, payment: &Payment) -> &'a dyn PaymentProvider {
    app.payments().provider(payment.provider)
}

/// What its provider says of it now.
pub async fn read(app: &App, payment: &Payment) -> Result<Truth, GatewayError> {
    provider(app, payment).read(reference(payment)).await
}

pub fn reference(payment: &Payment) -> Reference<'_> {
    Reference { payment: payment.id, key: payment.provider_key.as_deref() }
}

pub fn approval<'a>(payment: &'a Payment, token: &'a str) -> Approval<'a> {
    Approval {
        payment: payment.id,
        user: payment.user,
        amount: payment.amount,
        key: payment.provider_key.as_deref(),
        token,
    }
}

/// The cancellation under way.
pub fn cancellation(payment: &Payment) -> Option<Cancellation<'_>> {
    let cancelling = payment.cancelling.as_ref()?;
    Some(Cancellation {
        reference: reference(payment),
        number: cancelling.number,
        amount: cancelling.amount,
        left: payment.left(),
        reason: &cancelling.reason,
    })
}

pub use domain::payment::PAYMENT_MAX;
