//! One ask or bid from its placing to its end.

use kernel::{CatalogItemId, Instant, OrderId, PaymentMethodId, Span, TradeId, UserId, Won};

use super::{Instrument, Price, Side, ask_deposit, deposit_of, hold_of, quote};
use crate::{
    catalog::ItemOption,
    identity::Address,
    ledger::Split,
    trade::{Agreement, CardBid, DeliveryNote, Funding, Match, Source, Variant},
};

/// How long a sale at once rests as an ask, when the card of the buyer it met has not paid.
pub const RETURNED_FOR: Span = Span::days(3);

/// How long an order may rest (`rules.md`), in days.
pub const EXPIRY_DAYS: &[i64] = &[1, 3, 7, 14, 30, 60];

/// Where a buyer's money will come from; a seller needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderFunding {
    /// Price and fee are held while the order lives.
    Wallet,
    Card(PaymentMethodId),
    Seller,
}

/// `open → matched | cancelled | expired`; matched by a buyer whose card is then declined:
/// `matched → open` again, in the old place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderState {
    Open,
    Matched,
    Cancelled,
    Expired,
}

/// What was ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub item: CatalogItemId,
    pub option: ItemOption,
    /// The item's name and the option, as the order was placed.
    pub title: String,
    pub side: Side,
    pub price: Price,
    pub funding: OrderFunding,
    /// Set aside in its owner's wallet beside what the order pays; zero for a wallet's bid.
    pub deposit: Won,
    /// Where a buyer's goods go; a seller's own. A copy.
    pub address: Address,
    /// What a buyer asks of whoever brings the goods.
    pub note: Option<DeliveryNote>,
    /// The buyer wants the next ask, at no more than the same price, when the goods fail
    /// inspection.
    pub rebuy_if_failed: bool,
    pub expires_at: Instant,
}

impl Terms {
    /// What the order is for.
    #[must_use]
    pub const fn instrument(&self) -> Instrument {
        Instrument { item: self.item, option: self.option }
    }
}

/// An order as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub user: UserId,
    pub terms: Terms,
    pub placed_at: Instant,
    pub state: OrderState,
    /// Its priority in time: the number it took when it came; 0 for one that met nothing and was
    /// not to rest.
    pub priority: u32,
    /// What it was matched in.
    pub met: Option<Met>,
    /// What it met when it was placed: the first answer, whatever comes later.
    pub at_once: Option<Met>,
    /// Its price, deposit and end as it was placed, when it has others since.
    pub placed_as: Option<PlacedAs>,
    pub ended_at: Option<Instant>,
    /// How much of what it holds is earned money.
    pub earned: Won,
    /// Tells a repeated request from another one with the same key.
    pub fingerprint: String,
}

/// How long an order waits for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeInForce {
    /// It rests in the book, until then.
    GoodTil(Instant),
    /// It is met at once or not at all.
    ImmediateOrCancel,
}

impl TimeInForce {
    #[must_use]
    pub const fn rests(self) -> bool {
        matches!(self, Self::GoodTil(_))
    }
}

/// What of an order's terms may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedAs {
    pub price: Price,
    pub deposit: Won,
    pub expires_at: Instant,
}

/// That two orders met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    pub trade: TradeId,
    /// The resting order's.
    pub price: Price,
}

/// How an open order ends without a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Cancelled,
    Expired,
}

/// Why an open order does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the order is {}", .state.as_str())]
    NotOpen { state: OrderState },
    #[error("the order rests until {until}")]
    NotDue { until: Instant },
}

impl Order {
    /// What the order holds in its owner's wallet: price and fee of a wallet's bid, the deposit of
    /// any other.
    #[must_use]
    pub fn held(&self) -> Won {
        match self.terms.funding {
            OrderFunding::Wallet => quote(Side::Buy, self.terms.price).total,
            OrderFunding::Card(_) | OrderFunding::Seller => self.terms.deposit,
        }
    }

    /// The same by kind of money.
    #[must_use]
    pub fn holds(&self) -> Split {
        Split::of(self.held(), self.earned)
    }

    /// The order with what it needs set aside, in place of `before`, what it held: what it needs
    /// beside is out of the `free` money, spend-only first, and `None` says that there is not so
    /// much; what it needs less goes back, earned money first.
    #[must_use]
    pub fn funded(&self, before: Split, free: Split) -> Option<Self> {
        let holds = match self.held().checked_sub(before.total()) {
            Some(more) => before.with(free.take(more)?),
            None => before.take(self.held())?,
        };
        Some(Self { earned: holds.earned, ..self.clone() })
    }

    /// What the order counts as among its owner's bids that wait for a card; `None` for any other
    /// order, and for the bids of before there was a deposit.
    #[must_use]
    pub fn card_bid(&self) -> Option<CardBid> {
        let OrderFunding::Card(_) = self.terms.funding else { return None };
        let deposit = self.holds();
        let there = deposit.total() > Won::ZERO;
        there.then_some(CardBid { price: self.terms.price.won(), deposit })
    }

    /// The name under which it is held.
    #[must_use]
    pub fn hold_subject(&self) -> String {
        match self.terms.side {
            Side::Buy => hold_of(self.id),
            Side::Sell => deposit_of(self.id),
        }
    }

    /// The order at another price, with the number that it took for it: among orders of that
    /// price it is the last. What is held for it follows the price; a card's deposit does not.
    #[must_use]
    pub fn repriced(&self, price: Price, priority: u32) -> Self {
        let deposit = self.deposit_at(price);
        let terms = Terms { price, deposit, ..self.terms.clone() };
        let placed_as = Some(self.as_placed());
        Self { terms, priority, placed_as, ..self.clone() }
    }

    /// The order as its owner has it meet another one at `price`: the deposit of a seller is of
    /// what the goods are sold for, however low the limit is.
    #[must_use]
    pub fn meeting(self, price: Price) -> Self {
        let terms = Terms { deposit: self.deposit_at(price), ..self.terms };
        Self { terms, ..self }
    }

    /// Only a seller's deposit follows a price.
    fn deposit_at(&self, price: Price) -> Won {
        match self.terms.funding {
            OrderFunding::Seller => ask_deposit(price),
            OrderFunding::Wallet | OrderFunding::Card(_) => self.terms.deposit,
        }
    }

    /// Price, deposit and end as the order was placed, whatever has come since.
    #[must_use]
    pub fn as_placed(&self) -> PlacedAs {
        let Terms { price, deposit, expires_at, .. } = self.terms;
        self.placed_as.unwrap_or(PlacedAs { price, deposit, expires_at })
    }

    /// The order as it was placed.
    #[must_use]
    pub fn placed(&self) -> Self {
        let PlacedAs { price, deposit, expires_at } = self.as_placed();
        let terms = Terms { price, deposit, expires_at, ..self.terms.clone() };
        Self { terms, placed_as: None, ..self.clone() }
    }

    /// A matched order that cannot come back to the book.
    #[must_use]
    pub fn dismissed(&self, now: Instant) -> Self {
        let state = OrderState::Cancelled;
        Self { state, met: None, ended_at: Some(now), ..self.clone() }
    }

    /// What a reader is told: an order past its time is over, swept or not.
    #[must_use]
    pub fn state_at(&self, now: Instant) -> OrderState {
        match self.state {
            OrderState::Open if now >= self.terms.expires_at => OrderState::Expired,
            state => state,
        }
    }

    /// The order after its end. Past its time it expires, whatever was asked for.
    pub fn end(&self, end: End, now: Instant) -> Result<Self, Refusal> {
        if self.state != OrderState::Open {
            return Err(Refusal::NotOpen { state: self.state });
        }
        let state = match end {
            _ if now >= self.terms.expires_at => OrderState::Expired,
            End::Cancelled => OrderState::Cancelled,
            End::Expired => return Err(Refusal::NotDue { until: self.terms.expires_at }),
        };
        Ok(Self { state, ended_at: Some(now), ..self.clone() })
    }

    /// The order after it met another one.
    #[must_use]
    pub fn matched(&self, met: Met, now: Instant) -> Self {
        let state = OrderState::Matched;
        let met = Some(met);
        Self { state, met, ended_at: Some(now), ..self.clone() }
    }

    /// The order after its trade came to nothing without its owner's doing: open again, or over
    /// when its time has passed meanwhile. A sale at once was to have no time: it becomes an ask at
    /// the price that it met, as old as it is, for [`RETURNED_FOR`].
    #[must_use]
    pub fn restored(&self, now: Instant) -> Self {
        let at_once = self.terms.expires_at <= self.placed_at && self.priority > 0;
        if let Some(met) = self.met.filter(|_| at_once) {
            let expires_at = now + RETURNED_FOR;
            let terms = Terms { price: met.price, expires_at, ..self.terms.clone() };
            let placed_as = Some(self.as_placed());
            let state = OrderState::Open;
            return Self { terms, placed_as, state, met: None, ended_at: None, ..self.clone() };
        }
        // One of before sales at once kept their number has no place to return to.
        let over = now >= self.terms.expires_at || self.priority == 0;
        let state = if over { OrderState::Expired } else { OrderState::Open };
        Self { state, met: None, ended_at: over.then_some(now), ..self.clone() }
    }
}

/// What two orders agree on when `incoming` meets `resting`: the resting order's price.
/// `None` for two of one side.
#[must_use]
pub fn agreement(incoming: &Order, resting: &Order) -> Option<Agreement> {
    let (buy, sell) = match (incoming.terms.side, resting.terms.side) {
        (Side::Buy, Side::Sell) => (incoming, resting),
        (Side::Sell, Side::Buy) => (resting, incoming),
        _ => return None,
    };
    let funding = match buy.terms.funding {
        OrderFunding::Wallet => Funding::Wallet { held: buy.holds() },
        OrderFunding::Card(method) => Funding::Card { method, bid: buy.card_bid() },
        OrderFunding::Seller => return None,
    };
    let Terms { item, option, rebuy_if_failed, .. } = buy.terms;
    let source = Source::Exchange(Match {
        item,
        option,
        buy: buy.id,
        sell: sell.id,
        funding,
        rebuy_if_failed,
        deposit: sell.holds(),
    });
    Some(Agreement {
        source,
        variant: Variant::Inspected,
        seller: sell.user,
        buyer: buy.user,
        title: buy.terms.title.clone(),
        price: resting.terms.price.won(),
    })
}

/// The end of an order that rests for `days`; `None` for a number that is not offered.
#[must_use]
pub fn expiry(now: Instant, days: i64) -> Option<Instant> {
    EXPIRY_DAYS.contains(&days).then(|| now + Span::days(days))
}

impl OrderState {
    pub const ALL: &[Self] = &[Self::Open, Self::Matched, Self::Cancelled, Self::Expired];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Matched => "matched",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}
