use domain::identity::Role;
use serde_json::{Value, json};

use crate::tests::fixture::{Market, match_id, person, trade_id};

async fn show(market: &Market, token: &str) -> testkit::Reply {
    market.get(&format!("/v1/trades/{}", trade_id())).bearer(token).send().await
}

#[tokio::test]
async fn both_sides_and_admins_see_it() {
    let market = Market::won().await;
    let admin = market.admin();
    let cases = [
        (market.token_of(&market.buyer), "buyer", Value::Null),
        (market.token_of(&market.seller), "seller", json!(5_000)),
        (admin.token, "admin", json!(5_000)),
    ];
    for (token, role, fee) in cases {
        let trade = show(&market, &token).await.expect(200).json();
        assert_eq!((trade["role"].clone(), trade["sellerFee"].clone()), (json!(role), fee));
        assert_eq!(trade["sellerNickname"], Value::Null);
        assert_eq!(
            (trade["price"].clone(), trade["total"].clone()),
            (json!(100_000), json!(100_000))
        );
    }
}

#[tokio::test]
async fn for_everybody_else_it_does_not_exist() {
    let market = Market::won().await;
    let stranger = market.token_of(&person(&market, 1));
    show(&market, &stranger).await.expect_problem(404, "trade-not-found");
    // An inspector has no part in a direct sale.
    let inspector = market.token_with_roles(&[Role::User, Role::Inspector]);
    show(&market, &inspector.token).await.expect_problem(404, "trade-not-found");
    let none = market.get("/v1/trades/x").bearer(&stranger).send().await;
    none.expect_problem(400, "invalid-request");
    let nobody = market.get(&format!("/v1/trades/{}", trade_id())).send().await;
    nobody.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_seller_learns_the_address_when_it_is_paid() {
    let market = Market::paid().await;
    let seller = market.token_of(&market.seller);
    let trade = show(&market, &seller).await.expect(200).json();
    assert_eq!(trade["address"]["line1"], "테헤란로 152");
    assert_eq!(trade["paidAt"], market.now().to_string());
}

#[tokio::test]
async fn an_inspected_trade_is_shown_to_inspectors_too() {
    let market = Market::to_centre().await;
    let path = format!("/v1/trades/{}", match_id());
    let cases = [
        (&[Role::User, Role::Inspector][..], "inspector"),
        (&[Role::User, Role::Admin, Role::Inspector], "admin"),
    ];
    for (roles, role) in cases {
        let token = market.token_with_roles(roles).token;
        let view = market.get(&path).bearer(&token).send().await.expect(200).json();
        assert_eq!(view["role"], role);
        assert_eq!(view["address"]["recipient"], "김민지");
        assert_eq!(view["inspection"], Value::Null);
    }
    // Whoever sells it is the seller, whatever else they are.
    let token = market.token(market.seller.id, &[Role::User, Role::Admin, Role::Inspector]);
    let view = market.get(&path).bearer(&token).send().await.expect(200).json();
    assert_eq!(
        (view["role"].clone(), view["exchange"]["buyOrderId"].clone()),
        (json!("seller"), Value::Null)
    );
    // The goods go to the centre: who the buyer is and lives is none of the seller's business.
    assert_eq!((&view["paidAt"].is_null(), &view["address"]), (&false, &Value::Null));
    let stranger = market.get(&path).bearer(&market.signed_in("x").token).send().await;
    stranger.expect_problem(404, "trade-not-found");
}
