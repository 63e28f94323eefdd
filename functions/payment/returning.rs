//! Money that goes back to its provider by itself (`rules.md`, "Payment" and "Trade").
//!
//! What nothing here takes was never booked: nothing is held for it, and nothing moves when it has
//! gone. What a trade gives back is in the trade's escrow until then ([`refunding`]). What the
//! provider refuses to take back for good is booked as the payer's to spend, of either.

use domain::payment::{Payment, ReturnProgress, Status, Truth, TruthState};
use gateway::GatewayError;
use kernel::{Instant, Span};
use platform::{App, Problem};
use store::Transaction;

use crate::{
    ending::{committed, credit},
    look::Look,
    provider_calls, refunding,
};

/// Money that does not go back for so long alarms at every look.
const RETURN_WITHIN: Span = Span::days(1);

/// Goes on with it, by what the provider says of it now.
pub async fn resume(
    app: &App,
    payment: Payment,
    told: Result<Truth, GatewayError>,
    now: Instant,
) -> Result<Look, Problem> {
    let Ok(truth) = told else { return waits(&payment, now) };
    if end(app, &payment, &truth, now).await? {
        return Ok(Look::Over);
    }
    ask(app, payment, now).await
}

/// Asks the provider to take it back, if nobody else does, and ends it by what came of it.
pub async fn ask(app: &App, payment: Payment, now: Instant) -> Result<Look, Problem> {
    let Some((taken, _)) = payment.resume_cancel(now) else { return Ok(Look::Waits) };
    if !committed(app, Transaction::new().payment(&payment, &taken)).await? {
        return Ok(Look::Over);
    }
    let payment = taken;
    let Some(cancellation) = provider_calls::cancellation(&payment) else {
        return Err(Problem::internal(format!(
            "payment {} goes back without an amount",
            payment.id
        )));
    };
    let told = provider_calls::provider(app, &payment).cancel(cancellation).await;
    let refused = matches!(told, Err(GatewayError::Declined(_)));
    let told = match told {
        Ok(truth) => Ok(truth),
        // Whatever the call said, what stands there decides.
        Err(_) => provider_calls::read(app, &payment).await,
    };
    let Ok(truth) = told else { return waits(&payment, now) };
    if end(app, &payment, &truth, now).await? {
        return Ok(Look::Over);
    }
    if refused && truth.state == TruthState::Paid {
        match payment.status {
            Status::Returning => credit(app, &payment, &truth, now).await?,
            _ => refunding::end(app, &payment, &truth, true, now).await?,
        }
        return Ok(Look::Over);
    }
    waits(&payment, now)
}

/// Nothing is decided yet.
fn waits(payment: &Payment, now: Instant) -> Result<Look, Problem> {
    let begun = payment.cancelling.as_ref().map(|cancelling| cancelling.first_at);
    if begun.is_some_and(|begun| now.since(begun) >= RETURN_WITHIN) {
        let what = format!("payment {} does not go back to its provider", payment.id);
        return Err(Problem::internal(what));
    }
    Ok(Look::Waits)
}

/// Ends it if it has gone back, or never came. `false`: the provider still has it.
async fn end(app: &App, payment: &Payment, truth: &Truth, now: Instant) -> Result<bool, Problem> {
    let void = match payment.judge_return(truth) {
        ReturnProgress::Kept => return Ok(false),
        ReturnProgress::Void => true,
        ReturnProgress::Returned => false,
        ReturnProgress::Contradiction => {
            let what = format!("payment {} goes back otherwise at its provider", payment.id);
            return Err(Problem::internal(what));
        }
    };
    if payment.status != Status::Returning {
        refunding::end(app, payment, truth, false, now).await?;
        return Ok(true);
    }
    let after = payment.returned(void);
    let transaction = Transaction::new().payment(payment, &after);
    let transaction = transaction.payment_answer(payment.id, &truth.answer, now);
    // Whoever was faster ended it by the same truth.
    committed(app, transaction).await?;
    Ok(true)
}
