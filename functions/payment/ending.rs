//! How a confirmation ends, whoever learns of it: one transaction for the payment, its money, its
//! trade and its event.

use domain::{
    ledger::{Account, Between, Movement, MovementError, MovementKind},
    payment::{Decline, Payment, Purpose, Status, Truth, TruthState, Verdict},
    trade::{Actor, Command, Decision, Trade, decide},
};
use events::{Envelope, Event, PaymentDone, PaymentFacts, PaymentFailed, PaymentLanding};
use kernel::{Instant, codes};
use platform::{App, Once, Problem, Reply, retry::Policy};
use store::{
    CommitError, Label, Transaction,
    ledger::MoneyWrite,
    trade::{TradeWrite, unclaim_payment},
};

use crate::view::PaymentView;

/// How often an ending that met another change is made anew.
const CONCLUDE: Policy = Policy::named("conclude-payment", 8);

/// What is to be committed, and what the payment is then.
struct Ending {
    transaction: Transaction,
    after: Payment,
}

/// Ends a claimed payment by `verdict`, once. Answers the payment as it stands afterwards: ended by
/// this call or by another one before it, or still open when there is no verdict yet.
pub async fn conclude(
    app: &App,
    payment: Payment,
    verdict: Verdict,
    truth: Option<&Truth>,
    once: Option<&Once>,
    now: Instant,
) -> Result<Payment, Problem> {
    let mut payment = payment;
    let mut attempts = CONCLUDE.attempts();
    while attempts.again() {
        let ending = match (&verdict, truth) {
            (Verdict::Paid, Some(truth)) => paid(app, &payment, truth, now).await?,
            (Verdict::Failed(decline), _) => {
                let after = payment.failed(*decline);
                over(app, &payment, after, *decline, decline.is_refusal(), now).await?
            }
            // Nobody waits for the money any longer; should it come all the same, it is found.
            (Verdict::GivenUp(decline), _) => {
                let after = payment.given_up(*decline, now);
                over(app, &payment, after, *decline, decline.is_refusal(), now).await?
            }
            (Verdict::Reopened(_), _) => reopened(app, &payment).await?,
            (Verdict::Unsupported, Some(truth)) => {
                returning(app, &payment, Decline::MethodUnsupported, truth, now).await?
            }
            (Verdict::Wait, Some(truth)) if is_new_deposit(&payment, truth) => {
                awaiting_deposit(app, &payment, truth)?
            }
            (Verdict::Contradiction, _) => {
                let what = format!("payment {} is for another amount at its provider", payment.id);
                return Err(Problem::internal(what));
            }
            (Verdict::Wait | Verdict::Paid | Verdict::Unsupported, _) => return Ok(payment),
        };
        let Ending { transaction, after } = ending;
        let transaction = match truth {
            Some(truth) => transaction.payment_answer(payment.id, &truth.answer, now),
            None => transaction,
        };
        let Some(failed) = commit(app, transaction, &after, once).await? else {
            return Ok(after);
        };
        if failed == Label::Money(MoneyWrite::Balance(payment.user)) {
            let what = format!("payment {} would overfill its wallet", payment.id);
            return Err(Problem::internal(what));
        }
        let Some(now_there) = app.store.payment(payment.id).await? else {
            return Err(Problem::internal("a payment vanished"));
        };
        if now_there.status != payment.status {
            return Ok(now_there);
        }
        payment = now_there;
    }
    Err(attempts.exhausted().into())
}

/// Commits, with the request's answer when there is a request and the money arrived. Answers which
/// write stood in the way, if one did.
async fn commit(
    app: &App,
    transaction: Transaction,
    after: &Payment,
    once: Option<&Once>,
) -> Result<Option<Label>, Problem> {
    let Some(once) = once.filter(|_| after.is_paid()) else {
        return match app.store.commit(transaction).await {
            Ok(()) => Ok(None),
            Err(CommitError::Condition { label, .. }) => Ok(Some(label)),
            Err(CommitError::Store(error)) => Err(error.into()),
        };
    };
    let reply = Reply::ok(&PaymentView::new(after))?;
    let mut failed = None;
    let outcome = once.commit(app, transaction, reply, |label, _| {
        failed = Some(label);
        Problem::try_again("the payment moved")
    });
    let outcome = outcome.await;
    if failed.is_some() {
        return Ok(failed);
    }
    outcome.map(|_| None)
}

/// The money arrived: into the wallet, or into the trade's escrow while the trade still takes it.
async fn paid(
    app: &App,
    payment: &Payment,
    truth: &Truth,
    now: Instant,
) -> Result<Ending, Problem> {
    if payment.purpose == Purpose::TopUp {
        return credited(app, payment, truth, now);
    }
    let Some((trade, decision)) = accepted(app, payment, now).await? else {
        return returning(app, payment, Decline::TradeClosed, truth, now).await;
    };
    let after = payment.done(truth, secret_seal(app, truth)?, now);
    let transaction = Transaction::new().payment(payment, &after);
    let told = PaymentDone { payment: facts(payment), landed: PaymentLanding::Trade };
    let transaction = transaction.trade(&trade, &decision, now).event(&event(app, &told, now));
    Ok(Ending { transaction, after })
}

/// The money arrived, and is the payer's to spend.
fn credited(app: &App, payment: &Payment, truth: &Truth, now: Instant) -> Result<Ending, Problem> {
    let after = payment.done(truth, secret_seal(app, truth)?, now);
    let movement = top_up(payment).map_err(Problem::internal)?;
    let told = PaymentDone { payment: facts(payment), landed: PaymentLanding::Wallet };
    let transaction = Transaction::new().payment(payment, &after).movement(&movement, now);
    Ok(Ending { transaction: transaction.event(&event(app, &told, now)), after })
}

/// Credits the payer with what the provider does not take back, unless somebody was faster.
pub async fn credit(
    app: &App,
    payment: &Payment,
    truth: &Truth,
    now: Instant,
) -> Result<(), Problem> {
    let Ending { transaction, .. } = credited(app, payment, truth, now)?;
    committed(app, transaction).await.map(|_| ())
}

/// What the provider has taken, or is about to, nothing here takes: it goes back, and the trade, if
/// this payment has claimed it, may be paid otherwise.
async fn returning(
    app: &App,
    payment: &Payment,
    decline: Decline,
    truth: &Truth,
    now: Instant,
) -> Result<Ending, Problem> {
    over(app, payment, payment.returning(decline, truth, now), decline, false, now).await
}

/// The payer was given an account to pay into, and we have not noted it yet.
fn is_new_deposit(payment: &Payment, truth: &Truth) -> bool {
    matches!(truth.state, TruthState::Deposit { .. }) && payment.webhook_seal.is_none()
}

/// What tells of the deposit must carry the secret that is noted now.
fn awaiting_deposit(app: &App, payment: &Payment, truth: &Truth) -> Result<Ending, Problem> {
    // One without a secret is noted as well: no notice fits it, and the sweep finds its money.
    let seal = secret_seal(app, truth)?.unwrap_or_default();
    let after = payment.awaiting_deposit(truth, Some(seal));
    Ok(Ending { transaction: Transaction::new().payment(payment, &after), after })
}

fn secret_seal(app: &App, truth: &Truth) -> Result<Option<String>, Problem> {
    truth.secret.as_deref().map(|secret| webhook_seal(app, secret)).transpose()
}

/// Commits what needs no second try. `false`: somebody was faster.
pub async fn committed(app: &App, transaction: Transaction) -> Result<bool, Problem> {
    match app.store.commit(transaction).await {
        Ok(()) => Ok(true),
        Err(CommitError::Condition { .. }) => Ok(false),
        Err(CommitError::Store(error)) => Err(error.into()),
    }
}

/// The trade that the payment claimed, and the decision by which the money goes from the provider
/// into its escrow; `None`: there is no trade, or it takes the money no more.
async fn accepted(
    app: &App,
    payment: &Payment,
    now: Instant,
) -> Result<Option<(Trade, Decision)>, Problem> {
    let Some(trade) = payment.purpose.trade() else { return Ok(None) };
    let Some(trade) = app.store.trade(trade).await? else { return Ok(None) };
    let command = Command::AcceptPayment { payment: payment.id };
    let decision = decide(&trade, command, Actor::System, now).ok();
    Ok(decision.map(|decision| (trade, decision)))
}

/// From what the provider owes us into the payer's wallet.
fn top_up(payment: &Payment) -> Result<Movement, MovementError> {
    let accounts = Between { from: Account::Provider, to: Account::SpendOnly(payment.user) };
    let reason = format!("top-up#{}", payment.id);
    Movement::transfer(reason, MovementKind::TopUp, payment.amount, accounts)
}

/// The money does not come to what it was for, and its payer is told why: the trade may be paid
/// otherwise.
async fn over(
    app: &App,
    payment: &Payment,
    after: Payment,
    decline: Decline,
    refused: bool,
    now: Instant,
) -> Result<Ending, Problem> {
    let told = PaymentFailed { payment: facts(payment), reason: decline.as_str().to_owned() };
    let transaction = unclaimed(app, payment, &after, refused).await?;
    Ok(Ending { transaction: transaction.event(&event(app, &told, now)), after })
}

/// What the payer brought was not this payment's: it waits again, and its trade is free.
async fn reopened(app: &App, payment: &Payment) -> Result<Ending, Problem> {
    let after = payment.reopened();
    let transaction = unclaimed(app, payment, &after, false).await?;
    Ok(Ending { transaction, after })
}

/// `after` in the place of `payment`, which lets its trade go, if it has claimed it.
async fn unclaimed(
    app: &App,
    payment: &Payment,
    after: &Payment,
    refused: bool,
) -> Result<Transaction, Problem> {
    let transaction = Transaction::new().payment(payment, after);
    let Some(trade) = payment.purpose.trade() else { return Ok(transaction) };
    let trade = app.store.trade(trade).await?;
    let write = trade.and_then(|trade| unclaim_payment(&trade, payment.id, refused).ok());
    Ok(transaction.writes_as(TradeWrite::Change, write))
}

/// Ends a payment that nobody confirmed in its time. Whoever left it knows: nobody is told.
pub async fn expire(app: &App, payment: &Payment, now: Instant) -> Result<(), Problem> {
    if !payment.is_overdue(now) {
        return Ok(());
    }
    let transaction = unclaimed(app, payment, &payment.failed(Decline::Expired), false).await?;
    // Its payer came after all, or the trade moved: the next look decides.
    committed(app, transaction).await.map(|_| ())
}

pub fn facts(payment: &Payment) -> PaymentFacts {
    PaymentFacts {
        payment_id: payment.id,
        user_id: payment.user,
        trade_id: payment.purpose.trade(),
        amount: payment.amount,
        provider: payment.provider.as_str().to_owned(),
        is_charge: matches!(payment.purpose, Purpose::Match { .. }),
    }
}

pub fn event<E: Event>(app: &App, told: &E, now: Instant) -> Envelope {
    Envelope::new(app.entropy.uuid(now), now, told)
}

/// What is kept of the secret in a provider's deposit webhooks.
pub fn webhook_seal(app: &App, secret: &str) -> Result<String, Problem> {
    Ok(hex::encode(app.keys.seal("payment-webhook", &[secret.as_bytes()])?))
}

/// A payment in the shape of its answer: 200 when the money arrived, 202 while nobody knows.
pub fn answer(payment: &Payment) -> Result<axum::response::Response, Problem> {
    use axum::response::IntoResponse;
    match (payment.status, payment.decline) {
        (Status::Approving | Status::Ready, _) => {
            let body = axum::Json(PaymentView::new(payment));
            Ok((http::StatusCode::ACCEPTED, body).into_response())
        }
        (Status::Failed | Status::Returning | Status::Returned, decline) => {
            Err(crate::refusal::declined(decline.unwrap_or(Decline::Other)))
        }
        (Status::Cancelled, _) => {
            Err(Problem::new(codes::PAYMENT_CANCELLED, "The payment was given back."))
        }
        _ => Ok(Reply::ok(&PaymentView::new(payment))?.into_response()),
    }
}
