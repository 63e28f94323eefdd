//! One step of a trade: the state it enters, with its deadline and its money.

use kernel::{Instant, Won};

use super::{
    aggregate::Trade,
    command::{Decision, Rejection, Transition},
    fields::{Actor, Cancellation, Funding, History, Match, Paid, Reason, Source, State},
    liability::{fault_of, penalty_of},
    money,
};
use crate::ledger::{Movement, Split};

/// What moves no money.
pub(super) const fn told(trade: Trade, transition: Transition) -> Decision {
    Decision {
        trade,
        movement: None,
        hold: None,
        release: None,
        penalty: None,
        statement: None,
        transition,
    }
}

/// The trade, who moves it, when.
#[derive(Clone, Copy)]
pub(super) struct Moving<'a> {
    pub trade: &'a Trade,
    pub actor: Actor,
    pub now: Instant,
    /// In the seller's wallet, if it was read.
    pub free: Option<Split>,
}

impl Moving<'_> {
    /// The same trade, one version on.
    pub(super) fn touched(self) -> Trade {
        Trade { version: self.trade.version.saturating_add(1), ..self.trade.clone() }
    }

    /// `trade` in a new state, with that state's deadline.
    pub(super) fn entered(self, mut trade: Trade, state: State) -> Trade {
        trade.state = state;
        trade.version = self.trade.version.saturating_add(1);
        trade.since = self.now;
        trade.history.push(History { state, at: self.now, by: self.actor });
        trade.waiting_since(self.now)
    }

    pub(super) fn enter(self, trade: Trade, state: State, transition: Transition) -> Decision {
        told(self.entered(trade, state), transition)
    }

    pub(super) fn paid(
        self,
        trade: Trade,
        movement: Movement,
        paid: Paid,
    ) -> Result<Decision, Rejection> {
        // The buyer has kept the word that the card bid's deposit stood for.
        let release = money::bid_release(self.trade)?;
        let trade = Trade { claim: None, paid: Some(paid), ..trade };
        let entered = self.enter(trade, State::AwaitingShipment, Transition::Paid);
        Ok(Decision { movement: Some(movement), release, ..entered })
    }

    /// From what the matched order holds.
    pub(super) fn captured(self) -> Result<Decision, Rejection> {
        let Source::Exchange(Match { buy, funding: Funding::Wallet { held }, .. }) =
            self.trade.agreement.source
        else {
            return Err(Rejection::WrongState { state: self.trade.state });
        };
        let money::Captured { movement, earned } = money::capture(self.trade, held)?;
        let movement = Some(movement);
        let hold = Some(crate::exchange::hold_of(buy));
        let paid = Some(Paid { payment: None, at: self.now, earned });
        let trade = Trade { paid, ..self.trade.clone() };
        let entered = self.enter(trade, State::AwaitingShipment, Transition::Paid);
        Ok(Decision { movement, hold, ..entered })
    }

    /// The carrier has the parcel: from now on nobody waits for its sender.
    pub(super) fn scanned(self, at: Instant) -> Decision {
        let mut trade = self.touched();
        let parcel = match trade.state {
            State::Forwarding => trade.forwarding.as_mut(),
            State::Returning => trade.going_back.as_mut().map(|back| &mut back.parcel),
            _ => trade.shipment.as_mut(),
        };
        if let Some(parcel) = parcel {
            parcel.scanned_at = Some(at);
        }
        told(trade.waiting_since(at), Transition::PickedUp)
    }

    /// Good enough to be sent on: the seller has kept the word that the deposit stood for.
    pub(super) fn passed(self, trade: Trade) -> Result<Decision, Rejection> {
        let release = money::deposit_release(&trade)?;
        Ok(Decision { release, ..self.enter(trade, State::Forwarding, Transition::Passed) })
    }

    /// The seller is to be paid: a buyer who confirms on the way has received.
    pub(super) fn complete(self) -> Result<Decision, Rejection> {
        let release = money::deposit_release(self.trade)?;
        let mut trade = self.trade.clone();
        let on_the_way =
            matches!(trade.state, State::AwaitingShipment | State::InTransit | State::Forwarding);
        if on_the_way {
            trade = self.entered(trade, State::Delivered);
        }
        Ok(Decision { release, ..self.enter(trade, State::Completed, Transition::Completed) })
    }

    /// The end, with the buyer's money back.
    pub(super) fn cancel(
        self,
        reason: Reason,
        note: Option<String>,
    ) -> Result<Decision, Rejection> {
        let forfeits = reason == Reason::PaymentDeclined;
        let hold = money::bid_hold(self.trade).filter(|_| forfeits);
        let due = penalty_of(self.trade, reason, self.now);
        let penalty = match (due > Won::ZERO, self.free) {
            (false, _) => None,
            (true, None) => return Err(Rejection::TakesPenalty),
            (true, Some(free)) => Some(money::penalty(self.trade, due, free, self.now)?),
        };
        let fault = fault_of(reason);
        // A penalty is taken out of the deposit. An ask whose buyer's card did not pay returns to
        // the book, and its deposit with it.
        let release = match (fault, reason) {
            _ if penalty.is_some() => None,
            (_, Reason::PaymentDeclined) => None,
            (_, Reason::PaymentUnknown) => money::bid_release(self.trade)?,
            _ => money::deposit_release(self.trade)?,
        };
        let cancellation = Cancellation { reason, note, fault, penalty: due, at: self.now };
        let trade = Trade { cancellation: Some(cancellation), claim: None, ..self.trade.clone() };
        let trade = self.entered(trade, State::Cancelled).refunding();
        let movement = if forfeits { money::forfeit(&trade)? } else { money::refund(&trade)? };
        Ok(Decision { movement, hold, release, penalty, ..told(trade, Transition::Cancelled) })
    }
}
