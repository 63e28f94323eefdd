use kernel::Span;
use serde_json::{Value, json};
use testkit::{TestApp, User};

use crate::tests::fixture::{auction, bid, buy, column, end, get_as, start, token, walk};

const SOON: &str = "/v1/auctions?sort=ending-soon";

async fn lasting(app: &TestApp, seller: &User, hours: i64) -> Value {
    json!(auction(app, seller, json!({ "durationSeconds": hours * 3_600 })).await)
}

#[tokio::test]
async fn newest_first_without_gaps_or_repeats() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let mut due = Vec::new();
    for n in 0..7 {
        app.clock.advance(Span::millis(n));
        due.insert(0, lasting(&app, &seller, 1 + n % 3).await);
    }
    for limit in [1, 2, 3, 7, 8, 100] {
        let found = walk(&app, "/v1/auctions", limit, None).await;
        assert_eq!(column(&found, "id"), due, "by {limit}");
        let found = walk(&app, "/v1/auctions?sort=newest", limit, None).await;
        assert_eq!(column(&found, "id"), due, "by {limit}");
    }
    let page = app.get("/v1/auctions").send().await.expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn ending_soon_goes_across_days() {
    let app = start().await;
    let seller = app.signed_in("seller");
    // Nine in the morning in Seoul: 15 hours later the day ends.
    let hours = [48, 1, 15, 14, 16, 29 * 24, 2, 72, 15];
    let mut due = Vec::new();
    for hours in hours {
        due.push((hours, lasting(&app, &seller, hours).await));
    }
    due.sort_by_key(|(hours, id)| (*hours, id.to_string()));
    let due: Vec<Value> = due.into_iter().map(|(_, id)| id).collect();
    for limit in [1, 2, 3, 4, 9, 100] {
        let found = walk(&app, SOON, limit, None).await;
        assert_eq!(column(&found, "id"), due, "by {limit}");
    }
}

#[tokio::test]
async fn f23_a_moved_end_takes_its_place_and_stays_listed() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let first = auction(&app, &seller, json!({ "durationSeconds": 600 })).await;
    let second = auction(&app, &seller, json!({ "durationSeconds": 660 })).await;
    app.clock.advance(Span::millis(599_000));
    // It ends at 899 seconds now, which the list follows behind the stream …
    app.cloud.pause("auction-on-head-changed");
    bid(&app, &first, &minji, 10_000, None).await.expect(201);
    let both = [json!(second), json!(first)];
    // … and a page says at once.
    assert_eq!(column(&walk(&app, SOON, 10, None).await, "id"), both);
    app.cloud.resume("auction-on-head-changed");
    app.run_until_idle().await;
    for (later, due) in
        [(0, &both[..]), (1_000, &both), (60_000, &both[1..]), (238_999, &both[1..])]
    {
        app.clock.advance(Span::millis(later));
        for limit in [1, 10] {
            let found = walk(&app, SOON, limit, None).await;
            assert_eq!(column(&found, "id"), due, "{later} ms later, by {limit}");
        }
    }
    app.clock.advance(Span::millis(1));
    assert!(walk(&app, SOON, 10, None).await.is_empty());
    end(&app).await;
}

/// Many bids a minute, one rewritten row each half minute.
#[tokio::test]
async fn f23_the_list_follows_a_hot_end_in_steps() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let terms = json!({ "durationSeconds": 600, "increment": 1_000 });
    let id = auction(&app, &seller, terms).await;
    app.clock.advance(Span::seconds(420));
    let before = app.cloud.usage();
    for n in 0..240 {
        let who = if n % 2 == 0 { &minji } else { &juno };
        bid(&app, &id, who, 10_000 + n * 1_000, None).await.expect(201);
        app.clock.advance(Span::millis(500));
        app.run_until_idle().await;
    }
    let writes = app.cloud.usage().since(&before).calls("dynamodb:UpdateItem");
    assert!((240 + 4..=240 + 5).contains(&writes), "{writes} for 240 bids");
    let rows = app.rows().await;
    let key = store::keys::auction(id.parse().unwrap());
    let row = rows.under(store::Table::Auction, &key.pk).remove(0);
    let listed = row["gsi2sk"].as_s().unwrap().split('#').next().unwrap().to_owned();
    let listed: kernel::Instant = listed.parse().unwrap();
    let ends_at = rows.heads()[0].ends_at;
    assert!(listed <= ends_at && ends_at.since(listed) < Span::seconds(30), "{listed} {ends_at}");
    end(&app).await;
}

#[tokio::test]
async fn the_longest_extension_is_listed_to_its_end_across_midnight() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    // Nine in the morning in Seoul: a minute before the day ends.
    let seconds = 15 * 3_600 - 60;
    let scheduled = app.now() + Span::seconds(seconds);
    let id = auction(&app, &seller, json!({ "durationSeconds": seconds })).await;
    let (mut ends_at, last) = (scheduled, scheduled + Span::hours(1));
    for n in 0.. {
        app.clock.set(ends_at - Span::millis(1));
        let found = walk(&app, SOON, 10, None).await;
        assert_eq!(column(&found, "id"), [json!(id)], "{ends_at}");
        if ends_at == last {
            break;
        }
        let who = if n % 2 == 0 { &minji } else { &juno };
        let placed = bid(&app, &id, who, 10_000 + n * 1_000, None).await.expect(201).json();
        ends_at = serde_json::from_value(placed["endsAt"].clone()).unwrap();
    }
    app.clock.advance(Span::millis(1));
    assert!(walk(&app, SOON, 10, None).await.is_empty());
    end(&app).await;
}

#[tokio::test]
async fn a_request_reads_seven_days_and_only_null_ends_the_list() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let soon = lasting(&app, &seller, 1).await;
    let far = lasting(&app, &seller, 29 * 24).await;
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let before = app.cloud.usage();
        let path = format!("{SOON}&limit=10{cursor}");
        let page = app.get(&path).send().await.expect(200).json();
        let spent = app.cloud.usage().since(&before);
        assert!(spent.calls("dynamodb:Query") <= 7, "{spent}");
        pages.push(column(page["items"].as_array().unwrap(), "id"));
        let Some(next) = page["nextCursor"].as_str() else { break };
        assert_eq!(spent.calls("dynamodb:Query"), 7, "{spent}");
        cursor = format!("&cursor={next}");
    }
    // 62 days ahead; 29 of them lie within the fifth page.
    assert!(pages.len() <= 10, "{pages:?}");
    let nothing = Vec::<Value>::new();
    assert_eq!((&pages[0], &pages[4]), (&vec![soon], &vec![far]));
    assert!([1, 2, 3].iter().all(|page| pages[*page] == nothing), "{pages:?}");
    assert!(pages[5..].iter().all(|page| *page == nothing), "{pages:?}");
}

#[tokio::test]
async fn the_page_after_one_that_has_ended_meanwhile_is_still_there() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    lasting(&app, &seller, 1).await;
    let later = lasting(&app, &seller, 2).await;
    let page = app.get(&format!("{SOON}&limit=1")).send().await.expect(200).json();
    let cursor = page["nextCursor"].as_str().unwrap();
    app.clock.advance(Span::minutes(61));
    let next = app.get(&format!("{SOON}&limit=1&cursor={cursor}")).send().await.expect(200).json();
    assert_eq!(column(next["items"].as_array().unwrap(), "id"), [later]);
}

#[tokio::test]
async fn what_is_over_leaves_at_once() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let ended = auction(&app, &seller, json!({})).await;
    let bought =
        auction(&app, &seller, json!({ "durationSeconds": 7_200, "buyNowPrice": 20_000 })).await;
    let cancelled = lasting(&app, &seller, 2).await;
    let open = lasting(&app, &seller, 2).await;
    let shown = walk(&app, "/v1/auctions", 10, None).await;
    assert_eq!(shown.len(), 4);
    app.cloud.pause("auction-on-head-changed");
    app.cloud.pause("auction-sweep-due-auctions");
    buy(&app, &bought, &minji).await.expect(201);
    let path = format!("/v1/auctions/{}/cancel", cancelled.as_str().unwrap());
    let cancel = app.post(&path).bearer(&token(&app, &seller)).json(json!({ "reason": "x" }));
    cancel.send().await.expect(200);
    app.clock.advance(Span::minutes(10));
    for path in ["/v1/auctions", SOON] {
        let shown = walk(&app, path, 10, None).await;
        assert_eq!(
            column(&shown, "id"),
            std::slice::from_ref(&open),
            "{path} before it is recorded"
        );
    }
    app.cloud.resume("auction-on-head-changed");
    app.cloud.resume("auction-sweep-due-auctions");
    app.advance(Span::minutes(2)).await;
    for path in ["/v1/auctions", SOON] {
        let shown = walk(&app, path, 10, None).await;
        assert_eq!(
            column(&shown, "id"),
            std::slice::from_ref(&open),
            "{path} afterwards, not {ended}"
        );
    }
}

#[tokio::test]
async fn an_auction_without_its_recorder_is_not_told_again_by_every_sweep() {
    let app = start().await;
    let seller = app.signed_in("seller");
    auction(&app, &seller, json!({})).await;
    app.cloud.pause("auction-on-head-changed");
    app.advance(Span::minutes(15)).await;
    assert_eq!(crate::tests::fixture::closings(&app).await.len(), 1);
    assert!(walk(&app, SOON, 10, None).await.is_empty());
    app.cloud.resume("auction-on-head-changed");
}

#[tokio::test]
async fn callers_see_their_own_flags() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({ "startPrice": 100_000 })).await;
    bid(&app, &id, &minji, 100_000, Some(234_567)).await.expect(201);
    let mine = get_as(&app, "/v1/auctions", &minji).await.json();
    assert_eq!(mine["items"][0]["myMaxAmount"], 234_567);
    let sellers = get_as(&app, "/v1/auctions", &seller).await;
    assert_eq!(sellers.json()["items"][0]["isMine"], true);
    assert!(!sellers.text().contains("234567"));
    assert!(!app.get("/v1/auctions").send().await.text().contains("234567"));
}

#[tokio::test]
async fn bad_questions() {
    let app = start().await;
    for limit in ["0", "101", "-1", "aaa", "1.5", "", "null", "+5", "%2010", "99999999999"] {
        let reply = app.get(&format!("/v1/auctions?limit={limit}")).send().await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "query/limit", "{limit}");
    }
    for (query, pointer) in
        [("sort=price", "query/sort"), ("page=1", "query/page"), ("sort=", "query/sort")]
    {
        let reply = app.get(&format!("/v1/auctions?{query}")).send().await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{query}");
    }
}

#[tokio::test]
async fn forged_cursors() {
    let app = start().await;
    let seller = app.signed_in("seller");
    for hours in 1..=3 {
        lasting(&app, &seller, hours).await;
    }
    let page = app.get("/v1/auctions?limit=1").send().await.json();
    let cursor = page["nextCursor"].as_str().unwrap().to_owned();
    let mut other_letter = cursor.clone();
    let letter = if &cursor[30..31] == "A" { "B" } else { "A" };
    other_letter.replace_range(30..31, letter);
    for bad in ["", "x", "====", &"A".repeat(3_000), &other_letter, &cursor[..20]] {
        let reply = app.get(&format!("/v1/auctions?cursor={bad}")).send().await;
        reply.expect_problem(400, "invalid-cursor");
    }
    let reply = app.get(&format!("{SOON}&cursor={cursor}")).send().await;
    reply.expect_problem(400, "invalid-cursor");
    app.get(&format!("/v1/auctions?cursor={cursor}")).send().await.expect(200);
}
