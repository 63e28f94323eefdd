//! What contexts tell each other: one file a context, named after the one that tells.
//!
//! Words only. How an event leaves the process is `messaging`'s, where it waits is `store`'s; both
//! take the words from here, so neither needs the other.

mod auction;
mod catalog;
mod envelope;
mod exchange;
mod identity;
mod list;
mod notification;
mod payment;
mod trade;
mod wallet;

pub use auction::{
    AuctionClosed, AuctionCreated, AuctionEndingSoon, AuctionOutcome, BidVoided, OutBid,
    PriceChanged, Winner,
};
pub use catalog::CatalogItemChanged;
pub use envelope::{Envelope, Event, InvalidEnvelope};
pub use exchange::{
    AskReturned, MatchFunding, OrderExpired, OrderFacts, PriceFell, PriceReached, TradeMatched,
};
pub use identity::UserSignedUp;
pub use list::{ALL, Listed, UNHEARD};
pub use notification::MessageWaiting;
pub use payment::{PaymentCancelled, PaymentDone, PaymentFacts, PaymentFailed, PaymentLanding};
pub use trade::{
    ExchangeFacts, PenaltyCollected, SaleFailed, TradeCancelled, TradeCompleted, TradeFacts,
    TradeMoved, TradeStep,
};
pub use wallet::WithdrawalRequested;
