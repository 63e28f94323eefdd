//! Cards: named, sealed, opened, shown.

use domain::payment::method::PaymentMethod;
use kernel::{Instant, PaymentMethodId, UserId, uuid_of};
use platform::{App, Problem, Secret};
use serde::Serialize;
use utoipa::ToSchema;

/// A card as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethodView {
    #[schema(
        value_type = String,
        format = "uuid",
        example = "01938f3c-7e2a-7000-8000-0000000000c1"
    )]
    id: PaymentMethodId,
    /// The issuer's name or the provider's code for it.
    #[schema(example = "현대")]
    issuer: String,
    /// Masked by the provider.
    #[schema(example = "43301234****123*")]
    number: String,
    /// Until when no payment password is accepted; null when it is.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    locked_until: Option<Instant>,
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T09:00:00.000Z")]
    created_at: Instant,
}

impl PaymentMethodView {
    pub fn new(method: &PaymentMethod, now: Instant) -> Self {
        Self {
            id: method.id,
            issuer: method.card.issuer.clone(),
            number: method.card.number.clone(),
            locked_until: method.open_at(now).err().map(|locked| locked.until),
            created_at: method.created_at,
        }
    }
}

/// The card that this agreement of its owner registers: the same agreement names the same card, and
/// the id tells nothing of it.
pub fn name(app: &App, user: UserId, auth_key: &str) -> Result<PaymentMethodId, Problem> {
    let of = user.uuid();
    let sealed = app.keys.seal("payment-method", &[of.as_bytes(), auth_key.as_bytes()])?;
    Ok(PaymentMethodId::from_uuid(uuid_of(sealed)))
}

pub fn seal(app: &App, user: UserId, billing_key: &str) -> Result<String, Problem> {
    app.keys.encrypt(Secret::Payment, &purpose(user), billing_key.as_bytes(), app.entropy.nonce())
}

/// What the card is charged by.
pub fn billing_key(app: &App, method: &PaymentMethod) -> Result<String, Problem> {
    let plain = app.keys.decrypt(Secret::Payment, &purpose(method.user), &method.sealed_key);
    let text = plain.and_then(|plain| String::from_utf8(plain).ok());
    text.ok_or_else(|| Problem::internal(format!("unreadable key of card {}", method.id)))
}

/// A key sealed for one user opens for no other.
fn purpose(user: UserId) -> String {
    format!("payment-method#{user}")
}
