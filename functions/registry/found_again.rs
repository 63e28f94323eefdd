//! What finds the consequence of an event again, for each of its consumers, when the event was lost
//! with its queue and its dead letters: no consequence is to hang on a message alone.

use events::{
    AskReturned, AuctionClosed, AuctionCreated, AuctionEndingSoon, BidVoided, CatalogItemChanged,
    Event as _, MessageWaiting, OrderExpired, OutBid, PaymentCancelled, PaymentDone, PaymentFailed,
    PenaltyCollected, PriceFell, PriceReached, SaleFailed, TradeCancelled, TradeCompleted,
    TradeMatched, TradeMoved, UserSignedUp, WithdrawalRequested,
};

/// What finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finder {
    /// The function of this id, on its schedule; and what it does then.
    Sweep(&'static str, &'static str),
    /// A command that a person gives; and what it does then.
    Command(&'static str, &'static str),
    /// Nothing does; and what is missing then.
    Nothing(&'static str),
}

use Finder::{Nothing, Sweep};

/// One consumer of one kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundAgain {
    pub event: &'static str,
    /// The consumer's id.
    pub consumer: &'static str,
    pub by: Finder,
}

const fn row(event: &'static str, consumer: &'static str, by: Finder) -> FoundAgain {
    FoundAgain { event, consumer, by }
}

const NOTICE: Finder = Nothing("the notice is missed");
const SHOWN_BY_AUCTION: Finder = Nothing("the notice is missed; the auction shows who leads");
const SHOWN_BY_PAYMENT: Finder = Nothing("the notice is missed; the payment shows it");
const SHOWN_BY_TRADE: Finder = Nothing("the notice is missed; the trade shows where it stands");
const ENDS_UNPAID: Finder =
    Sweep("trade-sweep-due-trades", "which ends the trade when its time to pay is over");

/// Every consumer of every event, in the order of [`events::ALL`].
pub const FOUND_AGAIN: &[FoundAgain] = &[
    row(
        UserSignedUp::KIND,
        "notification-on-user-signed-up",
        Nothing("the welcome is missed; the account is whole"),
    ),
    row(
        AuctionCreated::KIND,
        "auction-on-auction-created",
        Sweep("auction-sweep-due-auctions", "which closes what is due, scheduled or not"),
    ),
    row(OutBid::KIND, "notification-on-out-bid", SHOWN_BY_AUCTION),
    row(BidVoided::KIND, "notification-on-bid-voided", SHOWN_BY_AUCTION),
    row(
        AuctionEndingSoon::KIND,
        "notification-on-auction-ending-soon",
        Nothing("the notices are missed: the auction is marked as told"),
    ),
    row(
        AuctionClosed::KIND,
        "trade-on-auction-closed",
        Sweep("trade-sweep-consequences", "which opens the trade of whoever won"),
    ),
    row(
        AuctionClosed::KIND,
        "notification-on-auction-closed",
        Nothing("the notices are missed; the auction shows how it ended"),
    ),
    row(
        CatalogItemChanged::KIND,
        "catalog-on-item-changed",
        Nothing("the search finds the item as it was until it is edited again"),
    ),
    row(TradeMatched::KIND, "payment-charge-card", ENDS_UNPAID),
    row(TradeMatched::KIND, "trade-capture-match", ENDS_UNPAID),
    row(TradeMatched::KIND, "notification-on-trade-matched", SHOWN_BY_TRADE),
    row(
        PriceFell::KIND,
        "exchange-on-price-fell",
        Nothing("an alert that was passed over waits for the next fall"),
    ),
    row(
        PriceReached::KIND,
        "notification-on-price-reached",
        Nothing("the notice is missed; the alert has ended with it"),
    ),
    row(
        OrderExpired::KIND,
        "notification-on-order-ended",
        Sweep(
            "exchange-sweep-due-orders",
            "which tells it again until the owner's notice is there",
        ),
    ),
    row(
        AskReturned::KIND,
        "notification-on-order-ended",
        Nothing("the notice is missed; the order shows it"),
    ),
    row(
        WithdrawalRequested::KIND,
        "wallet-on-withdrawal-requested",
        Sweep("wallet-sweep-withdrawals", "which calls the worker again"),
    ),
    row(PaymentDone::KIND, "notification-on-payment-ended", SHOWN_BY_PAYMENT),
    row(PaymentFailed::KIND, "notification-on-payment-ended", SHOWN_BY_PAYMENT),
    row(PaymentCancelled::KIND, "notification-on-payment-ended", SHOWN_BY_PAYMENT),
    row(
        TradeMoved::KIND,
        "exchange-on-trade-moved",
        Nothing("the trade is missing from the last trades, their price and the bars"),
    ),
    row(
        TradeMoved::KIND,
        "trade-on-trade-moved",
        Sweep("trade-sweep-parcels", "which has every parcel under way asked about and watched"),
    ),
    row(TradeMoved::KIND, "notification-on-trade-moved", SHOWN_BY_TRADE),
    row(
        TradeCompleted::KIND,
        "catalog-on-trade-completed",
        Nothing("the item's count of trades is one too low"),
    ),
    row(
        TradeCompleted::KIND,
        "trade-settle-trade",
        Sweep("trade-sweep-consequences", "which pays the seller of what was completed"),
    ),
    row(TradeCompleted::KIND, "notification-on-trade-moved", SHOWN_BY_TRADE),
    row(
        TradeCancelled::KIND,
        "exchange-on-trade-cancelled",
        Sweep(
            "exchange-sweep-cancelled-trades",
            "which returns the ask, ends the debtor's orders, and buys again within the hour",
        ),
    ),
    row(
        TradeCancelled::KIND,
        "trade-on-trade-cancelled",
        Sweep("trade-sweep-consequences", "which notes the strike and asks the next bidder"),
    ),
    row(TradeCancelled::KIND, "notification-on-trade-moved", SHOWN_BY_TRADE),
    row(SaleFailed::KIND, "notification-on-trade-moved", NOTICE),
    row(PenaltyCollected::KIND, "notification-on-trade-moved", NOTICE),
    row(
        MessageWaiting::KIND,
        "notification-send-message",
        Sweep("notification-sweep-messages", "which calls for the message again"),
    ),
];
