//! Cards that are charged without their owner: Toss's billing keys
//! (docs.tosspayments.com/reference#자동결제).
//!
//! The owner types the card into the provider's own window and brings back an `authKey`; no card
//! data ever reaches us.

#[cfg(test)]
mod tests;

use std::fmt;

use domain::payment::{Decline, Truth, method::Card};
use http::Method;
use kernel::{PaymentId, UserId, Won};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Call, GatewayError, order_id,
    toss::{Toss, encoded},
};

/// Toss takes no longer name of an order.
const NAME_CHARS_MAX: usize = 100;

/// A card that its owner agreed to have charged.
#[derive(Clone, Copy)]
pub struct Authorization<'a> {
    pub user: UserId,
    /// What the provider's window returned; good for one key.
    pub auth_key: &'a str,
    /// Names the registration: the same name again brings the same key.
    pub once: &'a str,
}

/// What a card is charged by. Whoever holds the key and our credentials can charge it.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedKey {
    pub billing_key: String,
    pub card: Card,
}

/// Money to take from a card. The same payment again takes nothing more.
#[derive(Clone, Copy)]
pub struct Charge<'a> {
    pub payment: PaymentId,
    pub user: UserId,
    pub billing_key: &'a str,
    pub amount: Won,
    /// What the owner reads on the bill; cut to 100 characters.
    pub name: &'a str,
}

/// A provider of billing keys.
pub trait CardBilling: Send + Sync {
    /// Turns the owner's agreement into a key. Refused agreements are [`GatewayError::Declined`].
    fn issue<'a>(&'a self, authorization: Authorization<'a>) -> Call<'a, IssuedKey>;
    /// Takes the money. What became of it is also read as of every other payment.
    fn charge<'a>(&'a self, charge: Charge<'a>) -> Call<'a, Truth>;
    /// Forgets a key; one that is gone already is gone.
    fn delete<'a>(&'a self, billing_key: &'a str) -> Call<'a, ()>;
}

/// What we read of a Billing object. Older answers name the card outside of `card`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BillingObject {
    billing_key: String,
    customer_key: String,
    #[serde(default)]
    card_company: Option<String>,
    #[serde(default)]
    card_number: Option<String>,
    #[serde(default)]
    card: Option<CardObject>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CardObject {
    #[serde(default)]
    issuer_code: Option<String>,
    #[serde(default)]
    number: Option<String>,
}

impl CardBilling for Toss {
    fn issue<'a>(&'a self, authorization: Authorization<'a>) -> Call<'a, IssuedKey> {
        let Authorization { user, auth_key, once } = authorization;
        let body = json!({ "authKey": auth_key, "customerKey": user.to_string() });
        let path = "/v1/billing/authorizations/issue".to_owned();
        let key = Some(format!("issue-{once}"));
        Box::pin(async move {
            let answer = self.call(Method::POST, path, key, Some(body)).await?;
            issued(answer.body, user)
        })
    }

    fn charge<'a>(&'a self, charge: Charge<'a>) -> Call<'a, Truth> {
        let Charge { payment, user, billing_key, amount, name } = charge;
        let body = json!({
            "customerKey": user.to_string(),
            "amount": amount.get(),
            "orderId": order_id(payment),
            "orderName": name.chars().take(NAME_CHARS_MAX).collect::<String>(),
        });
        let path = format!("/v1/billing/{}", encoded(billing_key));
        let key = Some(format!("charge-{payment}"));
        Box::pin(self.payment(Method::POST, path, key, Some(body), payment))
    }

    fn delete<'a>(&'a self, billing_key: &'a str) -> Call<'a, ()> {
        // The reference that we have does not list this call; other shops make it like this.
        let path = format!("/v1/billing/{}", encoded(billing_key));
        Box::pin(async move {
            match self.call(Method::DELETE, path, None, None).await {
                Ok(_) | Err(GatewayError::AlreadyDone) => Ok(()),
                // There is no such key (any more).
                Err(GatewayError::Declined(Decline::CardInvalid)) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }
}

fn issued(body: serde_json::Value, user: UserId) -> Result<IssuedKey, GatewayError> {
    // Without what was read: it holds the key.
    let unreadable = || GatewayError::Unknown("an unreadable Billing object".to_owned());
    let object: BillingObject = serde_json::from_value(body).map_err(|_| unreadable())?;
    if object.customer_key != user.to_string() {
        return Err(GatewayError::Unknown("the card of another customer".to_owned()));
    }
    let CardObject { issuer_code, number } = object.card.unwrap_or_default();
    let number = object.card_number.or(number).ok_or_else(unreadable)?;
    let issuer = object.card_company.or(issuer_code).unwrap_or_default();
    Ok(IssuedKey { billing_key: object.billing_key, card: Card { number, issuer } })
}

// Neither the agreement nor the key may be logged.
impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorization({})", self.once)
    }
}
impl fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedKey({:?})", self.card)
    }
}
impl fmt::Debug for Charge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Charge({}, {})", self.payment, self.amount)
    }
}
