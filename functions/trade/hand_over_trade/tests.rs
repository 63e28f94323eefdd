use std::sync::Arc;

use kernel::Span;
use serde_json::{Value, json};
use testkit::Reply;

use crate::tests::fixture::{Market, PRICE, at_once, count, shared, shipment, trade_id};

/// A win that is paid, and to be handed over in person.
pub async fn to_meet() -> Market {
    let market = Market::won().await;
    pay(&market).await.expect(200);
    market.run_until_idle().await;
    market
}

pub async fn pay(market: &Market) -> Reply {
    let request = market.ask(trade_id(), "pay", &market.buyer);
    request.json(json!({ "inPerson": true })).send().await
}

/// The code as the buyer's app shows it, and how many tries are left.
pub async fn shown(market: &Market) -> (String, i64) {
    let request = market.get(&format!("/v1/trades/{}/handover-code", trade_id()));
    let view = request.bearer(&market.token_of(&market.buyer)).send().await.expect(200).json();
    (view["code"].as_str().unwrap().to_owned(), view["triesLeft"].as_i64().unwrap())
}

pub async fn enter(market: &Market, code: &str) -> Reply {
    let request = market.ask(trade_id(), "hand-over", &market.seller);
    request.json(json!({ "code": code })).send().await
}

pub async fn renew(market: &Market) -> Reply {
    market.ask(trade_id(), "handover-code/renew", &market.buyer).send().await
}

/// Another code of six digits.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn the_buyers_code_pays_the_seller() {
    let market = to_meet().await;
    let (code, left) = shown(&market).await;
    assert_eq!((code.len(), left), (6, 5));
    let view = enter(&market, &code).await.expect(200).json();
    assert_eq!((&view["state"], &view["inPerson"]), (&json!("completed"), &json!(true)));
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    assert_eq!(market.escrow(trade_id()).await, 0);
    enter(&market, &code).await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn every_way_of_writing_the_code_and_none_that_is_no_code() {
    let market = to_meet().await;
    for bad in
        ["", "12345", "1234567", "12345a", "１２３４５", "-12345", "１２３４５６７", "٠١٢٣٤٥"]
    {
        enter(&market, bad).await.expect_problem(400, "invalid-request");
    }
    let huge = "1".repeat(100_000);
    enter(&market, &huge).await.expect_problem(400, "invalid-request");
    assert_eq!(shown(&market).await.1, 5, "none of these was a try");
    let (code, _) = shown(&market).await;
    let wide: String =
        code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let spaced = format!("{} {}", wide.chars().take(3).collect::<String>(), &code[3..]);
    enter(&market, &spaced).await.expect(200);
}

/// A seller who was paid for in person and has met nobody guesses.
#[tokio::test]
async fn a_thief_has_five_tries() {
    let market = to_meet().await;
    let (code, _) = shown(&market).await;
    for left in (0..5).rev() {
        let missed = enter(&market, &other_than(&code)).await;
        let missed = missed.expect_problem(409, "wrong-handover-code").json();
        assert_eq!(missed["triesLeft"], left);
    }
    assert_eq!(shown(&market).await.1, 0);
    enter(&market, &code).await.expect_problem(409, "handover-code-used-up");
    renew(&market).await.expect(200);
    let (renewed, left) = shown(&market).await;
    assert!(renewed != code || left == 5);
    assert_eq!(left, 5);
    enter(&market, &renewed).await.expect(200);
}

/// A hundred guesses at once were not counted one by one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_once_are_five_guesses() {
    let market = shared(to_meet().await);
    let (code, _) = shown(&market).await;
    let replies = at_once(40, |number| {
        let market = Arc::clone(&market);
        let guess = format!("{:06}", (code.parse::<usize>().unwrap() + 1 + number) % 1_000_000);
        async move { enter(&market, &guess).await }
    });
    let replies = replies.await;
    let tried = replies.iter().filter(|reply| reply.code() == "wrong-handover-code").count();
    assert!(tried <= 5, "{tried}");
    assert_eq!(count(&replies, 200), 0);
    let meeting = market.trade(trade_id()).await.meeting.unwrap();
    assert_eq!(usize::from(meeting.wrong), tried);
}

#[tokio::test]
async fn what_is_handed_over_is_not_sent() {
    let market = to_meet().await;
    let ship = market.ask(trade_id(), "ship", &market.seller).json(shipment()).send().await;
    ship.expect_problem(409, "wrong-trade-state");
    let market = Market::paid().await;
    enter(&market, "123456").await.expect_problem(409, "wrong-trade-state");
    renew(&market).await.expect_problem(409, "wrong-trade-state");
    let path = format!("/v1/trades/{}/handover-code", trade_id());
    let token = market.token_of(&market.buyer);
    market.get(&path).bearer(&token).send().await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn a_meeting_that_lapses_counts_for_both_sides() {
    let market = to_meet().await;
    market.wait(Span::days(5)).await;
    market.wait(Span::millis(2 * 86_400_000 - 1)).await;
    assert_eq!(market.state(trade_id()).await, "awaiting_shipment");
    let (code, _) = shown(&market).await;
    market.clock.advance(Span::millis(1));
    enter(&market, &code).await.expect_problem(409, "shipment-overdue");
    market.sweep().await;
    assert_eq!(market.reason(trade_id()).await, "not_met");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
    for side in [market.buyer.id, market.seller.id] {
        let standing = market.store().standing(side).await.unwrap();
        assert_eq!(standing.missed_meetings(market.now()), 1);
        assert_eq!(standing.missed_meetings(market.now() + Span::days(91)), 0);
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again() {
    let market = to_meet().await;
    let (code, _) = shown(&market).await;
    let send = |body: Value| {
        let request = market.post(&format!("/v1/trades/{}/hand-over", trade_id())).key("same");
        request.bearer(&market.token_of(&market.seller)).json(body).send()
    };
    let first = send(json!({ "code": code })).await.expect(200).text();
    let again = send(json!({ "code": code })).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text(), first);
}
