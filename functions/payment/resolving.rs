//! Finishing what a request left open, by reading the provider.

use domain::payment::{Payment, Status, Truth, Verdict};
use gateway::GatewayError;
use kernel::Instant;
use platform::{App, Failure, Problem};

use crate::{
    cancelling::{self, CancelEnd, CancellationProgress},
    confirming, ending,
    look::Look,
    provider_calls, returning,
};

/// Reads the provider and ends what it decides. Never asks for money: only a payer's own request
/// does. Repeats safely, whoever else is at it.
pub async fn resolve(app: &App, payment: Payment, now: Instant) -> Result<Look, Failure> {
    work(app, payment, now).await.map_err(failure)
}

/// A problem as a worker tells it: nobody reads it but us.
pub fn failure(problem: Problem) -> Failure {
    Failure::new(problem.cause.unwrap_or(problem.detail))
}

async fn work(app: &App, payment: Payment, now: Instant) -> Result<Look, Problem> {
    let is_open = matches!(payment.status, Status::Approving | Status::Failed);
    if !is_open && payment.cancelling.is_none() {
        return Ok(Look::Over);
    }
    let told = provider_calls::read(app, &payment).await;
    if matches!(told, Err(GatewayError::Unknown(_) | GatewayError::Misconfigured(_))) {
        return Ok(Look::Silent);
    }
    match payment.status {
        Status::Approving => {
            let (verdict, truth) = confirming::judge(&payment, told, now);
            ended(app, payment, verdict, truth, now).await
        }
        Status::Failed => {
            let Ok(truth) = told else { return Ok(Look::Waits) };
            let verdict = payment.judge_late(&truth);
            ended(app, payment, verdict, Some(truth), now).await
        }
        _ if payment.returns_by_itself() => returning::resume(app, payment, told, now).await,
        _ => cancellation(app, payment, told, now).await,
    }
}

/// Ends the payment by `verdict`; money that goes back then goes at once.
async fn ended(
    app: &App,
    payment: Payment,
    verdict: Verdict,
    truth: Option<Truth>,
    now: Instant,
) -> Result<Look, Problem> {
    let before = payment.status;
    let payment = ending::conclude(app, payment, verdict, truth.as_ref(), None, now).await?;
    match payment.status {
        Status::Returning => returning::ask(app, payment, now).await,
        status if status == before => Ok(Look::Waits),
        _ => Ok(Look::Over),
    }
}

/// Ends the cancellation under way, or takes it over when its request is gone.
async fn cancellation(
    app: &App,
    payment: Payment,
    told: Result<Truth, GatewayError>,
    now: Instant,
) -> Result<Look, Problem> {
    let Some((taken, _)) = payment.resume_cancel(now) else {
        let shows = |truth: &Truth| payment.cancel_took_effect(truth) == Some(true);
        let took_effect = told.as_ref().is_ok_and(shows);
        if took_effect {
            cancelling::end(app, payment, CancelEnd::took(&told), None, now).await?;
        }
        return Ok(if took_effect { Look::Over } else { Look::Waits });
    };
    // Asking again is safe: the provider sees the same cancellation.
    if !cancelling::resume(app, &payment, &taken).await? {
        return Ok(Look::Over);
    }
    Ok(match cancelling::ask_again(app, taken, told, None, now).await? {
        CancellationProgress::Open(_) => Look::Waits,
        CancellationProgress::TookEffect(_) | CancellationProgress::Refused(_) => Look::Over,
    })
}
