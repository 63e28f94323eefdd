//! Finishing what a request left open, by reading the provider.

use domain::payment::{Payment, Status};
use kernel::Instant;
use platform::{App, Failure, Problem};

use crate::{cancelling, confirming, ending, provider_calls};

/// Reads the provider and ends what it decides. Never asks for money: only a payer's own request
/// does. Repeats safely, whoever else is at it.
pub async fn resolve(app: &App, payment: Payment, now: Instant) -> Result<(), Failure> {
    work(app, payment, now).await.map_err(failure)
}

/// A problem as a worker tells it: nobody reads it but us.
pub fn failure(problem: Problem) -> Failure {
    Failure::new(problem.cause.unwrap_or(problem.detail))
}

async fn work(app: &App, payment: Payment, now: Instant) -> Result<(), Problem> {
    if payment.status == Status::Approving {
        let told =
            provider_calls::provider(app, &payment).read(provider_calls::reference(&payment)).await;
        let (verdict, truth) = confirming::judge(&payment, told, now);
        ending::conclude(app, payment, verdict, truth.as_ref(), None, now).await?;
        return Ok(());
    }
    if let Some((taken, _)) = payment.resume_cancel(now) {
        // Asking again is safe: the provider sees the same cancellation.
        if cancelling::resume(app, &payment, &taken).await? {
            cancelling::ask(app, taken, true, None, now).await?;
        }
        return Ok(());
    }
    if payment.cancelling.is_some() {
        let told =
            provider_calls::provider(app, &payment).read(provider_calls::reference(&payment)).await;
        if told.is_ok_and(|truth| payment.cancel_took_effect(&truth) == Some(true)) {
            cancelling::end(app, payment, true, None, now).await?;
        }
    }
    Ok(())
}
