use domain::{identity::Role, trade::policy::CHECKLIST_NEWEST};
use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{
    Market, PRICE, TOTAL, inspection, inspector, match_id, person, sell_order,
};

async fn show(market: &Market, token: &str) -> Value {
    let path = format!("/v1/trades/{}", match_id());
    market.get(&path).bearer(token).send().await.expect(200).json()
}

#[tokio::test]
async fn a_pass_goes_on_and_both_sides_read_the_evidence() {
    let market = Market::at_centre().await;
    market.clock.advance(Span::hours(3));
    let inspected_at = market.now();
    let reply = market.centre("inspection").json(inspection("pass")).send().await.expect(200);
    let reply = reply.json();
    assert_eq!(reply["state"], "forwarding");
    let due = json!({
        "grade": "pass", "checklistVersion": 3, "notes": "밑창에 작은 오염",
        "photos": ["inspection/front.jpg", "inspection/sole.jpg"],
        "at": inspected_at, "inspectorId": inspector(),
    });
    assert_eq!(reply["inspection"], due);
    assert!(reply["exchange"]["buyOrderId"].is_string(), "{reply}");
    assert_eq!(reply["exchange"]["sellOrderId"], json!(sell_order()));
    market.clock.advance(Span::hours(1));
    let mut told = due;
    told["inspectorId"] = Value::Null;
    for (who, own, other) in [
        (&market.buyer, "buyOrderId", "sellOrderId"),
        (&market.seller, "sellOrderId", "buyOrderId"),
    ] {
        let view = show(&market, &market.token_of(who)).await;
        assert_eq!(view["inspection"], told);
        assert!(view["exchange"][own].is_string(), "{view}");
        assert_eq!(view["exchange"][other], Value::Null);
        assert_eq!(view["exchange"]["option"], "270");
    }
    let admin = show(&market, &market.admin().token).await;
    assert_eq!(admin["inspection"]["inspectorId"], json!(inspector()));
}

/// Grade, state and reason, and what the seller owes the buyer.
#[tokio::test]
async fn what_fails_is_refunded_and_costs_the_seller() {
    for (grade, percent) in [("mismatch", 10), ("counterfeit", 15)] {
        let market = Market::graded(grade).await;
        let penalty = PRICE * percent / 100;
        assert_eq!(market.reason(match_id()).await, grade);
        assert_eq!(market.escrow(match_id()).await, 0);
        // The fee comes back as well.
        assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0), "{grade}");
        assert_eq!(market.purse(market.seller.id).await, (0, -penalty), "{grade}");
        let view = show(&market, &market.token_of(&market.seller)).await;
        assert_eq!(view["inspection"]["grade"], grade);
        assert_eq!(view["cancellation"]["fault"], "seller");
        assert_eq!(view["cancellation"]["penalty"], penalty);
    }
}

#[tokio::test]
async fn at_95_points_the_buyer_is_asked() {
    let market = Market::graded("pass_at_95").await;
    let trade = market.trade(match_id()).await;
    assert_eq!(trade.state.as_str(), "awaiting_consent");
    assert_eq!(trade.deadline, Some(market.now() + Span::hours(24)));
    assert_eq!(market.escrow(match_id()).await, TOTAL);
}

#[tokio::test]
async fn it_is_inspected_once_and_only_at_the_centre() {
    let market = Market::to_centre().await;
    let early = market.centre("inspection").json(inspection("pass")).send().await;
    early.expect_problem(409, "wrong-trade-state");
    let market = Market::graded("pass").await;
    let again = market.centre("inspection").json(inspection("mismatch")).send().await;
    again.expect_problem(409, "wrong-trade-state");
    assert_eq!(market.escrow(match_id()).await, TOTAL);
}

#[tokio::test]
async fn nobody_inspects_what_is_theirs() {
    let market = Market::at_centre().await;
    let path = format!("/v1/trades/{}/inspection", match_id());
    let send = |token: String| {
        let request = market.post(&path).bearer(&token).key(&market.fresh_key());
        request.json(inspection("mismatch")).send()
    };
    let roles = [Role::User, Role::Inspector, Role::Admin];
    for party in [market.buyer.id, market.seller.id] {
        send(market.token(party, &roles)).await.expect_problem(403, "forbidden");
    }
    for who in [&market.buyer, &market.seller, &person(&market, 1)] {
        send(market.token_of(who)).await.expect_problem(403, "forbidden");
    }
    send(market.admin().token).await.expect_problem(403, "forbidden");
    assert_eq!(market.state(match_id()).await, "inspecting");
    send(market.token(inspector(), &roles)).await.expect(200);
}

#[tokio::test]
async fn a_trade_that_is_not_there_is_not_found() {
    let market = Market::at_centre().await;
    let token = market.token(inspector(), &[Role::User, Role::Inspector]);
    let path = format!("/v1/trades/{}/inspection", market.fresh_key());
    let request = market.post(&path).bearer(&token).key("k").json(inspection("pass"));
    request.send().await.expect_problem(404, "trade-not-found");
}

#[tokio::test]
async fn refuses_bad_evidence() {
    let market = Market::at_centre().await;
    let with = |name: &str, value: Value| {
        let mut body = inspection("mismatch");
        body[name] = value;
        body
    };
    let without = |name: &str| {
        let mut body = inspection("mismatch");
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let many: Vec<String> = (0..11).map(|n| format!("p{n}")).collect();
    let bad = [
        json!({}),
        without("grade"),
        without("checklistVersion"),
        without("photos"),
        without("notes"),
        with("grade", json!("passed")),
        with("grade", json!("pass_at95")),
        with("checklistVersion", json!(0)),
        with("checklistVersion", json!(-1)),
        with("checklistVersion", json!(CHECKLIST_NEWEST + 1)),
        with("checklistVersion", json!(u32::MAX)),
        with("checklistVersion", json!(1.0)),
        with("checklistVersion", json!("1")),
        with("photos", json!([])),
        with("photos", json!(many)),
        with("photos", json!(["a", "b", "a"])),
        with("photos", json!([""])),
        with("photos", json!(["a b"])),
        with("photos", json!(["사진"])),
        with("photos", json!(["p".repeat(201)])),
        with("photos", json!("a")),
        with("notes", json!("")),
        with("notes", json!("  ")),
        with("notes", json!("가".repeat(1_001))),
        with("inspectorId", json!(inspector())),
    ];
    for body in bad {
        let reply = market.centre("inspection").json(body.clone()).send().await;
        assert_eq!(reply.status(), 400, "{body}");
        reply.expect_problem(400, "invalid-request");
    }
    assert_eq!(market.state(match_id()).await, "inspecting");
    let mut longest = with("notes", json!("가".repeat(1_000)));
    longest["photos"] =
        json!((0..10).map(|n| format!("{n}{}", "p".repeat(199))).collect::<Vec<_>>());
    market.centre("inspection").json(longest).send().await.expect(200);
}

#[tokio::test]
async fn a_pass_needs_no_notes() {
    let market = Market::at_centre().await;
    let body = json!({ "grade": "pass", "checklistVersion": 1, "photos": ["a"] });
    let reply = market.centre("inspection").json(body).send().await.expect(200).json();
    assert_eq!(reply["inspection"]["notes"], Value::Null);
}

#[tokio::test]
async fn a_key_belongs_to_one_verdict() {
    let market = Market::at_centre().await;
    let token = market.token(inspector(), &[Role::User, Role::Inspector]);
    let path = format!("/v1/trades/{}/inspection", match_id());
    let send =
        |grade: &str| market.post(&path).bearer(&token).key("k").json(inspection(grade)).send();
    let first = send("counterfeit").await.expect(200);
    let again = send("counterfeit").await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.text(), again.text());
    send("pass").await.expect_problem(422, "idempotency-key-reused");
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (0, -PRICE * 15 / 100));
    let keyless = market.post(&path).bearer(&token).json(inspection("pass")).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
}
