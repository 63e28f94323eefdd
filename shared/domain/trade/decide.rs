//! The transitions.

use kernel::{Instant, PaymentId, Won};

use super::{
    aggregate::Trade,
    command::{Command, Decision, Rejection, Transition},
    fields::{
        Actor, Cancellation, Defect, Duty, Funding, Grade, History, Inspection, Match, Meeting,
        Paid, Reason, Shipment, Source, State, Variant,
    },
    liability::{fault_of, penalty_of, reason_of},
    money,
    policy::{WRONG_CODES_MAX, time_limits},
};
use crate::ledger::{Movement, Split};

/// What comes of `command` by `actor` at `now`. The caller knows that a buyer or seller who acts is
/// the trade's own. What takes a penalty is [`Rejection::TakesPenalty`] here, and decided by
/// [`decide_taking`].
pub fn decide(
    trade: &Trade,
    command: Command,
    actor: Actor,
    now: Instant,
) -> Result<Decision, Rejection> {
    decided(Step { trade, actor, now, free: None }, command)
}

/// The same, with what is `free` in the seller's wallet: a penalty is taken out of it.
pub fn decide_taking(
    trade: &Trade,
    command: Command,
    actor: Actor,
    now: Instant,
    free: Split,
) -> Result<Decision, Rejection> {
    decided(Step { trade, actor, now, free: Some(free) }, command)
}

fn decided(step: Step<'_>, command: Command) -> Result<Decision, Rejection> {
    let Step { trade, actor, .. } = step;
    if !may(trade, &command, actor) {
        return Err(Rejection::WrongActor);
    }
    if !fits(trade, &command, actor) {
        return Err(Rejection::WrongState { state: trade.state });
    }
    match command {
        Command::Pay { address, from } => {
            pay(step, Trade { address: Some(address), ..trade.clone() }, from)
        }
        Command::PayToMeet { .. } if trade.agreement.variant != Variant::Direct => {
            Err(Rejection::NotDirect)
        }
        Command::PayToMeet { from } => {
            let meeting = Some(Meeting { code: 0, wrong: 0 });
            pay(step, Trade { meeting, ..trade.clone() }, from)
        }
        Command::Capture => step.captured(),
        Command::DeclinePayment | Command::GiveUpPayment if trade.claim.is_some() => {
            Err(Rejection::PaymentInProgress)
        }
        Command::DeclinePayment => step.cancel(Reason::PaymentDeclined, None),
        Command::GiveUpPayment => step.cancel(Reason::PaymentUnknown, None),
        Command::AcceptPayment { payment } => accept_payment(step, payment),
        Command::Decline | Command::Cancel { .. } if trade.claim.is_some() => {
            Err(Rejection::PaymentInProgress)
        }
        Command::Decline if trade.round() == 0 => Err(Rejection::NotAnOffer),
        Command::Decline => step.cancel(Reason::OfferDeclined, None),
        Command::Cancel { note } => step.cancel(reason_of(trade, actor), note),
        Command::Ship(_) | Command::HandOver { .. } if let Some(deadline) = step.overdue() => {
            Err(Rejection::ShipmentOverdue { deadline })
        }
        Command::HandOver { is_right } => hand_over(step, is_right),
        Command::RenewCode => Ok(renew_code(step)),
        Command::Ship(number) => {
            let trade = Trade { shipment: Some(number.into()), ..trade.clone() };
            Ok(step.enter(trade, State::InTransit, Transition::Shipped))
        }
        Command::Receive => Ok(step.enter(trade.clone(), State::Inspecting, Transition::Received)),
        Command::Inspect(inspection) => inspect(step, inspection),
        Command::Consent => consent(step),
        Command::RefuseConsent => step.cancel(Reason::ConsentRefused, None),
        Command::Forward(number) => {
            let trade = Trade { forwarding: Some(number.into()), ..step.touched() };
            Ok(told(trade, Transition::Forwarded))
        }
        Command::Scan { at } => Ok(step.scanned(at)),
        Command::Deliver { .. } => {
            Ok(step.enter(trade.clone(), State::Delivered, Transition::Delivered))
        }
        Command::Lose => step.cancel(Reason::Lost, None),
        Command::TurnBack => step.cancel(Reason::ReturnedToSender, None),
        Command::Confirm if !trade.under_way().is_none_or(Shipment::is_handed_in) => {
            Err(Rejection::NotPickedUp)
        }
        Command::Confirm => Ok(step.complete()),
        Command::Remind => remind(step),
        Command::TimeOut => time_out(step),
    }
}

/// What the passing of time asks for, if anything. A trade whose payment is under way waits for the
/// payment's own end; a match that a card pays, not for ever.
#[must_use]
pub fn due_command(trade: &Trade, now: Instant) -> Option<Command> {
    if trade.claim.is_some() {
        return trade.is_charge_overdue(now).then_some(Command::TimeOut);
    }
    if trade.due().is_none_or(|due| now < due) {
        return None;
    }
    let over = trade.deadline.is_some_and(|deadline| now >= deadline);
    Some(if over { Command::TimeOut } else { Command::Remind })
}

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
        | Command::Confirm => actor == Actor::Buyer,
        Command::Ship(_) | Command::HandOver { .. } => actor == Actor::Seller,
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
fn fits(trade: &Trade, command: &Command, actor: Actor) -> bool {
    use State::{
        AwaitingConsent, AwaitingPayment, AwaitingShipment, Cancelled, Completed, Delivered,
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
        Command::Receive => !direct && trade.state == InTransit,
        Command::Inspect(_) => trade.state == Inspecting,
        Command::Consent | Command::RefuseConsent => trade.state == AwaitingConsent,
        Command::Forward(_) => trade.state == Forwarding && trade.forwarding.is_none(),
        Command::Scan { .. } => trade.under_way().is_some_and(|parcel| parcel.scanned_at.is_none()),
        Command::Lose | Command::TurnBack => trade.under_way().is_some(),
        Command::Deliver { .. } => trade.is_under_way_to_buyer(),
        // A buyer who has it need not wait for the carrier to say so.
        Command::Confirm => trade.state == Delivered || trade.is_under_way_to_buyer(),
        // Its money is on its way: a minute later it can be cancelled, with the penalty due.
        Command::Cancel { .. } if funding.is_some() && trade.state == AwaitingPayment => false,
        Command::Cancel { .. } => match actor {
            // Bids are binding, and what is paid is bought.
            Actor::Buyer => trade.state == AwaitingPayment,
            Actor::Seller => matches!(trade.state, AwaitingPayment | AwaitingShipment),
            _ => !matches!(trade.state, Delivered | Completed | Cancelled),
        },
        Command::Remind | Command::TimeOut => trade.duty().is_some(),
    }
}

pub(super) fn in_time(trade: &Trade, now: Instant) -> Result<(), Rejection> {
    match trade.deadline {
        Some(deadline) if now >= deadline => Err(Rejection::PaymentOverdue { deadline }),
        _ => Ok(()),
    }
}

/// `trade`: as it is to be once it is paid, but for that.
fn pay(step: Step<'_>, trade: Trade, from: Split) -> Result<Decision, Rejection> {
    if step.trade.claim.is_some() {
        return Err(Rejection::PaymentInProgress);
    }
    in_time(step.trade, step.now)?;
    if from.total() != step.trade.total() {
        return Err(Rejection::OtherAmount);
    }
    let movement = money::wallet_payment(step.trade, from)?;
    step.paid(trade, movement, Paid { payment: None, at: step.now, earned: from.earned })
}

/// The buyer's code is the buyer's word that the goods are there and right.
fn hand_over(step: Step<'_>, is_right: bool) -> Result<Decision, Rejection> {
    let trade = step.touched();
    match trade.meeting {
        Some(meeting) if meeting.wrong >= WRONG_CODES_MAX => Err(Rejection::CodeUsedUp),
        Some(_) if is_right => Ok(step.complete()),
        Some(meeting) => {
            let wrong = meeting.wrong.saturating_add(1);
            let meeting = Some(Meeting { wrong, ..meeting });
            Ok(told(Trade { meeting, ..trade }, Transition::WrongCode))
        }
        None => Err(Rejection::WrongState { state: trade.state }),
    }
}

fn renew_code(step: Step<'_>) -> Decision {
    let next = |meeting: Meeting| Meeting { code: meeting.code.saturating_add(1), wrong: 0 };
    let meeting = step.trade.meeting.map(next);
    told(Trade { meeting, ..step.touched() }, Transition::CodeRenewed)
}

/// However late: the claim was made in time, and the money is there.
fn accept_payment(step: Step<'_>, payment: PaymentId) -> Result<Decision, Rejection> {
    if step.trade.claim.is_none_or(|claim| claim.payment != payment) {
        return Err(Rejection::OtherPayment);
    }
    let paid = Paid { payment: Some(payment), at: step.now, earned: Won::ZERO };
    step.paid(step.trade.clone(), money::payment(step.trade)?, paid)
}

/// The evidence, and what follows from the grade.
fn inspect(step: Step<'_>, inspection: Inspection) -> Result<Decision, Rejection> {
    let grade = inspection.grade;
    let trade = Trade { inspection: Some(inspection), ..step.trade.clone() };
    match grade {
        Grade::Pass => step.passed(trade),
        Grade::PassAt95 => Ok(step.enter(trade, State::AwaitingConsent, Transition::ConsentAsked)),
        Grade::Fail(defect) => {
            let reason = match defect {
                Defect::Mismatch => Reason::Mismatch,
                Defect::Counterfeit => Reason::Counterfeit,
            };
            Step { trade: &trade, ..step }.cancel(reason, None)
        }
    }
}

/// In time: what nobody answered by then is refused, whenever the sweep comes to say so.
fn consent(step: Step<'_>) -> Result<Decision, Rejection> {
    match step.trade.deadline {
        Some(deadline) if step.now >= deadline => Err(Rejection::ConsentOverdue { deadline }),
        _ => step.passed(step.trade.clone()),
    }
}

fn remind(step: Step<'_>) -> Result<Decision, Rejection> {
    let trade = step.trade;
    let now = step.now;
    if due_command(trade, now) != Some(Command::Remind) {
        return Err(Rejection::NotDue);
    }
    let duty = trade.duty().ok_or(Rejection::NotDue)?;
    let (_, reminders) = time_limits(duty, trade.agreement.source);
    let passed = reminders.iter().filter(|span| trade.since + **span <= now).count();
    let reminded = u8::try_from(passed).unwrap_or(u8::MAX);
    let trade = Trade { reminded, ..step.touched() };
    Ok(told(trade, Transition::Reminded(duty)))
}

fn time_out(step: Step<'_>) -> Result<Decision, Rejection> {
    let trade = step.trade;
    let now = step.now;
    if trade.claim.is_some() {
        // What the provider is found to have taken after this goes back to its payer.
        return match trade.is_charge_overdue(now) {
            true => step.cancel(Reason::PaymentUnknown, None),
            false => Err(Rejection::PaymentInProgress),
        };
    }
    if trade.deadline.is_none_or(|deadline| now < deadline) {
        return Err(Rejection::NotDue);
    }
    match trade.duty() {
        // What is held is there, whoever forgot to take it.
        Some(Duty::Pay) if trade.matched().is_some() => match step.captured() {
            Err(Rejection::WrongState { .. }) if trade.card_refused => {
                step.cancel(Reason::PaymentDeclined, None)
            }
            Err(Rejection::WrongState { .. }) => step.cancel(Reason::PaymentUnknown, None),
            captured => captured,
        },
        Some(Duty::Pay) if trade.round() > 0 => step.cancel(Reason::OfferLapsed, None),
        Some(Duty::Pay) => step.cancel(Reason::Unpaid, None),
        Some(Duty::Ship) => step.cancel(Reason::NotShipped, None),
        Some(Duty::Meet) => step.cancel(Reason::NotMet, None),
        // The caller has asked the carrier just now.
        Some(Duty::HandIn) => step.cancel(Reason::NotHandedIn, None),
        Some(Duty::Consent) => step.cancel(Reason::ConsentRefused, None),
        Some(Duty::Confirm) => Ok(step.complete()),
        None => Err(Rejection::NotDue),
    }
}

/// What moves no money.
const fn told(trade: Trade, transition: Transition) -> Decision {
    Decision { trade, movement: None, hold: None, release: None, penalty: None, transition }
}

/// The trade, who moves it, when.
#[derive(Clone, Copy)]
struct Step<'a> {
    trade: &'a Trade,
    actor: Actor,
    now: Instant,
    /// In the seller's wallet, if it was read.
    free: Option<Split>,
}

impl Step<'_> {
    /// The same trade, one version on.
    fn touched(self) -> Trade {
        Trade { version: self.trade.version.saturating_add(1), ..self.trade.clone() }
    }

    /// The deadline, if it has passed: what nobody did by then is cancelled, whenever the sweep
    /// comes to say so.
    fn overdue(self) -> Option<Instant> {
        self.trade.deadline.filter(|deadline| self.now >= *deadline)
    }

    /// `trade` in a new state, with that state's deadline.
    fn entered(self, mut trade: Trade, state: State) -> Trade {
        trade.state = state;
        trade.version = self.trade.version.saturating_add(1);
        trade.since = self.now;
        trade.reminded = 0;
        trade.deadline = None;
        let duty = trade.duty();
        trade.deadline = duty.map(|duty| self.now + time_limits(duty, trade.agreement.source).0);
        trade.history.push(History { state, at: self.now, by: self.actor });
        trade
    }

    fn enter(self, trade: Trade, state: State, transition: Transition) -> Decision {
        told(self.entered(trade, state), transition)
    }

    fn paid(self, trade: Trade, movement: Movement, paid: Paid) -> Result<Decision, Rejection> {
        // The buyer has kept the word that the card bid's deposit stood for.
        let release = money::bid_release(self.trade)?;
        let trade = Trade { claim: None, paid: Some(paid), ..trade };
        let entered = self.enter(trade, State::AwaitingShipment, Transition::Paid);
        Ok(Decision { movement: Some(movement), release, ..entered })
    }

    /// From what the matched order holds.
    fn captured(self) -> Result<Decision, Rejection> {
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
    fn scanned(self, at: Instant) -> Decision {
        let mut trade = self.touched();
        let parcel = match trade.state {
            State::Forwarding => &mut trade.forwarding,
            _ => &mut trade.shipment,
        };
        if let Some(parcel) = parcel {
            parcel.scanned_at = Some(at);
        }
        trade.deadline = None;
        told(trade, Transition::PickedUp)
    }

    /// Good enough to be sent on: the seller has kept the word that the deposit stood for.
    fn passed(self, trade: Trade) -> Result<Decision, Rejection> {
        let release = money::deposit_release(&trade)?;
        Ok(Decision { release, ..self.enter(trade, State::Forwarding, Transition::Passed) })
    }

    /// Received and accepted: a buyer who confirms on the way has received.
    fn complete(self) -> Decision {
        let mut trade = self.trade.clone();
        if trade.state != State::Delivered {
            trade = self.entered(trade, State::Delivered);
        }
        self.enter(trade, State::Completed, Transition::Completed)
    }

    /// The end, with the buyer's money back.
    fn cancel(self, reason: Reason, note: Option<String>) -> Result<Decision, Rejection> {
        let forfeits = reason == Reason::PaymentDeclined;
        let movement = match self.trade.paid {
            Some(_) => Some(money::refund(self.trade)?),
            None if forfeits => money::forfeit(self.trade)?,
            None => None,
        };
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
            // It is the seller's again since the goods passed.
            _ if self.trade.state == State::Forwarding => None,
            _ if penalty.is_some() => None,
            (_, Reason::PaymentDeclined) => None,
            (_, Reason::PaymentUnknown) => money::bid_release(self.trade)?,
            _ => money::deposit_release(self.trade)?,
        };
        let cancellation = Cancellation { reason, note, fault, penalty: due, at: self.now };
        let trade = Trade { cancellation: Some(cancellation), claim: None, ..self.trade.clone() };
        let entered = self.enter(trade, State::Cancelled, Transition::Cancelled);
        Ok(Decision { movement, hold, release, penalty, ..entered })
    }
}
