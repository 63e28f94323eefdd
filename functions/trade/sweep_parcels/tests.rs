use gateway::fake::ParcelStep;
use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{Market, forwarding, match_id, trade_id};

/// Lets every hour's run of so many hours happen, without the other schedules.
async fn hours(market: &Market, count: u32) {
    for _ in 0..count {
        market.clock.advance(Span::hours(1));
        market.invoke("trade-sweep-parcels", json!({})).await.unwrap();
        market.run_until_idle().await;
    }
}

#[tokio::test]
async fn a_parcel_whose_notices_stay_away_is_asked_about_three_times_a_day() {
    let market = Market::shipped().await;
    market.parcels().silence("kr.cjlogistics", "688712345678", true);
    for step in [ParcelStep::PickUp, ParcelStep::Deliver] {
        market.parcels().step("kr.cjlogistics", "688712345678", step);
    }
    hours(&market, 8).await;
    assert_eq!(market.state(trade_id()).await, "delivered");
    let asked = market.parcels().calls("look-up");
    assert!((1..=2).contains(&asked), "by its turn, and the schedule's own: {asked}");
    hours(&market, 16).await;
    assert_eq!(market.parcels().calls("look-up"), asked, "where it was to be nobody asks");
}

#[tokio::test]
async fn a_watch_is_renewed_before_it_ends() {
    let market = Market::shipped().await;
    let ends = || market.parcels().watched_until("kr.cjlogistics", "688712345678")[0].1;
    market.carried(ParcelStep::PickUp).await;
    let first = ends();
    hours(&market, 24).await;
    assert_eq!(ends(), first, "more than a day is left, or just that");
    hours(&market, 8).await;
    assert!(ends() > first);
    hours(&market, 24 * 3).await;
    assert!(ends() > market.now(), "for as long as it is under way");
    market.carried(ParcelStep::Deliver).await;
    assert_eq!(market.state(trade_id()).await, "delivered");
    let last = ends();
    hours(&market, 24).await;
    assert_eq!(ends(), last, "nobody waits for it any more");
}

#[tokio::test]
async fn the_centres_parcel_is_asked_about_too() {
    let market = Market::graded("pass").await;
    market.centre("forward").json(forwarding()).send().await.expect(200);
    market.run_until_idle().await;
    market.parcels().silence("kr.cjlogistics", "688712345679", true);
    for step in [ParcelStep::PickUp, ParcelStep::Deliver] {
        market.parcels().step("kr.cjlogistics", "688712345679", step);
    }
    hours(&market, 8).await;
    assert_eq!(market.state(match_id()).await, "delivered");
}
