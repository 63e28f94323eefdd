use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{auction, bid, column, end, get_as, start, void, walk};

#[tokio::test]
async fn only_mine_with_the_auction_as_it_stands() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let first = auction(&app, &seller, json!({})).await;
    bid(&app, &first, &minji, 10_000, Some(15_000)).await.expect(201);
    bid(&app, &first, &juno, 20_000, None).await.expect(201);
    bid(&app, &first, &minji, 21_000, None).await.expect(201);
    app.clock.advance(Span::millis(1)); // ids of one millisecond are in no order
    let second = auction(&app, &seller, json!({})).await;
    bid(&app, &second, &juno, 12_000, None).await.expect(201);
    bid(&app, &second, &minji, 12_500, Some(90_000)).await.expect(201);
    let fraud = bid(&app, &second, &juno, 30_000, None).await.expect(201).json();
    app.run_until_idle().await;
    void(&app, &second, &fraud["id"]).await.expect(200);
    app.run_until_idle().await;

    let mine = walk(&app, "/v1/me/bids", 100, Some(&minji)).await;
    assert_eq!(column(&mine, "auctionId"), [&*second, &*first, &*first]);
    assert_eq!(column(&mine, "sequence"), [2, 3, 1]);
    assert_eq!(column(&mine, "amount"), [12_500, 21_000, 10_000]);
    assert_eq!(column(&mine, "maxAmount"), [90_000, 21_000, 15_000]);
    assert_eq!(column(&mine, "outcome"), ["leading", "leading", "leading"]);
    assert_eq!(column(&mine, "isLeading"), [true, true, true]);
    assert_eq!(column(&mine, "auctionPrice"), [12_500, 21_000, 21_000]);
    let junos = walk(&app, "/v1/me/bids", 100, Some(&juno)).await;
    assert_eq!(column(&junos, "outcome"), ["outbid", "leading", "leading"]);
    assert_eq!(column(&junos, "isVoid"), [true, false, false]);
    assert_eq!(column(&junos, "isLeading"), [false, false, false]);

    end(&app).await;
    let mine = walk(&app, "/v1/me/bids", 100, Some(&minji)).await;
    assert_eq!(column(&mine, "auctionStatus"), ["won", "won", "won"]);
}

#[tokio::test]
async fn pages_have_no_gaps_or_repeats() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let mut due = Vec::new();
    for _ in 0..3 {
        let id = auction(&app, &seller, json!({})).await;
        for raise in 0..3 {
            let bid = bid(&app, &id, &minji, 10_000 + raise * 1_000, None).await.expect(201);
            due.push(bid.json()["id"].to_string());
        }
    }
    app.run_until_idle().await;
    due.sort();
    for limit in [1, 2, 5, 9, 100] {
        let items = walk(&app, "/v1/me/bids", limit, Some(&minji)).await;
        let mut ids: Vec<String> = items.iter().map(|item| item["id"].to_string()).collect();
        ids.sort();
        assert_eq!(ids, due, "by {limit}");
        let auctions = column(&items, "auctionId");
        assert!(auctions.is_sorted_by_key(|id| std::cmp::Reverse(id.to_string())), "{auctions:?}");
    }
}

#[tokio::test]
async fn a_cursor_is_its_owners() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    bid(&app, &id, &minji, 12_000, None).await.expect(201);
    app.run_until_idle().await;
    let page = get_as(&app, "/v1/me/bids?limit=1", &minji).await.expect(200).json();
    let next = format!("/v1/me/bids?limit=1&cursor={}", page["nextCursor"].as_str().unwrap());
    get_as(&app, &next, &juno).await.expect_problem(400, "invalid-cursor");
    get_as(&app, &next, &minji).await.expect(200);
    get_as(&app, "/v1/me/bids?limit=0", &minji).await.expect_problem(400, "invalid-request");
    app.get("/v1/me/bids").send().await.expect_problem(401, "unauthenticated");
    assert!(walk(&app, "/v1/me/bids", 5, Some(&juno)).await.is_empty());
}
