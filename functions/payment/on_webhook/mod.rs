//! Queue — looks into a payment that its provider sent a notice of.

use domain::payment::{Payment, Status};
use events::{Event, PaymentCancelled, PaymentDone, PaymentFailed, TradeMoved};
use kernel::Instant;
use platform::{App, Failure, Function, Grant, Queue, Secret, queue::Message};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Table;

use crate::resolving::resolve;

pub const FUNCTION: Function = Function::queue(
    "payment",
    "on_webhook",
    "Looks into a payment that its provider sent a notice of",
    Queue::new(|app, message| Box::pin(handle(app, message))),
)
.grants(&[
    Grant::table(Table::Payment).get().put().update(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[PaymentDone::KIND, PaymentFailed::KIND, PaymentCancelled::KIND, TradeMoved::KIND])
.timeout_s(60)
.secrets(&[Secret::Sealing, Secret::Payment]);

/// Which payment to look into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    pub order_id: String,
    /// A deposit callback's secret, sealed as it is sealed with the payment.
    pub seal: Option<String>,
}

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let notice: Notice = message.json()?;
    let payment = match gateway::payment_of(&notice.order_id) {
        Some(id) => app.store.payment(id).await?,
        None => None,
    };
    let Some(payment) = payment else {
        ignore(&app, "unknown order", message.now);
        return Ok(());
    };
    if notice.seal.as_deref().is_some_and(|sent| !is_sealed(&payment, sent)) {
        ignore(&app, "wrong secret", message.now);
        return Ok(());
    }
    if payment.status == Status::Ready {
        // Nobody has asked for the money yet: the payer's own confirmation is what counts.
        return Ok(());
    }
    // What is not decided yet the sweep finds, and asks for less and less often.
    resolve(&app, payment, message.now).await.map(|_| ())
}

/// Compared in constant time, although both are keyed hashes.
fn is_sealed(payment: &Payment, sent: &str) -> bool {
    let due = payment.webhook_seal.as_deref().unwrap_or_default();
    !due.is_empty()
        && aws_lc_rs::constant_time::verify_slices_are_equal(due.as_bytes(), sent.as_bytes())
            .is_ok()
}

/// Counts a notice that is not followed: many of them mean that somebody plays Toss.
fn ignore(app: &App, reason: &str, now: Instant) {
    app.log.line(&json!({
        "_aws": {
            "Timestamp": now.millis(),
            "CloudWatchMetrics": [{
                "Namespace": "Jangteo",
                "Dimensions": [["function"]],
                "Metrics": [{ "Name": "webhooksIgnored", "Unit": "Count" }],
            }],
        },
        "level": "warn",
        "time": now.to_string(),
        "function": FUNCTION.id(),
        "webhooksIgnored": 1,
        "reason": reason,
    }));
}

#[cfg(test)]
mod tests;
