use domain::notification::{auction_won, outbid, welcome};
use events::{AuctionCreated, Envelope};
use kernel::{Span, Won};
use serde_json::json;

use crate::{
    notify::notify,
    tests::fixture::{World, auction_id, start_time},
};

const PATH: &str = "/v1/notifications";

#[tokio::test]
async fn shows_the_callers_own_newest_first() {
    let world = World::start().await;
    let (minsu, other) = (world.signed_in("minsu"), world.signed_in("other"));
    let price = Won::constant(12_000);
    let notices = [
        welcome("민수"),
        outbid(auction_id(), price, start_time()),
        auction_won(auction_id(), "맥북", price),
    ];
    for notice in notices {
        let now = world.clock.advance(Span::millis(1));
        let happened = AuctionCreated { auction_id: auction_id(), ends_at: now };
        let event = Envelope::new(world.app.entropy.uuid(now), now, &happened);
        notify(&world.app, &event, minsu.id, notice.clone()).await.unwrap();
        notify(&world.app, &event, other.id, notice).await.unwrap();
    }
    let list = async |query: &str| {
        let reply = world.get(&format!("{PATH}{query}")).bearer(&minsu.token).send().await;
        reply.expect(200).json()
    };
    let all = list("").await;
    let kinds: Vec<_> = all["items"].as_array().unwrap().iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, ["won", "outbid", "welcome"]);
    assert_eq!(all["nextCursor"], json!(null));
    let newest = &all["items"][0];
    let id = newest["id"].as_str().unwrap();
    assert_eq!(
        newest,
        &json!({
            "id": id,
            "kind": "won",
            "title": "낙찰되었습니다",
            "body": "'맥북' 12,000원. 48시간 안에 결제해 주세요.",
            "link": format!("/auctions/{}", auction_id()),
            "createdAt": "2026-11-21T00:00:00.003Z",
            "readAt": null,
        })
    );

    let first = list("?limit=2").await;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(second["items"][0]["kind"], "welcome");
    let foreign = world.get(&format!("{PATH}?cursor={cursor}")).bearer(&other.token).send().await;
    foreign.expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn refuses_what_is_no_page() {
    let world = World::start().await;
    let minsu = world.signed_in("minsu");
    world.get(PATH).send().await.expect_problem(401, "unauthenticated");
    for query in ["limit=0", "limit=-1", "limit=101", "limit=aaa", "limit=", "limit=null", "page=1"]
    {
        let reply = world.get(&format!("{PATH}?{query}")).bearer(&minsu.token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let empty = world.get(PATH).bearer(&minsu.token).send().await.expect(200).json();
    assert_eq!(empty, json!({ "items": [], "nextCursor": null }));
}
