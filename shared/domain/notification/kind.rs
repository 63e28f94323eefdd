//! What a notification is about.

/// `rules.md`, "Notification", the three ways a seller's auction ends, and what a
/// trade asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Outbid,
    /// An admin took a bid back: told to its bidder, and to whoever leads again.
    BidVoided,
    Won,
    Lost,
    Sold,
    Unsold,
    Cancelled,
    EndingSoon,
    Matched,
    Paid,
    Shipped,
    Inspected,
    Delivered,
    Settled,
    ChatMessage,
    Reservation,
    Coupon,
    PaymentFailed,
    Welcome,
    /// A second-chance offer.
    Offer,
    /// A deadline comes near.
    Reminder,
    /// A price that the user waited for.
    PriceReached,
    /// An order of the exchange ended by its time.
    OrderExpired,
    /// An ask whose buyer's card was declined is back in the book, or over.
    OrderReturned,
    /// A buyer complains, and what follows from it.
    Dispute,
    /// Goods go back to their seller.
    Return,
    /// Money is back where it was paid from.
    Refunded,
}

impl Kind {
    pub const ALL: &[Self] = &[
        Self::Outbid,
        Self::BidVoided,
        Self::Won,
        Self::Lost,
        Self::Sold,
        Self::Unsold,
        Self::Cancelled,
        Self::EndingSoon,
        Self::Matched,
        Self::Paid,
        Self::Shipped,
        Self::Inspected,
        Self::Delivered,
        Self::Settled,
        Self::ChatMessage,
        Self::Reservation,
        Self::Coupon,
        Self::PaymentFailed,
        Self::Welcome,
        Self::Offer,
        Self::Reminder,
        Self::PriceReached,
        Self::OrderExpired,
        Self::OrderReturned,
        Self::Dispute,
        Self::Return,
        Self::Refunded,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outbid => "outbid",
            Self::BidVoided => "bid-voided",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Sold => "sold",
            Self::Unsold => "unsold",
            Self::Cancelled => "cancelled",
            Self::EndingSoon => "ending-soon",
            Self::Matched => "matched",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Inspected => "inspected",
            Self::Delivered => "delivered",
            Self::Settled => "settled",
            Self::ChatMessage => "chat-message",
            Self::Reservation => "reservation",
            Self::Coupon => "coupon",
            Self::PaymentFailed => "payment-failed",
            Self::Welcome => "welcome",
            Self::Offer => "offer",
            Self::Reminder => "reminder",
            Self::PriceReached => "price-reached",
            Self::OrderExpired => "order-expired",
            Self::OrderReturned => "order-returned",
            Self::Dispute => "dispute",
            Self::Return => "return",
            Self::Refunded => "refunded",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_spelling() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(Kind::ALL.len(), 27);
        assert_eq!(Kind::parse("WON"), None);
    }
}
