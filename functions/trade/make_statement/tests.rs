use std::sync::Arc;

use kernel::Span;

use crate::tests::fixture::{Market, at_once, count, person, shared, trade_id};

#[tokio::test]
async fn ten_a_side_for_a_week() {
    let market = Market::disputed().await;
    for n in 0..10 {
        market.state_by(&market.seller, &format!("{n}번째")).await.expect(200);
    }
    let more = market.state_by(&market.seller, "또").await;
    more.expect_problem(409, "too-many-statements");
    market.state_by(&market.buyer, "저도 한마디").await.expect(200);
    market.clock.advance(Span::days(7));
    let late = market.state_by(&market.buyer, "늦었습니다").await;
    let late = late.expect_problem(409, "statements-closed").json();
    assert_eq!(late["deadline"], market.now().to_string());
    assert_eq!(market.store().statements(trade_id()).await.unwrap().len(), 12);
}

#[tokio::test]
async fn by_the_two_sides_of_an_open_dispute_only() {
    let market = Market::disputed().await;
    let stranger = market.state_by(&person(&market, 1), "저는요").await;
    stranger.expect_problem(404, "trade-not-found");
    for bad in ["", " ", "a\u{0}b", &"가".repeat(1_001), &"a".repeat(100_000)] {
        market.state_by(&market.seller, bad).await.expect_problem(400, "invalid-request");
    }
    let market = Market::delivered().await;
    let none = market.state_by(&market.seller, "아무 일도 없습니다").await;
    none.expect_problem(409, "wrong-trade-state");
    // While the goods go back nothing is to be said, unless they are in doubt.
    let market = Market::came_back().await;
    market.state_by(&market.buyer, "잘 갔지요").await.expect_problem(409, "wrong-trade-state");
    market.object().await.expect(200);
    market.state_by(&market.buyer, "같은 물건입니다").await.expect(200);
}

/// Whoever says everything at once is heard ten times, and every line has its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_at_once_are_counted_one_by_one() {
    let market = shared(Market::disputed().await);
    let replies = at_once(16, |number| {
        let market = Arc::clone(&market);
        async move { market.state_by(&market.seller, &format!("{number}번째")).await }
    });
    let heard = count(&replies.await, 200);
    let said = market.store().statements(trade_id()).await.unwrap();
    assert!((1..=10).contains(&heard), "{heard}");
    assert_eq!(said.len(), heard + 1);
    for (place, line) in (1_u8..).zip(&said) {
        assert_eq!(line.number, place);
    }
}
