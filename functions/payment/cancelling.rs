//! Giving money back: held first, then asked of the provider, then taken or released.

use domain::{
    ledger::{Account, Between, Movement, MovementError, MovementKind, Split},
    payment::{Cancelling, LOST_AFTER, Payment, Truth},
};
use events::PaymentCancelled;
use gateway::GatewayError;
use kernel::{Instant, codes};
use platform::{App, Once, Problem, Reply};
use store::{
    CommitError, Item, Label, Transaction,
    ledger::{MoneyWrite, read_balance},
};

use crate::{
    ending::{committed, event, facts},
    provider_calls,
    view::PaymentView,
};

/// How a cancellation under way stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancellationProgress {
    TookEffect(Payment),
    /// The provider refused; the money is the payer's again.
    Refused(Payment),
    /// Nobody knows yet.
    Open(Payment),
}

/// Under which name the money is held.
fn subject(payment: &Payment, cancelling: &Cancelling) -> String {
    format!("payment-cancel#{}#{}", payment.id, cancelling.number)
}

/// What goes back to where it was topped up from is spend-only.
const fn money_of(cancelling: &Cancelling) -> Split {
    Split::spend_only(cancelling.amount)
}

/// Holds the money and notes the cancellation. The provider may be asked afterwards.
pub async fn begin(
    app: &App,
    before: &Payment,
    after: &Payment,
    cancelling: &Cancelling,
    now: Instant,
) -> Result<bool, Problem> {
    // A lock that comes after this look brings what it locks with it.
    let locked = app.store.locked(before.user, now).await?;
    let transaction = Transaction::new().payment(before, after);
    let transaction = transaction
        .hold_beside(&subject(before, cancelling), before.user, money_of(cancelling), locked, now)
        .map_err(Problem::internal)?;
    match app.store.commit(transaction).await {
        Ok(()) => Ok(true),
        Err(CommitError::Condition { label: Label::Money(MoneyWrite::Balance(_)), item }) => {
            Err(too_little(item.as_ref()))
        }
        Err(CommitError::Condition { .. }) => Ok(false),
        Err(CommitError::Store(error)) => Err(error.into()),
    }
}

fn too_little(wallet: Option<&Item>) -> Problem {
    match wallet.map(read_balance).transpose() {
        Ok(Some(balance)) if balance.in_debt() => Problem::penalty_due(),
        Ok(_) => Problem::new(codes::INSUFFICIENT_BALANCE, "The money is no longer in the wallet."),
        Err(corrupt) => corrupt.into(),
    }
}

/// Takes over a cancellation whose request is gone. `false`: somebody else did.
pub async fn resume(app: &App, before: &Payment, after: &Payment) -> Result<bool, Problem> {
    committed(app, Transaction::new().payment(before, after)).await
}

/// Asks the provider for a cancellation that may have been asked for before, which `told`, what the
/// provider said of the payment since, shows.
pub async fn ask_again(
    app: &App,
    payment: Payment,
    told: Result<Truth, GatewayError>,
    once: Option<&Once>,
    now: Instant,
) -> Result<CancellationProgress, Problem> {
    match shown(&payment, &told)? {
        Effect::Took => end(app, payment, CancelEnd::took(&told), once, now).await,
        Effect::None => ask(app, payment, once, now).await,
        Effect::Unknown => Ok(CancellationProgress::Open(payment)),
    }
}

/// Asks the provider for the cancellation under way and ends it by what came of it.
pub async fn ask(
    app: &App,
    payment: Payment,
    once: Option<&Once>,
    now: Instant,
) -> Result<CancellationProgress, Problem> {
    let provider = provider_calls::provider(app, &payment);
    let Some(cancellation) = provider_calls::cancellation(&payment) else {
        return Ok(CancellationProgress::Open(payment));
    };
    let told = provider.cancel(cancellation).await;
    let refused = match &told {
        Ok(truth) if payment.cancel_took_effect(truth) == Some(true) => {
            return end(app, payment, CancelEnd::took(&told), once, now).await;
        }
        Ok(_) | Err(GatewayError::AlreadyDone | GatewayError::Unknown(_)) => false,
        Err(
            GatewayError::Declined(_) | GatewayError::NotFound | GatewayError::Misconfigured(_),
        ) => true,
    };
    // Whatever the call said, what stands there decides.
    let told = provider_calls::read(app, &payment).await;
    match shown(&payment, &told)? {
        Effect::Took => end(app, payment, CancelEnd::took(&told), once, now).await,
        Effect::None if refused || is_lost(&payment, now) => {
            end(app, payment, CancelEnd::Refused, once, now).await
        }
        Effect::None | Effect::Unknown => Ok(CancellationProgress::Open(payment)),
    }
}

/// What the provider shows of the cancellation under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Took,
    None,
    Unknown,
}

fn shown(payment: &Payment, told: &Result<Truth, GatewayError>) -> Result<Effect, Problem> {
    match told {
        Ok(truth) => match payment.cancel_took_effect(truth) {
            Some(true) => Ok(Effect::Took),
            Some(false) => Ok(Effect::None),
            None => Err(contradiction(payment)),
        },
        // What the provider does not know it gave nothing back of.
        Err(GatewayError::NotFound) => Ok(Effect::None),
        Err(_) => Ok(Effect::Unknown),
    }
}

fn contradiction(payment: &Payment) -> Problem {
    Problem::internal(format!("payment {} was cancelled otherwise at its provider", payment.id))
}

/// A cancellation that still has no effect after so long never will.
fn is_lost(payment: &Payment, now: Instant) -> bool {
    let begun = payment.cancelling.as_ref().map(|cancelling| cancelling.first_at);
    begun.is_some_and(|begun| now.since(begun) >= LOST_AFTER)
}

/// How a cancellation ends.
#[derive(Clone, Copy, Debug)]
pub enum CancelEnd<'a> {
    /// It took effect; what the provider said then is kept.
    Took {
        answer: &'a str,
    },
    Refused,
}

impl<'a> CancelEnd<'a> {
    /// It took effect, as `told` shows.
    pub fn took(told: &'a Result<Truth, GatewayError>) -> Self {
        Self::Took { answer: told.as_ref().map_or("", |truth| &truth.answer) }
    }
}

/// Ends the cancellation under way: the held money goes, or comes back.
pub async fn end(
    app: &App,
    payment: Payment,
    how: CancelEnd<'_>,
    once: Option<&Once>,
    now: Instant,
) -> Result<CancellationProgress, Problem> {
    let took_effect = matches!(how, CancelEnd::Took { .. });
    let after = payment.end_cancel(took_effect);
    let standing = |payment| {
        if took_effect {
            CancellationProgress::TookEffect(payment)
        } else {
            CancellationProgress::Refused(payment)
        }
    };
    let Some(cancelling) = payment.cancelling.clone() else { return Ok(standing(payment)) };
    let transaction = Transaction::new().payment(&payment, &after);
    let mut transaction =
        money(transaction, &payment, &cancelling, took_effect, now).map_err(Problem::internal)?;
    if let CancelEnd::Took { answer } = how {
        transaction = transaction.payment_answer(payment.id, answer, now);
        let amount = cancelling.amount;
        let told = PaymentCancelled {
            payment: facts(&payment),
            amount,
            total: after.cancelled,
            in_wallet: false,
        };
        transaction = transaction.event(&event(app, &told, now));
    }
    let overtaken = match once.filter(|_| took_effect) {
        Some(once) => {
            let reply = Reply::ok(&PaymentView::new(&after))?;
            let mut overtaken = false;
            let answer = once.commit(app, transaction, reply, |_, _| {
                overtaken = true;
                Problem::try_again("somebody else ended it")
            });
            let answer = answer.await;
            if !overtaken {
                answer?;
            }
            overtaken
        }
        None => !committed(app, transaction).await?,
    };
    if !overtaken {
        return Ok(standing(after));
    }
    // Somebody else ended it, and by the same truth.
    let there = app.store.payment(payment.id).await?;
    let there = there.ok_or_else(|| Problem::internal("a payment vanished"))?;
    let open = there.cancelling.as_ref().is_some_and(|c| c.number == cancelling.number);
    Ok(match there.cancelled > payment.cancelled {
        _ if open => CancellationProgress::Open(there),
        true => CancellationProgress::TookEffect(there),
        false => CancellationProgress::Refused(there),
    })
}

fn money(
    transaction: Transaction,
    payment: &Payment,
    cancelling: &Cancelling,
    took_effect: bool,
    now: Instant,
) -> Result<Transaction, MovementError> {
    let subject = subject(payment, cancelling);
    if !took_effect {
        return transaction.release(&subject, payment.user, money_of(cancelling), now);
    }
    let accounts = Between { from: Account::Held(payment.user), to: Account::Provider };
    let kind = MovementKind::PaymentCancelled;
    let movement = Movement::transfer(subject.clone(), kind, cancelling.amount, accounts)?;
    Ok(transaction.capture(&subject, &movement, now))
}
