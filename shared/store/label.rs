//! The names of a transaction's writes: what a condition that fails is told by.
//!
//! Promises: which condition failed never depends on the order in which writes were added. Every
//! aggregate has its own names; a transaction of several aggregates carries names of each. Knows
//! nothing of what a failure means (the command says that), nor of the writes themselves.

mod writes;

use std::fmt;

use crate::Table;

pub use writes::{
    AccountWrite, AddressWrite, AlertWrite, AuctionWrite, BlockWrite, CardWrite, CatalogWrite,
    MarketWrite, MessageWrite, MoneyWrite, OrderWrite, PaymentWrite, TradeWrite, WalletWrite,
};

/// Which write of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Account(AccountWrite),
    Address(AddressWrite),
    Alert(AlertWrite),
    /// The stored answer to the request that the transaction carries out.
    Answer,
    Auction(AuctionWrite),
    Block(BlockWrite),
    Card(CardWrite),
    Catalog(CatalogWrite),
    /// What tells the other contexts. It is new: failed, it was told before.
    Event,
    Market(MarketWrite),
    Message(MessageWrite),
    Money(MoneyWrite),
    Order(OrderWrite),
    Payment(PaymentWrite),
    /// The entry of what a member of staff does.
    StaffAct,
    Trade(TradeWrite),
    /// A write that stands alone, or that nobody named.
    Unnamed(Unnamed),
    Wallet(WalletWrite),
}

/// What is known of a write without a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unnamed {
    /// `put`, `update`, `delete` or `check`.
    pub kind: &'static str,
    pub table: Table,
}

/// For the log. Keys are left out: some hold what no log may hold.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed(Unnamed { kind, table }) => write!(f, "a {kind} in {}", table.name()),
            named => write!(f, "{named:?}"),
        }
    }
}

impl From<AccountWrite> for Label {
    fn from(write: AccountWrite) -> Self {
        Self::Account(write)
    }
}

impl From<AddressWrite> for Label {
    fn from(write: AddressWrite) -> Self {
        Self::Address(write)
    }
}

impl From<AlertWrite> for Label {
    fn from(write: AlertWrite) -> Self {
        Self::Alert(write)
    }
}

impl From<AuctionWrite> for Label {
    fn from(write: AuctionWrite) -> Self {
        Self::Auction(write)
    }
}

impl From<BlockWrite> for Label {
    fn from(write: BlockWrite) -> Self {
        Self::Block(write)
    }
}

impl From<CardWrite> for Label {
    fn from(write: CardWrite) -> Self {
        Self::Card(write)
    }
}

impl From<CatalogWrite> for Label {
    fn from(write: CatalogWrite) -> Self {
        Self::Catalog(write)
    }
}

impl From<MarketWrite> for Label {
    fn from(write: MarketWrite) -> Self {
        Self::Market(write)
    }
}

impl From<MessageWrite> for Label {
    fn from(write: MessageWrite) -> Self {
        Self::Message(write)
    }
}

impl From<MoneyWrite> for Label {
    fn from(write: MoneyWrite) -> Self {
        Self::Money(write)
    }
}

impl From<OrderWrite> for Label {
    fn from(write: OrderWrite) -> Self {
        Self::Order(write)
    }
}

impl From<PaymentWrite> for Label {
    fn from(write: PaymentWrite) -> Self {
        Self::Payment(write)
    }
}

impl From<TradeWrite> for Label {
    fn from(write: TradeWrite) -> Self {
        Self::Trade(write)
    }
}

impl From<WalletWrite> for Label {
    fn from(write: WalletWrite) -> Self {
        Self::Wallet(write)
    }
}
