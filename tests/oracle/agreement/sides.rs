//! One auction on both sides, compared after every step.

use std::fmt::Debug;

use fastrand::Rng;
use oracle::{OFFERS_MAX, Saleroom, Tender, Who, next_offer, taken_back};

use crate::{
    draw,
    happened::Happened,
    product::{Product, objection},
};

/// What must have happened often in some thousands of auctions, or too little was compared.
pub const EXPECTED: &[&str] = &[
    "bid leads",
    "bid outbid",
    "bid raised",
    "bid moved the end",
    "bid bought",
    "bid at the minimum for a stale amount",
    "bought now",
    "bid taken back",
    "called off",
    "second chance offered",
    "second chance: nobody left",
    "refused: Over",
    "refused: OwnLot",
    "refused: Blocked",
    "refused: Suspended",
    "refused: InDebt",
    "refused: NoBuyNowPrice",
    "refused: NotRaised",
    "refused: TooManyRaises",
    "refused: TooLow",
    "refused: OtherPrice",
    "refused: BelowStart",
    "ended Won",
    "ended Unsold",
    "ended BoughtNow",
    "ended CalledOff",
];

/// Both sides, and what happened so far.
struct Pair<'a> {
    rng: Rng,
    room: Saleroom,
    product: Product,
    now: i64,
    happened: &'a mut Happened,
}

/// Plays the auction of this number; the first difference in words.
pub fn play(number: u64, happened: &mut Happened) -> Result<(), String> {
    let mut rng = Rng::with_seed(number);
    let lot = draw::lot(&mut rng);
    let product = Product::new(&lot);
    let steps = rng.u32(3..60);
    let mut pair = Pair { rng, room: Saleroom::of(lot), product, now: 0, happened };
    for step in 0..steps {
        pair.step().map_err(|what| format!("step {step}: {what}, {:?}", pair.room))?;
    }
    pair.end()
}

fn same<T: PartialEq + Debug>(what: &str, product: T, oracle: T) -> Result<(), String> {
    if product == oracle {
        return Ok(());
    }
    Err(format!("{what}: {product:?} by the product, {oracle:?} by the oracle"))
}

impl Pair<'_> {
    fn count(&mut self, what: &str) {
        *self.happened.entry(what.to_owned()).or_default() += 1;
    }

    fn step(&mut self) -> Result<(), String> {
        self.now = draw::later(&mut self.rng, &self.room, self.now);
        match self.rng.u32(..400) {
            0..12 => self.void()?,
            12 => self.call_off()?,
            13..19 => {
                let tender = draw::tender(&mut self.rng, &self.room, self.now);
                let named = [None, self.room.lot.buy_now, Some(tender.amount)];
                let named = named[self.rng.usize(..named.len())];
                self.bid(&tender, Some(named))?;
            }
            19..22 => self.raise_again_and_again()?,
            _ => {
                let tender = draw::tender(&mut self.rng, &self.room, self.now);
                self.bid(&tender, None)?;
            }
        }
        self.compare()
    }

    fn raise_again_and_again(&mut self) -> Result<(), String> {
        for _ in 0..self.rng.u32(1..25) {
            let Some(tender) = draw::raise(&mut self.rng, &self.room, self.now) else { break };
            self.bid(&tender, None)?;
            self.compare()?;
        }
        Ok(())
    }

    fn bid(&mut self, tender: &Tender, buys: Option<Option<i64>>) -> Result<(), String> {
        let at_once = buys.is_some();
        let before = self.room.clone();
        let minimum = before.minimum();
        let led = before.leading.is_some_and(|leading| leading.who == tender.who);
        let by_oracle = match buys {
            Some(named) => self.room.buy(tender, named),
            None => self.room.bid(tender),
        };
        let by_product = self.product.bid(tender, buys);
        let both = match (by_product, by_oracle) {
            (Ok(entry), Ok(taken)) => {
                let leads = entry.leads();
                let told = entry.amount.get();
                let bought = entry.kind == domain::auction::EntryKind::BuyNow;
                let its = (entry.price.get(), bought, leads);
                let due = (self.room.price, taken.bought, taken.leads);
                same("price, bought, leads", its, due)?;
                // A stale amount is told as it was sent; it counts as the minimum.
                let stale = !taken.bought && told == tender.amount && told < minimum;
                let due = if at_once { self.room.price } else { taken.amount };
                same("amount", if stale && !led { minimum } else { told }, due)?;
                Ok(taken)
            }
            (Err(rejection), Err(objections)) => {
                let reason = objection(rejection);
                if !objections.contains(&reason) {
                    return Err(format!("{tender:?} refused as {rejection:?}, not {objections:?}"));
                }
                Err(reason)
            }
            (product, oracle) => {
                return Err(format!("{tender:?}: {product:?} by the product, {oracle:?}"));
            }
        };
        let taken = match both {
            Err(reason) => {
                self.count(&format!("refused: {reason:?}"));
                return Ok(());
            }
            Ok(taken) => taken,
        };
        let stale = !led && !taken.bought && tender.amount < minimum;
        for (did, what) in [
            (taken.leads && !led && !taken.bought, "bid leads"),
            (!taken.leads, "bid outbid"),
            (led && !taken.bought, "bid raised"),
            (taken.bought && !at_once, "bid bought"),
            (taken.bought && at_once, "bought now"),
            (before.ends_at != self.room.ends_at, "bid moved the end"),
            (stale, "bid at the minimum for a stale amount"),
        ] {
            if did {
                self.count(what);
            }
        }
        Ok(())
    }

    fn void(&mut self) -> Result<(), String> {
        let lines = self.product.lines();
        let last = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let number = self.rng.u32(0..=last + 1);
        let rebuilt = taken_back(&self.room, &lines, number, self.now);
        let voided = self.product.void(number, self.now);
        same(&format!("void of {number}"), voided, rebuilt.is_some())?;
        if let Some(room) = rebuilt {
            self.room = room;
            self.count("bid taken back");
        }
        Ok(())
    }

    fn call_off(&mut self) -> Result<(), String> {
        let by_admin = self.rng.bool();
        let may = self.room.may_be_called_off(by_admin, self.now);
        same("called off", self.product.call_off(by_admin, self.now), may)?;
        if may {
            self.room.phase = oracle::Phase::CalledOff;
            self.count("called off");
        }
        Ok(())
    }

    fn compare(&self) -> Result<(), String> {
        let head = &self.product.head;
        let room = &self.room;
        same("price", head.price.get(), room.price)?;
        let leading = room.leading.map(|leading| (leading.who, leading.maximum));
        same("leader and maximum", self.product.leads(), leading)?;
        same("end", head.ends_at.millis(), room.ends_at)?;
        same("state", self.product.phase(), room.phase)?;
        same("least bid", head.minimum_next_bid().get(), room.minimum())?;
        same("bids", head.bid_count, room.bids)?;
        let met = head.lead.is_some() && head.reserve_met();
        same("reserve met", met, room.reserve_met())
    }

    /// The outcome, and the cascade after a win that nobody pays.
    fn end(mut self) -> Result<(), String> {
        self.room.phase = self.room.outcome();
        self.product.close();
        self.compare()?;
        self.count(&format!("ended {:?}", self.room.phase));
        let sold = matches!(self.room.phase, oracle::Phase::Won | oracle::Phase::BoughtNow);
        let Some(winner) = self.room.leading.filter(|_| sold) else { return Ok(()) };
        let lines = self.product.lines();
        let mut asked: Vec<Who> = vec![winner.who];
        while asked.len() <= OFFERS_MAX {
            let due = next_offer(&self.room.lot, &lines, &asked);
            same("second chance", self.product.second_chance(&asked), due)?;
            let Some((who, _)) = due else {
                self.count("second chance: nobody left");
                break;
            };
            self.count("second chance offered");
            asked.push(who);
        }
        Ok(())
    }
}
