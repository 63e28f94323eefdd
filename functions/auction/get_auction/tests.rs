use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{auction, bid, closings, get_as, show, start};

const NOWHERE: &str = "01938f3c-7e2a-7000-8000-000000000001";

#[tokio::test]
async fn secrets_stay_hidden_from_everybody_else() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let hidden = json!({ "startPrice": 100_000, "reservePrice": 345_678, "buyNowPrice": 900_000 });
    let id = auction(&app, &seller, hidden).await;
    bid(&app, &id, &minji, 100_000, Some(234_567)).await.expect(201);
    let path = format!("/v1/auctions/{id}");
    let mine = get_as(&app, &path, &minji).await.expect(200).json();
    assert_eq!((&mine["isLeading"], &mine["myMaxAmount"]), (&json!(true), &json!(234_567)));
    assert_eq!(mine["isMine"], false);
    let others = [
        ("public", app.get(&path).send().await, false),
        ("another bidder", get_as(&app, &path, &juno).await, false),
        ("the seller", get_as(&app, &path, &seller).await, true),
    ];
    for (who, reply, is_mine) in others {
        let text = reply.expect(200).text();
        let view: Value = serde_json::from_str(&text).unwrap();
        // F27: the reserve is the seller's own secret.
        assert_eq!(view["reservePrice"].is_null(), !is_mine, "{who}");
        let secrets = ["234567", &minji.id.to_string(), "salt"];
        let reserve = (!is_mine).then_some("345678");
        for secret in secrets.into_iter().chain(reserve) {
            assert!(!text.contains(secret), "{who} sees {secret}: {text}");
        }
        assert_eq!(view["isMine"], is_mine, "{who}");
        assert_eq!(
            (&view["isLeading"], &view["myMaxAmount"]),
            (&json!(false), &Value::Null),
            "{who}"
        );
        assert_eq!(
            (&view["price"], &view["reserveMet"]),
            (&json!(100_000), &json!(false)),
            "{who}"
        );
        assert_eq!(view["leader"], mine["leader"], "{who}");
    }
}

#[tokio::test]
async fn a_bidder_has_another_name_in_every_auction() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let mut names = Vec::new();
    for _ in 0..2 {
        let id = auction(&app, &seller, json!({})).await;
        bid(&app, &id, &minji, 10_000, None).await.expect(201);
        names.push(show(&app, &id).await["leader"].as_str().unwrap().to_owned());
    }
    assert_ne!(names[0], names[1]);
}

#[tokio::test]
async fn what_is_not_there() {
    let app = start().await;
    for bad in ["1", "x", "01938f3c7e2a70008000000000000001"] {
        let reply = app.get(&format!("/v1/auctions/{bad}")).send().await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "path", "{bad}");
    }
    for nowhere in [NOWHERE.to_owned(), NOWHERE.to_uppercase()] {
        let reply = app.get(&format!("/v1/auctions/{nowhere}")).send().await;
        reply.expect_problem(404, "auction-not-found");
    }
}

#[tokio::test]
async fn a_read_after_the_end_closes() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let sold = auction(&app, &seller, json!({})).await;
    let unsold = auction(&app, &seller, json!({ "reservePrice": 50_000 })).await;
    for id in [&sold, &unsold] {
        bid(&app, id, &minji, 10_000, None).await.expect(201);
    }
    app.clock.advance(Span::millis(599_999));
    assert_eq!(show(&app, &sold).await["status"], "open");
    for later in [1, 2_999] {
        app.clock.advance(Span::millis(later));
        for id in [&sold, &unsold] {
            assert_eq!(show(&app, id).await["status"], "ended");
        }
        app.run_until_idle().await;
        assert!(closings(&app).await.is_empty());
    }
    app.clock.advance(Span::millis(1));
    assert_eq!(show(&app, &sold).await["status"], "won");
    assert_eq!(show(&app, &unsold).await["status"], "unsold");
    app.run_until_idle().await;
    let told = closings(&app).await;
    assert_eq!(told.len(), 2);
    let winner = told.iter().find_map(|told| told.winner.clone()).unwrap();
    assert_eq!((winner.user_id, winner.price.get()), (minji.id, 10_000));
    assert!(told.iter().all(|told| told.closed_at == app.now()));
}

#[tokio::test]
async fn a_close_that_cannot_be_written_is_no_wrong_answer() {
    use local::{Fault, FaultKind};
    let app = start().await;
    app.expect_failures();
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    app.clock.advance(Span::seconds(603));
    for _ in 0..3 {
        app.cloud.faults().push(Fault::next("dynamodb:UpdateItem", FaultKind::Throttle));
    }
    let reply = app.get(&format!("/v1/auctions/{id}")).send().await;
    reply.expect_problem(503, "try-again");
    assert_eq!(show(&app, &id).await["status"], "unsold");
}
