//! How much one process does: product, SDK clients and embedded cloud on this machine. What it
//! tells of AWS is nothing; what it tells of the code between them is the order of magnitude.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    market::Market,
    open_loop::{Job, Step, Work, offer},
};

/// A rate is kept while 99 of 100 wait no longer than this.
pub const P99_MAX_MS: u64 = 250;
const STEPS_MAX: usize = 14;

/// One kind of work, and what every rate led to that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    pub name: String,
    pub title: String,
    pub steps: Vec<Step>,
}

impl Workload {
    /// The highest rate that was kept.
    #[must_use]
    pub fn best(&self) -> Option<&Step> {
        self.steps.iter().filter(|step| is_kept(step)).max_by_key(|step| step.rate_tenths)
    }
}

fn is_kept(step: &Step) -> bool {
    step.failed == 0 && step.p99_us <= P99_MAX_MS * 1_000
}

/// What is measured: name, title, tenths of a piece a second to begin with, the job.
type Kind = (&'static str, &'static str, u64, fn(&Arc<Market>, u64) -> Job);

const KINDS: [Kind; 4] = [
    ("bids", "bids, over 64 auctions", 1_000, |market, number| market.bid(number)),
    ("counter", "takes of one limited counter", 1_000, |market, number| market.count(number)),
    ("matches", "matches: an ask and the bid that meets it", 200, |market, number| {
        market.meet(number)
    }),
    ("journeys", "journeys: auction to settlement", 50, |market, number| market.journey(number)),
];

/// Steps every kind of work up until it is kept no longer. Tells of every step.
pub fn measure(seconds: u64, tell: fn(&str)) -> anyhow::Result<Vec<Workload>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut workloads = Vec::new();
    for (name, title, start, job) in KINDS {
        // A market of its own for each, so that none works on what another left.
        let steps = runtime.block_on(async {
            let market = Arc::new(Market::open().await?);
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let deliveries = local::drive(market.cloud.clone(), async {
                // An error means that the sender is gone, which is an end as well.
                let _gone = stopped.await;
            });
            let mut running = tokio::task::JoinSet::new();
            running.spawn(deliveries);
            let work = |number| job(&market, number);
            let steps = Box::pin(step_up(start, seconds, &market, &work, tell)).await;
            drop(stop);
            running.join_all().await;
            steps
        })?;
        workloads.push(Workload { name: name.to_owned(), title: title.to_owned(), steps });
    }
    Ok(workloads)
}

async fn step_up(
    start: u64,
    seconds: u64,
    market: &Arc<Market>,
    work: Work<'_>,
    tell: fn(&str),
) -> anyhow::Result<Vec<Step>> {
    // Warms up: connections, allocator, caches.
    let mut first = 0;
    let warm = offer(start, 1, first, work).await?;
    first += warm.done + warm.failed;
    let mut steps = Vec::<Step>::new();
    let mut rate = start;
    while steps.len() < STEPS_MAX {
        market.cloud.run_until_idle().await;
        let step = offer(rate, seconds, first, work).await?;
        first += step.done + step.failed;
        tell(&line(&step));
        let kept = is_kept(&step);
        let falling = steps.first().is_some_and(|first| !is_kept(first));
        steps.push(step);
        match (kept, falling || steps.len() == 1) {
            (true, _) if falling => break,
            (true, _) => rate = rate * 7 / 5,
            (false, true) if rate > 10 => rate /= 2,
            (false, _) => break,
        }
    }
    Ok(steps)
}

fn line(step: &Step) -> String {
    let Step { rate_tenths, done, failed, p50_us, p90_us, p99_us, max_us, failure } = step;
    let rate = format!("{}.{}", rate_tenths / 10, rate_tenths % 10);
    let why = failure.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let ms = |us: &u64| format!("{}.{}", us / 1_000, us % 1_000 / 100);
    format!(
        "{rate:>8} /s  {done:>6} done {failed:>4} failed{why}  p50 {:>7}  p90 {:>7}  p99 {:>7}  \
         max {:>7} ms",
        ms(p50_us),
        ms(p90_us),
        ms(p99_us),
        ms(max_us)
    )
}
