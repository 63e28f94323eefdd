//! An open-loop driver: work begins when it is due, however slow the work before it is, and waits
//! are measured from that moment. A closed loop would ask less of a slow system and then praise it
//! (coordinated omission).

use std::{future::Future, pin::Pin, time::Duration};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use tokio::{task::JoinSet, time::Instant};

/// One piece of work.
pub type Job = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// Makes the job of a number; no two jobs share one.
pub type Work<'a> = &'a (dyn Fn(u64) -> Job + Sync);

/// How long stragglers are waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one rate led to. Waits are in microseconds from the moment the work was due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// In tenths of a piece of work a second.
    pub rate_tenths: u64,
    pub done: u64,
    /// Answered as they should not be, or not at all.
    pub failed: u64,
    pub p50_us: u64,
    pub p90_us: u64,
    pub p99_us: u64,
    pub max_us: u64,
    /// The first failure's text.
    pub failure: Option<String>,
}

/// Offers `rate_tenths` for so many seconds. Jobs are numbered from `first`.
pub async fn offer(
    rate_tenths: u64,
    seconds: u64,
    first: u64,
    work: Work<'_>,
) -> anyhow::Result<Step> {
    let count = (rate_tenths * seconds).div_euclid(10).max(1);
    let begin = Instant::now();
    let mut running: JoinSet<(Duration, anyhow::Result<()>)> = JoinSet::new();
    let mut tally = Tally::new()?;
    for number in 0..count {
        let due = begin + Duration::from_micros(number * 10_000_000 / rate_tenths.max(1));
        tokio::time::sleep_until(due).await;
        let job = work(first + number);
        running.spawn(async move {
            let answer = job.await;
            (due.elapsed(), answer)
        });
        while let Some(ended) = running.try_join_next() {
            let (wait, answer) = ended?;
            tally.count(wait, answer)?;
        }
    }
    let stragglers = async {
        while let Some(ended) = running.join_next().await {
            let (wait, answer) = ended?;
            tally.count(wait, answer)?;
        }
        anyhow::Ok(())
    };
    if let Ok(ended) = tokio::time::timeout(PATIENCE, stragglers).await {
        ended?;
    }
    let left = u64::try_from(running.len())?;
    running.abort_all();
    Ok(tally.step(rate_tenths, left))
}

struct Tally {
    waits: Histogram<u64>,
    done: u64,
    failed: u64,
    failure: Option<String>,
}

impl Tally {
    fn new() -> anyhow::Result<Self> {
        Ok(Self { waits: Histogram::new(3)?, done: 0, failed: 0, failure: None })
    }

    fn count(&mut self, wait: Duration, answer: anyhow::Result<()>) -> anyhow::Result<()> {
        self.waits.record(u64::try_from(wait.as_micros())?)?;
        match answer {
            Ok(()) => self.done += 1,
            Err(error) => {
                self.failed += 1;
                self.failure.get_or_insert_with(|| format!("{error:#}"));
            }
        }
        Ok(())
    }

    fn step(self, rate_tenths: u64, unanswered: u64) -> Step {
        Step {
            rate_tenths,
            done: self.done,
            failed: self.failed + unanswered,
            p50_us: self.waits.value_at_quantile(0.5),
            p90_us: self.waits.value_at_quantile(0.9),
            p99_us: self.waits.value_at_quantile(0.99),
            max_us: self.waits.max(),
            failure: self.failure,
        }
    }
}
