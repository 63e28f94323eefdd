use domain::identity::Role;
use serde_json::Value;

use crate::tests::fixture::{Market, match_id, user};

#[tokio::test]
async fn admins_see_what_anybody_sells_or_buys() {
    let market = Market::at_centre().await;
    let list = |who: String, query: &str, token: String| {
        market.get(&format!("/v1/users/{who}/trades{query}")).bearer(&token).send()
    };
    let admin = || market.admin().token;
    let (buyer, seller) = (market.buyer.id.to_string(), market.seller.id.to_string());
    for (who, role, count) in [
        (&buyer, "buyer", 1),
        (&buyer, "seller", 0),
        (&seller, "seller", 1),
        (&seller, "buyer", 0),
        (&user(7).to_string(), "buyer", 0),
    ] {
        let reply = list(who.clone(), &format!("?role={role}"), admin()).await.expect(200);
        let items = reply.json()["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), count, "{role}");
        for item in items {
            assert_eq!(item["id"], match_id().to_string());
            assert_eq!(item["role"], "admin");
            assert!(item["exchange"]["buyOrderId"].is_string(), "{item}");
            assert_eq!(item["sellerFee"], 3_000);
            assert_eq!(item["buyerNickname"], Value::Null);
        }
    }
    for roles in [&[Role::User][..], &[Role::User, Role::Inspector]] {
        let token = market.token(market.buyer.id, roles);
        let reply = list(buyer.clone(), "?role=buyer", token).await;
        reply.expect_problem(403, "forbidden");
    }
    for query in ["", "?role=inspector", "?role=buyer&limit=0", "?role=buyer&state=inspecting"] {
        let reply = list(buyer.clone(), query, admin()).await;
        reply.expect_problem(400, "invalid-request");
    }
    let bad = list("x".to_owned(), "?role=buyer", admin()).await;
    bad.expect_problem(400, "invalid-request");
}

#[tokio::test]
async fn a_cursor_belongs_to_one_users_one_side() {
    let market = crate::list_trades::tests::five().await;
    let admin = market.admin().token;
    let list = |who: String, query: String| {
        market.get(&format!("/v1/users/{who}/trades{query}")).bearer(&admin).send()
    };
    let (buyer, seller) = (market.buyer.id.to_string(), market.seller.id.to_string());
    let first = list(seller.clone(), "?role=seller&limit=3".to_owned()).await.expect(200).json();
    let cursor = first["nextCursor"].as_str().unwrap().to_owned();
    let next = format!("?role=seller&limit=3&cursor={cursor}");
    let rest = list(seller.clone(), next.clone()).await.expect(200).json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    list(buyer, next).await.expect_problem(400, "invalid-cursor");
    let other = format!("?role=buyer&limit=3&cursor={cursor}");
    list(seller, other).await.expect_problem(400, "invalid-cursor");
}
