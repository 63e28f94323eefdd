//! Random walks: four traders place, cancel and let expire, cards are declined; whatever the order
//! of it all, the book is never crossed, what is held is what open bids and uncaptured matches
//! say, and the trades are those of a sequential book.

use std::collections::BTreeMap;

use domain::{
    exchange::{Order, OrderState, Side},
    trade::{Funding, State},
};
use kernel::{PaymentMethodId, Span, TradeId, UserId};
use proptest::prelude::*;
use store::{
    Table,
    exchange::{read_order, read_resting},
    trade::read_trade,
};

use crate::tests::fixture::{Floor, Trader};

const TRADERS: usize = 4;
/// So many refused cards in 30 days, and no bid by card is taken.
const CARD_STRIKES: u32 = 2;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Side, thousands of won, days.
    Place(usize, &'static str, i64, i64),
    Now(usize, &'static str, i64),
    /// Which of the bids' buyers pays by card.
    ByCard(usize, i64),
    /// Any of the trader's orders.
    Cancel(usize, usize),
    /// Any of the trades that a card is to pay.
    Decline(usize),
    Sweep,
    Wait(i64),
    /// Everything that was told is done.
    Settle,
}

fn step() -> impl Strategy<Value = Step> {
    let (who, price) = (0..TRADERS, 1..6_i64);
    let side = prop_oneof![Just("buy"), Just("sell")];
    let now = prop_oneof![Just("buy-now"), Just("sell-now")];
    prop_oneof![
        8 => (who.clone(), side, price.clone(), prop_oneof![Just(1_i64), Just(30)])
            .prop_map(|(who, side, price, days)| Step::Place(who, side, price, days)),
        2 => (who.clone(), now, price.clone()).prop_map(|(who, what, price)| {
            Step::Now(who, what, price)
        }),
        3 => (who.clone(), price).prop_map(|(who, price)| Step::ByCard(who, price)),
        2 => (who, any::<usize>()).prop_map(|(who, which)| Step::Cancel(who, which)),
        2 => any::<usize>().prop_map(Step::Decline),
        1 => Just(Step::Sweep),
        1 => (1..20_i64).prop_map(Step::Wait),
        2 => Just(Step::Settle),
    ]
}

/// The floor, its traders, and the card of each.
struct Walk {
    floor: Floor,
    traders: Vec<Trader>,
    cards: Vec<PaymentMethodId>,
}

impl Walk {
    async fn begin() -> Self {
        let floor = Floor::open().await;
        let traders = floor.traders(TRADERS).await;
        let mut cards = Vec::new();
        for trader in &traders {
            cards.push(floor.card(trader).await);
        }
        Self { floor, traders, cards }
    }

    async fn orders(&self) -> Vec<Order> {
        let rows = self.floor.rows().await;
        let rows = rows.under(Table::Exchange, store::keys::ORDER_PREFIX);
        let mut orders: Vec<Order> = rows.iter().map(|row| read_order(row).unwrap()).collect();
        orders.sort_by_key(|order| order.id);
        orders
    }

    /// Trades that wait for a card.
    async fn unpaid(&self) -> Vec<TradeId> {
        let rows = self.floor.rows().await;
        let trades = rows.under(Table::Trade, store::keys::TRADE_PREFIX);
        let mut trades: Vec<_> = trades.iter().map(|row| read_trade(row).unwrap()).collect();
        trades.retain(|trade| {
            let funding = trade.matched().map(|matched| matched.funding);
            let card = matches!(funding, Some(Funding::Card { .. }));
            trade.state == State::AwaitingPayment && card
        });
        trades.sort_by_key(|trade| trade.id);
        trades.iter().map(|trade| trade.id).collect()
    }

    async fn take(&self, step: Step) {
        let floor = &self.floor;
        let who = |index: usize| &self.traders[index];
        match step {
            Step::Place(index, side, price, days) => {
                let mut body = floor.order(who(index), side, price * 1_000);
                body["expiresInDays"] = days.into();
                let reply = floor.ask("orders", who(index)).json(body).send().await;
                assert!(reply.status() == 201 || reply.code() == "self-trade", "{}", reply.text());
            }
            Step::Now(index, what, price) => {
                let reply = floor.at_once(what, who(index), price * 1_000).await;
                let fine = ["self-trade", "price-moved"].contains(&&*reply.code());
                assert!(reply.status() == 201 || fine, "{}", reply.text());
            }
            Step::ByCard(index, price) => {
                let standing = floor.store().standing(who(index).user.id).await.unwrap();
                let refused = standing.card_strikes(floor.now()) >= CARD_STRIKES;
                let body = floor.card_bid(who(index), price * 1_000, self.cards[index]);
                let reply = floor.ask("orders", who(index)).json(body).send().await;
                match &*reply.code() {
                    _ if reply.status() == 201 => assert!(!refused, "after two refused cards"),
                    "self-trade" => {}
                    code => assert!(refused && code == "card-bids-suspended", "{}", reply.text()),
                }
            }
            Step::Cancel(index, which) => self.cancel(who(index), which).await,
            Step::Decline(which) => {
                let unpaid = self.unpaid().await;
                if !unpaid.is_empty() {
                    floor.decline(unpaid[which % unpaid.len()]).await;
                }
            }
            Step::Sweep => floor.sweep().await,
            Step::Wait(hours) => {
                floor.clock.advance(Span::hours(hours));
            }
            Step::Settle => {
                floor.run_until_idle().await;
            }
        }
    }

    async fn cancel(&self, who: &Trader, which: usize) {
        let mut own = self.orders().await;
        own.retain(|order| order.user == who.user.id);
        if own.is_empty() {
            return;
        }
        let order = &own[which % own.len()];
        let reply = self.floor.cancel(who, order.id).await;
        match order.state {
            OrderState::Open => assert_eq!(reply.status(), 200, "{}", reply.text()),
            state => {
                let told = reply.expect_problem(409, "order-not-open").json();
                assert_eq!(told["state"], state.as_str());
            }
        }
    }

    /// Nothing that rests is crossed, and what is held is what should be.
    async fn check(&self) {
        let rows = self.floor.rows().await;
        let mut best: BTreeMap<&str, i64> = BTreeMap::new();
        for row in rows.under(Table::Exchange, store::keys::BOOK_PREFIX) {
            let price = read_resting(&row).unwrap().resting.price.get();
            let buys = row["pk"].as_s().unwrap().ends_with("buy");
            let best = best.entry(if buys { "buy" } else { "sell" }).or_insert(price);
            *best = if buys { price.max(*best) } else { price.min(*best) };
        }
        if let (Some(bid), Some(ask)) = (best.get("buy"), best.get("sell")) {
            assert!(bid < ask, "crossed: {bid} is bid, {ask} is asked");
        }
        let mut due: BTreeMap<UserId, i64> = BTreeMap::new();
        for order in self.orders().await {
            // A deposit stays with its ask whatever becomes of the buyer's card; nothing is shipped
            // here, so no goods fail.
            let ask = order.terms.side == Side::Sell;
            let holds = match (order.state, order.met) {
                (OrderState::Open, _) => true,
                (OrderState::Matched, Some(_)) if ask => true,
                (OrderState::Matched, Some(met)) => {
                    self.floor.trade(met.trade).await.state == State::AwaitingPayment
                }
                _ => false,
            };
            if holds {
                *due.entry(order.user).or_default() += order.held().get();
            }
        }
        for trader in &self.traders {
            let held = self.floor.purse(trader).await.1;
            assert_eq!(held, due.get(&trader.user.id).copied().unwrap_or_default(), "held");
        }
    }
}

async fn walk(steps: Vec<Step>) {
    let walk = Walk::begin().await;
    for step in steps {
        walk.take(step).await;
        walk.check().await;
    }
    // The trades are those of the sequential book.
    walk.floor.record().await;
    walk.check().await;
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        max_shrink_iters: 64,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_book_and_the_money_are_what_a_sequential_market_would_have(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(walk(steps));
    }
}
