//! Why a trade is cancelled, whose fault it is, and what that costs.

use kernel::{Instant, Won};

use super::{
    aggregate::Trade,
    fields::{Actor, LiableParty, Reason},
    policy::{
        COUNTERFEIT_PERCENT, EARLY_REFUSAL, EARLY_REFUSAL_PERCENT, MISMATCH_PERCENT,
        REFUSAL_PERCENT, share,
    },
};

pub(super) const fn reason_of(trade: &Trade, actor: Actor) -> Reason {
    match actor {
        Actor::Buyer if trade.round() > 0 => Reason::OfferDeclined,
        Actor::Buyer => Reason::BuyerWithdrew,
        Actor::Seller => Reason::SellerRefused,
        _ => Reason::ByAdmin,
    }
}

pub(super) const fn fault_of(reason: Reason) -> LiableParty {
    match reason {
        Reason::Unpaid | Reason::BuyerWithdrew | Reason::PaymentDeclined => LiableParty::Buyer,
        Reason::SellerRefused
        | Reason::NotShipped
        | Reason::NotHandedIn
        | Reason::Mismatch
        | Reason::Counterfeit => LiableParty::Seller,
        Reason::OfferDeclined
        | Reason::OfferLapsed
        | Reason::NotMet
        | Reason::Lost
        | Reason::ReturnedToSender
        | Reason::ConsentRefused
        | Reason::PaymentUnknown
        | Reason::Returned
        | Reason::LostOnReturn
        | Reason::NotDecided
        | Reason::ByAdmin => LiableParty::Nobody,
    }
}

/// What the seller owes the buyer.
pub(super) fn penalty_of(trade: &Trade, reason: Reason, now: Instant) -> Won {
    let early = trade.paid.is_none_or(|paid| now < paid.at + EARLY_REFUSAL);
    let percent = match reason {
        Reason::SellerRefused if early => EARLY_REFUSAL_PERCENT,
        Reason::SellerRefused | Reason::NotShipped | Reason::NotHandedIn => REFUSAL_PERCENT,
        Reason::Mismatch => MISMATCH_PERCENT,
        Reason::Counterfeit => COUNTERFEIT_PERCENT,
        _ => return Won::ZERO,
    };
    share(trade.agreement.price, percent)
}
