//! I10: what wallets hold is what somebody is promised.

use std::collections::BTreeMap;

use domain::{
    exchange::{OrderState, Side},
    payment::Purpose,
    trade::{Funding, State, Trade},
};
use kernel::{TradeId, UserId};
use store::{ItemReader, Table, exchange::read_order, keys, ledger::read_balance};
use testkit::Rows;

use crate::read_rows::{payments, trades, withdrawals};

/// I10: what is held is what open bids, uncaptured matches, withdrawals and cancellations say.
pub fn holds(rows: &Rows) -> Vec<String> {
    let mut due: BTreeMap<UserId, i64> = BTreeMap::new();
    for item in rows.under(Table::Exchange, store::keys::ORDER_PREFIX) {
        let order = read_order(&item).unwrap();
        if order.state == OrderState::Open {
            *due.entry(order.user).or_default() += order.held().get();
        }
    }
    for trade in trades(rows).iter().filter(|trade| trade.state == State::AwaitingPayment) {
        let held = match trade.matched().map(|matched| matched.funding) {
            Some(Funding::Wallet { held }) => held.total().get(),
            Some(Funding::Card { bid: Some(bid), .. }) => bid.deposit.total().get(),
            _ => 0,
        };
        *due.entry(trade.agreement.buyer).or_default() += held;
    }
    for (seller, deposit) in deposits(rows) {
        *due.entry(seller).or_default() += deposit;
    }
    for item in withdrawals(rows) {
        let row = ItemReader(item);
        if matches!(row.text("state").unwrap(), "requested" | "sending") {
            *due.entry(row.id("user").unwrap()).or_default() += row.won("amount").unwrap().get();
        }
    }
    for payment in payments(rows) {
        // Money that nothing here takes goes back without having been held, and what a trade gives
        // back is in its escrow.
        let top_up = payment.is_paid() && payment.purpose == Purpose::TopUp;
        let held = payment.cancelling.as_ref().filter(|_| top_up);
        let amount = held.map_or(0, |it| it.amount.get());
        *due.entry(payment.user).or_default() += amount;
    }
    let mut found = Vec::new();
    for item in rows.under(Table::Wallet, store::keys::WALLET_PREFIX) {
        let user = item["pk"].as_s().unwrap().strip_prefix("wallet#").unwrap().parse().unwrap();
        if item["sk"].as_s().unwrap() != "-" {
            continue;
        }
        // One that cannot be read has been told of.
        let Ok(balance) = read_balance(&item) else { continue };
        let held = balance.held;
        let due = due.remove(&user).unwrap_or(0);
        if due != held.get() {
            found.push(format!("I10: {user} has {} won held, {due} are due", held.get()));
        }
    }
    let rest = due.into_iter().filter(|(_, due)| *due != 0);
    found.extend(rest.map(|(user, due)| format!("I10: {user} has no hold, {due} are due")));
    found
}

/// The deposits of matched asks: theirs until the goods passed or the trade was cancelled, and
/// then until the ask has returned.
fn deposits(rows: &Rows) -> Vec<(UserId, i64)> {
    let held = |trade: &Trade| match (trade.state, &trade.cancellation) {
        (State::Completed, _) => false,
        _ if trade.history.iter().any(|line| line.state == State::Forwarding) => false,
        (State::Cancelled, Some(cancellation)) => cancellation.reason.returns_ask(),
        _ => true,
    };
    let trades: BTreeMap<TradeId, Trade> =
        trades(rows).into_iter().map(|trade| (trade.id, trade)).collect();
    let orders = rows.under(Table::Exchange, keys::ORDER_PREFIX);
    let orders = orders.iter().map(|item| read_order(item).unwrap());
    let asks = orders.filter(|order| order.terms.side == Side::Sell);
    let deposits = asks.filter_map(|order| {
        let trade = trades.get(&order.met?.trade)?;
        held(trade).then_some((order.user, order.terms.deposit.get()))
    });
    deposits.collect()
}
