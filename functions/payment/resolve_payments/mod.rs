//! Every minute — reads the providers about payments whose outcome nobody knows.

use domain::payment::{
    Payment, Provider, Status,
    breaker::{Breaker, LOOKS, Questions},
};
use events::{Event, PaymentCancelled, PaymentDone, PaymentFailed, TradeMoved};
use futures::future::join_all;
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Secret, current,
    schedule::{Tick, single_run},
};
use serde_json::json;
use store::{CommitError, Corrupt, Page, Table, Transaction, keys};

use crate::{
    ending,
    look::Look,
    resolving::{failure, resolve},
};

pub const FUNCTION: Function = Function::schedule(
    "payment",
    "resolve_payments",
    "Reads the providers about payments whose outcome nobody knows",
    Schedule::every(Span::minutes(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Payment).query().get().put().update(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().update().delete(),
])
.tells(&[PaymentDone::KIND, PaymentFailed::KIND, PaymentCancelled::KIND, TradeMoved::KIND])
.timeout_s(300)
.secrets(&[Secret::Sealing, Secret::Payment]);

const JOB: &str = "resolve-payments";
/// Longer than a run may last.
const LEASE: Span = Span::minutes(6);
/// No look begins later: each takes three answers of the provider at most.
const RUN_WITHIN: Span = Span::seconds(200);
/// A provider that is slow, and answers, is asked of so many payments at once.
const LOOKS_AT_ONCE: usize = 3;

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let work = Box::pin(sweep(&app, tick.now));
    single_run(&app, JOB, tick.now, LEASE, work).await.map(|_| ())
}

/// Each provider's payments by themselves, side by side: one that does not answer delays those of
/// no other. Fails when something could not be looked into, so that somebody does.
async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let begun = app.clock.now();
    let mut firsts = Vec::new();
    for shard in keys::unresolved_shards() {
        let page = app.store.payments_unresolved(&shard, now, None).await?;
        firsts.push((shard, page));
    }
    let sweeps = Provider::ALL.iter().map(|of| Sweep { app, of: *of, now, begun }.run(&firsts));
    let failures = join_all(sweeps).await.concat();
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("; "))) }
}

/// What is to be looked into, whoever's it is.
type Due = Page<Result<Payment, Corrupt>>;

/// Looks into the payments of one provider.
struct Sweep<'a> {
    app: &'a App,
    of: Provider,
    /// The instant that everything is judged by.
    now: Instant,
    /// When the work began, by the container's clock.
    begun: Instant,
}

impl Sweep<'_> {
    /// `firsts`: each shard with its first page. Answers what could not be looked into, and why.
    async fn run(self, firsts: &[(String, Due)]) -> Vec<String> {
        let mut failures = Vec::new();
        let is_any = |(_, first): &(String, Due)| !first.items.is_empty();
        if firsts.iter().any(is_any)
            && let Err(failure) = self.look_at_all(firsts, &mut failures).await
        {
            failures.push(failure.to_string());
        }
        failures
    }

    async fn look_at_all(
        &self,
        firsts: &[(String, Due)],
        failures: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let before = self.app.store.breaker(LOOKS.name, self.of).await?;
        let mut breaker = before;
        for (shard, first) in firsts {
            let mut due = self.due(&first.items, failures);
            let mut after = first.next.clone();
            loop {
                breaker = self.look_at(due, breaker, failures).await;
                if after.is_none() || self.is_over(breaker) {
                    break;
                }
                let page = self.app.store.payments_unresolved(shard, self.now, after).await?;
                due = self.due(&page.items, failures);
                after = page.next;
            }
        }
        if breaker != before {
            self.tell(breaker);
            self.app.store.breaker_keep(LOOKS.name, self.of, breaker).await?;
        }
        Ok(())
    }

    /// Says in the log when a provider is left alone.
    fn tell(&self, breaker: Breaker) {
        let Some(until) = breaker.open_until else { return };
        self.app.log.line(&json!({
            "level": "warn",
            "time": self.now.to_string(),
            "function": current().map(Function::id),
            "breaker": LOOKS.name,
            "provider": self.of.as_str(),
            "silences": breaker.silences,
            "until": until.to_string(),
        }));
    }

    /// The provider is left alone for now, or the run has lasted long enough: the rest is the next
    /// one's.
    fn is_over(&self, breaker: Breaker) -> bool {
        let lasted = self.app.clock.now().since(self.begun);
        breaker.questions(LOOKS, self.now) == Questions::None || lasted >= RUN_WITHIN
    }

    /// Those of this provider; of those that do not read the first provider tells.
    fn due(&self, rows: &[Result<Payment, Corrupt>], failures: &mut Vec<String>) -> Vec<Payment> {
        if Provider::ALL.first() == Some(&self.of) {
            let unreadable = rows.iter().filter_map(|row| row.as_ref().err());
            failures.extend(unreadable.map(ToString::to_string));
        }
        let rows = rows.iter().filter_map(|row| row.as_ref().ok());
        rows.filter(|payment| payment.provider == self.of).cloned().collect()
    }

    /// Some at a time, one while the provider did not answer of late, none when it is left alone.
    async fn look_at(
        &self,
        due: Vec<Payment>,
        breaker: Breaker,
        failures: &mut Vec<String>,
    ) -> Breaker {
        let mut breaker = breaker;
        // What ends by the clock alone is asked of nobody.
        let (ready, asked): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|payment| payment.status == Status::Ready);
        for seen in ready {
            failures.extend(self.end(seen).await.err().map(|failure| failure.to_string()));
        }
        let mut due = asked.into_iter();
        while !self.is_over(breaker) {
            let some = match breaker.questions(LOOKS, self.now) {
                Questions::Many => LOOKS_AT_ONCE,
                Questions::One | Questions::None => 1,
            };
            let looks: Vec<_> = due.by_ref().take(some).map(|seen| self.look(seen)).collect();
            if looks.is_empty() {
                break;
            }
            for look in join_all(looks).await {
                match look {
                    Ok(Some(look)) => {
                        breaker = breaker.after(look != Look::Silent, LOOKS, self.now);
                    }
                    Ok(None) => {}
                    Err(failure) => failures.push(failure.to_string()),
                }
            }
        }
        breaker
    }

    /// Ends one that nobody confirmed.
    async fn end(&self, seen: Payment) -> Result<(), Failure> {
        let Some(payment) = self.app.store.payment(seen.id).await? else { return Ok(()) };
        let ended = ending::expire(self.app, &payment, self.now).await.map_err(failure);
        if ended.is_err() {
            self.postpone(&seen, true).await?;
        }
        ended
    }

    /// Looks into one. What is then still open is looked into later, whatever kept it so. `None`:
    /// nothing was to be asked.
    async fn look(&self, seen: Payment) -> Result<Option<Look>, Failure> {
        // The index lags behind: what stands in the table decides.
        let Some(payment) = self.app.store.payment(seen.id).await? else { return Ok(None) };
        if payment.due_at().is_none_or(|due| self.now < due) {
            return Ok(None);
        }
        // What is claimed for a while is claimed from now on, however long the run lasts already.
        let now = self.app.clock.now().max(self.now);
        let look = resolve(self.app, payment, now).await;
        if !matches!(look, Ok(Look::Over)) {
            self.postpone(&seen, !matches!(look, Ok(Look::Silent))).await?;
        }
        look.map(Some)
    }

    /// Moves its next look on; `answered`: somebody answered at this one.
    async fn postpone(&self, seen: &Payment, answered: bool) -> Result<(), Failure> {
        let Some(open) = self.app.store.payment(seen.id).await? else { return Ok(()) };
        if open.due_at().is_none() {
            return Ok(());
        }
        let later = if answered { open.looked(self.now) } else { open.unanswered(self.now) };
        match self.app.store.commit(Transaction::new().payment(&open, &later)).await {
            // Somebody moved it, and its next look with it.
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod late;
#[cfg(test)]
mod refunds;
#[cfg(test)]
mod tests;
