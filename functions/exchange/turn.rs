//! Taking turns on one instrument: whoever took its number first commits first.
//!
//! DynamoDB lets one transaction at a time hold an item, so placements on one book conflict
//! whatever they do. Left to chance, most attempts are lost and late-comers overtake those who
//! wait. So each waits until the numbers before its own are done; they are when they say so or when
//! they show no life ([`patience`]). A turn is no lock: the conditions of the commit are the same
//! in and out of turn.

use std::time::Duration;

use domain::exchange::{Instrument, Side};
use platform::{App, Problem};
use store::exchange::BookLine;

/// About the time from one commit to the next.
const TURN_MS: u64 = 20;
/// The shortest and the longest time between two looks at the line.
const LOOK_MS: (u64, u64) = (4, 400);
/// How long one who shows no life holds up the next one, and by how much longer each one behind.
const PATIENCE_MS: u64 = 500;
const PATIENCE_MORE_MS: u64 = 50;
const PATIENCE_MAX_MS: u64 = 2_000;
/// How long anybody waits in line, whatever happens: well within a function's time.
const WAIT_MAX_MS: u64 = 15_000;

/// Waits until it is the turn of `number`; answers the heads as they were then. `line`: as it was
/// read last; `None` when nobody was ahead then.
pub async fn wait(
    app: &App,
    instrument: Instrument,
    side: Side,
    number: u32,
    line: BookLine,
) -> Result<Option<BookLine>, Problem> {
    let mut done = line.done();
    let mut seen = None;
    let mut waited = 0;
    let mut still = 0;
    loop {
        let ahead = number.saturating_sub(1).saturating_sub(done);
        if ahead == 0 || waited >= WAIT_MAX_MS {
            return Ok(seen);
        }
        if still >= patience(ahead, done) {
            // They died, or are so slow that they have lost their turn.
            app.store.exchange_pass(instrument, number.saturating_sub(1)).await?;
            tracing::warn!(number, done, "gave up on those before in line");
            return Ok(Some(app.store.exchange_line(instrument, side).await?));
        }
        let nap = nap(ahead);
        tokio::time::sleep(Duration::from_millis(nap)).await;
        let line = app.store.exchange_line(instrument, side).await?;
        waited += nap;
        still = if line.done() > done { 0 } else { still + nap };
        done = done.max(line.done());
        seen = Some(line);
    }
}

/// Tells that whoever has this number is done, though the book does not show it.
pub async fn pass(app: &App, instrument: Instrument, number: u32) {
    if let Err(error) = app.store.exchange_pass(instrument, number).await {
        tracing::warn!(number, %error, "the next in line will have to give up on this one");
    }
}

/// Half the time that those ahead need at least.
fn nap(ahead: u32) -> u64 {
    let (least, most) = LOOK_MS;
    (u64::from(ahead.saturating_sub(1)).saturating_mul(TURN_MS) / 2).clamp(least, most)
}

/// How long nobody is done before those ahead are given up. The nearest gives up first, so that one
/// who died holds up all the others for that long.
fn patience(ahead: u32, done: u32) -> u64 {
    if done == 0 {
        // Nobody ever was in this line: those ahead came before there was one.
        return PATIENCE_MS;
    }
    let more = u64::from(ahead.saturating_sub(1)).saturating_mul(PATIENCE_MORE_MS);
    PATIENCE_MS.saturating_add(more).min(PATIENCE_MAX_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_looks_often_and_those_far_behind_seldom() {
        assert_eq!([1, 2, 3, 11, 101, 9_999].map(nap), [4, 10, 20, 100, 400, 400]);
    }

    #[test]
    fn the_nearest_gives_up_first() {
        assert_eq!([1, 2, 11, 999].map(|ahead| patience(ahead, 7)), [500, 550, 1_000, 2_000]);
        assert_eq!(patience(500, 0), 500);
    }
}
