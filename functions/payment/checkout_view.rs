//! Opening a payment: at the provider first, then as a row with the answer.

use domain::{
    identity::Address,
    payment::{Decline, Payment, Provider, ProviderName, Purpose},
};
use gateway::{GatewayError, Order};
use kernel::{Instant, PaymentId, UserId, Won, codes};
use platform::{App, Once, Problem, Reply};
use serde::Serialize;
use store::Transaction;
use utoipa::ToSchema;

use crate::{refusal, view::PaymentView};

/// A payment and where to pay it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BegunPayment {
    payment: PaymentView,
    /// What providers know the payment by.
    #[schema(example = "01938f3c7e2a700080000000000000a1")]
    order_id: String,
    /// Send the payer there. They come back with a `paymentKey` (Toss) or `pg_token` (KakaoPay) to
    /// confirm the payment with.
    #[schema(example = "https://online-pay.kakaopay.com/mockup/v1/…/info")]
    checkout_url: String,
}

/// The provider behind a name; 422 when it is known but not connected.
pub fn route(name: ProviderName) -> Result<Provider, Problem> {
    name.route().map_err(|_| {
        Problem::new(
            codes::PROVIDER_UNSUPPORTED,
            "Pay with toss or kakaopay: this one comes later.",
        )
    })
}

/// What is to be paid.
pub struct Begin {
    pub user: UserId,
    pub purpose: Purpose,
    pub amount: Won,
    pub provider: Provider,
    pub name: String,
    /// Where a trade's goods go.
    pub ships_to: Option<Address>,
}

/// Opens it. No money moves: whatever fails here may be tried again.
pub async fn begin(app: &App, once: &Once, begin: Begin, now: Instant) -> Result<Reply, Problem> {
    let Begin { user, purpose, amount, provider, name, ships_to } = begin;
    if amount < provider.amount_min() {
        return Err(refusal::declined(Decline::AmountTooSmall));
    }
    let id = PaymentId::from_uuid(app.entropy.uuid(now));
    let order = Order { payment: id, user, name, amount };
    let checkout = app.payments().provider(provider).ready(&order).await;
    let checkout = checkout.map_err(|error| match error {
        GatewayError::Declined(decline) => refusal::declined(decline),
        error => refusal::unavailable(error),
    })?;
    let mut payment = Payment::new(id, user, purpose, amount, provider, now);
    payment.provider_key = checkout.key;
    payment.ships_to = ships_to;
    let body = BegunPayment {
        payment: PaymentView::new(&payment),
        order_id: gateway::order_id(id),
        checkout_url: checkout.url,
    };
    let reply = Reply::created(format!("/v1/payments/{id}"), &body)?;
    let transaction = Transaction::new().payment_opening(&payment);
    once.commit(app, transaction, reply, |_, _| Problem::try_again("the id is taken")).await
}
