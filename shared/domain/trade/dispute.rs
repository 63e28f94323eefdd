//! What is kept of a dispute, and of goods that go back.

use kernel::{Instant, Won};

use super::{
    fields::{Actor, Duty, Shipment},
    statement::StatementText,
};

/// What a buyer complains of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Complaint {
    NotArrived,
    NotAsDescribed,
    Damaged,
    Incomplete,
    Counterfeit,
    Other,
}

/// A buyer's complaint, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub complaint: Complaint,
    pub at: Instant,
    /// Whether the buyer has the goods, by the carrier's word or an admin's.
    pub delivered: bool,
    pub statements: StatementCount,
    /// A part of the price to be given back, as proposed last.
    pub offer: Option<RefundOffer>,
    pub ruling: Option<Ruling>,
}

/// How many statements each side has made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatementCount {
    pub buyer: u8,
    pub seller: u8,
}

impl StatementCount {
    #[must_use]
    pub const fn of(self, side: Actor) -> u8 {
        match side {
            Actor::Seller => self.seller,
            _ => self.buyer,
        }
    }

    /// One more of `side`.
    #[must_use]
    pub const fn one_more(self, side: Actor) -> Self {
        match side {
            Actor::Seller => Self { seller: self.seller.saturating_add(1), ..self },
            _ => Self { buyer: self.buyer.saturating_add(1), ..self },
        }
    }

    #[must_use]
    pub const fn total(self) -> u8 {
        self.buyer.saturating_add(self.seller)
    }
}

/// What a side says, kept apart from the trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// 1 and up, in the order of the dispute.
    pub number: u8,
    pub by: Actor,
    pub text: StatementText,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundOffer {
    pub by: Actor,
    pub amount: Won,
    pub at: Instant,
}

/// What an admin decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    pub verdict: Verdict,
    /// Both sides read it.
    pub note: String,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The seller is paid.
    Complete,
    /// The buyer sends the goods back, and is refunded once they have arrived.
    Return { freight: FreightPayer },
    /// The buyer is refunded: of goods that never arrived, or that came back.
    Refund,
}

/// Who pays the carrier for a return. No money of ours moves by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FreightPayer {
    Buyer,
    Seller,
    Platform,
}

/// Goods on their way back to the seller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoingBack {
    pub parcel: Shipment,
    /// By the carrier's word, or an admin's.
    pub arrived_at: Option<Instant>,
    /// When an admin was asked: by the seller, or because nobody knows where the parcel is.
    pub doubted_at: Option<Instant>,
}

impl GoingBack {
    /// Whether nobody has heard of the parcel but for its number.
    #[must_use]
    pub fn was_never_sent(&self) -> bool {
        self.duty() == Duty::HandBack
    }

    pub(super) fn duty(&self) -> Duty {
        match (self.doubted_at, self.arrived_at) {
            (Some(_), _) => Duty::DecideReturn,
            (None, Some(_)) => Duty::Object,
            (None, None) if self.parcel.is_handed_in() => Duty::ArriveBack,
            (None, None) => Duty::HandBack,
        }
    }
}

impl Complaint {
    pub const ALL: &[Self] = &[
        Self::NotArrived,
        Self::NotAsDescribed,
        Self::Damaged,
        Self::Incomplete,
        Self::Counterfeit,
        Self::Other,
    ];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotArrived => "not_arrived",
            Self::NotAsDescribed => "not_as_described",
            Self::Damaged => "damaged",
            Self::Incomplete => "incomplete",
            Self::Counterfeit => "counterfeit",
            Self::Other => "other",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|complaint| complaint.as_str() == text)
    }
}

impl Verdict {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Return { .. } => "return",
            Self::Refund => "refund",
        }
    }

    #[must_use]
    pub const fn freight(self) -> Option<FreightPayer> {
        match self {
            Self::Return { freight } => Some(freight),
            Self::Complete | Self::Refund => None,
        }
    }
}

impl FreightPayer {
    pub const ALL: &[Self] = &[Self::Buyer, Self::Seller, Self::Platform];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Platform => "platform",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|payer| payer.as_str() == text)
    }
}
