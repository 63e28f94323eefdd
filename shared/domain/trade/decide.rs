//! The transitions.

use kernel::{Instant, PaymentId, Won};

use super::{
    aggregate::Trade,
    allowed::{fits, may},
    command::{Command, Decision, Rejection, Transition},
    fields::{
        Actor, Defect, Duty, Grade, Handover, Inspection, Paid, Reason, Shipment, State, Variant,
    },
    liability::reason_of,
    money,
    policy::WRONG_CODES_MAX,
    step::{Moving, told},
};
use crate::ledger::Split;

/// What comes of `command` by `actor` at `now`. The caller knows that a buyer or seller who acts is
/// the trade's own. What takes a penalty is [`Rejection::TakesPenalty`] here, and decided by
/// [`decide_taking`].
pub fn decide(
    trade: &Trade,
    command: Command,
    actor: Actor,
    now: Instant,
) -> Result<Decision, Rejection> {
    decided(Moving { trade, actor, now, free: None }, command)
}

/// The same, with what is `free` in the seller's wallet: a penalty is taken out of it.
pub fn decide_taking(
    trade: &Trade,
    command: Command,
    actor: Actor,
    now: Instant,
    free: Split,
) -> Result<Decision, Rejection> {
    decided(Moving { trade, actor, now, free: Some(free) }, command)
}

fn decided(step: Moving<'_>, command: Command) -> Result<Decision, Rejection> {
    let Moving { trade, actor, .. } = step;
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
            let meeting = Some(Handover { code: 0, wrong: 0 });
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
        Command::Ship(_) | Command::SendBack(_) | Command::HandOver { .. }
            if let Some(deadline) = trade.overdue(step.now) =>
        {
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
        Command::Deliver { .. } => Ok(step.arrived()),
        Command::Lose if trade.state == State::Returning => step.cancel(Reason::LostOnReturn, None),
        Command::Lose => step.cancel(Reason::Lost, None),
        Command::TurnBack if trade.state == State::Returning => Ok(step.doubted()),
        Command::TurnBack => step.cancel(Reason::ReturnedToSender, None),
        Command::Confirm if !trade.under_way().is_none_or(Shipment::is_handed_in) => {
            Err(Rejection::NotPickedUp)
        }
        Command::Confirm => step.complete(),
        Command::Dispute { complaint, text } => step.dispute(complaint, text),
        Command::MakeStatement { text } => step.state(text),
        Command::OfferRefund { amount } => step.offer_refund(amount),
        Command::AcceptRefund { amount } => step.accept_refund(amount),
        Command::Rule(ruling) => step.rule(ruling),
        Command::SendBack(number) => Ok(step.send_back(number)),
        Command::Object { text } => step.object(text),
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
    let over = trade.overdue(now).is_some();
    Some(if over { Command::TimeOut } else { Command::Remind })
}

pub(super) fn in_time(trade: &Trade, now: Instant) -> Result<(), Rejection> {
    match trade.overdue(now) {
        Some(deadline) => Err(Rejection::PaymentOverdue { deadline }),
        None => Ok(()),
    }
}

/// `trade`: as it is to be once it is paid, but for that.
fn pay(step: Moving<'_>, trade: Trade, from: Split) -> Result<Decision, Rejection> {
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
fn hand_over(step: Moving<'_>, is_right: bool) -> Result<Decision, Rejection> {
    let trade = step.touched();
    match trade.meeting {
        Some(meeting) if meeting.wrong >= WRONG_CODES_MAX => Err(Rejection::CodeUsedUp),
        Some(_) if is_right => step.complete(),
        Some(meeting) => {
            let wrong = meeting.wrong.saturating_add(1);
            let meeting = Some(Handover { wrong, ..meeting });
            Ok(told(Trade { meeting, ..trade }, Transition::WrongCode))
        }
        None => Err(Rejection::WrongState { state: trade.state }),
    }
}

fn renew_code(step: Moving<'_>) -> Decision {
    let next = |meeting: Handover| Handover { code: meeting.code.saturating_add(1), wrong: 0 };
    let meeting = step.trade.meeting.map(next);
    told(Trade { meeting, ..step.touched() }, Transition::CodeRenewed)
}

/// However late: the claim was made in time, and the money is there.
fn accept_payment(step: Moving<'_>, payment: PaymentId) -> Result<Decision, Rejection> {
    if step.trade.claim.is_none_or(|claim| claim.payment != payment) {
        return Err(Rejection::OtherPayment);
    }
    let paid = Paid { payment: Some(payment), at: step.now, earned: Won::ZERO };
    step.paid(step.trade.clone(), money::payment(step.trade)?, paid)
}

/// The evidence, and what follows from the grade.
fn inspect(step: Moving<'_>, inspection: Inspection) -> Result<Decision, Rejection> {
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
            Moving { trade: &trade, ..step }.cancel(reason, None)
        }
    }
}

/// In time: what nobody answered by then is refused, whenever the sweep comes to say so.
fn consent(step: Moving<'_>) -> Result<Decision, Rejection> {
    match step.trade.overdue(step.now) {
        Some(deadline) => Err(Rejection::ConsentOverdue { deadline }),
        _ => step.passed(step.trade.clone()),
    }
}

fn remind(step: Moving<'_>) -> Result<Decision, Rejection> {
    let trade = step.trade;
    let now = step.now;
    if due_command(trade, now) != Some(Command::Remind) {
        return Err(Rejection::NotDue);
    }
    let duty = trade.duty().ok_or(Rejection::NotDue)?;
    let passed = trade.reminders().filter(|at| *at <= now).count();
    let reminded = u8::try_from(passed).unwrap_or(u8::MAX);
    let trade = Trade { reminded, ..step.touched() };
    Ok(told(trade, Transition::Reminded(duty)))
}

fn time_out(step: Moving<'_>) -> Result<Decision, Rejection> {
    let trade = step.trade;
    let now = step.now;
    if trade.claim.is_some() {
        // What the provider is found to have taken after this goes back to its payer.
        return match trade.is_charge_overdue(now) {
            true => step.cancel(Reason::PaymentUnknown, None),
            false => Err(Rejection::PaymentInProgress),
        };
    }
    if trade.overdue(now).is_none() {
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
        Some(Duty::Arrive) => {
            Ok(told(Trade { deadline: None, ..step.touched() }, Transition::Late))
        }
        // The goods stay with the buyer.
        Some(Duty::Confirm | Duty::SendBack | Duty::HandBack) => step.complete(),
        Some(Duty::Decide) => step.undecided(),
        Some(Duty::ArriveBack) => Ok(step.doubted()),
        Some(Duty::Object) => step.cancel(Reason::Returned, None),
        Some(Duty::DecideReturn) => step.cancel(Reason::NotDecided, None),
        None => Err(Rejection::NotDue),
    }
}
