//! The tables: one per context, and the outbox. The template and the embedded cloud create
//! exactly these; a test compares.

/// A DynamoDB table. Keys are always `pk` and `sk` (strings), TTL is always `ttl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    Identity,
    Auction,
    Notification,
    Operation,
    Outbox,
    Wallet,
    Payment,
    Trade,
    Catalog,
    Exchange,
}

impl Table {
    pub const ALL: &[Self] = &[
        Self::Identity,
        Self::Auction,
        Self::Notification,
        Self::Operation,
        Self::Outbox,
        Self::Wallet,
        Self::Payment,
        Self::Trade,
        Self::Catalog,
        Self::Exchange,
    ];

    /// The name after the stack's prefix.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Auction => "auction",
            Self::Notification => "notification",
            Self::Operation => "operation",
            Self::Outbox => "outbox",
            Self::Wallet => "wallet",
            Self::Payment => "payment",
            Self::Trade => "trade",
            Self::Catalog => "catalog",
            Self::Exchange => "exchange",
        }
    }

    /// How many global indexes it has: `gsi1` (`gsi1pk`, `gsi1sk`), `gsi2`, … all projecting
    /// everything.
    #[must_use]
    pub const fn indexes(self) -> u8 {
        match self {
            Self::Trade => 4,
            Self::Auction | Self::Payment | Self::Catalog | Self::Exchange => 2,
            Self::Notification | Self::Outbox | Self::Wallet => 1,
            Self::Identity | Self::Operation => 0,
        }
    }

    /// Whether its changes are streamed (new and old images).
    #[must_use]
    pub const fn streams(self) -> bool {
        matches!(self, Self::Auction | Self::Outbox | Self::Exchange)
    }
}
