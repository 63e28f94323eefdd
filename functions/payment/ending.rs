//! How a confirmation ends, whoever learns of it: one transaction for the payment, its money, its
//! trade and its event.

use domain::{
    ledger::{Account, Movement, MovementError, MovementKind},
    payment::{Decline, Payment, Status, Truth, Verdict},
};
use events::{Envelope, Event, PaymentDone, PaymentFacts, PaymentFailed, PaymentLanding};
use kernel::{Instant, codes};
use platform::{App, Once, Problem, Reply};
use store::{
    CommitError, Transaction,
    ledger::{Guard, Guards},
    payment::change,
    trade::unclaim_payment,
};

use crate::view::PaymentView;

/// How often an ending that met another change is made anew.
const ATTEMPTS_MAX: usize = 8;

/// What is to be committed, and what the payment is then.
struct Ending {
    transaction: Transaction,
    after: Payment,
    money: Option<Guards>,
}

/// Ends a claimed payment by `verdict`, once. Answers the payment as it stands afterwards: ended by
/// this call or by another one before it, or still open when there is no verdict yet.
pub async fn conclude(
    app: &App,
    payment: Payment,
    (verdict, truth): (Verdict, Option<&Truth>),
    once: Option<&Once>,
    now: Instant,
) -> Result<Payment, Problem> {
    let mut payment = payment;
    for _ in 0..ATTEMPTS_MAX {
        let ending = match (&verdict, truth) {
            (Verdict::Paid, Some(truth)) => paid(app, &payment, truth, now).await?,
            (Verdict::Failed(decline), _) => failed(app, &payment, *decline, now).await?,
            (Verdict::Contradiction, _) => {
                let what = format!("payment {} is for another amount at its provider", payment.id);
                return Err(Problem::internal(what));
            }
            (Verdict::Wait | Verdict::Paid, _) => return Ok(payment),
        };
        let Ending { transaction, after, money } = ending;
        let Some(obstacle) = commit(app, transaction, &after, once).await? else {
            return Ok(after);
        };
        if let Some(Guard::Balance(_)) = money.and_then(|money| money.at(obstacle)) {
            let what = format!("payment {} would overfill its wallet", payment.id);
            return Err(Problem::internal(what));
        }
        let Some(now_there) = app.store.payment(payment.id).await? else {
            return Err(Problem::internal("a payment vanished"));
        };
        if now_there.status != Status::Approving {
            return Ok(now_there);
        }
        payment = now_there;
    }
    Err(Problem::try_again("the payment moved at every attempt"))
}

/// Commits, with the request's answer when there is a request and the money arrived. Answers which
/// write stood in the way, if one did.
async fn commit(
    app: &App,
    transaction: Transaction,
    after: &Payment,
    once: Option<&Once>,
) -> Result<Option<usize>, Problem> {
    let Some(once) = once.filter(|_| after.is_paid()) else {
        return match app.store.commit(transaction).await {
            Ok(()) => Ok(None),
            Err(CommitError::Condition { index, .. }) => Ok(Some(index)),
            Err(CommitError::Store(error)) => Err(error.into()),
        };
    };
    let reply = Reply::ok(&PaymentView::new(after))?;
    let mut obstacle = None;
    let outcome = once.commit(app, transaction, reply, |index, _| {
        obstacle = Some(index);
        Problem::try_again("the payment moved")
    });
    let outcome = outcome.await;
    if obstacle.is_some() {
        return Ok(obstacle);
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
    let seal = truth.secret.as_deref().map(|secret| webhook_seal(app, secret));
    let after = payment.done(truth, seal, now);
    let transaction = Transaction::new().write(change(payment, &after));
    if let Some(trade) = payment.purpose.trade() {
        let trade = app.store.trade(trade).await?;
        let accepted =
            trade.and_then(|trade| transaction.clone().trade_accept(&trade, payment.id, now).ok());
        if let Some((transaction, _)) = accepted {
            let told = PaymentDone { payment: facts(payment), landed: PaymentLanding::Trade };
            let transaction = transaction.event(&event(app, &told, now));
            return Ok(Ending { transaction, after, money: None });
        }
    }
    let movement = top_up(payment).map_err(Problem::internal)?;
    let (transaction, money) = transaction.movement(&movement, now);
    let told = PaymentDone { payment: facts(payment), landed: PaymentLanding::Wallet };
    let transaction = transaction.event(&event(app, &told, now));
    Ok(Ending { transaction, after, money: Some(money) })
}

/// From what the provider owes us into the payer's wallet.
fn top_up(payment: &Payment) -> Result<Movement, MovementError> {
    let accounts = (Account::Provider, Account::Available(payment.user));
    let reason = format!("top-up#{}", payment.id);
    Movement::transfer(reason, MovementKind::TopUp, payment.amount, accounts)
}

/// The money will not arrive: the trade may be paid otherwise.
async fn failed(
    app: &App,
    payment: &Payment,
    decline: Decline,
    now: Instant,
) -> Result<Ending, Problem> {
    let after = payment.failed(decline);
    let mut transaction = Transaction::new().write(change(payment, &after));
    if let Some(trade) = payment.purpose.trade() {
        let trade = app.store.trade(trade).await?;
        let unclaimed = trade.and_then(|trade| unclaim_payment(&trade, payment.id).ok());
        transaction = transaction.writes(unclaimed);
    }
    let told = PaymentFailed { payment: facts(payment), reason: decline.as_str().to_owned() };
    let transaction = transaction.event(&event(app, &told, now));
    Ok(Ending { transaction, after, money: None })
}

pub fn facts(payment: &Payment) -> PaymentFacts {
    PaymentFacts {
        payment_id: payment.id,
        user_id: payment.user,
        trade_id: payment.purpose.trade(),
        amount: payment.amount,
        provider: payment.provider.as_str().to_owned(),
    }
}

pub fn event<E: Event>(app: &App, told: &E, now: Instant) -> Envelope {
    Envelope::new(app.entropy.uuid(now), now, told)
}

/// What is kept of the secret in a provider's deposit webhooks.
pub fn webhook_seal(app: &App, secret: &str) -> String {
    hex::encode(app.keys.seal("payment-webhook", &[secret.as_bytes()]))
}

/// A payment in the shape of its answer: 200 when the money arrived, 202 while nobody knows.
pub fn answer(payment: &Payment) -> Result<axum::response::Response, Problem> {
    use axum::response::IntoResponse;
    match (payment.status, payment.decline) {
        (Status::Approving | Status::Ready, _) => {
            let body = axum::Json(PaymentView::new(payment));
            Ok((http::StatusCode::ACCEPTED, body).into_response())
        }
        (Status::Failed, decline) => {
            Err(crate::refusal::declined(decline.unwrap_or(Decline::Other)))
        }
        (Status::Cancelled, _) => {
            Err(Problem::new(codes::PAYMENT_CANCELLED, "The payment was given back."))
        }
        _ => Ok(Reply::ok(&PaymentView::new(payment))?.into_response()),
    }
}
