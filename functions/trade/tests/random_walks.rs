//! Random walks with duplicated, shuffled messages and failing calls: in the end every won is where
//! it belongs.

mod matched;

use domain::{
    ledger::Account,
    trade::{State, Trade},
};
use gateway::fake::ParcelStep;
use kernel::{Span, TradeId, UserId};
use local::{FaultKind, RandomFaults};
use serde_json::json;
use store::{Table, ledger::read_entry, trade::read_trade};
use testkit::User;

use crate::tests::fixture::{Market, PRICE, offer_id, shipment, trade_id, user};

const SEEDS: u64 = 12;
const STEPS: usize = 40;
const BIDDERS: u128 = 3;

/// SplitMix64: the same walk for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

async fn market(seed: u64) -> Market {
    let market = Market::won().await;
    let bids = [(user(1), 60_000), (user(2), 70_000), (user(3), 80_000), (market.buyer.id, PRICE)];
    market.ledger(&bids, None).await;
    for n in 1..=BIDDERS {
        market.fund(user(n), PRICE).await;
    }
    trouble(&market, seed);
    market
}

fn trouble(market: &Market, seed: u64) {
    market.expect_failures();
    market.cloud.adjust(|knobs| {
        knobs.message_copies = 2;
        knobs.shuffle = Some(seed);
        knobs.retry_visibility = Some(Span::seconds(1));
    });
}

fn failing_calls(market: &Market, seed: u64) {
    market.cloud.faults().at_random(Some(RandomFaults {
        seed,
        per_thousand: 30,
        action: "dynamodb:*".to_owned(),
        kinds: vec![FaultKind::TimeoutBefore, FaultKind::TimeoutAfter, FaultKind::Conflict],
    }));
}

/// Everything that was told and not yet done is done.
async fn calm(market: &Market) {
    market.cloud.faults().clear();
    for _ in 0..4 {
        market.run_until_idle().await;
        market.clock.advance(Span::minutes(6));
        let _ = market.invoke("operation-sweep-outbox", json!({})).await;
    }
    market.run_until_idle().await;
}

/// Somebody does something to a trade: mostly a party of the newest one, so that something happens.
async fn step(market: &Market, dice: &mut Dice) {
    let trade = pick(market, dice).await;
    let (buyer, seller) = match market.store().trade(trade).await {
        Ok(Some(trade)) => (trade.agreement.buyer, trade.agreement.seller),
        _ => (market.buyer.id, market.seller.id),
    };
    let stranger = dice.below(8) == 0;
    let who = |due: UserId| User { id: if stranger { user(1) } else { due }, token: String::new() };
    match dice.below(10) {
        0 => pay(market, trade, &who(buyer)).await,
        1..=3 => ask(market, trade, "ship", &who(seller)).await,
        4 => carry(market, dice).await,
        5 => ask(market, trade, "confirm", &who(buyer)).await,
        6 => match dice.below(6) {
            0 => ask(market, trade, "cancel", &who(seller)).await,
            1 => ask(market, trade, "cancel", &who(buyer)).await,
            _ => ask(market, trade, "decline", &who(buyer)).await,
        },
        _ => pass_time(market, dice).await,
    }
}

/// Something happens to the seller's parcel, and perhaps somebody is told.
async fn carry(market: &Market, dice: &mut Dice) {
    use ParcelStep::{Deliver, Lose, Move, PickUp, Return};
    let steps = [PickUp, PickUp, Move, Deliver, Deliver, Deliver, Deliver, Lose, Return, Move];
    let step = steps[usize::try_from(dice.below(10)).unwrap()];
    for number in ["688712345678", "688712345679"] {
        market.parcels().step("kr.cjlogistics", number, step);
    }
    for reply in market.notices().await {
        assert!([202, 503].contains(&reply.status()), "{}", reply.text());
    }
    market.run_until_idle().await;
}

async fn pass_time(market: &Market, dice: &mut Dice) {
    let hours = i64::try_from(dice.below(30)).unwrap();
    market.clock.advance(Span::hours(hours));
    let _ = market.invoke("trade-sweep-due-trades", json!({})).await;
    market.run_until_idle().await;
}

async fn pick(market: &Market, dice: &mut Dice) -> TradeId {
    if dice.below(8) == 0 {
        return offer_id(u8::try_from(dice.below(4)).unwrap());
    }
    let mut newest = trade_id();
    for round in 1..=3 {
        if let Ok(Some(trade)) = market.store().trade(offer_id(round)).await {
            newest = trade.id;
        }
    }
    newest
}

async fn pay(market: &Market, trade: TradeId, who: &User) {
    let rows = market.store().addresses(who.id, 1, None).await;
    let known = rows.ok().and_then(|page| page.items.first().map(|row| row.id));
    let address = known.map_or_else(|| market.fresh_key(), |id| id.to_string());
    let request = market.ask(trade, "pay", who).json(json!({ "addressId": address }));
    let reply = request.send().await;
    assert!([200, 403, 404, 409, 503].contains(&reply.status()), "{}", reply.text());
}

async fn ask(market: &Market, trade: TradeId, verb: &str, who: &User) {
    let body = if verb == "ship" { shipment() } else { json!({ "reason": "변심" }) };
    let reply = market.ask(trade, verb, who).json(body).send().await;
    assert!([200, 403, 404, 409, 503].contains(&reply.status()), "{}", reply.text());
}

/// I1 to I3, I10 and I15 from committed rows. Answers the trades.
async fn judge(market: &Market, seed: u64) -> Vec<Trade> {
    let rows = market.rows().await;
    let trades: Vec<Trade> = rows
        .under(Table::Trade, store::keys::TRADE_PREFIX)
        .iter()
        .map(|item| read_trade(item).unwrap())
        .collect();
    let journal = rows.under(Table::Wallet, store::keys::JOURNAL_PREFIX);
    let journal: Vec<_> = journal.iter().map(|item| read_entry(item).unwrap()).collect();
    let sum = |account: Account| {
        let postings = journal.iter().flat_map(|entry| &entry.postings);
        postings.filter(|posting| posting.account == account).map(|p| p.amount).sum::<i64>()
    };
    let all: i64 = journal.iter().flat_map(|entry| &entry.postings).map(|p| p.amount).sum();
    assert_eq!(all, 0, "seed {seed}");
    let people = (1..=BIDDERS).map(user).chain([market.seller.id, market.buyer.id]);
    for person in people {
        let balance = market.balance(person).await;
        let [spend_only, earned] = [balance.free.spend_only, balance.free.earned];
        assert_eq!(spend_only.get(), sum(Account::SpendOnly(person)), "seed {seed}");
        assert_eq!(earned.get(), sum(Account::Earned(person)), "seed {seed}");
        assert_eq!(balance.held.get(), sum(Account::Held(person)), "seed {seed}");
        assert_eq!(balance.penalty, sum(Account::Penalty(person)), "seed {seed}");
    }
    for trade in &trades {
        let held =
            trade.paid.is_some() && trade.state != State::Cancelled && trade.settled_at.is_none();
        let due = if held { trade.total().get() } else { 0 };
        assert_eq!(market.escrow(trade.id).await, due, "seed {seed}: {trade:?}");
        assert_eq!(sum(Account::Escrow(trade.id)), due, "seed {seed}");
        assert_eq!(trade.settled_at.is_some(), trade.state == State::Completed, "seed {seed}");
    }
    let fees: i64 = trades.iter().filter(|t| t.settled_at.is_some()).map(fees_of).sum();
    assert_eq!(sum(Account::Revenue), fees, "seed {seed}");
    let open = trades.iter().filter(|trade| trade.state != State::Cancelled).count();
    assert!(open <= 1, "seed {seed}: sold twice");
    trades
}

fn fees_of(trade: &Trade) -> i64 {
    trade.seller_fee.get() + trade.buyer_fee.get()
}

#[tokio::test]
async fn every_won_is_where_it_belongs() {
    let mut seen = Vec::new();
    for seed in 0..SEEDS {
        let market = market(seed).await;
        let mut dice = Dice(seed);
        for who in (1..=BIDDERS).map(user).chain([market.buyer.id]) {
            market.address(who).await;
        }
        failing_calls(&market, seed);
        for _ in 0..STEPS {
            step(&market, &mut dice).await;
        }
        calm(&market).await;
        seen.extend(judge(&market, seed).await);
    }
    assert!(seen.iter().any(|trade| trade.settled_at.is_some()), "no walk settled anything");
    assert!(seen.iter().any(|trade| trade.round() > 0), "no walk went down the cascade");
    let refunded = |trade: &&Trade| trade.paid.is_some() && trade.state == State::Cancelled;
    assert!(seen.iter().any(|trade| refunded(&trade)), "no walk refunded anything");
}
