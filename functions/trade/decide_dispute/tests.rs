use domain::identity::Role;
use serde_json::{Value, json};
use testkit::{Reply, User};

use crate::tests::fixture::{Market, PRICE, goes_back, ruling, trade_id};

async fn rule_as(market: &Market, who: &User, roles: &[Role]) -> Reply {
    let request = market.post(&format!("/v1/trades/{}/dispute/ruling", trade_id()));
    let token = market.token(who.id, roles);
    request.bearer(&token).key(&market.fresh_key()).json(ruling("complete")).send().await
}

#[tokio::test]
async fn the_seller_is_paid() {
    let market = Market::disputed().await;
    let admin = market.admin();
    let view = rule_as(&market, &admin, &[Role::User, Role::Admin]).await.expect(200).json();
    assert_eq!((&view["state"], &view["role"]), (&json!("completed"), &json!("admin")));
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    let month = store::staff::month_of(market.now());
    let acts = market.store().staff_acts(&month, 10, None).await.unwrap().items;
    let [act] = &*acts else { panic!("{acts:?}") };
    assert_eq!((&*act.before, &*act.after), ("disputed", "completed"));
    assert_eq!(act.by, admin.id);
    market.rule(ruling("complete")).await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn the_goods_go_back_with_who_pays_for_it() {
    let market = Market::disputed().await;
    let view = market.rule(goes_back()).await.expect(200).json();
    assert_eq!(view["state"], "awaiting_return");
    let told = market.shown_dispute(&market.seller).await.expect(200).json();
    assert_eq!(told["ruling"]["verdict"], "return");
    assert_eq!(told["ruling"]["freight"], "seller");
    assert_eq!(told["ruling"]["note"], "사진과 다른 제품입니다");
    assert_eq!(market.escrow(trade_id()).await, PRICE);
}

/// What a buyer has is not refunded before it is back, and what nobody has is not sent back.
#[tokio::test]
async fn a_verdict_follows_from_where_the_goods_are() {
    let market = Market::disputed().await;
    market.rule(ruling("refund")).await.expect_problem(409, "verdict-unavailable");
    let market = Market::disputed_on_the_way().await;
    market.rule(goes_back()).await.expect_problem(409, "verdict-unavailable");
    market.rule(ruling("refund")).await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.reason(trade_id()).await, "by_admin");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    let market = Market::came_back().await;
    market.rule(ruling("refund")).await.expect_problem(409, "wrong-trade-state");
    market.object().await.expect(200);
    market.rule(goes_back()).await.expect_problem(409, "verdict-unavailable");
    market.rule(ruling("refund")).await.expect(200);
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
}

#[tokio::test]
async fn no_party_and_nobody_without_the_role() {
    let market = Market::disputed().await;
    let staff = [Role::User, Role::Admin];
    for who in [&market.buyer, &market.seller] {
        rule_as(&market, who, &staff).await.expect_problem(403, "forbidden");
        rule_as(&market, who, &[Role::User]).await.expect_problem(403, "forbidden");
    }
    let inspector = market.admin();
    let roles = [Role::User, Role::Inspector];
    rule_as(&market, &inspector, &roles).await.expect_problem(403, "forbidden");
    assert_eq!(market.state(trade_id()).await, "disputed");
    // Nor is it cancelled beside its dispute.
    let cancel = market.post(&format!("/v1/trades/{}/cancel", trade_id()));
    let token = market.token(market.admin().id, &staff);
    let cancel = cancel.bearer(&token).key("c").json(json!({ "reason": "신고" })).send().await;
    cancel.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn a_verdict_and_a_reason() {
    let market = Market::disputed().await;
    let with = |field: &str, value: Value| {
        let mut body = goes_back();
        body[field] = value;
        body
    };
    for bad in [
        json!({}),
        with("verdict", json!("guilty")),
        with("verdict", json!("complete")),
        with("freight", json!(null)),
        with("freight", json!("nobody")),
        with("reason", json!(" ")),
        with("reason", json!("가".repeat(201))),
        with("amount", json!(1)),
    ] {
        market.rule(bad).await.expect_problem(400, "invalid-request");
    }
    assert_eq!(market.state(trade_id()).await, "disputed");
}
