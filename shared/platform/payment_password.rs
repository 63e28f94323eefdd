//! The password that a card is used with.
//!
//! Promises: a comparison is told only once it is noted, and noted only on a card that is as it was
//! when the comparison began. So of any number of requests at once five learn that they are wrong,
//! and the right password opens nothing that was locked meanwhile. A try whose note was lost on the
//! way may count twice, never not at all.

use domain::payment::method::{Locked, PaymentPassword};
use kernel::{Instant, PaymentMethodId, ProblemCode, UserId, codes};
use store::Table;

use crate::{App, Grant, Problem, retry::Policy};

/// What [`check`] may answer beside the framework's own.
pub const PROBLEMS: [ProblemCode; 3] = [
    codes::PAYMENT_METHOD_NOT_FOUND,
    codes::WRONG_PAYMENT_PASSWORD,
    codes::PAYMENT_PASSWORD_LOCKED,
];
/// What a function that calls [`check`] must be allowed to do.
pub const GRANT: Grant = Grant::table(Table::Payment).get().update();

/// How often a try that met another one is noted anew.
const NOTE: Policy = Policy::named("payment-password", 100);

/// The text to store of a password.
pub fn hash(app: &App, password: &PaymentPassword) -> Result<String, Problem> {
    app.config.hashing.hash(password.as_str(), app.entropy.random())
}

/// Lets through who knows the password of this card. 404 when `user` has no such card, 401 when the
/// password is wrong, 429 with the time to wait while the card is locked.
pub async fn check(
    app: &App,
    user: UserId,
    method: PaymentMethodId,
    password: &PaymentPassword,
    now: Instant,
) -> Result<(), Problem> {
    let mut compared: Option<(String, bool)> = None;
    let mut attempts = NOTE.attempts();
    while attempts.again() {
        let found = app.store.payment_method(user, method).await?;
        let found = found.ok_or_else(|| not_found(method))?;
        found.open_at(now).map_err(|locked| is_locked(locked, now))?;
        let right = match &compared {
            Some((hash, right)) if *hash == found.password_hash => *right,
            _ => app.config.hashing.verify(Some(&found.password_hash), password.as_str())?,
        };
        compared = Some((found.password_hash.clone(), right));
        let tried = found.tried(right, now).map_err(|locked| is_locked(locked, now))?;
        let noted = match tried {
            Some(after) => app.store.payment_method_tried(&found, &after).await?,
            None => is_still(app, &found).await?,
        };
        match (noted, right) {
            (true, true) => return Ok(()),
            (true, false) => return Err(wrong()),
            (false, _) => {}
        }
    }
    Err(attempts.exhausted().into())
}

/// Nothing is to be written; but what was compared must still stand.
async fn is_still(
    app: &App,
    seen: &domain::payment::method::PaymentMethod,
) -> Result<bool, Problem> {
    let found = app.store.payment_method(seen.user, seen.id).await?;
    Ok(found.is_some_and(|found| found.version == seen.version))
}

/// 404 for a card that is not this user's.
#[must_use]
pub fn not_found(method: PaymentMethodId) -> Problem {
    let detail = format!("You have no payment method {method}.");
    Problem::new(codes::PAYMENT_METHOD_NOT_FOUND, detail)
}

fn wrong() -> Problem {
    let detail = "The payment password is wrong. Five wrong ones in a row lock the card.";
    Problem::new(codes::WRONG_PAYMENT_PASSWORD, detail)
}

fn is_locked(Locked { until }: Locked, now: Instant) -> Problem {
    let detail = "Five wrong payment passwords in a row: wait before the next one.";
    Problem::new(codes::PAYMENT_PASSWORD_LOCKED, detail).retry_after(until.since(now))
}
