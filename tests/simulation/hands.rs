//! I19: nobody, and no group of accounts in one hand, ends with more than it brought in, earned by
//! goods delivered, or was paid for an injury by somebody who really paid it.
//!
//! Every person is a hand of one; whoever plots together is a hand of several. What a hand brought,
//! gave, was paid for injuries and ended with is read from the committed rows and from what the
//! providers and the bank did, never from what anybody says.
//!
//! Goods count at the price that the rules give ([`crate::rulebook`]): the agreed one, but for a
//! second chance, whose price is what the ledger gives without everybody asked before, and for a
//! price that was typed wrong, which counts as it was meant.
//!
//! Nor does anybody injure for nothing: a card that is refused after the match pays the bid's
//! deposit to the owner of the ask, by the rules' second implementation.
//!
//! Outside, and said so: penalties are still advanced by the platform. What a member owes counts as
//! if it had to be paid, and a penalty that an outsider owes as if it had been.

use std::collections::BTreeMap;

use domain::{
    ledger::{Account, JournalEntry},
    trade::{Reason, State, Trade},
};
use kernel::{OrderId, TradeId, UserId};
use oracle::card_bid_deposit;
use store::{
    ItemReader, Table,
    exchange::read_order,
    keys,
    ledger::{read_balance, read_entry},
};
use testkit::Rows;

use crate::{
    people::PURSE,
    person::Hand,
    read_rows::{payments, taken, trades, withdrawals},
    rulebook,
    world::World,
};

/// What a hand did and has, in won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BalanceSheet {
    /// Put in: purses, and what providers took.
    pub brought: i64,
    /// Goods sold to others, at their worth.
    pub delivered: i64,
    /// Paid by others for injuries.
    pub compensated: i64,
    /// What it ends with: wallets and escrow. What it owes it still has.
    pub wallets: i64,
    /// What banks and providers gave out.
    pub paid_out: i64,
    /// Goods bought from others, at their worth.
    pub goods: i64,
}

impl BalanceSheet {
    /// What nobody paid for; 0 or less for every hand.
    #[must_use]
    pub const fn gain(&self) -> i64 {
        let end = self.wallets + self.paid_out + self.goods;
        end - self.brought - self.delivered - self.compensated
    }

    fn add(&mut self, other: &Self) {
        self.brought += other.brought;
        self.delivered += other.delivered;
        self.compensated += other.compensated;
        self.wallets += other.wallets;
        self.paid_out += other.paid_out;
        self.goods += other.goods;
    }
}

impl World {
    /// Every hand that ends with a gain.
    pub fn gains(&self, rows: &Rows) -> Vec<String> {
        let trades = trades(rows);
        let mut worths = rulebook::worths(rows, &trades);
        worths.extend(self.slips(&trades));
        let penalties = penalties(rows, &trades);
        let mut alone = self.moneys(rows);
        open_trades(&trades, &mut alone);
        let mut found = spoofed(rows, &trades);
        for hand in self.hands(&alone) {
            let mut sheet = BalanceSheet::default();
            hand.members.iter().filter_map(|it| alone.get(it)).for_each(|one| sheet.add(one));
            goods(&hand, &trades, &worths, &mut sheet);
            compensations(&hand, &penalties, &trades, &mut sheet);
            self.history.count("hands judged");
            if hand.members.len() > 1 {
                let name = &hand.name;
                self.history.step(|| format!("the hand of the {name}: {} {sheet:?}", sheet.gain()));
            }
            if sheet.gain() > 0 {
                let Hand { name, members } = hand;
                let count = members.len();
                let gain = sheet.gain();
                found.push(format!("I19: {name} ({count}) ends with {gain} won more: {sheet:?}"));
            }
        }
        found
    }

    /// What was sold by a slip is worth what was meant.
    fn slips(&self, trades: &[Trade]) -> Vec<(TradeId, i64)> {
        let observations = self.observations.borrow();
        let meant = |trade: &Trade| {
            let sold = trade.matched()?.sell.to_string();
            Some((trade.id, *observations.slips.get(&sold)?))
        };
        trades.iter().filter_map(meant).collect()
    }

    /// Those who plot, then everybody alone.
    fn hands(&self, people: &BTreeMap<UserId, BalanceSheet>) -> Vec<Hand> {
        let mut hands = self.coalitions.borrow().clone();
        let one = |user: &UserId| Hand { name: user.to_string(), members: [*user].into() };
        hands.extend(people.keys().map(one));
        hands
    }

    /// Everybody's money: wallets, and what providers and the bank took and gave.
    fn moneys(&self, rows: &Rows) -> BTreeMap<UserId, BalanceSheet> {
        let mut all: BTreeMap<UserId, BalanceSheet> = BTreeMap::new();
        for item in rows.under(Table::Wallet, keys::WALLET_PREFIX) {
            let user = item["pk"].as_s().unwrap().strip_prefix("wallet#").unwrap().parse().unwrap();
            // One that cannot be read has been told of.
            let Ok(balance) = read_balance(&item) else { continue };
            if item["sk"].as_s().unwrap() == "-" {
                let has = balance.available().get() + balance.held.get();
                all.entry(user).or_default().wallets += has;
            }
        }
        for item in rows.under(Table::Wallet, keys::JOURNAL_PREFIX) {
            let entry = read_entry(&item).unwrap();
            let purse = entry.reason.starts_with(PURSE);
            for posting in entry.postings.iter().filter(|_| purse) {
                if let Account::SpendOnly(user) | Account::Earned(user) = posting.account {
                    all.entry(user).or_default().brought += posting.amount;
                }
            }
        }
        for payment in payments(rows) {
            let Some(stand) = self.providers.stand(&gateway::order_id(payment.id)) else {
                continue;
            };
            let sheet = all.entry(payment.user).or_default();
            sheet.brought += if taken(&stand) { stand.amount } else { 0 };
            sheet.paid_out += stand.cancelled;
            // Given back already, and still held here until that is known.
            let twice = stand.cancelled - payment.cancelled.get();
            let held = payment.cancelling.is_some() && payment.is_paid();
            sheet.wallets -= if held { twice } else { 0 };
        }
        let paid = self.bank.paid();
        for item in withdrawals(rows) {
            let row = ItemReader(item);
            let amount = paid.get(&row.id("id").unwrap()).map_or(0, |won| won.get());
            let sheet = all.entry(row.id("user").unwrap()).or_default();
            sheet.paid_out += amount;
            let held = matches!(row.text("state").unwrap(), "requested" | "sending");
            sheet.wallets -= if held { amount } else { 0 };
        }
        all
    }
}

/// Every match that a refused card broke off without the deposit going to the owner of the ask: an
/// injury that cost nobody anything.
fn spoofed(rows: &Rows, trades: &[Trade]) -> Vec<String> {
    let entries = rows.under(Table::Wallet, keys::JOURNAL_PREFIX);
    let entries = entries.iter().map(|item| read_entry(item).unwrap());
    let booked: BTreeMap<String, JournalEntry> =
        entries.map(|entry| (entry.reason.clone(), entry)).collect();
    let orders = rows.under(Table::Exchange, keys::ORDER_PREFIX);
    let orders = orders.iter().map(|item| read_order(item).unwrap());
    let limits: BTreeMap<OrderId, i64> =
        orders.map(|order| (order.id, order.as_placed().price.get())).collect();
    let unpaid = |trade: &Trade| {
        let reason = trade.cancellation.as_ref()?.reason;
        let limit = limits.get(&trade.matched()?.buy).filter(|_| is_refusal(reason))?;
        let due = card_bid_deposit(*limit);
        let entry = booked.get(&format!("forfeit#{}", trade.id));
        let [seller, buyer] = [trade.agreement.seller, trade.agreement.buyer];
        let paid = entry.map(|it| {
            let free = [Account::SpendOnly(seller), Account::Earned(seller)];
            let free = free.map(|account| it.change_of(account)).iter().sum();
            [free, it.change_of(Account::Held(buyer))]
        });
        let id = trade.id;
        let wrong = paid != Some([due, -due]);
        wrong.then(|| format!("I19: the refused card of {id} should pay {due}, and paid {paid:?}"))
    };
    trades.iter().filter_map(unpaid).collect()
}

fn is_refusal(reason: Reason) -> bool {
    reason == Reason::PaymentDeclined
}

/// What is in escrow is its buyer's, or its seller's once the trade is completed; but what a
/// provider has not back yet, which stays its buyer's.
fn open_trades(trades: &[Trade], all: &mut BTreeMap<UserId, BalanceSheet>) {
    for trade in trades.iter().filter(|trade| trade.paid.is_some()) {
        let agreement = &trade.agreement;
        let refund = trade.provider_refund.filter(|refund| refund.end.is_none());
        let on_its_way = refund.map_or(0, |refund| refund.amount.get());
        all.entry(agreement.buyer).or_default().wallets += on_its_way;
        match trade.state {
            State::Cancelled => {}
            State::Completed if trade.settled_at.is_some() => {}
            State::Completed => {
                let kept = agreement.price.get() - trade.refunded.get();
                let share = kept - trade.seller_fee.get();
                all.entry(agreement.seller).or_default().wallets += share;
            }
            _ => all.entry(agreement.buyer).or_default().wallets += trade.total().get(),
        }
    }
}

/// What changed hands for good.
fn goods(hand: &Hand, trades: &[Trade], worths: &BTreeMap<TradeId, i64>, sheet: &mut BalanceSheet) {
    for trade in trades.iter().filter(|trade| trade.state == State::Completed) {
        // What both sides agreed to give back was not worth it.
        let agreed = trade.agreement.price.get();
        let worth = worths.get(&trade.id).copied().unwrap_or(agreed) - trade.refunded.get();
        let [sells, buys] = [trade.agreement.seller, trade.agreement.buyer]
            .map(|party| hand.members.contains(&party));
        match (sells, buys) {
            (true, false) => sheet.delivered += worth,
            (false, true) => sheet.goods += worth,
            _ => {}
        }
    }
}

/// What each trade's buyer has had of its penalty: what was taken at once, and collected later.
fn penalties(rows: &Rows, trades: &[Trade]) -> BTreeMap<TradeId, i64> {
    let buyers: BTreeMap<String, &Trade> =
        trades.iter().map(|trade| (trade.id.to_string(), trade)).collect();
    let mut had = BTreeMap::new();
    for item in rows.under(Table::Wallet, keys::JOURNAL_PREFIX) {
        let entry = read_entry(&item).unwrap();
        let mut parts = entry.reason.split('#');
        let Some("penalty" | "collected") = parts.next() else { continue };
        let Some(trade) = parts.next().and_then(|id| buyers.get(id)) else { continue };
        let buyer = trade.agreement.buyer;
        let free = [Account::SpendOnly(buyer), Account::Earned(buyer)];
        let paid = free.map(|account| entry.change_of(account)).iter().sum::<i64>();
        *had.entry(trade.id).or_default() += paid;
    }
    had
}

/// Penalties and deposits of card bids that outsiders owe the hand.
fn compensations(
    hand: &Hand,
    penalties: &BTreeMap<TradeId, i64>,
    trades: &[Trade],
    sheet: &mut BalanceSheet,
) {
    for trade in trades {
        let Some(cancellation) = &trade.cancellation else { continue };
        let agreement = &trade.agreement;
        let refused = is_refusal(cancellation.reason);
        if let Some(bid) = trade.card_bid().filter(|_| refused) {
            let [sells, buys] =
                [agreement.seller, agreement.buyer].map(|party| hand.members.contains(&party));
            sheet.compensated += if sells && !buys { bid.deposit.total().get() } else { 0 };
        }
        let injured = hand.members.contains(&agreement.buyer);
        let outsider = !hand.members.contains(&agreement.seller);
        if injured && outsider {
            sheet.compensated += penalties.get(&trade.id).copied().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_gains_what_nobody_paid_for() {
        let honest = BalanceSheet { brought: 10_000, goods: 10_000, ..BalanceSheet::default() };
        assert_eq!(honest.gain(), 0);
        // Sold for 100,000 what the rules price at 10,000, less the fee of 5,000.
        let shill = BalanceSheet { delivered: 10_000, wallets: 95_000, ..BalanceSheet::default() };
        assert_eq!(shill.gain(), 85_000);
        let injured = BalanceSheet {
            brought: 20_000,
            compensated: 2_000,
            wallets: 22_000,
            ..BalanceSheet::default()
        };
        assert_eq!(injured.gain(), 0);
    }
}
