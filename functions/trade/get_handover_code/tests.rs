use serde_json::json;
use store::Table;

use crate::{
    hand_over_trade::tests::{enter, shown, to_meet},
    tests::fixture::{Market, person, trade_id},
};

#[tokio::test]
async fn the_code_is_the_buyers_alone() {
    let market = to_meet().await;
    let path = format!("/v1/trades/{}/handover-code", trade_id());
    let get = |token: String| market.get(&path).bearer(&token).send();
    get(market.token_of(&market.seller)).await.expect_problem(403, "forbidden");
    get(market.admin().token).await.expect_problem(403, "forbidden");
    let stranger = market.token_of(&person(&market, 1));
    get(stranger).await.expect_problem(404, "trade-not-found");
    let (code, _) = shown(&market).await;
    let rows = market.rows().await;
    for table in [Table::Trade, Table::Outbox, Table::Operation] {
        for row in rows.table(table) {
            assert!(!format!("{row:?}").contains(&format!("\"{code}\"")), "kept: {row:?}");
        }
    }
    let renewal = market.ask(trade_id(), "handover-code/renew", &market.seller).send().await;
    renewal.expect_problem(403, "forbidden");
    let bought = market.ask(trade_id(), "hand-over", &market.buyer);
    let bought = bought.json(json!({ "code": code })).send().await;
    bought.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn there_is_a_code_while_the_goods_wait() {
    let path = format!("/v1/trades/{}/handover-code", trade_id());
    let market = Market::won().await;
    let get = |market: &Market| market.get(&path).bearer(&market.token_of(&market.buyer)).send();
    get(&market).await.expect_problem(409, "wrong-trade-state");
    let market = to_meet().await;
    let (code, _) = shown(&market).await;
    assert_eq!(shown(&market).await.0, code, "until it is renewed");
    enter(&market, &code).await.expect(200);
    get(&market).await.expect_problem(409, "wrong-trade-state");
}
