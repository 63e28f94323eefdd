//! An order against the book: read, decide, commit; again when the book has moved.

use domain::exchange::{
    End, Execution, Head, Incoming, Instrument, Order, OrderState, Plan, Rejection, Seen, Side,
    TimeInForce, decide,
};
use kernel::Instant;
use platform::{
    App, Problem,
    retry::{self, Policy},
};
use store::{
    CommitError, Item, Label, Read, StoreError, Transaction,
    exchange::{BookRow, OrderWrite, read_head},
    ledger::MoneyWrite,
};

/// Every failed attempt means that another order changed the book; this many in a row are the bound
/// on one request's work. A slot is about as long as a transaction takes.
const SUBMIT: Policy = Policy::named("submit-order", 24).with_backoff(8, 1_024);
/// Every order past its time is one attempt: so many does one request clear away before it asks its
/// client to come again.
const CLEAR: Policy = Policy::named("clear-expired-orders", 20);

/// How many attempts were lost in this container.
#[cfg(test)]
#[derive(Debug, Default)]
pub struct Retries(pub std::sync::atomic::AtomicU64);

/// An order on its way to the book.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// As it stands, when it comes back.
    pub before: Option<&'a Order>,
    pub order: &'a Order,
    pub time_in_force: TimeInForce,
    /// Whether it may meet another one: an order that comes back may, and a confirmed one.
    pub confirmed: bool,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    Done(Box<Order>),
    /// A request that came before did it.
    Known,
    Rejected(Rejection),
    /// The money is not there, with what is.
    Money(MoneyWrite, Option<Item>),
}

/// What a commit that did not happen met.
enum Missed {
    /// The heads to go on with, as far as they are known.
    Moved(Option<(Head, Head)>),
    /// Nobody knows whether it happened.
    Unknown,
    Over(Outcome),
}

/// Tries until the order has met another one, rests, or is refused. `heads`: its own side's and
/// the other one's, when they were read just now.
pub async fn submit(
    app: &App,
    submission: Submission<'_>,
    heads: Option<(Head, Head)>,
    now: Instant,
) -> Result<Outcome, Problem> {
    let order = submission.order;
    let instrument = order.terms.instrument();
    let side = order.terms.side;
    let user = order.user;
    let price = order.terms.price;
    let time_in_force = submission.time_in_force;
    let confirmed = submission.confirmed;
    let incoming = Incoming { user, side, price, time_in_force, confirmed };
    let mut heads = heads;
    let mut unsure = false;
    let mut attempts = SUBMIT.attempts();
    while attempts.again() {
        let read = match heads.take() {
            Some(heads) => Some(heads),
            None => app.store.exchange_heads(instrument, side).await?,
        };
        let Some((own, other)) = read else { return Ok(Outcome::Rejected(Rejection::Closed)) };
        let best = match other.concerns(&incoming) {
            true => best_unexpired(app, instrument, side.other(), now).await?,
            false => None,
        };
        let seen = Seen { own, other, best: best.map(|row| row.resting) };
        let plan = match decide(&incoming, &seen) {
            Ok(plan) => plan,
            // The commit that nobody knows the end of may be what now stands in the way.
            Err(_) if unsure && was_applied(app, submission).await? => return Ok(Outcome::Known),
            Err(rejection) => return Ok(Outcome::Rejected(rejection)),
        };
        match commit(app, submission, &plan, seen, now).await? {
            Ok(after) => return Ok(Outcome::Done(Box::new(after))),
            Err(Missed::Over(outcome)) => return Ok(outcome),
            Err(Missed::Unknown) => {
                unsure = true;
                retry::pause(app, &attempts).await;
            }
            Err(Missed::Moved(known)) => {
                heads = known;
                #[cfg(test)]
                app.memory::<Retries>().0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                retry::pause(app, &attempts).await;
            }
        }
    }
    Err(attempts.exhausted().into())
}

async fn commit(
    app: &App,
    submission: Submission<'_>,
    plan: &Plan,
    seen: Seen,
    now: Instant,
) -> Result<Result<Order, Missed>, Problem> {
    let resting = match plan {
        Plan::Rest(_) => None,
        Plan::Take(take) => {
            let found = app.store.order(take.resting.order, Read::Consistent).await?;
            match found.filter(|order| order.state == OrderState::Open) {
                Some(order) => Some(order),
                None => return Ok(Err(Missed::Moved(None))),
            }
        }
    };
    let execution =
        Execution::of(plan, submission.order, resting, now).map_err(Problem::internal)?;
    let execution = match submission.before {
        None => execution,
        Some(before) => execution.returning(before.clone()),
    };
    let transaction = Transaction::new().order(&execution, now).map_err(Problem::internal)?;
    match app.store.commit(transaction).await {
        Ok(()) => Ok(Ok(execution.after)),
        // Met other transactions too often, or nobody knows: looking again tells, for an order that
        // was placed is known.
        Err(CommitError::Store(StoreError::Busy(_))) => Ok(Err(Missed::Unknown)),
        Err(CommitError::Store(error)) => Err(error.into()),
        Err(CommitError::Condition { label, item }) => missed(label, item, seen).map(Err),
    }
}

fn missed(label: Label, item: Option<Item>, seen: Seen) -> Result<Missed, Problem> {
    Ok(match label {
        Label::Order(OrderWrite::Order) => Missed::Over(Outcome::Known),
        // The failed condition brings the head as it stands. That the other one may be older is
        // harmless: the best order is read after both, and every condition is checked again.
        Label::Order(OrderWrite::OwnHead) => {
            Missed::Moved(newer(item)?.map(|own| (own, seen.other)))
        }
        Label::Order(OrderWrite::OtherHead) => {
            Missed::Moved(newer(item)?.map(|other| (seen.own, other)))
        }
        Label::Order(OrderWrite::Book | OrderWrite::Counterpart | OrderWrite::LastToRest) => {
            Missed::Moved(None)
        }
        Label::Money(write) => Missed::Over(Outcome::Money(write, item)),
        // The trade, or its event: of a pair that met before.
        _ => return Err(Problem::internal("two orders met twice")),
    })
}

/// A number for an order that comes; `None`: this is not traded.
pub async fn number(app: &App, instrument: Instrument) -> Result<Option<u32>, Problem> {
    match app.store.exchange_number(instrument).await {
        Ok(number) => Ok(Some(number)),
        Err(CommitError::Condition { .. }) => Ok(None),
        Err(CommitError::Store(error)) => Err(error.into()),
    }
}

/// Whether the order is not as it was before the first attempt: an attempt went through.
async fn was_applied(app: &App, submission: Submission<'_>) -> Result<bool, Problem> {
    let there = app.store.order(submission.order.id, Read::Consistent).await?;
    Ok(there.as_ref() != submission.before)
}

fn newer(item: Option<Item>) -> Result<Option<Head>, Problem> {
    Ok(item.as_ref().map(read_head).transpose()?)
}

/// The order of a side that is served first. Orders past their time are ended on the way, so that
/// nobody whose clock is behind meets them afterwards.
async fn best_unexpired(
    app: &App,
    instrument: Instrument,
    side: Side,
    now: Instant,
) -> Result<Option<BookRow>, Problem> {
    let mut attempts = CLEAR.attempts();
    while attempts.again() {
        match app.store.book_best(instrument, side).await? {
            Some(row) if now >= row.expires_at => expire(app, &row, now).await?,
            best => return Ok(best),
        }
    }
    Err(attempts.exhausted().into())
}

async fn expire(app: &App, row: &BookRow, now: Instant) -> Result<(), Problem> {
    let order = app.store.order(row.resting.order, Read::Consistent).await?;
    let order = order.ok_or_else(|| Problem::internal("a resting order without its row"))?;
    // Whoever else ends it, it is ended.
    if let Ok(after) = order.end(End::Expired, now) {
        app.store.order_commit_end(&order, &after, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
