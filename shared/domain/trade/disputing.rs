//! The steps of a dispute, and of the goods' way back.

use kernel::{Instant, Won};

use super::{
    aggregate::Trade,
    command::{Decision, Rejection, Transition},
    dispute::{Complaint, Dispute, GoingBack, RefundOffer, Ruling, Statement, Verdict},
    fields::{Actor, Duty, Reason, Shipment, State},
    money,
    policy::{
        ANSWER_OBJECTION_WITHIN, ARRIVE_WITHIN, OFFER_LASTS, STATE_WITHIN, STATEMENTS_MAX,
        fee_percents, share,
    },
    statement::StatementText,
    step::{Moving, told},
};
use crate::carrier::TrackingNumber;

impl Moving<'_> {
    /// In time: of goods that have arrived while the buyer has to confirm them, of a parcel when it
    /// is under way for too long.
    pub(super) fn dispute(
        self,
        complaint: Complaint,
        text: StatementText,
    ) -> Result<Decision, Rejection> {
        let delivered = self.trade.state == State::Delivered;
        if delivered {
            if let Some(deadline) = self.trade.overdue(self.now) {
                return Err(Rejection::DisputeOverdue { deadline });
            }
        } else {
            let from = self.trade.disputable_from();
            if from.is_none_or(|from| self.now < from) {
                return Err(Rejection::DisputeTooEarly { from });
            }
        }
        let earlier = self.trade.dispute.as_ref().map(|dispute| dispute.statements);
        let dispute = Dispute {
            complaint,
            at: self.now,
            delivered,
            // Numbered on, should the goods have come to the centre after an earlier one.
            statements: earlier.unwrap_or_default(),
            offer: None,
            ruling: None,
        };
        let trade = Trade { dispute: Some(dispute), ..self.trade.clone() };
        let trade = self.entered(trade, State::Disputed);
        Ok(self.stating(trade, text, Transition::Disputed))
    }

    /// Within a time after the opening, or after the objection to a return.
    pub(super) fn state(self, text: StatementText) -> Result<Decision, Rejection> {
        let closes = self.trade.statements_until();
        if let Some(deadline) = closes.filter(|deadline| self.now >= *deadline) {
            return Err(Rejection::StatementsClosed { deadline });
        }
        let made = self.trade.dispute.as_ref().map(|it| it.statements.of(self.actor));
        if made.is_none_or(|made| made >= STATEMENTS_MAX) {
            return Err(Rejection::TooManyStatements);
        }
        Ok(self.stating(self.touched(), text, Transition::Stated))
    }

    /// `trade` with one statement more.
    fn stating(self, mut trade: Trade, text: StatementText, transition: Transition) -> Decision {
        let Some(dispute) = &mut trade.dispute else { return told(trade, transition) };
        dispute.statements = dispute.statements.one_more(self.actor);
        let number = dispute.statements.total();
        let statement = Statement { number, by: self.actor, text, at: self.now };
        Decision { statement: Some(statement), ..told(trade, transition) }
    }

    /// The newest offer counts, whosever it is.
    pub(super) fn offer_refund(self, amount: Won) -> Result<Decision, Rejection> {
        if amount >= self.trade.agreement.price {
            return Err(Rejection::RefundNotPartial);
        }
        let mut trade = self.touched();
        if let Some(dispute) = &mut trade.dispute {
            dispute.offer = Some(RefundOffer { by: self.actor, amount, at: self.now });
        }
        Ok(told(trade, Transition::RefundOffered))
    }

    /// The other side's, of just this amount. The seller's fee is on what the seller keeps.
    pub(super) fn accept_refund(self, amount: Won) -> Result<Decision, Rejection> {
        let offer = self.trade.dispute.as_ref().and_then(|dispute| dispute.offer);
        let stands = |offer: &RefundOffer| {
            offer.by != self.actor && offer.amount == amount && self.now < offer.at + OFFER_LASTS
        };
        if !offer.as_ref().is_some_and(stands) {
            return Err(Rejection::NoSuchOffer);
        }
        let (percent, _) = fee_percents(self.trade.agreement.source);
        let kept = self.trade.agreement.price.checked_sub(amount).unwrap_or_default();
        let seller_fee = share(kept, percent);
        let trade = Trade { refunded: amount, seller_fee, ..self.trade.clone() };
        let completed = Moving { trade: &trade, ..self }.complete()?;
        let trade = completed.trade.refunding();
        let movement = money::refund(&trade)?;
        Ok(Decision { trade, movement, ..completed })
    }

    /// An admin's word. What a buyer may have is not refunded before it is back.
    pub(super) fn rule(self, ruling: Ruling) -> Result<Decision, Rejection> {
        let verdict = ruling.verdict;
        let note = ruling.note.clone();
        let delivered = self.trade.is_with_buyer();
        let mut trade = self.trade.clone();
        if let Some(dispute) = &mut trade.dispute {
            dispute.ruling = Some(ruling);
        }
        let ruled = Moving { trade: &trade, ..self };
        match (self.trade.state, verdict) {
            (_, Verdict::Complete) => ruled.complete(),
            (State::Disputed, Verdict::Return { .. }) if delivered => {
                Ok(self.enter(trade, State::AwaitingReturn, Transition::ReturnRuled))
            }
            (state, Verdict::Refund) if state == State::Returning || !delivered => {
                ruled.cancel(Reason::ByAdmin, Some(note))
            }
            _ => Err(Rejection::VerdictUnavailable),
        }
    }

    /// In time, like every shipment.
    pub(super) fn send_back(self, number: TrackingNumber) -> Decision {
        let parcel = Shipment::from(number);
        let going_back = Some(GoingBack { parcel, arrived_at: None, doubted_at: None });
        let trade = Trade { going_back, ..self.trade.clone() };
        self.enter(trade, State::Returning, Transition::SentBack)
    }

    /// What came back is not what was sent, or it did not come.
    pub(super) fn object(self, text: StatementText) -> Result<Decision, Rejection> {
        if let Some(deadline) = self.trade.overdue(self.now) {
            return Err(Rejection::ObjectionOverdue { deadline });
        }
        let Decision { trade, transition, .. } = self.doubted();
        Ok(self.stating(trade, text, transition))
    }

    /// An admin is asked what became of the goods that go back.
    pub(super) fn doubted(self) -> Decision {
        let trade = self.turned(|back| back.doubted_at = Some(self.now));
        told(trade, Transition::Doubted)
    }

    /// The carrier's word that a parcel is where it was to be, or an admin's.
    pub(super) fn arrived(self) -> Decision {
        match self.trade.state {
            State::Disputed => {
                let mut trade = self.touched();
                if let Some(dispute) = &mut trade.dispute {
                    dispute.delivered = true;
                }
                told(trade, Transition::ArrivedDisputed)
            }
            State::Returning => {
                let trade = self.turned(|back| back.arrived_at = Some(self.now));
                told(trade, Transition::ArrivedBack)
            }
            _ => self.enter(self.trade.clone(), State::Delivered, Transition::Delivered),
        }
    }

    /// The parcel that goes back, another step on, with that step's deadline.
    fn turned(self, turn: impl Fn(&mut GoingBack)) -> Trade {
        let mut trade = self.touched();
        if let Some(back) = &mut trade.going_back {
            turn(back);
        }
        trade.waiting_since(self.now)
    }

    /// On day 14 of a dispute: the goods were delivered, or they were not.
    pub(super) fn undecided(self) -> Result<Decision, Rejection> {
        match self.trade.is_with_buyer() {
            true => self.complete(),
            false => self.cancel(Reason::NotDecided, None),
        }
    }
}

impl Trade {
    /// From when on a parcel is under way for too long; `None`: its carrier has not had it yet.
    fn disputable_from(&self) -> Option<Instant> {
        let parcel = self.under_way()?;
        // Of before numbers were checked: no carrier says when it had it.
        let from = parcel.scanned_at.or_else(|| parcel.number().is_none().then_some(self.since));
        from.map(|from| from + ARRIVE_WITHIN)
    }

    /// Until when both sides are heard.
    #[must_use]
    pub fn statements_until(&self) -> Option<Instant> {
        let doubted = self.going_back.as_ref().and_then(|back| back.doubted_at);
        match (doubted, &self.dispute) {
            (Some(at), _) => Some(at + ANSWER_OBJECTION_WITHIN),
            (None, Some(dispute)) => Some(dispute.at + STATE_WITHIN),
            (None, None) => None,
        }
    }

    /// Whether the buyer of a disputed trade has the goods, by the carrier's word or an admin's.
    pub(super) fn is_with_buyer(&self) -> bool {
        self.dispute.as_ref().is_some_and(|dispute| dispute.delivered)
    }

    /// Whether an admin is to decide.
    #[must_use]
    pub fn waits_for_ruling(&self) -> bool {
        matches!(self.duty(), Some(Duty::Decide | Duty::DecideReturn))
    }

    /// Since when a carrier's word of this parcel counts: a number may be an older one's.
    #[must_use]
    pub fn counts_scans_from(&self, number: &TrackingNumber) -> Instant {
        let back = self.parcel_back().and_then(Shipment::number);
        let ruled = self.dispute.as_ref().and_then(|dispute| dispute.ruling.as_ref());
        match (ruled, back) {
            (Some(ruling), Some(back)) if back == *number => ruling.at,
            _ => self.paid.map_or(self.created_at, |paid| paid.at),
        }
    }

    /// The parcel that goes back, or went.
    #[must_use]
    pub fn parcel_back(&self) -> Option<&Shipment> {
        self.going_back.as_ref().map(|back| &back.parcel)
    }

    /// Whether the parcel that goes back is under way.
    pub(super) fn is_going_back(&self) -> bool {
        matches!(self.duty(), Some(Duty::HandBack | Duty::ArriveBack))
    }

    /// Whether the goods passed the inspection, so that its seller's deposit is the seller's again.
    pub(super) fn has_passed(&self) -> bool {
        self.history.iter().any(|line| line.state == State::Forwarding)
    }
}

/// Whether `actor` is one of the two sides.
pub(super) const fn is_side(actor: Actor) -> bool {
    matches!(actor, Actor::Buyer | Actor::Seller)
}
