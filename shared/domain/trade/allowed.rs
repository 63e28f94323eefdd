//! Who may give which command, and in which states.

use super::{
    aggregate::Trade,
    command::Command,
    disputing::is_side,
    fields::{Actor, Duty, Funding, State, Variant},
};

/// Whether `actor` may ever do this to the trade, whatever state it is in.
#[must_use]
pub fn may(trade: &Trade, command: &Command, actor: Actor) -> bool {
    match command {
        Command::Pay { .. }
        | Command::PayToMeet { .. }
        | Command::RenewCode
        | Command::Decline
        | Command::Consent
        | Command::RefuseConsent
        | Command::Confirm
        | Command::Dispute { .. }
        | Command::SendBack(_) => actor == Actor::Buyer,
        Command::Ship(_) | Command::HandOver { .. } | Command::Object { .. } => {
            actor == Actor::Seller
        }
        Command::MakeStatement { .. }
        | Command::OfferRefund { .. }
        | Command::AcceptRefund { .. } => is_side(actor),
        Command::Rule(_) => actor == Actor::Admin,
        Command::Receive | Command::Forward(_) => actor == Actor::Inspector,
        // Nobody grades what they sell or buy.
        Command::Inspect(inspection) => {
            actor == Actor::Inspector && !trade.has_party(inspection.inspector)
        }
        // Never a party: silence after it pays the seller.
        Command::Deliver { .. } => matches!(actor, Actor::Admin | Actor::System),
        Command::Cancel { .. } => matches!(actor, Actor::Buyer | Actor::Seller | Actor::Admin),
        Command::AcceptPayment { .. }
        | Command::Capture
        | Command::DeclinePayment
        | Command::GiveUpPayment
        | Command::Scan { .. }
        | Command::Lose
        | Command::TurnBack
        | Command::Remind
        | Command::TimeOut => actor == Actor::System,
    }
}

/// In which states.
pub(super) fn fits(trade: &Trade, command: &Command, actor: Actor) -> bool {
    use State::{
        AwaitingConsent, AwaitingPayment, AwaitingReturn, AwaitingShipment, Delivered, Disputed,
        Forwarding, InTransit, Inspecting,
    };
    let direct = trade.agreement.variant == Variant::Direct;
    let funding = trade.matched().map(|matched| matched.funding);
    match command {
        // A match is paid as its order said, and by nobody's further doing.
        Command::Pay { .. } | Command::PayToMeet { .. } => {
            trade.state == AwaitingPayment && funding.is_none()
        }
        Command::Capture => {
            trade.state == AwaitingPayment && matches!(funding, Some(Funding::Wallet { .. }))
        }
        Command::DeclinePayment | Command::GiveUpPayment => {
            trade.state == AwaitingPayment && matches!(funding, Some(Funding::Card { .. }))
        }
        Command::AcceptPayment { .. } | Command::Decline => trade.state == AwaitingPayment,
        Command::Ship(_) => trade.state == AwaitingShipment && trade.meeting.is_none(),
        Command::HandOver { .. } | Command::RenewCode => {
            trade.state == AwaitingShipment && trade.meeting.is_some()
        }
        // What the buyer missed has come to the centre after all.
        Command::Receive => {
            let first = trade.forwarding.is_none() && matches!(trade.state, InTransit | Disputed);
            !direct && first && trade.under_way().is_some()
        }
        Command::Inspect(_) => trade.state == Inspecting,
        Command::Consent | Command::RefuseConsent => trade.state == AwaitingConsent,
        Command::Forward(_) => trade.state == Forwarding && trade.forwarding.is_none(),
        Command::Scan { .. } => {
            let unscanned = trade.under_way().is_some_and(|parcel| parcel.scanned_at.is_none());
            trade.state != Disputed && unscanned
        }
        Command::Lose | Command::TurnBack => trade.under_way().is_some(),
        Command::Deliver { .. } => trade.is_under_way_to_buyer() || trade.is_going_back(),
        // A buyer who has it need not wait for the carrier to say so.
        Command::Confirm => {
            matches!(trade.state, Delivered | AwaitingReturn)
                || trade.is_under_way_to_buyer()
                || (trade.state == Disputed && trade.is_with_buyer())
        }
        Command::Dispute { .. } => matches!(trade.state, InTransit | Forwarding | Delivered),
        Command::MakeStatement { .. } | Command::Rule(_) => trade.waits_for_ruling(),
        Command::OfferRefund { .. } | Command::AcceptRefund { .. } => trade.state == Disputed,
        Command::SendBack(_) => trade.state == AwaitingReturn,
        Command::Object { .. } => trade.duty() == Some(Duty::Object),
        // Its money is on its way: a minute later it can be cancelled, with the penalty due.
        Command::Cancel { .. } if funding.is_some() && trade.state == AwaitingPayment => false,
        Command::Cancel { .. } => match actor {
            // Bids are binding, and what is paid is bought.
            Actor::Buyer => trade.state == AwaitingPayment,
            Actor::Seller => matches!(trade.state, AwaitingPayment | AwaitingShipment),
            // Of what is disputed an admin decides.
            _ => matches!(
                trade.state,
                AwaitingPayment
                    | AwaitingShipment
                    | InTransit
                    | Inspecting
                    | AwaitingConsent
                    | Forwarding
            ),
        },
        Command::Remind | Command::TimeOut => trade.duty().is_some(),
    }
}
