//! The schedule host, and the lease that lets one of many runs do the work.

use std::future::Future;

use events::Envelope;
use kernel::{Instant, Span};
use store::{Corrupt, Interval, Page, Position, StoreError};

use crate::{App, Failure};

pub use crate::trigger::Tick;

/// Runs `work` unless another run of `job` holds the lease. A holder that dies keeps others out
/// for `lease` at most. Answers whether this run did the work.
pub async fn single_run<F>(
    app: &App,
    job: &str,
    now: Instant,
    lease: Span,
    work: F,
) -> Result<bool, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let holder = app.entropy.uuid(now);
    if !app.store.lease_take(job, holder, now, lease).await? {
        return Ok(false);
    }
    let outcome = work.await;
    app.store.lease_return(job, holder).await?;
    outcome.map(|()| true)
}

/// Works through a day-bucketed index, oldest day first, page by page: yesterday and today, and
/// once an hour everything from `days_back` days ago on, for what a longer outage left behind.
/// Fails as [`each_item`] does.
pub async fn each_due<T, P, W>(
    now: Instant,
    days_back: i64,
    page: impl Fn(Instant, Option<Position>) -> P,
    work: impl Fn(T) -> W,
) -> Result<(), Failure>
where
    P: Future<Output = Result<Page<Result<T, Corrupt>>, StoreError>>,
    W: Future<Output = Result<(), Failure>>,
{
    let full_hour = now.millis() / Span::minutes(1).as_millis() % 60 == 0;
    let days_back = if full_hour { days_back } else { 1 };
    let days = (0..=days_back).rev().map(|days| now - Span::days(days));
    each_item(days, |day, after| page(*day, after), work).await
}

/// Publishes the event of every item of some partitions, page by page, straight to the bus: one
/// that is lost is told again by the next run. What does not read keeps no other from being told;
/// the run then fails.
pub async fn tell_each<K, T, P>(
    app: &App,
    partitions: impl IntoIterator<Item = K>,
    page: impl Fn(K, Option<Position>) -> P,
    event: impl Fn(T) -> Envelope,
) -> Result<(), Failure>
where
    K: Clone,
    P: Future<Output = Result<Page<Result<T, Corrupt>>, StoreError>>,
{
    let mut unreadable = Vec::new();
    for partition in partitions {
        let mut after = None;
        loop {
            let found = page(partition.clone(), after).await?;
            let mut events = Vec::new();
            for item in found.items {
                match item {
                    Ok(item) => events.push(event(item)),
                    Err(corrupt) => unreadable.push(corrupt.to_string()),
                }
            }
            app.publisher.publish(&events).await?;
            after = found.next;
            if after.is_none() {
                break;
            }
        }
    }
    if unreadable.is_empty() { Ok(()) } else { Err(Failure::new(unreadable.join("; "))) }
}

/// The events have so long to be heard: what is younger is left to whoever is told of it.
const PATIENCE: Span = Span::minutes(10);
/// What could not be done is tried again for so long; a job that never ran looks so far back.
const BACK_MAX: Span = Span::days(3);
/// Longer than such a run may last.
const SWEEP_LEASE: Span = Span::minutes(3);

/// Does what lost events should have brought: one run at a time works through what has happened
/// since `job` last got through. What fails is met again by the next run.
pub async fn each_lost<W>(
    app: &App,
    job: &str,
    now: Instant,
    work: impl FnOnce(Interval) -> W,
) -> Result<(), Failure>
where
    W: Future<Output = Result<(), Failure>>,
{
    let run = Box::pin(async {
        let to = now - PATIENCE;
        let oldest = now - BACK_MAX;
        let from = app.store.swept_until(job).await?.map_or(oldest, |until| until.max(oldest));
        if from > to {
            return Ok(());
        }
        work(Interval { from, to }).await?;
        Ok(app.store.swept(job, to).await?)
    });
    single_run(app, job, now, SWEEP_LEASE, run).await.map(|_| ())
}

/// Works through the items of some partitions, page by page. One that fails, or does not read, does
/// not keep the others waiting; the run then fails as a whole, so that somebody looks.
pub async fn each_item<K, T, P, W>(
    partitions: impl IntoIterator<Item = K>,
    page: impl Fn(&K, Option<Position>) -> P,
    work: impl Fn(T) -> W,
) -> Result<(), Failure>
where
    P: Future<Output = Result<Page<Result<T, Corrupt>>, StoreError>>,
    W: Future<Output = Result<(), Failure>>,
{
    let mut failures = Vec::new();
    for partition in partitions {
        let mut after = None;
        loop {
            let found = page(&partition, after).await?;
            for item in found.items {
                let done = match item {
                    Ok(item) => work(item).await,
                    Err(corrupt) => Err(corrupt.into()),
                };
                failures.extend(done.err().map(|failure| failure.to_string()));
            }
            after = found.next;
            if after.is_none() {
                break;
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("; "))) }
}
