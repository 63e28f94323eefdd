use domain::auction::{Head, Salt, Status, Terms, ledger::genesis};
use kernel::{UserId, Won};
use store::{Transaction, auction::AuctionRow};

use super::*;
use crate::tests::fixture::{World, auction_id, start_time, user_id};

fn soon() -> AuctionEndingSoon {
    let ends_at = start_time() + Span::minutes(30);
    AuctionEndingSoon { auction_id: auction_id(), title: "카메라".to_owned(), ends_at }
}

/// The auction runs until half past nine, watched by so many.
async fn watched(world: &World, watchers: u32) -> Head {
    let terms = Terms {
        auction: auction_id(),
        seller: user_id(0),
        start_price: Won::constant(1_000),
        increment: None,
        reserve: None,
        buy_now: None,
        starts_at: world.now(),
        scheduled_end: soon().ends_at,
        soft_close: true,
    };
    let chain = genesis(&terms, Salt([0; 16]));
    let row = AuctionRow {
        auction: auction_id(),
        seller: user_id(0),
        title: soon().title,
        description: String::new(),
        created_at: world.now(),
        ends_at: terms.scheduled_end,
        reserve_salt: Salt([0; 16]).to_string(),
        soon_told_at: None,
        closing: None,
    };
    let head = Head::new(terms, chain);
    let transaction = Transaction::new().auction_opening(&row, &head).unwrap();
    world.store().commit(transaction).await.unwrap();
    for n in 1..=watchers {
        world.store().watch(user_id(n), auction_id(), world.now()).await.unwrap();
    }
    head
}

async fn kinds(world: &World, n: u32) -> Vec<&'static str> {
    let user: UserId = user_id(n);
    world.kinds(user).await
}

#[tokio::test]
async fn f28_whoever_watches_is_told_once() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    watched(&world, 3).await;
    world.store().unwatch(user_id(3), auction_id()).await.unwrap();
    for _ in 0..2 {
        world.tell_all(1, &soon()).await;
        world.run_until_idle().await;
    }
    let told = world.told(user_id(1)).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].notice.body, "'카메라' 11-21 09:30에 끝납니다.");
    assert_eq!(told[0].notice.link, format!("/auctions/{}", auction_id()));
    assert_eq!(kinds(&world, 2).await, ["ending-soon"]);
    assert!(kinds(&world, 3).await.is_empty() && kinds(&world, 4).await.is_empty());
}

#[tokio::test]
async fn more_watchers_than_one_message_tells_are_all_told() {
    let world = World::start().await;
    let count = PAGE * PAGES_MAX + 3;
    watched(&world, count).await;
    world.tell_all(1, &soon()).await;
    world.run_until_idle().await;
    for n in 1..=count {
        assert_eq!(kinds(&world, n).await, ["ending-soon"], "{n}");
    }
}

#[tokio::test]
async fn of_what_was_bought_meanwhile_nobody_is_told() {
    let world = World::start().await;
    let head = watched(&world, 1).await;
    world.clock.advance(Span::minutes(31));
    world.store().auction_end(&head, Status::Unsold, world.now()).await.unwrap();
    world.tell_all(1, &soon()).await;
    world.run_until_idle().await;
    assert!(kinds(&world, 1).await.is_empty());
}
