//! The promises that a user broke: what bidding and selling are refused for.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::auction::Standing;
use kernel::{Instant, Span, TradeId, UserId};

use crate::{CommitError, Corrupt, Item, ItemReader, Read, Store, StoreError, Table, Write, keys};

/// Strikes count for this long.
const STRIKES_COUNT_FOR: Span = Span::days(90);
const CARD_STRIKES_COUNT_FOR: Span = Span::days(30);

/// What of a user's broken promises: each kind is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrikeKind {
    /// A win that was not paid.
    Unpaid,
    /// A win that its seller took back before it was paid.
    Seller,
    /// A matched bid that its card did not pay.
    Card,
    /// Goods that were to be handed over in person, and were not: of either side.
    Meeting,
}

impl StrikeKind {
    const fn attribute(self) -> &'static str {
        match self {
            Self::Unpaid => "strikes",
            Self::Seller => "sellerStrikes",
            Self::Card => "cardStrikes",
            Self::Meeting => "missedMeetings",
        }
    }
}

/// A broken promise.
#[derive(Clone, Copy, Debug)]
pub struct Strike {
    pub kind: StrikeKind,
    /// The trade that came to nothing: it is one strike however often it is noted, and two that
    /// end in the same millisecond are two.
    pub trade: TradeId,
    pub at: Instant,
}

impl Strike {
    /// The strikes of a kind are a set of these; the migration's have no trade.
    fn text(&self) -> String {
        format!("{}{SEPARATOR}{}", self.at.millis(), self.trade)
    }
}

/// Between a strike's instant, in milliseconds, and its trade.
const SEPARATOR: char = '#';

/// The promises that a user broke.
#[derive(Clone, Debug, Default)]
pub struct StandingRow {
    unpaid: Vec<Instant>,
    refused: Vec<Instant>,
    card: Vec<Instant>,
    missed: Vec<Instant>,
    /// Owed for penalties, won.
    owed: i64,
}

impl StandingRow {
    /// What it means for bidding at `now`.
    #[must_use]
    pub fn at(&self, blocked_by_seller: bool, now: Instant) -> Standing {
        Standing {
            blocked_by_seller,
            unpaid_strikes: self.unpaid_strikes(now),
            in_debt: self.in_debt(),
        }
    }

    /// Whether something is owed for a penalty: then nothing is bid for, bought or sold.
    #[must_use]
    pub const fn in_debt(&self) -> bool {
        self.owed > 0
    }

    /// Wins that this bidder did not pay within the last 90 days.
    #[must_use]
    pub fn unpaid_strikes(&self, now: Instant) -> u32 {
        recent(&self.unpaid, STRIKES_COUNT_FOR, now)
    }

    /// Matched bids that this buyer's cards did not pay within the last 30 days.
    #[must_use]
    pub fn card_strikes(&self, now: Instant) -> u32 {
        recent(&self.card, CARD_STRIKES_COUNT_FOR, now)
    }

    /// Sales in person within the last 90 days that this buyer or seller let lapse.
    #[must_use]
    pub fn missed_meetings(&self, now: Instant) -> u32 {
        recent(&self.missed, STRIKES_COUNT_FOR, now)
    }

    /// Wins that this seller took back within the last 90 days.
    #[must_use]
    pub fn seller_strikes(&self, now: Instant) -> u32 {
        recent(&self.refused, STRIKES_COUNT_FOR, now)
    }
}

fn recent(strikes: &[Instant], count_for: Span, now: Instant) -> u32 {
    let counting = strikes.iter().filter(|at| **at + count_for > now);
    u32::try_from(counting.count()).unwrap_or(u32::MAX)
}

impl Store {
    /// Notes a broken promise. Noting it again changes nothing.
    pub async fn strike(&self, user: UserId, strike: Strike) -> Result<(), CommitError> {
        let noted = AttributeValue::Ss(vec![strike.text()]);
        let standing = Write::update(Table::Auction, keys::standing(user));
        self.write(standing.add_value(strike.kind.attribute(), noted)).await
    }

    /// The promises that a user broke, as they stand.
    pub async fn standing(&self, user: UserId) -> Result<StandingRow, StoreError> {
        let item = self.get(Table::Auction, &keys::standing(user), Read::Consistent).await?;
        Ok(item.as_ref().map(decode).transpose()?.unwrap_or_default())
    }
}

pub(super) fn decode(item: &Item) -> Result<StandingRow, Corrupt> {
    let strikes = |kind: StrikeKind| {
        let name = kind.attribute();
        let Some(set) = item.get(name) else { return Ok(Vec::new()) };
        let set = set.as_ss().map_err(|_| Corrupt(format!("{name} is no set of texts")))?;
        set.iter().map(|text| instant_of(text)).collect()
    };
    Ok(StandingRow {
        unpaid: strikes(StrikeKind::Unpaid)?,
        refused: strikes(StrikeKind::Seller)?,
        card: strikes(StrikeKind::Card)?,
        missed: strikes(StrikeKind::Meeting)?,
        owed: ItemReader(item).maybe_number("owed").unwrap_or_default(),
    })
}

fn instant_of(strike: &str) -> Result<Instant, Corrupt> {
    let millis = strike.split(SEPARATOR).next().and_then(|millis| millis.parse().ok());
    let millis = millis.ok_or_else(|| Corrupt(format!("{strike} is no strike")))?;
    Ok(Instant::from_millis(millis))
}
