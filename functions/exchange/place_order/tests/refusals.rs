//! Orders that nothing comes of.

use kernel::{Id, Span};
use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PASSWORD, PURSE, Trader};

#[tokio::test]
async fn a_key_is_required_and_has_a_shape() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let send = |request: testkit::RequestBuilder| {
        request.bearer(&floor.token_of(&buyer)).json(floor.order(&buyer, "buy", 10_000)).send()
    };
    let path = "/v1/exchange/orders";
    send(floor.post(path)).await.expect_problem(400, "idempotency-key-required");
    let long = "k".repeat(65);
    for key in ["", " ", "a b", "열쇠", long.as_str()] {
        send(floor.post(path).key(key)).await.expect_problem(400, "idempotency-key-invalid");
    }
    let nobody = floor.post(path).key("k").json(floor.order(&buyer, "buy", 10_000)).send().await;
    nobody.expect_problem(401, "unauthenticated");
    assert_eq!((floor.purse(&buyer).await, floor.book().await), ((PURSE, 0), 0));
    send(floor.post(path).key(&"k".repeat(64))).await.expect(201);
}

#[tokio::test]
async fn a_key_belongs_to_one_body_of_one_user_on_one_route() {
    let floor = Floor::trading().await;
    let (buyer, other) = (floor.trader().await, floor.trader().await);
    let send = |who, body: Value| floor.ask_under("k", "orders", who).json(body).send();
    send(&buyer, floor.order(&buyer, "buy", 10_000)).await.expect(201);
    let dearer = floor.order(&buyer, "buy", 11_000);
    send(&buyer, dearer).await.expect_problem(422, "idempotency-key-reused");
    send(&other, floor.order(&other, "buy", 10_000)).await.expect(201);
    let now = floor.ask_under("k", "buy-now", &buyer);
    let now = now.json(floor.now_body("buy-now", &buyer, 10_000)).send().await;
    now.expect_problem(409, "price-moved");
    assert_eq!(floor.book().await, 2);
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 10_300));
}

#[tokio::test]
async fn refuses_what_is_no_price() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let body = floor.order(&buyer, "buy", 10_000).to_string();
    assert!(body.contains("\"price\":10000"));
    let huge = format!("1{}", "0".repeat(30));
    for price in [
        "0",
        "1",
        "999",
        "1500",
        "-1000",
        "\"1000\"",
        "1e3",
        "1.0",
        "1000.5",
        "970000001000",
        "1000000000000",
        "9223372036854775807",
        "9223372036854775808",
        &huge,
        "null",
        "true",
        "[1000]",
        "{}",
    ] {
        let text = body.replace("\"price\":10000", &format!("\"price\":{price}"));
        let request = floor.ask("orders", &buyer).header("content-type", "application/json");
        request.body(text).send().await.expect_problem(400, "invalid-request");
    }
    for price in ["NaN", "+1000", "01000", "1_000", ""] {
        let text = body.replace("\"price\":10000", &format!("\"price\":{price}"));
        let request = floor.ask("orders", &buyer).header("content-type", "application/json");
        request.body(text).send().await.expect_problem(400, "malformed-json");
    }
    assert_eq!((floor.purse(&buyer).await, floor.book().await), ((PURSE, 0), 0));
}

#[tokio::test]
async fn refuses_bad_bodies() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let no_id = "019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11";
    let rows = [
        ("option", json!("999")),
        ("option", json!("")),
        ("option", json!(270)),
        ("side", json!("BUY")),
        ("side", json!("hold")),
        ("side", Value::Null),
        ("expiresInDays", json!(0)),
        ("expiresInDays", json!(2)),
        ("expiresInDays", json!(61)),
        ("expiresInDays", json!(-1)),
        ("expiresInDays", json!("1")),
        ("expiresInDays", json!(1.0)),
        ("expiresInDays", json!(i64::MAX)),
        ("expiresInDays", json!(i64::MIN)),
        ("itemId", json!("x")),
        ("addressId", json!(1)),
        ("addressId", json!("x")),
        ("buyAgain", json!("yes")),
        ("quantity", json!(2)),
        ("funding", json!("wallet")),
        ("funding", json!({})),
        ("funding", json!({ "from": "cash" })),
        ("funding", json!({ "from": "Wallet" })),
        ("funding", json!({ "from": "wallet", "amount": 1 })),
        ("funding", json!({ "from": "card" })),
        ("funding", json!({ "from": "card", "paymentMethodId": no_id })),
        ("funding", json!({ "from": "card", "paymentMethodId": "x", "password": PASSWORD })),
        ("funding", json!({ "from": "card", "paymentMethodId": no_id, "password": "12345" })),
        ("funding", json!({ "from": "card", "paymentMethodId": no_id, "password": 271_828 })),
        ("funding", Value::Null),
    ];
    for (field, value) in rows {
        let mut body = floor.order(&buyer, "buy", 10_000);
        body[field] = value.clone();
        let reply = floor.ask("orders", &buyer).json(body).send().await;
        assert_eq!(reply.status(), 400, "{field} {value}: {}", reply.text());
        reply.expect_problem(400, "invalid-request");
    }
    for field in ["itemId", "option", "side", "price", "expiresInDays", "addressId", "funding"] {
        let mut body = floor.order(&buyer, "buy", 10_000);
        body.as_object_mut().unwrap().remove(field);
        let reply = floor.ask("orders", &buyer).json(body).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    for (body, code) in [
        ("", "malformed-json"),
        ("{", "malformed-json"),
        ("[]", "invalid-request"),
        ("null", "invalid-request"),
        ("\"x\"", "invalid-request"),
    ] {
        let request = floor.ask("orders", &buyer).header("content-type", "application/json");
        request.body(body).send().await.expect_problem(400, code);
    }
    assert_eq!((floor.purse(&buyer).await, floor.book().await), ((PURSE, 0), 0));
}

#[tokio::test]
async fn a_seller_pays_nothing_and_buys_nothing_again() {
    let floor = Floor::trading().await;
    let seller = floor.trader().await;
    let card = floor.card(&seller).await;
    let by_card = json!({ "from": "card", "paymentMethodId": card, "password": PASSWORD });
    for (field, value) in
        [("funding", json!({ "from": "wallet" })), ("funding", by_card), ("buyAgain", json!(true))]
    {
        let mut body = floor.order(&seller, "sell", 10_000);
        body[field] = value;
        let reply = floor.ask("orders", &seller).json(body).send().await;
        let problem = reply.expect_problem(400, "invalid-request").json();
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{problem}");
    }
    assert_eq!((floor.purse(&seller).await, floor.book().await), ((PURSE, 0), 0));
}

#[tokio::test]
async fn the_address_is_the_callers_own() {
    let floor = Floor::trading().await;
    let (buyer, other) = (floor.trader().await, floor.trader().await);
    let unknown = json!("019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11");
    for side in ["buy", "sell"] {
        for address in [json!(other.address), unknown.clone()] {
            let mut body = floor.order(&buyer, side, 10_000);
            body["addressId"] = address;
            let reply = floor.ask("orders", &buyer).json(body).send().await;
            reply.expect_problem(404, "address-not-found");
        }
    }
    assert_eq!((floor.purse(&buyer).await, floor.book().await), ((PURSE, 0), 0));
}

#[tokio::test]
async fn a_card_asks_for_its_owner_and_its_password() {
    let floor = Floor::trading().await;
    let (buyer, other) = (floor.beggar().await, floor.trader().await);
    floor.fund(buyer.user.id, 2_000).await;
    let (card, foreign) = (floor.card(&buyer).await, floor.card(&other).await);
    let bid = |card, password: &str| {
        let mut body = floor.card_bid(&buyer, 10_000, card);
        body["funding"]["password"] = password.into();
        floor.ask("orders", &buyer).json(body).send()
    };
    bid(foreign, PASSWORD).await.expect_problem(404, "payment-method-not-found");
    let none = Id::from_uuid(uuid::Uuid::from_u128(1));
    bid(none, PASSWORD).await.expect_problem(404, "payment-method-not-found");
    bid(card, "000000").await.expect_problem(401, "wrong-payment-password");
    assert_eq!(floor.book().await, 0);
    let placed = bid(card, PASSWORD).await.expect(201).json();
    assert_eq!((&placed["state"], &placed["funding"]), (&json!("open"), &json!("card")));
    assert_eq!(placed["paymentMethodId"], json!(card));
    let purse = floor.purse(&buyer).await;
    assert_eq!(purse, (1_000, 1_000), "the deposit; the rest is charged after the match");
    for _ in 0..5 {
        bid(card, "000000").await.expect_problem(401, "wrong-payment-password");
    }
    let locked = bid(card, PASSWORD).await.expect_problem(429, "payment-password-locked");
    assert_eq!(locked.header("retry-after"), Some("900"));
    floor.clock.advance(Span::minutes(15));
    bid(card, PASSWORD).await.expect(201);
    assert_eq!(floor.book().await, 2);
    let rows = format!("{:?}", floor.rows().await);
    assert!(!rows.contains(PASSWORD) && !format!("{:?}", floor.log_lines()).contains(PASSWORD));
}

#[tokio::test]
async fn a_seller_needs_a_payout_account() {
    let floor = Floor::trading().await;
    let user = floor.signed_in("seller");
    let address = floor.address(user.id).await;
    let seller = Trader { user, address };
    let refused = floor.place(&seller, "sell", 10_000).await;
    refused.expect_problem(409, "payout-account-required");
    let refused = floor.at_once("sell-now", &seller, 10_000).await;
    refused.expect_problem(409, "payout-account-required");
    floor.fund(seller.user.id, 10_300).await;
    floor.rest(&seller, "buy", 10_000).await;
}

#[tokio::test]
async fn a_wallet_must_hold_price_and_fee() {
    let floor = Floor::trading().await;
    let buyer = floor.beggar().await;
    let refused = floor.place(&buyer, "buy", 10_000).await;
    let problem = refused.expect_problem(409, "insufficient-balance").json();
    assert_eq!(problem["available"], 0);
    floor.fund(buyer.user.id, 10_299).await;
    let refused = floor.place(&buyer, "buy", 10_000).await;
    let problem = refused.expect_problem(409, "insufficient-balance").json();
    assert_eq!(problem["available"], 10_299);
    // What it would have met is still there.
    let seller = floor.trader().await;
    floor.rest(&seller, "sell", 10_000).await;
    floor.place(&buyer, "buy", 10_000).await.expect_problem(409, "insufficient-balance");
    assert_eq!((floor.book().await, floor.trades().await), (1, 0));
    floor.fund(buyer.user.id, 1).await;
    floor.take(&buyer, "buy", 10_000).await;
    assert_eq!(floor.purse(&buyer).await, (0, 10_300));
}

#[tokio::test]
async fn only_what_is_in_the_catalogue_is_traded() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let other = |field: &'static str, value: &'static str| {
        let mut body = floor.order(&buyer, "buy", 10_000);
        body[field] = value.into();
        floor.ask("orders", &buyer).json(body).send()
    };
    other("option", "290").await.expect_problem(404, "not-traded");
    let unknown = other("itemId", "019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11").await;
    unknown.expect_problem(404, "not-traded");
    let ask = floor.rest(&seller, "sell", 10_000).await;
    floor.delete_item().await.expect_problem(409, "item-has-orders");
    floor.cancel(&seller, ask).await.expect(200);
    floor.delete_item().await.expect(204);
    floor.place(&buyer, "buy", 10_000).await.expect_problem(404, "not-traded");
    floor.place(&seller, "sell", 10_000).await.expect_problem(404, "not-traded");
    assert_eq!((floor.purse(&buyer).await, floor.book().await), ((PURSE, 0), 0));
}

#[tokio::test]
async fn f28_a_delivery_note_is_one_line_of_a_buyer_and_goes_along_with_the_trade() {
    let floor = Floor::open().await;
    let [buyer, seller] = [floor.trader().await, floor.trader().await];
    let order = |who: &Trader, side: &str, note: serde_json::Value| {
        let mut body = floor.order(who, side, 10_000);
        body["deliveryNote"] = note;
        floor.ask("orders", who).json(body).send()
    };
    let long = "가".repeat(101);
    for note in [json!(""), json!("  "), json!("a\nb"), json!("a\u{202e}b"), json!(long), json!(7)]
    {
        order(&buyer, "buy", note).await.expect_problem(400, "invalid-request");
    }
    let note = "문 앞에 놓아 주세요";
    order(&seller, "sell", json!(note)).await.expect_problem(400, "invalid-request");
    let placed = order(&buyer, "buy", json!(format!(" {note} "))).await.expect(201).json();
    assert_eq!(placed["deliveryNote"], note);
    let mut taken = floor.now_body("sell-now", &seller, 10_000);
    taken["deliveryNote"] = json!(note);
    floor.ask("sell-now", &seller).json(taken).send().await.expect(400);
    let (_, trade) = floor.take(&seller, "sell", 10_000).await;
    assert_eq!(floor.trade(trade).await.note.unwrap().as_str(), note);
    let mut bought = floor.now_body("buy-now", &buyer, 12_000);
    bought["deliveryNote"] = json!("경비실");
    floor.rest(&seller, "sell", 12_000).await;
    let bought = floor.ask("buy-now", &buyer).json(bought).send().await.expect(201).json();
    let second = bought["tradeId"].as_str().unwrap().parse().unwrap();
    assert_eq!(floor.trade(second).await.note.unwrap().as_str(), "경비실");
    floor.run_until_idle().await;
    // Who ships to the centre reads neither the address nor the note.
    for (who, told) in [(&buyer, json!(note)), (&seller, serde_json::Value::Null)] {
        let view = floor.get(&format!("/v1/trades/{trade}")).bearer(&floor.token_of(who));
        assert_eq!(view.send().await.expect(200).json()["deliveryNote"], told);
    }
}
