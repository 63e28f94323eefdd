//! How the parts of a trade are spelled in rows, events and answers.

use super::fields::{Actor, Defect, Grade, LiableParty, Reason, Source, State, Variant};

impl Source {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auction { .. } => "auction",
            Self::Listing => "listing",
            Self::Exchange(_) => "exchange",
        }
    }
}

impl Grade {
    pub const ALL: &[Self] = &[
        Self::Pass,
        Self::PassAt95,
        Self::Fail(Defect::Mismatch),
        Self::Fail(Defect::Counterfeit),
    ];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::PassAt95 => "pass_at_95",
            Self::Fail(Defect::Mismatch) => "mismatch",
            Self::Fail(Defect::Counterfeit) => "counterfeit",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|grade| grade.as_str() == text)
    }
}

impl Variant {
    pub const ALL: &[Self] = &[Self::Direct, Self::Inspected];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Inspected => "inspected",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|variant| variant.as_str() == text)
    }
}

impl State {
    pub const ALL: &[Self] = &[
        Self::AwaitingPayment,
        Self::AwaitingShipment,
        Self::InTransit,
        Self::Inspecting,
        Self::AwaitingConsent,
        Self::Forwarding,
        Self::Delivered,
        Self::Disputed,
        Self::AwaitingReturn,
        Self::Returning,
        Self::Completed,
        Self::Cancelled,
    ];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::AwaitingShipment => "awaiting_shipment",
            Self::InTransit => "in_transit",
            Self::Inspecting => "inspecting",
            Self::AwaitingConsent => "awaiting_consent",
            Self::Forwarding => "forwarding",
            Self::Delivered => "delivered",
            Self::Disputed => "disputed",
            Self::AwaitingReturn => "awaiting_return",
            Self::Returning => "returning",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

impl LiableParty {
    pub const ALL: &[Self] = &[Self::Buyer, Self::Seller, Self::Nobody];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Nobody => "nobody",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.as_str() == text)
    }
}

impl Reason {
    pub const ALL: &[Self] = &[
        Self::Unpaid,
        Self::BuyerWithdrew,
        Self::OfferDeclined,
        Self::OfferLapsed,
        Self::SellerRefused,
        Self::NotShipped,
        Self::NotMet,
        Self::NotHandedIn,
        Self::Lost,
        Self::ReturnedToSender,
        Self::ConsentRefused,
        Self::Mismatch,
        Self::Counterfeit,
        Self::PaymentDeclined,
        Self::PaymentUnknown,
        Self::Returned,
        Self::LostOnReturn,
        Self::NotDecided,
        Self::ByAdmin,
    ];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::BuyerWithdrew => "buyer_withdrew",
            Self::OfferDeclined => "offer_declined",
            Self::OfferLapsed => "offer_lapsed",
            Self::SellerRefused => "seller_refused",
            Self::NotShipped => "not_shipped",
            Self::NotMet => "not_met",
            Self::NotHandedIn => "not_handed_in",
            Self::Lost => "lost",
            Self::ReturnedToSender => "returned_to_sender",
            Self::ConsentRefused => "consent_refused",
            Self::Mismatch => "mismatch",
            Self::Counterfeit => "counterfeit",
            Self::PaymentDeclined => "payment_declined",
            Self::PaymentUnknown => "payment_unknown",
            Self::Returned => "returned",
            Self::LostOnReturn => "lost_on_return",
            Self::NotDecided => "not_decided",
            Self::ByAdmin => "by_admin",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == text)
    }

    /// Whether the goods are still for sale and the next bidder is asked.
    #[must_use]
    pub const fn passes_on(self) -> bool {
        matches!(self, Self::Unpaid | Self::BuyerWithdrew | Self::OfferDeclined | Self::OfferLapsed)
    }
    /// Whether it is a matched buyer's card that did not pay, so that the ask comes back.
    #[must_use]
    pub const fn returns_ask(self) -> bool {
        matches!(self, Self::PaymentDeclined | Self::PaymentUnknown)
    }
    /// Whether it counts as an unpaid win against the buyer.
    #[must_use]
    pub const fn is_strike(self) -> bool {
        matches!(self, Self::Unpaid | Self::BuyerWithdrew)
    }
}

impl Actor {
    pub const ALL: &[Self] =
        &[Self::Buyer, Self::Seller, Self::Inspector, Self::Admin, Self::System];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Inspector => "inspector",
            Self::Admin => "admin",
            Self::System => "clock",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|actor| actor.as_str() == text)
    }
}
