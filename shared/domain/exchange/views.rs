//! What the market looks like: pure sums of what happened, so that a rebuild gives the same.

use std::collections::BTreeMap;

use kernel::{Instant, Span, TradeId, Won, seoul_midnight};

use super::{Price, Side};

/// How many bars one look at a history shows at most.
pub const HISTORY_BARS_MAX: i64 = 400;

/// A paid trade as its instrument's history shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecentTrade {
    pub at: Instant,
    pub trade: TradeId,
    pub price: Won,
}

/// How long a bar of a chart is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    Hour,
    /// In Seoul.
    Day,
}

/// The trades of one bucket, summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candle {
    /// When the bucket begins.
    pub start: Instant,
    /// The first trade's price, by time; then the last's.
    pub open: Won,
    pub close: Won,
    pub high: Won,
    pub low: Won,
    /// How many trades.
    pub volume: u32,
    /// The first and the last trade, so that trades can be added in any order.
    pub first: (Instant, TradeId),
    pub last: (Instant, TradeId),
}

impl Bucket {
    pub const ALL: &[Self] = &[Self::Hour, Self::Day];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bucket| bucket.as_str() == text)
    }

    #[must_use]
    pub const fn length(self) -> Span {
        match self {
            Self::Hour => Span::hours(1),
            Self::Day => Span::days(1),
        }
    }

    /// How far back whoever does not say is shown.
    #[must_use]
    pub const fn look_back(self) -> Span {
        match self {
            Self::Hour => Span::hours(72),
            Self::Day => Span::days(30),
        }
    }

    /// How many buckets `from..=to` touches; none when `to` is before `from`.
    #[must_use]
    pub fn touched(self, from: Instant, to: Instant) -> i64 {
        if to < from {
            return 0;
        }
        let between = self.start(to).since(self.start(from)).as_millis();
        between / self.length().as_millis() + 1
    }

    /// When the bucket that holds `at` begins.
    #[must_use]
    pub fn start(self, at: Instant) -> Instant {
        match self {
            Self::Day => seoul_midnight(at),
            Self::Hour => {
                let hour = Span::hours(1).as_millis();
                Instant::from_millis(at.millis() / hour * hour)
            }
        }
    }
}

impl Candle {
    /// The bar of a single trade.
    #[must_use]
    pub fn of(recent: &RecentTrade, bucket: Bucket) -> Self {
        let RecentTrade { at, trade, price } = *recent;
        let open = price;
        let close = price;
        let high = price;
        let low = price;
        let first = (at, trade);
        let last = (at, trade);
        Self { start: bucket.start(at), open, close, high, low, volume: 1, first, last }
    }

    /// The bar with one more trade of its bucket. The order in which trades are added does not
    /// matter; adding one twice does.
    #[must_use]
    pub fn with(mut self, recent: &RecentTrade) -> Self {
        let RecentTrade { at, trade, price } = *recent;
        if (at, trade) < self.first {
            (self.first, self.open) = ((at, trade), price);
        }
        if (at, trade) > self.last {
            (self.last, self.close) = ((at, trade), price);
        }
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.volume = self.volume.saturating_add(1);
        self
    }
}

/// Every bar of an instrument, from all of its trades.
#[must_use]
pub fn candles(recent_trades: &[RecentTrade], bucket: Bucket) -> Vec<Candle> {
    let mut bars: BTreeMap<Instant, Candle> = BTreeMap::new();
    for recent in recent_trades {
        bars.entry(bucket.start(recent.at))
            .and_modify(|bar| *bar = bar.with(recent))
            .or_insert_with(|| Candle::of(recent, bucket));
    }
    bars.into_values().collect()
}

/// The best price of one side at `at`: past its time an order serves nobody.
#[must_use]
pub fn best(
    side: Side,
    resting: impl IntoIterator<Item = (Price, Instant)>,
    at: Instant,
) -> Option<Price> {
    let live = resting.into_iter().filter(|(_, until)| at < *until).map(|(price, _)| price);
    live.reduce(|best, price| if side.better(price.get(), best.get()) { price } else { best })
}
