//! Every event there is, for those who look at all of them.

use crate::{
    AskReturned, AuctionClosed, AuctionCreated, AuctionEndingSoon, BidVoided, CatalogItemChanged,
    Event, MessageWaiting, OrderExpired, OutBid, PaymentCancelled, PaymentDone, PaymentFailed,
    PenaltyCollected, PriceChanged, PriceFell, PriceReached, SaleFailed, TradeCancelled,
    TradeCompleted, TradeMatched, TradeMoved, UserSignedUp, WithdrawalRequested,
};

/// An event and what is known of it without one at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The context that tells it.
    pub context: &'static str,
    pub kind: &'static str,
}

impl Listed {
    const fn of<E: Event>(context: &'static str) -> Self {
        Self { context, kind: E::KIND }
    }
}

/// All events, context by context.
pub const ALL: &[Listed] = &[
    Listed::of::<UserSignedUp>("identity"),
    Listed::of::<AuctionCreated>("auction"),
    Listed::of::<OutBid>("auction"),
    Listed::of::<BidVoided>("auction"),
    Listed::of::<PriceChanged>("auction"),
    Listed::of::<AuctionEndingSoon>("auction"),
    Listed::of::<AuctionClosed>("auction"),
    Listed::of::<CatalogItemChanged>("catalog"),
    Listed::of::<TradeMatched>("exchange"),
    Listed::of::<PriceFell>("exchange"),
    Listed::of::<PriceReached>("exchange"),
    Listed::of::<OrderExpired>("exchange"),
    Listed::of::<AskReturned>("exchange"),
    Listed::of::<WithdrawalRequested>("wallet"),
    Listed::of::<PaymentDone>("payment"),
    Listed::of::<PaymentFailed>("payment"),
    Listed::of::<PaymentCancelled>("payment"),
    Listed::of::<TradeMoved>("trade"),
    Listed::of::<TradeCompleted>("trade"),
    Listed::of::<TradeCancelled>("trade"),
    Listed::of::<SaleFailed>("trade"),
    Listed::of::<PenaltyCollected>("trade"),
    Listed::of::<MessageWaiting>("notification"),
];

/// Events that no function consumes today.
pub const UNHEARD: &[&str] = &[PriceChanged::KIND];
