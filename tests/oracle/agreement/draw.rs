//! Auctions and bids as chance draws them: near every boundary, and seldom anywhere else.

use fastrand::Rng;
use oracle::{AMOUNT_MAX, Lot, Saleroom, Tender, Who, increment};

pub const SELLER: Who = 9;
const BIDDERS: u64 = 5;
/// Where the increment changes, and the ends of all amounts.
const BOUNDARIES: &[i64] =
    &[1, 100, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000, AMOUNT_MAX];
const MINUTE_MS: i64 = 60_000;

fn pick(rng: &mut Rng, from: &[i64]) -> i64 {
    from[rng.usize(..from.len())]
}

fn often(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

fn amount(of: i64) -> i64 {
    of.clamp(1, AMOUNT_MAX)
}

/// What a seller may fix.
pub fn lot(rng: &mut Rng) -> Lot {
    let boundary = pick(rng, BOUNDARIES);
    let steps = rng.i64(-6..3);
    let start_price = amount(boundary + steps * increment(boundary - 1) + rng.i64(-1..=1));
    let step = increment(start_price);
    let mut further = |percent, most: i64| {
        let there = often(rng, percent);
        let odd = rng.i64(-1..=1);
        let price = start_price + rng.i64(0..most) * step + odd;
        there.then(|| price.clamp(start_price, AMOUNT_MAX))
    };
    let reserve = further(30, 12);
    let buy_now = further(30, 40);
    let buy_now = buy_now.filter(|price| *price > reserve.unwrap_or(start_price));
    let duration = pick(rng, &[MINUTE_MS, 4 * MINUTE_MS, 30 * MINUTE_MS]);
    Lot {
        seller: SELLER,
        start_price,
        increment: often(rng, 20).then(|| pick(rng, &[1, 7, 100, 2_500, 1_000_000])),
        reserve,
        buy_now,
        opens_at: 0,
        scheduled_end: duration,
        extends: often(rng, 70),
    }
}

/// A little later; sometimes at the edge of something.
pub fn later(rng: &mut Rng, room: &Saleroom, now: i64) -> i64 {
    let edge = rng.i64(-1..=1);
    let at = match rng.u32(..40) {
        0 => room.ends_at + edge,
        1 | 2 => room.ends_at - 5 * MINUTE_MS + edge,
        3 => room.lot.opens_at + edge,
        4..8 => now + rng.i64(0..2 * MINUTE_MS),
        _ => now + rng.i64(0..3_000),
    };
    at.max(now)
}

/// Somebody's bid, near what would matter.
pub fn tender(rng: &mut Rng, room: &Saleroom, now: i64) -> Tender {
    let drawn = Who::from(rng.u64(1..=BIDDERS));
    let who = match (rng.u32(..100), room.leading) {
        (0, _) => SELLER,
        (1..25, Some(leading)) => leading.who,
        _ => drawn,
    };
    let known = interesting(rng, room);
    let amount = amount(known[rng.usize(..known.len())] + rng.i64(-1..=1));
    let maximum = match rng.u32(..4) {
        0 | 1 => amount,
        _ => {
            let step = increment(amount) * rng.i64(0..4);
            (known[rng.usize(..known.len())] + step + rng.i64(-1..=1)).clamp(amount, AMOUNT_MAX)
        }
    };
    Tender {
        who,
        amount,
        maximum,
        at: now,
        blocked: often(rng, 2),
        strikes: if often(rng, 5) { rng.u32(1..5) } else { 0 },
        owes: often(rng, 2),
    }
}

/// Amounts at which something changes.
fn interesting(rng: &mut Rng, room: &Saleroom) -> Vec<i64> {
    let minimum = room.minimum();
    // Most bids are at the least amount: an auction rises by many small steps.
    let mut known = vec![minimum, minimum, minimum, minimum + increment(minimum), room.price];
    if let Some(leading) = room.leading {
        let top = leading.maximum;
        let raise = room.lot.increment.unwrap_or_else(|| increment(top));
        known.extend([top, top + raise, top + raise, top + increment(top), top - increment(top)]);
    }
    known.extend(room.lot.reserve);
    known.extend(room.lot.buy_now.filter(|_| often(rng, 10)));
    known.push(minimum + rng.i64(0..30) * increment(minimum));
    known
}

/// A raise by the leader, as small as it may be or a won less.
pub fn raise(rng: &mut Rng, room: &Saleroom, now: i64) -> Option<Tender> {
    let leading = room.leading?;
    let step = room.lot.increment.unwrap_or_else(|| increment(leading.maximum));
    let short = i64::from(often(rng, 5));
    let maximum = amount(leading.maximum + step - short);
    let amount = amount(room.price).min(maximum);
    let who = leading.who;
    Some(Tender { who, amount, maximum, at: now, blocked: false, strikes: 0, owes: false })
}
