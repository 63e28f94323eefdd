//! An order against the book: read, decide, commit; again, from the reading on, when the book has
//! moved or is being moved. Whoever commits has its turn first (`turn`).

use domain::{
    exchange::{
        End, Execution, Head, Incoming, Instrument, Order, OrderState, Plan, Rejection, Seen, Side,
        Terms, TimeInForce, decide,
    },
    ledger::Split,
};
use kernel::{Instant, Won};
use platform::{
    App, Once, Problem, Reply,
    retry::{self, Policy},
};
use store::{
    CommitError, Committed, Item, Label, Read, StoreError, Transaction,
    exchange::{BookLine, BookRow, OrderWrite, read_head},
    ledger::MoneyWrite,
    payment_method::CardWrite,
};

use crate::{turn, view::OrderView};

/// A failed attempt means that somebody who is not in line changed the book (a cancellation, one
/// that was given up), or that a transaction was still being applied; this many in a row are the
/// bound on one request's work. A slot is about as long as a transaction takes.
const SUBMIT: Policy = Policy::named("submit-order", 32).with_backoff(6, 256);
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
    /// The number that it took, its place in line; `None`: it takes one when it has a plan.
    pub number: Option<u32>,
    /// What was free in its owner's wallet a moment ago, if it was read.
    pub free: Option<Split>,
    /// Whose answer is the order as it is then; `None`: the order's row is the record.
    pub once: Option<&'a Once>,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    Done(Box<Order>),
    /// A request that came before did it.
    Known,
    Rejected(Rejection),
    /// The money for the order is not there.
    Money(Box<Unpaid>),
    /// The card is not there, or too much waits for the owner's cards, with what does.
    Card(CardWrite, Option<Item>),
}

/// An order as it was to be, and what is free in its owner's wallet.
#[derive(Debug)]
pub struct Unpaid {
    pub order: Order,
    pub available: Won,
    /// Something is owed for a penalty: nothing is set aside.
    pub in_debt: bool,
}

/// What a commit that did not happen met.
enum Missed {
    /// The heads to go on with, as far as they are known.
    Moved(Option<(Head, Head)>),
    /// Nobody knows whether it happened.
    Unknown,
    Over(Outcome),
}

/// What is to be committed, and what it was decided on.
#[derive(Clone, Copy)]
struct Planned {
    plan: Plan,
    seen: Seen,
}

/// An order that is being submitted, and what is known on the way.
struct Attempt<'a> {
    submission: Submission<'a>,
    incoming: Incoming,
    instrument: Instrument,
    now: Instant,
    /// Nobody knows the end of one of the commits.
    unsure: bool,
    /// What is free in the owner's wallet, as far as it was read.
    free: Option<Split>,
}

/// Tries until the order has met another one, rests, or is refused. `line`: the heads, and whose
/// turn it is, when they were read just now.
pub async fn submit(
    app: &App,
    submission: Submission<'_>,
    line: Option<BookLine>,
    now: Instant,
) -> Result<Outcome, Problem> {
    let Submission { order, time_in_force, confirmed, number, free, .. } = submission;
    let Order { user, ref terms, .. } = *order;
    let Terms { side, price, .. } = *terms;
    let incoming = Incoming { user, side, price, time_in_force, confirmed, number };
    let instrument = terms.instrument();
    let mut attempt = Attempt { submission, incoming, instrument, now, unsure: false, free };
    let outcome = attempt.run(app, line).await;
    let told = matches!(&outcome, Ok(Outcome::Done(after)) if attempt.is_told(after));
    if let Some(number) = attempt.incoming.number.filter(|_| !told) {
        turn::pass(app, instrument, number).await;
    }
    outcome
}

impl Attempt<'_> {
    /// Whether the heads tell those who wait that this order is done.
    fn is_told(&self, after: &Order) -> bool {
        after.state == OrderState::Matched || Some(after.priority) == self.incoming.number
    }

    async fn run(&mut self, app: &App, line: Option<BookLine>) -> Result<Outcome, Problem> {
        let side = self.incoming.side;
        let mut line = match line {
            Some(line) => line,
            None => app.store.exchange_line(self.instrument, side).await?,
        };
        let mut in_turn = false;
        if let Some(number) = self.incoming.number {
            line = turn::wait(app, self.instrument, side, number, line).await?.unwrap_or(line);
            in_turn = true;
        }
        let mut heads = line.heads;
        let mut attempts = SUBMIT.attempts();
        while attempts.again() {
            let read = match heads.take() {
                Some(heads) => Some(heads),
                None => app.store.exchange_heads(self.instrument, side).await?,
            };
            let Some((own, other)) = read else { return Ok(Outcome::Rejected(Rejection::Closed)) };
            let read = Seen { own, other, best: None };
            let mut planned = match self.plan(app, read).await? {
                Ok(planned) => planned,
                Err(outcome) => return Ok(outcome),
            };
            if !in_turn {
                let number = number(app, self.instrument).await?;
                let Some(number) = number else { return Ok(Outcome::Rejected(Rejection::Closed)) };
                self.incoming.number = Some(number);
                in_turn = true;
                if let Some(line) = turn::wait(app, self.instrument, side, number, line).await? {
                    heads = line.heads;
                    continue;
                }
                // Nobody was ahead: the same plan, with its number.
                let again = decide(&self.incoming, &planned.seen);
                planned.plan = again.map_err(Problem::internal)?;
            }
            match self.commit(app, planned).await? {
                Ok(after) => return Ok(Outcome::Done(Box::new(after))),
                Err(Missed::Over(outcome)) => return Ok(outcome),
                Err(Missed::Unknown) => self.unsure = true,
                Err(Missed::Moved(known)) => {
                    heads = known;
                    #[cfg(test)]
                    app.memory::<Retries>().0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            }
            retry::pause(app, &attempts).await;
        }
        Err(attempts.exhausted().into())
    }

    /// What is to be committed, or what becomes of the order without. `read`: the heads.
    async fn plan(&self, app: &App, read: Seen) -> Result<Result<Planned, Outcome>, Problem> {
        let incoming = &self.incoming;
        let best = match read.other.concerns(incoming) {
            true => best_unexpired(app, self.instrument, incoming.side.other(), self.now).await?,
            false => None,
        };
        let seen = Seen { best: best.map(|row| row.resting), ..read };
        match decide(incoming, &seen) {
            Ok(plan) => Ok(Ok(Planned { plan, seen })),
            // The commit that nobody knows the end of may be what now stands in the way.
            Err(_) if self.unsure && was_applied(app, self.submission).await? => {
                Ok(Err(Outcome::Known))
            }
            Err(rejection) => Ok(Err(Outcome::Rejected(rejection))),
        }
    }

    /// The order with its money, out of what is free now.
    async fn funded(
        &mut self,
        app: &App,
        order: Order,
    ) -> Result<Result<Order, Box<Unpaid>>, Problem> {
        let before = self.submission.before.map(Order::holds).unwrap_or_default();
        // What was read a moment ago may be too little by now, and is looked at again.
        if let Some(funded) = self.free.and_then(|free| order.funded(before, free)) {
            return Ok(Ok(funded));
        }
        let balance = app.store.balance(order.user, Read::Consistent).await?;
        self.free = Some(balance.free);
        let available = balance.available();
        let in_debt = balance.in_debt();
        let funded = order.funded(before, balance.free).filter(|_| !in_debt);
        Ok(funded.ok_or_else(|| Box::new(Unpaid { order, available, in_debt })))
    }

    async fn commit(
        &mut self,
        app: &App,
        Planned { plan, seen }: Planned,
    ) -> Result<Result<Order, Missed>, Problem> {
        let Submission { before, order, once, .. } = self.submission;
        let resting = match &plan {
            Plan::Rest(_) => None,
            Plan::Take(take) => {
                let found = app.store.order(take.resting.order, Read::Consistent).await?;
                // One that was repriced meanwhile is elsewhere.
                match found.filter(|order| order.is_at(take.resting)) {
                    Some(order) => Some(order),
                    None => return Ok(Err(Missed::Moved(None))),
                }
            }
        };
        // What is met at once keeps its number: it may have to come to rest after all.
        let numbered = self.incoming.number.filter(|_| before.is_none() && order.priority == 0);
        let order = Order { priority: numbered.unwrap_or(order.priority), ..order.clone() };
        // One that comes back has no owner at hand who could set more aside.
        let comes_back = before.is_some_and(|before| before.met.is_some());
        let order = match &resting {
            Some(resting) if !comes_back => order.meeting(resting.terms.price),
            _ => order,
        };
        let order = match comes_back {
            true => order,
            false => match self.funded(app, order).await? {
                Ok(order) => order,
                Err(unpaid) => return Ok(Err(Missed::Over(Outcome::Money(unpaid)))),
            },
        };
        let execution =
            Execution::of(&plan, &order, resting, self.now).map_err(Problem::internal)?;
        let execution = match before {
            None => execution,
            Some(before) => execution.returning(before.clone()),
        };
        let transaction = Transaction::new().order(&execution, self.now);
        let transaction = transaction.map_err(Problem::internal)?;
        let transaction = match once {
            None => transaction,
            Some(once) => {
                let reply = Reply::ok(&OrderView::new(&execution.after, self.now))?;
                once.record(transaction, &reply)?
            }
        };
        match app.store.commit_or_meet(transaction).await {
            Ok(Committed::Done) => Ok(Ok(execution.after)),
            // What this was decided on may be half of what another transaction does: the same
            // writes are not sent again, all is read again.
            Ok(Committed::Met) => Ok(Err(Missed::Moved(None))),
            // Nobody knows: looking again tells, for an order that was placed is known.
            Err(CommitError::Store(StoreError::Busy(_))) => Ok(Err(Missed::Unknown)),
            Err(CommitError::Store(error)) => Err(error.into()),
            // Other money was moved meanwhile: whether there is enough is seen again.
            Err(CommitError::Condition {
                label: Label::Money(MoneyWrite::Balance(user)), ..
            }) if user == execution.after.user && !comes_back => {
                self.free = None;
                Ok(Err(Missed::Moved(None)))
            }
            Err(CommitError::Condition { label, item }) => missed(label, item, seen).map(Err),
        }
    }
}

fn missed(label: Label, item: Option<Item>, seen: Seen) -> Result<Missed, Problem> {
    Ok(match label {
        // Another change of this order, or this one.
        Label::Order(OrderWrite::Order | OrderWrite::OldPlace) | Label::Answer => {
            Missed::Over(Outcome::Known)
        }
        // The failed condition brings the head as it stands. That the other one may be older is
        // harmless: the best order is read after both, and every condition is checked again.
        Label::Order(OrderWrite::OwnHead) => {
            Missed::Moved(newer(item)?.map(|own| (own, seen.other)))
        }
        Label::Order(OrderWrite::OtherHead) => {
            Missed::Moved(newer(item)?.map(|other| (seen.own, other)))
        }
        Label::Order(OrderWrite::Book | OrderWrite::Counterpart | OrderWrite::Unseen) => {
            Missed::Moved(None)
        }
        Label::Card(write) => Missed::Over(Outcome::Card(write, item)),
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
