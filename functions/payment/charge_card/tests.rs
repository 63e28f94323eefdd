mod unknown;

use domain::{
    ledger::Split,
    payment::{CLAIM_LEASE, Decline, Payment, Status, charge::CHARGE_PAUSES},
    trade::{
        Funding, Reason,
        policy::{CHARGE_WITHIN, REFUSED_WITHIN},
    },
};
use events::{Envelope, PaymentDone, PaymentFailed, PaymentLanding, TradeCancelled};
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::{Id, PaymentMethodId, Span, TradeId, Won};
use serde_json::json;
use store::Read;

use super::*;
use crate::tests::fixture::{AMOUNT, DEPOSIT, Market};

/// With the buyer's fee.
const TOTAL: i64 = AMOUNT + AMOUNT * 3 / 100;
/// Until a failed message comes again.
const AGAIN: Span = Span::seconds(175);

/// What is left of a match: the trade's state, what the provider took, the wallet.
async fn end(market: &Market, trade: TradeId) -> (&'static str, i64, i64) {
    (market.trade_state(trade).await, market.providers().taken(), market.purse().await.0)
}

const PAID: (&str, i64, i64) = ("awaiting_shipment", TOTAL, DEPOSIT);
/// The card was refused: the deposit is the other side's.
const CANCELLED: (&str, i64, i64) = ("cancelled", 0, 0);
/// Nobody knows: the deposit is the buyer's again.
const GIVEN_UP: (&str, i64, i64) = ("cancelled", 0, DEPOSIT);

fn stands(charges: &[Payment]) -> Vec<(Status, Option<Decline>)> {
    charges.iter().map(|charge| (charge.status, charge.decline)).collect()
}

async fn called(market: &Market, auth_key: &str) -> TradeId {
    let trade = market.by_card(market.card(auth_key).await).await;
    market.call(trade).await;
    trade
}

#[test]
fn the_lease_outlives_the_process_and_three_attempts_fit_into_the_time_to_pay() {
    let timeout = i64::from(FUNCTION.timeout_s);
    assert!(timeout < CLAIM_LEASE.as_seconds_ceil());
    assert!(AGAIN.as_seconds_ceil() > 6 * timeout);
    let pauses: i64 = CHARGE_PAUSES.iter().map(|pause| pause.as_seconds_ceil()).sum();
    assert!(pauses + timeout < REFUSED_WITHIN.as_seconds_ceil());
    assert!(REFUSED_WITHIN < CHARGE_WITHIN);
}

#[tokio::test]
async fn the_card_pays_the_match() {
    let market = Market::start().await;
    let trade = called(&market, "card-ok-1").await;
    market.run_until_idle().await;
    assert_eq!(end(&market, trade).await, PAID);
    let charges = market.charges(trade).await;
    assert_eq!(stands(&charges), [(Status::Done, None)]);
    assert_eq!(charges[0].amount, Won::constant(TOTAL));
    let told = market.told::<PaymentDone>().await;
    assert_eq!((told.len(), told[0].landed), (1, PaymentLanding::Trade));
    assert_eq!(told[0].payment.trade_id, Some(trade));
    let paid = market.store().trade(trade).await.unwrap().unwrap();
    assert_eq!(paid.paid.unwrap().payment, Some(charges[0].id));
    assert_eq!(paid.address.unwrap().recipient, "김민지", "the order's own address");
}

#[tokio::test]
async fn what_the_wallet_pays_is_no_work_of_ours() {
    let market = Market::start().await;
    let trade =
        market.matched(Funding::Wallet { held: Split::spend_only(Won::constant(TOTAL)) }).await;
    market.call(trade).await;
    market.run_until_idle().await;
    assert_eq!(end(&market, trade).await, ("awaiting_payment", 0, 0));
    assert_eq!(market.charges(trade).await, []);
}

#[tokio::test]
async fn jobs_that_come_often_and_in_any_order_charge_once() {
    for seed in 0..4 {
        let market = Market::start().await;
        market.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        let (first, second) = (market.card("card-ok-1").await, market.card("card-ok-2").await);
        let trades = [market.by_card(first).await, market.by_card(second).await];
        for trade in [trades[0], trades[1], trades[0], trades[1], trades[0]] {
            market.call(trade).await;
        }
        market.run_until_idle().await;
        market.advance(Span::minutes(30)).await;
        market.call(trades[0]).await;
        market.run_until_idle().await;
        for trade in trades {
            assert_eq!(end(&market, trade).await, ("awaiting_shipment", 2 * TOTAL, 2 * DEPOSIT));
            assert_eq!(market.charges(trade).await.len(), 1);
        }
        assert_eq!(market.providers().calls("toss:charge"), 2);
        assert_eq!(market.told::<PaymentDone>().await.len(), 2);
    }
}

#[tokio::test]
async fn two_containers_at_once_charge_once() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    let (other, _) = market.another_container();
    for round in 1..=10 {
        let trade = market.by_card(card).await;
        let apps = [&market.app, &other, &market.app, &other];
        let works = apps.map(|app| charge(app, trade, card, market.now()));
        let outcomes = join_all(works).await;
        assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
        let due = ("awaiting_shipment", round * TOTAL, round * DEPOSIT);
        assert_eq!(end(&market, trade).await, due);
        assert_eq!(market.charges(trade).await.len(), 1);
    }
    assert_eq!(market.providers().calls("toss:charge"), 10);
}

/// A second delivery while the provider still works on the first.
#[tokio::test]
async fn a_charge_under_way_is_left_alone() {
    let market = Market::start().await;
    let card = market.card("card-slow-1").await;
    let trade = market.by_card(card).await;
    let first = charge(&market.app, trade, card, market.now());
    let meanwhile = async {
        market.providers().holding().await;
        let second = charge(&market.app, trade, card, market.now()).await;
        assert_eq!(second.unwrap(), ChargeProgress::Again { at: market.now() + CLAIM_LEASE });
        assert_eq!(market.trade_state(trade).await, "awaiting_payment");
        market.providers().release();
    };
    let (first, ()) = futures::join!(first, meanwhile);
    first.unwrap();
    assert_eq!(end(&market, trade).await, PAID);
    assert_eq!(market.providers().calls("toss:charge"), 1);
}

#[tokio::test]
async fn a_card_over_its_limit_is_tried_again_and_pays() {
    let market = Market::start().await;
    let trade = called(&market, "card-limit-2-1").await;
    market.run_until_idle().await;
    assert_eq!(end(&market, trade).await, ("awaiting_payment", 0, 0));
    let free = market.store().trade(trade).await.unwrap().unwrap();
    assert_eq!(free.claim, None, "between two attempts nothing holds the trade");
    market.advance(CHARGE_PAUSES[0]).await;
    assert_eq!(market.charges(trade).await.len(), 2);
    market.advance(CHARGE_PAUSES[1]).await;
    assert_eq!(end(&market, trade).await, PAID);
    let refused = (Status::Failed, Some(Decline::LimitExceeded));
    let due = [refused, refused, (Status::Done, None)];
    assert_eq!(stands(&market.charges(trade).await), due);
    assert_eq!(market.told::<PaymentFailed>().await.len(), 2);
}

#[tokio::test]
async fn a_card_that_refuses_three_times_cancels_the_trade() {
    let market = Market::start().await;
    market.cloud.adjust(|knobs| knobs.message_copies = 3);
    let trade = called(&market, "card-declines-1").await;
    market.run_until_idle().await;
    assert_eq!(market.charges(trade).await.len(), 1, "copies do not use attempts up");
    market.advance(Span::minutes(9)).await;
    assert_eq!(end(&market, trade).await, CANCELLED);
    let refused = (Status::Failed, Some(Decline::CardRejected));
    assert_eq!(stands(&market.charges(trade).await), [refused; 3]);
    let told = market.told::<TradeCancelled>().await;
    assert_eq!((told.len(), &*told[0].reason), (1, Reason::PaymentDeclined.as_str()));
    assert!(!told[0].paid && told[0].trade.exchange.is_some());
    market.advance(Span::hours(1)).await;
    assert_eq!(market.providers().calls("toss:charge"), 3);
}

#[tokio::test]
async fn a_card_that_will_never_pay_cancels_the_trade_at_once() {
    let market = Market::start().await;
    let trade = called(&market, "card-stopped-1").await;
    market.run_until_idle().await;
    assert_eq!(end(&market, trade).await, CANCELLED);
    let stopped = (Status::Failed, Some(Decline::CardInvalid));
    assert_eq!(stands(&market.charges(trade).await), [stopped]);
    assert_eq!(market.told::<TradeCancelled>().await.len(), 1);
}

/// Of before a card in use could not be deleted.
#[tokio::test]
async fn a_card_that_was_deleted_cancels_the_trade() {
    let market = Market::start().await;
    let deleted = market.card("card-ok-1").await;
    let trade = market.by_card_of_before(deleted).await;
    market.forget(&market.payer, deleted).await.expect(204);
    let other = market.signed_in("other");
    let foreign = market.register(&other, "card-ok-other", "000000").await.expect(201);
    let foreign: PaymentMethodId = foreign.json()["id"].as_str().unwrap().parse().unwrap();
    for trade in [trade, market.by_card_of_before(foreign).await] {
        market.call(trade).await;
        market.run_until_idle().await;
        assert_eq!(end(&market, trade).await, CANCELLED);
        assert_eq!(market.charges(trade).await, []);
    }
    assert_eq!(market.providers().calls("toss:charge"), 0);
}

/// The card goes while an attempt is open (of before it could not): what the provider did is still
/// found out.
#[tokio::test]
async fn a_card_deleted_during_an_attempt_is_not_forgotten_to_have_paid() {
    for what in [FaultKind::LostAfter, FaultKind::LostBefore] {
        let market = Market::start().await;
        market.expect_failures();
        let card = market.card("card-ok-1").await;
        let trade = market.by_card_of_before(card).await;
        market.providers().fail("toss:charge", 1, what);
        market.providers().fail("toss:read", 1, FaultKind::LostBefore);
        market.call(trade).await;
        market.run_until_idle().await;
        market.forget(&market.payer, card).await.expect(204);
        market.advance(Span::minutes(21)).await;
        let due = match what {
            FaultKind::LostAfter => ("awaiting_shipment", TOTAL, 0),
            _ => CANCELLED,
        };
        assert_eq!(end(&market, trade).await, due, "{what:?}");
        assert_eq!(market.providers().calls("toss:charge"), 1);
    }
}

#[tokio::test]
async fn a_job_that_comes_too_late_cancels_the_trade() {
    let market = Market::start().await;
    let trade = market.by_card(market.card("card-ok-1").await).await;
    market.clock.advance(CHARGE_WITHIN);
    market.call(trade).await;
    market.run_until_idle().await;
    assert_eq!(end(&market, trade).await, GIVEN_UP);
    assert_eq!(market.providers().calls("toss:charge"), 0);
}

#[tokio::test]
async fn gateway_faults_change_nothing_in_the_end() {
    use FaultKind::{Garbage, LostAfter, LostBefore, Status500};
    let faults = [LostBefore, LostAfter, Status500, Garbage];
    for (what, lost_reads) in faults.into_iter().flat_map(|what| [(what, 0), (what, 1), (what, 3)])
    {
        let market = Market::start().await;
        market.expect_failures();
        let trade = market.by_card(market.card("card-ok-1").await).await;
        market.providers().fail("toss:charge", 1, what);
        for _ in 0..lost_reads {
            market.providers().fail("toss:read", 1, LostBefore);
        }
        market.call(trade).await;
        market.run_until_idle().await;
        for _ in 0..3 {
            market.advance(AGAIN).await;
        }
        assert_eq!(end(&market, trade).await, PAID, "{what:?} {lost_reads}");
        assert_eq!(market.charges(trade).await.len(), 1);
        assert_eq!(market.told::<PaymentDone>().await.len(), 1);
    }
}

#[tokio::test]
async fn a_refused_card_pays_its_deposit_to_the_owner_of_the_ask() {
    for auth_key in ["card-declines-1", "card-stopped-1"] {
        let market = Market::start().await;
        let trade = called(&market, auth_key).await;
        market.run_until_idle().await;
        market.advance(Span::minutes(4)).await;
        assert_eq!(end(&market, trade).await, CANCELLED, "within five minutes");
        let seller = market.store().trade(trade).await.unwrap().unwrap().agreement.seller;
        let balance = market.store().balance(seller, Read::Consistent).await.unwrap();
        assert_eq!((balance.available().get(), balance.held.get()), (DEPOSIT, 0));
        market.advance(Span::hours(1)).await;
        let later = market.store().balance(seller, Read::Consistent).await.unwrap();
        assert_eq!(later.available().get(), DEPOSIT, "once");
    }
}

#[tokio::test]
async fn a_charge_is_shown_to_its_payer_and_is_nobodys_to_confirm_or_cancel() {
    let market = Market::start().await;
    market.expect_failures();
    let card = market.card("card-ok-1").await;
    let trade = market.by_card(card).await;
    market.providers().fail("toss:charge", 1, FaultKind::LostBefore);
    charge(&market.app, trade, card, market.now()).await.unwrap_err();
    let path = format!("/v1/payments/{}", market.charges(trade).await[0].id);
    let shown = market.get(&path).bearer(&market.token_of(&market.payer)).send().await;
    let shown = shown.expect(200).json();
    assert_eq!((&shown["purpose"], &shown["tradeId"]), (&json!("trade"), &json!(trade)));
    assert_eq!((&shown["status"], &shown["amount"]), (&json!("approving"), &json!(TOTAL)));
    let body = json!({ "paymentKey": "tgen_invented" });
    market.clock.advance(CLAIM_LEASE);
    let confirm = market.ask(&format!("{path}/confirm"), "k", body).send().await;
    confirm.expect_problem(409, "payment-in-progress");
    charge(&market.app, trade, card, market.now()).await.unwrap();
    let reason = json!({ "reason": "변심" });
    let cancel = market.ask(&format!("{path}/cancel"), "k", reason).send().await;
    cancel.expect_problem(409, "payment-not-cancellable");
    assert_eq!(end(&market, trade).await, PAID);
}

#[tokio::test]
async fn a_match_is_not_paid_through_a_window() {
    let market = Market::start().await;
    let trade = market.by_card(market.card("card-ok-1").await).await;
    let address = market.address(market.payer.id).await;
    let body = json!({ "provider": "toss", "addressId": address });
    let reply = market.ask(&format!("/v1/trades/{trade}/payments"), "k", body).send().await;
    reply.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn what_cannot_be_read_or_is_not_there_harms_nobody() {
    let market = Market::start().await;
    market.expect_failures();
    market.expect_dead(&super::FUNCTION.id());
    let trade = called(&market, "card-ok-1").await;
    let event = || market.app.entropy.uuid(market.now());
    let mut unknown = market.told::<TradeMatched>().await.remove(0);
    unknown.trade.trade_id = Id::from_uuid(event());
    market.publish(&Envelope::new(event(), market.now(), &unknown)).await;
    let mut poison = Envelope::new(event(), market.now(), &unknown);
    poison.data = json!({ "funding": { "from": "card", "paymentMethodId": 7 } });
    market.publish(&poison).await;
    market.run_until_idle().await;
    assert_eq!(end(&market, trade).await, PAID);
    market.advance(Span::hours(1)).await;
    assert_eq!(market.cloud.queue_bodies(&format!("{}-dlq", super::FUNCTION.id())).len(), 1);
}
