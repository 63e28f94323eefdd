use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{auction, bid, column, end, get_as, start, token, walk};

#[tokio::test]
async fn newest_auction_first_the_ended_ones_too() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let mut due = Vec::new();
    for hours in [1, 50, 1, 50, 50] {
        app.clock.advance(Span::millis(1)); // ids of one millisecond are in no order
        let id = auction(&app, &seller, json!({ "durationSeconds": hours * 3_600 })).await;
        bid(&app, &id, &minji, 10_000, Some(20_000)).await.expect(201);
        due.insert(0, json!(id));
    }
    // The order of watching is not the order of the list.
    for id in due.iter().rev().chain(&due) {
        let path = format!("/v1/me/watches/{}", id.as_str().unwrap());
        app.put(&path).bearer(&token(&app, &minji)).send().await.expect(204);
    }
    end(&app).await;
    for limit in [1, 2, 5, 100] {
        let watched = walk(&app, "/v1/me/watches", limit, Some(&minji)).await;
        assert_eq!(column(&watched, "id"), due, "by {limit}");
        assert_eq!(column(&watched, "status"), ["open", "open", "won", "open", "won"]);
        assert!(watched.iter().all(|view| view["myMaxAmount"] == 20_000));
    }
}

#[tokio::test]
async fn bad_questions() {
    let app = start().await;
    let minji = app.signed_in("minji");
    for limit in ["0", "101", "-1", "aaa", "null"] {
        let reply = get_as(&app, &format!("/v1/me/watches?limit={limit}"), &minji).await;
        reply.expect_problem(400, "invalid-request");
    }
    let forged = get_as(&app, "/v1/me/watches?cursor=AAAA", &minji).await;
    forged.expect_problem(400, "invalid-cursor");
    app.get("/v1/me/watches").send().await.expect_problem(401, "unauthenticated");
}
