//! One auction: who may bid what, and what a bid makes of price, leader and end.

use crate::{AMOUNT_MAX, Who, increment};

/// A bid this close to the end, in milliseconds, moves the end to this long after it.
const SOFT_CLOSE_MS: i64 = 5 * 60_000;
/// How far past the scheduled end it may move, in milliseconds.
const EXTENSION_MAX_MS: i64 = 60 * 60_000;
/// How many raises there are in one lead.
pub const RAISES_MAX: u32 = 20;
/// Unpaid wins in 90 days that suspend a bidder.
const STRIKES_MAX: u32 = 3;

/// What the seller fixed. Amounts in won, instants in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    pub seller: Who,
    pub start_price: i64,
    pub increment: Option<i64>,
    pub reserve: Option<i64>,
    pub buy_now: Option<i64>,
    pub opens_at: i64,
    pub scheduled_end: i64,
    /// Whether a late bid moves the end.
    pub extends: bool,
}

/// Whoever bids most, up to which amount, and how often they raised it in this lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leading {
    pub who: Who,
    pub maximum: i64,
    pub raises: u32,
}

/// How an auction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Scheduled, open, or past its end and not closed yet.
    Running,
    Won,
    Unsold,
    BoughtNow,
    CalledOff,
}

/// An auction at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saleroom {
    pub lot: Lot,
    pub phase: Phase,
    /// In won; the start price until the first bid.
    pub price: i64,
    pub leading: Option<Leading>,
    pub ends_at: i64,
    /// Bids that count.
    pub bids: u32,
}

/// A bid as it was sent, and who sent it. `maximum` is at least `amount`, which is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tender {
    pub who: Who,
    pub amount: i64,
    pub maximum: i64,
    pub at: i64,
    /// The seller wants no bids of theirs.
    pub blocked: bool,
    /// Unpaid wins within 90 days.
    pub strikes: u32,
    /// Something is owed for a penalty.
    pub owes: bool,
}

/// Why a bid is refused. The rules do not rank the reasons: any that holds is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    CalledOff,
    Over,
    NotYetOpen,
    OwnLot,
    Blocked,
    Suspended,
    InDebt,
    NoBuyNowPrice,
    BuyNowGone,
    /// The buyer named another price than the one at which it is sold at once.
    OtherPrice,
    /// Below the start price, which no bid ever was above: no stale amount.
    BelowStart,
    /// The leader's maximum, not raised by an increment.
    NotRaised,
    TooManyRaises,
    TooLow,
}

/// What came of an accepted bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What counts as the amount, in won: a stale one is the minimum.
    pub amount: i64,
    /// It bought at once.
    pub bought: bool,
    /// Its bidder leads now.
    pub leads: bool,
}

impl Lot {
    /// The least bid of a challenger at `price`, in won. None need be above the price that buys at
    /// once.
    #[must_use]
    pub fn least_above(&self, price: i64) -> i64 {
        self.above(price).min(self.buy_now.unwrap_or(AMOUNT_MAX))
    }

    /// One increment above `amount`.
    fn above(&self, amount: i64) -> i64 {
        let step = self.increment.unwrap_or_else(|| increment(amount));
        (amount + step).min(AMOUNT_MAX)
    }
}

impl Saleroom {
    /// Before the first bid.
    #[must_use]
    pub const fn of(lot: Lot) -> Self {
        Self {
            price: lot.start_price,
            ends_at: lot.scheduled_end,
            lot,
            phase: Phase::Running,
            leading: None,
            bids: 0,
        }
    }

    /// The least bid of a challenger, in won.
    #[must_use]
    pub fn minimum(&self) -> i64 {
        match self.leading {
            None => self.lot.start_price,
            Some(_) => self.lot.least_above(self.price),
        }
    }

    /// Whether the goods would be sold at the present price.
    #[must_use]
    pub fn reserve_met(&self) -> bool {
        let reached = |lead: Leading| lead.maximum >= self.lot.reserve.unwrap_or(0);
        self.leading.is_some_and(reached)
    }

    /// All that speaks against a bid or, when it buys at once, against the purchase.
    #[must_use]
    pub fn objections(&self, tender: &Tender) -> Vec<Objection> {
        let mut found = self.objections_to_bidder(tender);
        found.extend((tender.amount < self.lot.start_price).then_some(Objection::BelowStart));
        if self.buys(tender) {
            let gone =
                self.leading.is_some() && self.lot.buy_now.is_some_and(|it| self.price >= it);
            found.extend(gone.then_some(Objection::BuyNowGone));
            return found;
        }
        match self.leading.filter(|lead| lead.who == tender.who) {
            Some(lead) => {
                let least = self.lot.above(lead.maximum);
                let raised = tender.maximum > lead.maximum && tender.maximum >= least;
                found.extend((!raised).then_some(Objection::NotRaised));
                let used_up = lead.raises >= RAISES_MAX;
                found.extend(used_up.then_some(Objection::TooManyRaises));
            }
            None => {
                // What counts is how far the bidder goes: a stale amount is taken at the minimum.
                let rises = self.leading.is_none() || tender.maximum > self.price;
                let low = tender.maximum < self.minimum() || !rises;
                found.extend(low.then_some(Objection::TooLow));
            }
        }
        found
    }

    fn objections_to_bidder(&self, tender: &Tender) -> Vec<Objection> {
        let over = !matches!(self.phase, Phase::Running | Phase::CalledOff);
        let holds = [
            (self.phase == Phase::CalledOff, Objection::CalledOff),
            (over || tender.at >= self.ends_at, Objection::Over),
            (tender.at < self.lot.opens_at, Objection::NotYetOpen),
            (tender.who == self.lot.seller, Objection::OwnLot),
            (tender.blocked, Objection::Blocked),
            (tender.strikes >= STRIKES_MAX, Objection::Suspended),
            (tender.owes, Objection::InDebt),
        ];
        holds.into_iter().filter(|(holds, _)| *holds).map(|(_, what)| what).collect()
    }

    /// Whether it is executed as buy-now.
    fn buys(&self, tender: &Tender) -> bool {
        self.lot.buy_now.is_some_and(|price| tender.maximum >= price)
    }

    /// Takes a bid, or says all that speaks against it.
    pub fn bid(&mut self, tender: &Tender) -> Result<Taken, Vec<Objection>> {
        let objections = self.objections(tender);
        if !objections.is_empty() {
            return Err(objections);
        }
        if self.buys(tender) {
            return Ok(self.sell(tender));
        }
        let before = (self.leading.map(|lead| lead.who), self.price);
        let raises = before.0 == Some(tender.who);
        let counted = if raises { tender.amount } else { tender.amount.max(self.minimum()) };
        self.stand(tender.who, counted, tender.maximum);
        self.bids += 1;
        if before != (self.leading.map(|lead| lead.who), self.price) {
            self.extend(tender.at);
        }
        // What a leader says may lie anywhere up to the hidden maximum.
        let amount = if raises { counted.min(self.price) } else { counted };
        let leads = self.leading.is_some_and(|lead| lead.who == tender.who);
        Ok(Taken { amount, bought: false, leads })
    }

    /// Takes a purchase at the buy-now price, or says all that speaks against it. `named`: the
    /// price that the buyer saw; nothing is sold at another.
    pub fn buy(&mut self, tender: &Tender, named: Option<i64>) -> Result<Taken, Vec<Objection>> {
        let Some(price) = self.lot.buy_now else {
            let mut objections = self.objections_to_bidder(tender);
            objections.push(Objection::NoBuyNowPrice);
            return Err(objections);
        };
        if named.is_some_and(|named| named != price) {
            let at_it = Tender { amount: price, maximum: price, ..*tender };
            let mut objections = self.objections(&at_it);
            objections.push(Objection::OtherPrice);
            return Err(objections);
        }
        self.bid(&Tender { amount: price, maximum: price, ..*tender })
    }

    fn sell(&mut self, tender: &Tender) -> Taken {
        self.price = self.lot.buy_now.unwrap_or(self.price);
        self.leading = Some(Leading { who: tender.who, maximum: self.price, raises: 0 });
        self.phase = Phase::BoughtNow;
        self.bids += 1;
        Taken { amount: tender.amount, bought: true, leads: true }
    }

    /// What a bid makes of price and leader.
    pub(crate) fn stand(&mut self, who: Who, amount: i64, maximum: i64) {
        match self.leading {
            None => {
                self.leading = Some(Leading { who, maximum, raises: 0 });
                self.price = amount;
            }
            Some(lead) if lead.who == who => {
                self.leading = Some(Leading { maximum, raises: lead.raises + 1, ..lead });
            }
            Some(lead) if maximum > lead.maximum => {
                self.leading = Some(Leading { who, maximum, raises: 0 });
                self.price = maximum.min(self.lot.above(lead.maximum)).max(amount);
            }
            // Of equal maximums the earlier leads.
            Some(lead) => self.price = lead.maximum.min(self.lot.above(maximum)),
        }
        if let (Some(reserve), true) = (self.lot.reserve, self.reserve_met()) {
            self.price = self.price.max(reserve);
        }
    }

    /// The end after a bid at `at` that changed price or leader.
    fn extend(&mut self, at: i64) {
        let late = at > self.ends_at - SOFT_CLOSE_MS;
        if self.lot.extends && late {
            let latest = self.lot.scheduled_end + EXTENSION_MAX_MS;
            self.ends_at = self.ends_at.max(latest.min(at + SOFT_CLOSE_MS));
        }
    }

    /// What it comes to at its end.
    #[must_use]
    pub fn outcome(&self) -> Phase {
        match self.phase {
            Phase::Running if self.reserve_met() => Phase::Won,
            Phase::Running => Phase::Unsold,
            over => over,
        }
    }

    /// Whether it may be called off at `at`: by the seller before the first bid, by an admin until
    /// the end.
    #[must_use]
    pub fn may_be_called_off(&self, by_admin: bool, at: i64) -> bool {
        let over = self.phase != Phase::Running || at >= self.ends_at;
        !over && (by_admin || self.leading.is_none())
    }
}

#[cfg(test)]
pub mod tests;
