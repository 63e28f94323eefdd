//! Charging the card of a matched buyer: claim, call, finish, as every payment (`rules.md`,
//! "Payment"), but asked for by nobody's request.
//!
//! Every attempt is a payment under an id that follows from trade and number, asked of the provider
//! under a key that follows from the payment: whoever repeats it repeats the same charge.

use domain::{
    payment::{
        CLAIM_LEASE, Decline, Payment, Provider, Purpose, Status, Truth, Verdict,
        charge::{ASK_WITHIN, CHARGES_MAX, Charging, charging},
    },
    trade::{Actor, Command, Rejection, State, Trade, decide},
};
use gateway::{Charge, GatewayError};
use kernel::{Instant, PaymentMethodId, TradeId};
use platform::{App, Failure, Problem, retry::Policy};
use store::{
    CommitError, Transaction,
    payment::charge_of_trade,
    trade::{TradeWrite, claim_payment},
};

use crate::{cards, confirming, ending, provider_calls, resolving::failure};

/// How often the end of a trade that met another change is made anew.
const GIVE_UP: Policy = Policy::named("give-up-charge", 8);

/// What a payment comes to, and what the provider said.
type Ended = (Verdict, Option<Truth>);

/// What is charged, and under which name.
struct Card {
    billing_key: String,
    title: String,
}

/// How it stands with the money of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeProgress {
    /// Paid, or cancelled.
    Over,
    /// Nothing is wrong, but nothing is decided: the card was refused a moment ago, or somebody is
    /// at it.
    Again { at: Instant },
}

/// Does what can be done now for a match that is to be paid by this card. Fails when it is not
/// known what the provider did.
pub async fn charge(
    app: &App,
    trade: TradeId,
    method: PaymentMethodId,
    now: Instant,
) -> Result<ChargeProgress, Failure> {
    let Some(trade) = app.store.trade(trade).await? else { return Ok(ChargeProgress::Over) };
    if trade.state != State::AwaitingPayment {
        return Ok(ChargeProgress::Over);
    }
    let card = card(app, &trade, method).await.map_err(failure)?;
    let (payment, ended) = match charging(&attempts(app, trade.id).await?, now) {
        Charging::Paid => return Ok(ChargeProgress::Over),
        Charging::GiveUp(decline) => return give_up(app, trade.id, end_by(decline), now).await,
        Charging::Wait { until } => return Ok(ChargeProgress::Again { at: until }),
        Charging::Resume(seen) => match resume(app, &seen, card.as_ref(), now).await? {
            Some(resumed) => resumed,
            None => return Ok(taken(now)),
        },
        Charging::Begin(number) => {
            // Not the buyer's, or gone although a bid waits for it: there is nothing to charge.
            let Some(card) = card else {
                return give_up(app, trade.id, Command::DeclinePayment, now).await;
            };
            match claim(app, &trade, number, now).await? {
                Claimed::Ours(payment) => {
                    let ended = ask(app, &payment, &card, now).await;
                    (*payment, ended)
                }
                Claimed::Overdue => return give_up(app, trade.id, Command::TimeOut, now).await,
                Claimed::Taken => return Ok(taken(now)),
            }
        }
    };
    let (verdict, truth) = ended;
    let payment = ending::conclude(app, payment, verdict, truth.as_ref(), None, now);
    finish(app, trade.id, &payment.await.map_err(failure)?, now).await
}

/// Another delivery was faster: it has the attempt for so long.
fn taken(now: Instant) -> ChargeProgress {
    ChargeProgress::Again { at: now + CLAIM_LEASE }
}

/// The attempts so far, in order.
async fn attempts(app: &App, trade: TradeId) -> Result<Vec<Payment>, Failure> {
    let mut attempts = Vec::new();
    for number in 1..=CHARGES_MAX {
        match app.store.payment(charge_of_trade(trade, number)).await? {
            Some(payment) => attempts.push(payment),
            None => break,
        }
    }
    Ok(attempts)
}

/// The buyer's card; `None` when it is not theirs any more.
async fn card(app: &App, trade: &Trade, method: PaymentMethodId) -> Result<Option<Card>, Problem> {
    let Some(method) = app.store.payment_method(trade.agreement.buyer, method).await? else {
        return Ok(None);
    };
    let billing_key = cards::billing_key(app, &method)?;
    Ok(Some(Card { billing_key, title: trade.agreement.title.clone() }))
}

/// What came of trying to begin an attempt.
enum Claimed {
    Ours(Box<Payment>),
    /// Somebody else began it, or moved the trade.
    Taken,
    /// The time to pay is over: what is left is to say so.
    Overdue,
}

/// Begins an attempt and takes the trade with it, so that nothing else pays or ends it meanwhile.
async fn claim(app: &App, trade: &Trade, number: u32, now: Instant) -> Result<Claimed, Failure> {
    let Trade { id, agreement, .. } = trade;
    let address = trade.address.clone();
    let address = address.ok_or_else(|| Failure::new(format!("trade {id} has no address")))?;
    let payment = charge_of_trade(*id, number);
    let amount = trade.total();
    let purpose = Purpose::Match { trade: *id };
    let payment = Payment::new(payment, agreement.buyer, purpose, amount, Provider::Toss, now);
    let payment = payment.claim_charge(now).map_err(|_| Failure::new("a new payment is taken"))?;
    let write = match claim_payment(trade, payment.id, amount, address, now) {
        Ok(write) => write,
        Err(Rejection::PaymentOverdue { .. }) => return Ok(Claimed::Overdue),
        Err(rejection) => return Err(rejection.into()),
    };
    let transaction =
        Transaction::new().payment_opening(&payment).write_as(TradeWrite::Change, write);
    match app.store.commit(transaction).await {
        Ok(()) => Ok(Claimed::Ours(Box::new(payment))),
        Err(CommitError::Condition { .. }) => Ok(Claimed::Taken),
        Err(error) => Err(error.into()),
    }
}

/// The first call of an attempt. Its refusal is the truth.
async fn ask(app: &App, payment: &Payment, card: &Card, now: Instant) -> Ended {
    match app.payments().billing().charge(bill(payment, card)).await {
        Ok(truth) => (payment.judge(Some(&truth), now), Some(truth)),
        Err(GatewayError::Declined(decline)) => (Verdict::Failed(decline), None),
        Err(_) => confirming::judge(payment, provider_calls::read(app, payment).await, now),
    }
}

/// Takes over an attempt whose worker is gone, finds out what became of it, and asks for the same
/// charge again when nothing did and there is still time to. `None`: somebody else does.
async fn resume(
    app: &App,
    seen: &Payment,
    card: Option<&Card>,
    now: Instant,
) -> Result<Option<(Payment, Ended)>, Failure> {
    let Ok(payment) = seen.claim_charge(now) else { return Ok(None) };
    match app.store.commit(Transaction::new().payment(seen, &payment)).await {
        Ok(()) => {}
        Err(CommitError::Condition { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let told = provider_calls::read(app, &payment).await;
    let begun = payment.claim.as_ref().map_or(payment.created_at, |claim| claim.first_at);
    let in_time = now.since(begun) < ASK_WITHIN;
    let ended = match (told, card) {
        (Err(GatewayError::NotFound), Some(card)) if in_time => {
            match app.payments().billing().charge(bill(&payment, card)).await {
                Ok(truth) => (payment.judge(Some(&truth), now), Some(truth)),
                // The same charge under the same key: the refusal is of all its calls.
                Err(GatewayError::Declined(decline)) => (Verdict::Failed(decline), None),
                // Read at the next delivery: two calls are what there is time for.
                Err(_) => (Verdict::Wait, None),
            }
        }
        (told, _) => confirming::judge(&payment, told, now),
    };
    Ok(Some((payment, ended)))
}

fn bill<'a>(payment: &Payment, card: &'a Card) -> Charge<'a> {
    Charge {
        payment: payment.id,
        user: payment.user,
        billing_key: &card.billing_key,
        amount: payment.amount,
        name: &card.title,
    }
}

/// What follows from how an attempt ended.
async fn finish(
    app: &App,
    trade: TradeId,
    payment: &Payment,
    now: Instant,
) -> Result<ChargeProgress, Failure> {
    match payment.status {
        Status::Failed => match charging(&attempts(app, trade).await?, now) {
            Charging::GiveUp(decline) => give_up(app, trade, end_by(decline), now).await,
            Charging::Wait { until } => Ok(ChargeProgress::Again { at: until }),
            _ => Ok(ChargeProgress::Again { at: now }),
        },
        Status::Ready | Status::Approving => {
            Err(Failure::new(format!("what became of charge {} is not known yet", payment.id)))
        }
        _ => Ok(ChargeProgress::Over),
    }
}

/// How the match ends whose last attempt failed so: a refusal costs the buyer the bid's deposit, a
/// charge that never reached the provider costs nobody.
const fn end_by(decline: Decline) -> Command {
    if decline.is_refusal() { Command::DeclinePayment } else { Command::GiveUpPayment }
}

/// The card does not pay: the trade ends by `command`, and the other side is free.
async fn give_up(
    app: &App,
    trade: TradeId,
    command: Command,
    now: Instant,
) -> Result<ChargeProgress, Failure> {
    let mut attempts = GIVE_UP.attempts();
    while attempts.again() {
        let Some(trade) = app.store.trade(trade).await? else { return Ok(ChargeProgress::Over) };
        if trade.state != State::AwaitingPayment {
            return Ok(ChargeProgress::Over);
        }
        let decision = decide(&trade, command.clone(), Actor::System, now)?;
        if app.store.trade_commit(&trade, &decision, now).await? {
            return Ok(ChargeProgress::Over);
        }
    }
    Err(Failure::new(format!("trade {trade}: {}", attempts.exhausted())))
}
