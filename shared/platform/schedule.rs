//! The schedule host, and the lease that lets one of many runs do the work.

use std::future::Future;

use events::Envelope;
use kernel::{Instant, Span};
use store::{Page, Position, StoreError};

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
    P: Future<Output = Result<Page<T>, StoreError>>,
    W: Future<Output = Result<(), Failure>>,
{
    let full_hour = now.millis() / Span::minutes(1).as_millis() % 60 == 0;
    let days_back = if full_hour { days_back } else { 1 };
    let days = (0..=days_back).rev().map(|days| now - Span::days(days));
    each_item(days, |day, after| page(*day, after), work).await
}

/// Publishes the event of every item of some partitions, page by page, straight to the bus: one
/// that is lost is told again by the next run.
pub async fn tell_each<K, T, P>(
    app: &App,
    partitions: impl IntoIterator<Item = K>,
    page: impl Fn(K, Option<Position>) -> P,
    event: impl Fn(T) -> Envelope,
) -> Result<(), Failure>
where
    K: Clone,
    P: Future<Output = Result<Page<T>, StoreError>>,
{
    for partition in partitions {
        let mut after = None;
        loop {
            let found = page(partition.clone(), after).await?;
            let events: Vec<_> = found.items.into_iter().map(&event).collect();
            app.publisher.publish(&events).await?;
            after = found.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// Works through the items of some partitions, page by page. One that fails does not keep the
/// others waiting; the run then fails as a whole, so that somebody looks.
pub async fn each_item<K, T, P, W>(
    partitions: impl IntoIterator<Item = K>,
    page: impl Fn(&K, Option<Position>) -> P,
    work: impl Fn(T) -> W,
) -> Result<(), Failure>
where
    P: Future<Output = Result<Page<T>, StoreError>>,
    W: Future<Output = Result<(), Failure>>,
{
    let mut failures = Vec::new();
    for partition in partitions {
        let mut after = None;
        loop {
            let found = page(&partition, after).await?;
            for item in found.items {
                if let Err(failure) = work(item).await {
                    failures.push(failure.to_string());
                }
            }
            after = found.next;
            if after.is_none() {
                break;
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("; "))) }
}
