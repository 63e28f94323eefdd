//! F6: what an event carries is found by its state when the event is lost. Lost here: it never
//! leaves the outbox.

use domain::trade::{Actor, Command, decide};
use events::{AuctionOutcome, Event, SaleFailed, Winner};
use kernel::{Id, Span, TradeId, Won};
use serde_json::json;
use store::{Table, Write, auction::Closing};
use uuid::Uuid;

use crate::tests::fixture::{Market, PRICE, auction_id, match_id, offer_id, trade_id, user};

const RELAY: &str = "operation-relay-outbox";
const PATIENCE: Span = Span::minutes(10);
const NEARLY: Span = Span::seconds(599);

async fn run(market: &Market) -> Result<(), platform::Failure> {
    market.invoke("trade-sweep-consequences", json!({})).await.map(|_| ())
}

/// After so long, without another function.
async fn run_after(market: &Market, span: Span) {
    market.clock.advance(span);
    run(market).await.unwrap();
}

async fn complete(market: &Market) {
    let now = market.now();
    let note = Some("택배사 서면 확인".to_owned());
    for (actor, command) in [
        (Actor::System, Command::Scan { at: now }),
        (Actor::Admin, Command::Deliver { note }),
        (Actor::Buyer, Command::Confirm),
    ] {
        let trade = market.trade(trade_id()).await;
        let decision = decide(&trade, command, actor, now).unwrap();
        assert!(market.store().trade_commit(&trade, &decision, now).await.unwrap());
    }
}

#[tokio::test]
async fn f6_a_seller_whose_settlement_was_lost_is_paid_once() {
    let market = Market::shipped().await;
    market.cloud.pause(RELAY);
    complete(&market).await;
    run_after(&market, NEARLY).await;
    assert_eq!(market.escrow(trade_id()).await, PRICE, "the event has its time");
    run_after(&market, Span::seconds(1)).await;
    let paid = (PRICE - PRICE / 20, 0);
    assert_eq!((market.escrow(trade_id()).await, market.purse(market.seller.id).await), (0, paid));
    // The event comes after all, and the sweep once more.
    market.cloud.resume(RELAY);
    market.run_until_idle().await;
    run_after(&market, PATIENCE).await;
    assert_eq!(market.purse(market.seller.id).await, paid);
}

#[tokio::test]
async fn f6_a_win_whose_event_was_lost_has_its_trade() {
    for lost in [true, false] {
        let market = Market::start().await;
        market.ledger(&[(market.buyer.id, PRICE)], None).await;
        let price = Won::constant(PRICE);
        let bid_id = Id::from_uuid(Uuid::from_u128(0xb));
        let winner = Some(Winner { user_id: market.buyer.id, bid_id, price });
        let closed_at = market.now();
        let closing = Closing { outcome: AuctionOutcome::Won, winner, closed_at };
        let event = market.closed(PRICE);
        if lost {
            market.cloud.pause(RELAY);
        }
        assert!(market.store().auction_settle(auction_id(), &closing, &event).await.unwrap());
        if !lost {
            market.run_until_idle().await;
        }
        let before = market.store().trade(trade_id()).await.unwrap();
        assert_eq!(before.is_none(), lost);
        run_after(&market, PATIENCE).await;
        let trade = market.trade(trade_id()).await;
        let begun = if lost { market.now() } else { closed_at };
        assert_eq!((trade.agreement.buyer, trade.agreement.price), (market.buyer.id, price));
        assert_eq!(trade.created_at, begun, "a winner has the whole time to pay");
        run_after(&market, PATIENCE).await;
        assert_eq!(market.trade(trade_id()).await.version, trade.version);
    }
}

#[tokio::test]
async fn f6_an_unpaid_win_whose_event_was_lost_is_a_strike_and_passed_on() {
    let market = Market::won().await;
    market.ledger(&[(user(4), 70_000), (market.buyer.id, PRICE)], None).await;
    market.cloud.pause(RELAY);
    market.wait(Span::hours(48)).await;
    assert_eq!(market.reason(trade_id()).await, "unpaid");
    run_after(&market, PATIENCE).await;
    let strikes = market.store().standing(market.buyer.id).await.unwrap();
    assert_eq!(strikes.unpaid_strikes(market.now()), 1);
    let offer = market.trade(offer_id(1)).await;
    assert_eq!((offer.agreement.buyer, offer.agreement.price.get()), (user(4), 70_000));
    // Told late, and swept again: nothing more.
    market.cloud.resume(RELAY);
    market.run_until_idle().await;
    run_after(&market, PATIENCE).await;
    let strikes = market.store().standing(market.buyer.id).await.unwrap();
    assert_eq!(strikes.unpaid_strikes(market.now()), 1);
    assert_eq!(market.trade(offer_id(1)).await.version, offer.version);
    // An offer that lapses leaves nobody to be asked: said once.
    market.cloud.pause(RELAY);
    market.wait(Span::hours(24)).await;
    run_after(&market, PATIENCE).await;
    assert!(market.store().trade(offer_id(2)).await.unwrap().is_none());
    let rows = market.rows().await;
    let told = rows.table(Table::Outbox).iter().map(|row| row["envelope"].as_s().unwrap());
    let failed = told.filter(|text| text.contains(&format!("\"{}\"", SaleFailed::KIND)));
    assert_eq!(failed.count(), 1);
    market.cloud.resume(RELAY);
    market.run_until_idle().await;
}

/// One that does not read is told of at each run, and keeps no other waiting; what failed is met
/// again once it is mended.
#[tokio::test]
async fn f24_an_unreadable_row_stops_no_sweep() {
    let market = Market::shipped().await;
    market.expect_failures();
    market.cloud.pause(RELAY);
    complete(&market).await;
    let rows = market.rows().await;
    let row = rows.under(Table::Trade, store::keys::TRADE_PREFIX).remove(0);
    let mut broken = row.clone();
    let other: TradeId = Id::from_uuid(Uuid::from_u128(0xdead));
    broken.extend(store::keys::trade(other).item());
    broken.remove("seller");
    let put = Write::put(Table::Trade, broken);
    market.store().write(put).await.unwrap();
    market.clock.advance(PATIENCE);
    let failure = run(&market).await.unwrap_err();
    assert!(failure.to_string().contains("seller"), "{failure}");
    assert_eq!(market.escrow(trade_id()).await, 0, "the other is paid");
    market.clock.advance(Span::days(2));
    assert!(run(&market).await.is_err(), "it is met again");
    let delete = Write::delete(Table::Trade, store::keys::trade(other));
    market.store().write(delete).await.unwrap();
    run(&market).await.unwrap();
    run_after(&market, PATIENCE).await;
    market.cloud.resume(RELAY);
    market.run_until_idle().await;
}

/// What was done is found done: no movement, no event, no version more.
#[tokio::test]
async fn a_quiet_market_is_left_as_it_is() {
    let market = Market::at_centre().await;
    let written = |rows: &testkit::Rows| {
        [Table::Trade, Table::Wallet, Table::Outbox, Table::Auction]
            .map(|table| rows.table(table).len())
    };
    let before = written(&market.rows().await);
    let version = market.trade(match_id()).await.version;
    run_after(&market, PATIENCE).await;
    run_after(&market, PATIENCE).await;
    assert_eq!(written(&market.rows().await), before);
    assert_eq!(market.trade(match_id()).await.version, version);
}
