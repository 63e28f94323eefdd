//! One auction that everybody bids on: how many attempts a second get a definitive answer.
//!
//! The product's own bid path (host, handler, filter, conditional write, the SDK's and its own
//! retries) on the embedded cloud, under DynamoDB's limits for one partition and its latency, in
//! virtual time. Beside it two designs that the product does not have, measured the same way.

use std::{future::Future, pin::Pin, time::Duration};

use anyhow::{Context as _, ensure};
use futures::{StreamExt as _, stream::FuturesUnordered};
use hdrhistogram::Histogram;
use kernel::{AuctionId, Span};
use local::{Capacity, Latency, Usage};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    crowd::{Attempt, Prices, attempts},
    fixture::{INCREMENT, START_PRICE, Scene},
    strategy::{Answer, Strategy, ask},
    virtual_time,
};

/// Attempts a second that are offered.
pub const RATES: [u64; 4] = [200, 1_000, 3_000, 10_000];
/// How long a client waits for its answer.
const PATIENCE: Duration = Duration::from_secs(3);
const BIDDERS: usize = 2_000;
/// A DynamoDB call within the region: 3 to 5 ms, and one in a hundred 20 ms.
const LATENCY: Latency = Latency {
    seed: 0,
    least: Span::millis(3),
    spread: Span::millis(2),
    slow_per_thousand: 10,
    slow: Span::millis(20),
};

/// What became of one strategy under one rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub strategy: Strategy,
    /// Attempts a second.
    pub offered: u64,
    /// Of virtual time.
    pub seconds: u64,
    pub attempts: u64,
    pub accepted: u64,
    pub refused: u64,
    /// Neither within the client's patience.
    pub undecided: u64,
    /// Write units, in thousandths, of an attempt on average.
    pub milli_writes: u64,
    /// Read units, in thousandths, of an attempt on average.
    pub milli_reads: u64,
    /// DynamoDB calls, in thousandths, of an attempt on average.
    pub milli_calls: u64,
    /// Calls that found their partition at its limit.
    pub throttled: u64,
    /// From the moment the attempt was due to its answer, in milliseconds of virtual time.
    pub p50_ms: u64,
    pub p99_ms: u64,
    /// How many containers were busy at once, at most.
    pub containers: u64,
}

impl Outcome {
    /// Attempts with a definitive answer, in thousandths.
    #[must_use]
    pub fn decided_per_mille(&self) -> u64 {
        (self.accepted + self.refused) * 1_000 / self.attempts.max(1)
    }

    /// Write units, in thousandths, for each attempt that got an answer. What is throttled costs
    /// nothing, so the average over all attempts falls where a design fails.
    #[must_use]
    pub fn milli_writes_decided(&self) -> u64 {
        self.milli_writes * self.attempts / (self.accepted + self.refused).max(1)
    }

    #[must_use]
    pub const fn accepted_per_second(&self) -> u64 {
        match self.accepted.checked_div(self.seconds) {
            Some(rate) => rate,
            None => 0,
        }
    }
}

/// Plays one strategy under one rate. The same seed ends in the same outcome.
pub fn play(strategy: Strategy, rate: u64, seconds: u64, seed: u64) -> anyhow::Result<Outcome> {
    // What the AWS SDK draws its backoff from.
    fastrand::seed(seed);
    virtual_time::runtime()?.block_on(Box::pin(storm(strategy, rate, seconds, seed)))
}

type Flight = Pin<Box<dyn Future<Output = anyhow::Result<Landed>>>>;

/// What one run is: how bids are decided, so many a second, for so long.
#[derive(Clone, Copy)]
struct Cell {
    strategy: Strategy,
    offered: u64,
    seconds: u64,
}

/// An attempt that was answered, in the container that is free again.
struct Landed {
    due: Instant,
    answer: Answer,
    container: usize,
}

async fn storm(strategy: Strategy, rate: u64, seconds: u64, seed: u64) -> anyhow::Result<Outcome> {
    let mut scene = Scene::open(seed, BIDDERS).await?;
    scene.cloud.adjust(|knobs| {
        knobs.capacity = Some(Capacity::PARTITION);
        knobs.latency = Some(Latency { seed, ..LATENCY });
    });
    let before = scene.cloud.usage();
    let begin = Instant::now();
    let mut tally = Tally::new()?;
    let mut flying = FuturesUnordered::<Flight>::new();
    for attempt in attempts(seed, rate, seconds, BIDDERS) {
        let due = begin + Duration::from_millis(attempt.at_ms);
        while Instant::now() < due {
            tokio::select! {
                biased;
                Some(landed) = flying.next() => tally.count(begin, landed?, &mut scene)?,
                () = tokio::time::sleep_until(due) => {}
            }
        }
        match fly(strategy, &mut scene, attempt, due, &tally.prices)? {
            Some(attempt) => flying.push(attempt),
            None => tally.turn_away()?,
        }
    }
    while let Some(landed) = flying.next().await {
        tally.count(begin, landed?, &mut scene)?;
    }
    let spent = scene.cloud.usage().since(&before);
    if strategy == Strategy::Product {
        check(&scene, &tally).await?;
    }
    Ok(tally.outcome(Cell { strategy, offered: rate, seconds }, &spent, &scene))
}

/// Sends an attempt on its way; `None` when no container can take it.
fn fly(
    strategy: Strategy,
    scene: &mut Scene,
    attempt: Attempt,
    due: Instant,
    prices: &Prices,
) -> anyhow::Result<Option<Flight>> {
    let Some((number, container)) = scene.container()? else { return Ok(None) };
    let offer = prices.offer(&attempt, START_PRICE);
    let bidder = scene.bidder(attempt.bidder)?;
    let auction: AuctionId = scene.auction;
    Ok(Some(Box::pin(async move {
        let answer = ask(strategy, &container, auction, &bidder, attempt.number, offer).await?;
        Ok(Landed { due, answer, container: number })
    })))
}

/// Every acknowledged bid is in the auction, and nothing else that nobody was told of, but for
/// those whose bidders were told nothing.
async fn check(scene: &Scene, tally: &Tally) -> anyhow::Result<()> {
    scene.cloud.adjust(|knobs| (knobs.capacity, knobs.latency) = (None, None));
    let head = scene.head().await?.context("the auction is gone")?;
    let known = tally.acknowledged;
    let count = u64::from(head.bid_count);
    ensure!(known <= count, "{known} bids were acknowledged, the auction has {count}");
    ensure!(
        count <= known + tally.silent,
        "the auction has {count} bids, {known} were acknowledged, {} not answered",
        tally.silent
    );
    Ok(())
}

struct Tally {
    prices: Prices,
    accepted: u64,
    refused: u64,
    undecided: u64,
    /// Accepted bids, however late their answer came.
    acknowledged: u64,
    /// Attempts that were answered by "try again".
    silent: u64,
    waits: Histogram<u64>,
}

impl Tally {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            prices: Prices::new(INCREMENT),
            accepted: 0,
            refused: 0,
            undecided: 0,
            acknowledged: 0,
            silent: 0,
            waits: Histogram::new(3)?,
        })
    }

    fn count(&mut self, begin: Instant, landed: Landed, scene: &mut Scene) -> anyhow::Result<()> {
        let Landed { due, answer, container } = landed;
        scene.release(container);
        let now = Instant::now();
        let wait = now.duration_since(due);
        self.waits.record(u64::try_from(wait.as_millis())?)?;
        let in_time = wait <= PATIENCE;
        match answer {
            Answer::Accepted { price } => {
                self.acknowledged += 1;
                self.prices.rose(u64::try_from(now.duration_since(begin).as_millis())?, price);
                if in_time { self.accepted += 1 } else { self.undecided += 1 }
            }
            Answer::Refused if in_time => self.refused += 1,
            Answer::Refused => self.undecided += 1,
            Answer::TryAgain => {
                self.silent += 1;
                self.undecided += 1;
            }
        }
        Ok(())
    }

    /// Lambda answers at once that it is at its limit.
    fn turn_away(&mut self) -> anyhow::Result<()> {
        self.undecided += 1;
        Ok(self.waits.record(0)?)
    }

    fn outcome(self, cell: Cell, spent: &Usage, scene: &Scene) -> Outcome {
        let Cell { strategy, offered, seconds } = cell;
        let attempts = self.accepted + self.refused + self.undecided;
        let each = |thousandths: u64| thousandths / attempts.max(1);
        let throttled = scene.cloud.throttled();
        Outcome {
            strategy,
            offered,
            seconds,
            attempts,
            accepted: self.accepted,
            refused: self.refused,
            undecided: self.undecided,
            milli_writes: each(spent.writes().in_tenths() * 100),
            milli_reads: each(spent.reads().in_tenths() * 100),
            milli_calls: each(spent.round_trips() * 1_000),
            throttled: throttled.reads + throttled.writes,
            p50_ms: self.waits.value_at_quantile(0.5),
            p99_ms: self.waits.value_at_quantile(0.99),
            containers: u64::try_from(scene.containers()).unwrap_or(u64::MAX),
        }
    }
}
