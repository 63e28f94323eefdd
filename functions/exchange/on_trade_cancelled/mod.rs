//! `TradeCancelled` — the seller's order returns after a declined card; the next ask is bought for
//! a buyer who asked for it when the goods failed inspection; a trade that was paid and never
//! inspected is taken off its option's history; who owes for the penalty has no open orders left.

use domain::{
    exchange::{
        Instrument, Order, OrderFunding, OrderState, Price, Side, Terms, TimeInForce,
        card_bid_deposit, views::RecentTrade,
    },
    trade::{Reason, Trade},
};
use events::{AskReturned, Event, OrderExpired, TradeCancelled, TradeMatched};
use kernel::{Instant, Span, UserId, Won};
use platform::{App, Failure, Function, Grant, Problem, Queue, queue::Message};
use store::{
    CommitError, Read, Table, Transaction, Write,
    exchange::{OrderWrite, order_of_request, unmet},
};

use crate::{
    placing::bids_by_card,
    submission::{Outcome, Submission, submit},
    taking_back::TakingBack,
};

pub const FUNCTION: Function = Function::queue(
    "exchange",
    "on_trade_cancelled",
    "Returns the ask of a declined buyer, buys again for a disappointed one, ends debtors' orders",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeCancelled::KIND]),
)
.grants(&[
    Grant::table(Table::Exchange).batch_get().get().query().put().update().delete().check(),
    Grant::table(Table::Wallet).get().put().update(),
    Grant::table(Table::Auction).get(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[TradeMatched::KIND, OrderExpired::KIND, AskReturned::KIND])
.timeout_s(30);

/// What the order that buys again is named after, in the place of a request.
const AGAIN: &str = "exchange-buy-again";
/// A debtor's open orders, read at once.
const ORDERS_PAGE: u32 = 50;

/// So long after the goods failed nobody waits any more to have others bought.
const AGAIN_WITHIN: Span = Span::hours(1);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, event) = message.event::<TradeCancelled>()?;
    let id = event.trade.trade_id;
    let owed = event.taken < event.penalty;
    if !owed && event.trade.exchange.is_none() {
        return Ok(());
    }
    let trade = app.store.trade(id).await?;
    let trade = trade.ok_or_else(|| Failure::new(format!("no trade {id}")))?;
    follow(&app, &trade, owed, message.now).await
}

/// Everything that a cancelled trade brings here. `owed`: for its penalty something may be.
/// Repeats safely.
pub async fn follow(app: &App, trade: &Trade, owed: bool, now: Instant) -> Result<(), Failure> {
    let failure = |problem: Problem| Failure::new(problem.cause.unwrap_or(problem.detail));
    let Trade { id, state, .. } = trade;
    // The event may be seen before the trade that it tells of: half a transaction. What the trade
    // was until then, an uninspected one perhaps, decides nothing.
    let Some(cancellation) = &trade.cancellation else {
        return Err(Failure::new(format!("trade {id} is {}", state.as_str())));
    };
    if owed {
        take_back(app, trade.agreement.seller, now).await.map_err(failure)?;
    }
    if trade.matched().is_none() {
        return Ok(());
    }
    take_off(app, trade).await?;
    let waited_for = now < cancellation.at + AGAIN_WITHIN;
    let done = match cancellation.reason {
        reason if reason.returns_ask() => Box::pin(restore(app, trade, now)).await,
        Reason::Mismatch | Reason::Counterfeit if waited_for => {
            Box::pin(again(app, trade, now)).await
        }
        _ => Ok(()),
    };
    done.map_err(failure)
}

/// Who owes for a penalty neither buys nor sells: the debtor's open orders end, and what they hold
/// is there to be collected (`rules.md`, "Trade").
async fn take_back(app: &App, debtor: UserId, now: Instant) -> Result<(), Problem> {
    if !app.store.balance(debtor, Read::Consistent).await?.in_debt() {
        return Ok(());
    }
    let taking = TakingBack { app, by: None, now };
    let mut after = None;
    loop {
        let page = app.store.orders_of(debtor, OrderState::Open, ORDERS_PAGE, after).await?;
        for order in &page.items {
            taking.end(order.id).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// What was paid and never inspected is no price that anybody got: it leaves the history.
async fn take_off(app: &App, trade: &Trade) -> Result<(), Failure> {
    let (Some(paid), None, Some(matched)) = (trade.paid, &trade.inspection, trade.matched()) else {
        return Ok(());
    };
    let instrument = Instrument { item: matched.item, option: matched.option };
    let recent = RecentTrade { at: paid.at, trade: trade.id, price: trade.agreement.price };
    Ok(app.store.recent_trade_off(instrument, &recent).await?)
}

/// The seller is not to blame: the order returns to its old place, as long as it has time left and
/// a book to return to.
async fn restore(app: &App, trade: &Trade, now: Instant) -> Result<(), Problem> {
    let Some(matched) = trade.matched() else { return Ok(()) };
    let Some(before) = app.store.order(matched.sell, Read::Consistent).await? else {
        return Err(Problem::internal(format!("no order {}", matched.sell)));
    };
    if before.met.map(|met| met.trade) != Some(trade.id) {
        return Ok(()); // it has returned already
    }
    let order = before.restored(now);
    if order.state != OrderState::Open {
        return dismiss(app, &before, &order, now).await;
    }
    let submission = Submission {
        before: Some(&before),
        order: &order,
        time_in_force: TimeInForce::GoodTil(order.terms.expires_at),
        confirmed: true,
        number: None,
        free: None,
        once: None,
    };
    match submit(app, submission, None, now).await? {
        Outcome::Done(_) | Outcome::Known => Ok(()),
        // Its owner has crossed it since, or nothing is traded there any more.
        Outcome::Rejected(_) => dismiss(app, &before, &before.dismissed(now), now).await,
        Outcome::Money(unpaid) => Err(Problem::internal(format!("a seller met {unpaid:?}"))),
        Outcome::Card(write, _) => Err(Problem::internal(format!("a seller met {write:?}"))),
    }
}

async fn dismiss(app: &App, before: &Order, after: &Order, now: Instant) -> Result<(), Problem> {
    let dismissal = Transaction::new().order_dismissal(before, after, now);
    once(app, dismissal.map_err(Problem::internal)?).await
}

async fn write(app: &App, write: Write) -> Result<(), Problem> {
    once(app, Transaction::new().write_as(OrderWrite::Order, write)).await
}

async fn once(app: &App, transaction: Transaction) -> Result<(), Problem> {
    match app.store.commit(transaction).await {
        // The same by somebody else.
        Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
        Err(CommitError::Store(error)) => Err(error.into()),
    }
}

/// The next ask at no more than the same price, out of the wallet that the money came back to, or
/// by the card that it goes back to. Without one, or when the buyer has spent it, or bids by card
/// no more, the refund is the end of it.
async fn again(app: &App, trade: &Trade, now: Instant) -> Result<(), Problem> {
    let Some(matched) = trade.matched().filter(|matched| matched.rebuy_if_failed) else {
        return Ok(());
    };
    let Some(first) = app.store.order(matched.buy, Read::Consistent).await? else {
        return Err(Problem::internal(format!("no order {}", matched.buy)));
    };
    let id = order_of_request(first.user, AGAIN, &trade.id.to_string());
    if app.store.order(id, Read::Consistent).await?.is_some() {
        return Ok(());
    }
    let price = Price::new(trade.agreement.price).map_err(Problem::internal)?;
    let funding = first.terms.funding;
    let side = Side::Buy;
    let expires_at = now;
    let deposit = match funding {
        OrderFunding::Card(_) => card_bid_deposit(price),
        OrderFunding::Wallet | OrderFunding::Seller => Won::ZERO,
    };
    let terms = Terms { price, funding, deposit, side, expires_at, ..first.terms.clone() };
    let state = OrderState::Open;
    let fingerprint = String::new();
    let earned = Won::ZERO;
    // It never rests: it needs no place in time.
    let priority = 0;
    let met = None;
    let at_once = None;
    let placed_as = None;
    let ended_at = None;
    let placed_at = now;
    let order = Order {
        id,
        terms,
        placed_at,
        state,
        priority,
        met,
        at_once,
        placed_as,
        ended_at,
        earned,
        fingerprint,
        ..first
    };
    if matches!(funding, OrderFunding::Card(_)) && !bids_by_card(app, order.user, now).await? {
        return write(app, unmet(&order.dismissed(now))).await;
    }
    let submission = Submission {
        before: None,
        order: &order,
        time_in_force: TimeInForce::ImmediateOrCancel,
        confirmed: true,
        number: None,
        free: None,
        once: None,
    };
    match submit(app, submission, None, now).await? {
        Outcome::Done(_) | Outcome::Known => Ok(()),
        // Written down, so that a message that comes again does not buy what came later.
        Outcome::Rejected(_) | Outcome::Money(_) | Outcome::Card(..) => {
            write(app, unmet(&order.dismissed(now))).await
        }
    }
}

#[cfg(test)]
mod tests;
