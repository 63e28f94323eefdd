//! The tables: one per context, and the outbox. The template and the embedded cloud create
//! exactly these; a test compares.

/// A DynamoDB table. Keys are always `pk` and `sk` (strings), TTL is always `ttl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    Identity,
    /// Sessions, apart from the accounts: a bid reads its own consistently, and nothing else so.
    Session,
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

/// What a table is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSpec {
    /// The name after the stack's prefix.
    pub name: &'static str,
    /// How many global indexes it has: `gsi1` (`gsi1pk`, `gsi1sk`), `gsi2`, … all projecting
    /// everything.
    pub indexes: u8,
    /// Whether its changes are streamed (new and old images).
    pub streams: bool,
}

impl Table {
    pub const ALL: &[Self] = &[
        Self::Identity,
        Self::Session,
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

    /// One line a table.
    #[must_use]
    pub const fn spec(self) -> TableSpec {
        match self {
            Self::Identity => TableSpec { name: "identity", indexes: 0, streams: false },
            Self::Session => TableSpec { name: "session", indexes: 0, streams: false },
            Self::Auction => TableSpec { name: "auction", indexes: 2, streams: true },
            Self::Notification => TableSpec { name: "notification", indexes: 1, streams: false },
            Self::Operation => TableSpec { name: "operation", indexes: 0, streams: false },
            Self::Outbox => TableSpec { name: "outbox", indexes: 1, streams: true },
            Self::Wallet => TableSpec { name: "wallet", indexes: 2, streams: false },
            Self::Payment => TableSpec { name: "payment", indexes: 3, streams: false },
            Self::Trade => TableSpec { name: "trade", indexes: 5, streams: false },
            Self::Catalog => TableSpec { name: "catalog", indexes: 2, streams: false },
            Self::Exchange => TableSpec { name: "exchange", indexes: 2, streams: true },
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    #[must_use]
    pub const fn indexes(self) -> u8 {
        self.spec().indexes
    }

    #[must_use]
    pub const fn streams(self) -> bool {
        self.spec().streams
    }
}
