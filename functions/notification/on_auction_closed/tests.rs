use domain::{
    auction::{Head, Terms},
    notification::State,
};
use kernel::{BidId, Span, Won};
use local::{Fault, FaultKind};
use store::{Transaction, auction::AuctionRow};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{World, auction_id, phone, start_time, user_id};

const SELLER: u32 = 1_000;

fn closed(outcome: AuctionOutcome, winner: Option<u32>) -> AuctionClosed {
    AuctionClosed {
        auction_id: auction_id(),
        seller_id: user_id(SELLER),
        title: "맥북".to_owned(),
        outcome,
        winner: winner.map(|winner| Winner {
            user_id: user_id(winner),
            bid_id: BidId::from_uuid(Uuid::from_u128(0xb)),
            price: Won::constant(12_000),
        }),
        closed_at: start_time(),
    }
}

/// Bids of users 1, 2, 3, 1, 2, 1.
async fn with_bids() -> World {
    let world = World::start().await;
    world.user(1, Some(&phone(1)), None).await;
    for (sequence, bidder) in (1..).zip([1, 2, 3, 1, 2, 1]) {
        world.bid(sequence, user_id(bidder)).await;
    }
    world
}

#[tokio::test]
async fn everybody_is_told_what_it_means_for_them() {
    use AuctionOutcome::{Cancelled, SoldBuyNow, Unsold, Won as WonAuction};
    let cases = [
        (WonAuction, Some(1), ["won", "lost", "lost", "sold"], 1),
        (SoldBuyNow, Some(1), ["won", "lost", "lost", "sold"], 1),
        (Unsold, None, ["lost", "lost", "lost", "unsold"], 0),
        (Cancelled, None, ["cancelled", "cancelled", "cancelled", "cancelled"], 0),
    ];
    for (outcome, winner, kinds, sms) in cases {
        let world = with_bids().await;
        world.tell_all(1, &closed(outcome, winner)).await;
        world.run_until_idle().await;
        for (user, kind) in [1, 2, 3, SELLER].into_iter().zip(kinds) {
            assert_eq!(world.kinds(user_id(user)).await, [kind], "{outcome:?}: user {user}");
        }
        assert_eq!(world.cloud.sms().len(), sms, "{outcome:?}");
    }
}

#[tokio::test]
async fn repetitions_change_nothing() {
    let world = with_bids().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    for _ in 0..3 {
        world.tell_all(1, &closed(AuctionOutcome::Won, Some(1))).await;
        world.run_until_idle().await;
    }
    // Even told under another id the winner gets no second text message.
    world.tell_all(2, &closed(AuctionOutcome::Won, Some(1))).await;
    world.run_until_idle().await;
    world.advance(Span::hours(1)).await;
    let sent = world.cloud.sms();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].text, "[장터] 낙찰: 맥북 12,000원. 48시간 내 결제해 주세요.");
    assert_eq!(world.kinds(user_id(2)).await, ["lost", "lost"], "one row per event");
}

#[tokio::test]
async fn a_winner_without_a_phone_is_told_all_the_same() {
    let world = with_bids().await;
    world.tell_all(1, &closed(AuctionOutcome::Won, Some(2))).await;
    world.run_until_idle().await;
    assert_eq!(world.kinds(user_id(2)).await, ["won"]);
    let name = keys::won_message(auction_id(), user_id(2));
    assert_eq!(world.message(&name).await.unwrap().state, State::Skipped);
}

#[tokio::test]
async fn a_crash_halfway_is_made_up_for() {
    // The third row that is put fails for good: winner and seller are told, bidders not all.
    let world = with_bids().await;
    world.expect_failures();
    for _ in 0..3 {
        let fault = Fault::next("dynamodb:PutItem", FaultKind::Status500);
        world.cloud.faults().push(fault.on(Table::Notification).nth(3));
    }
    world.tell_all(1, &closed(AuctionOutcome::Won, Some(1))).await;
    world.run_until_idle().await;
    world.advance(Span::hours(1)).await;
    for (user, kind) in [(1, "won"), (2, "lost"), (3, "lost"), (SELLER, "sold")] {
        assert_eq!(world.kinds(user_id(user)).await, [kind], "user {user}");
    }
    assert_eq!(world.cloud.sms().len(), 1);
}

#[tokio::test]
async fn bidders_whose_bids_are_recorded_late_are_told_then() {
    let world = with_bids().await;
    world.expect_failures();
    stand_at(&world, 7).await;
    world.tell_all(1, &closed(AuctionOutcome::Won, Some(1))).await;
    world.run_until_idle().await;
    assert_eq!(world.kinds(user_id(1)).await, ["won"]);
    assert_eq!(world.kinds(user_id(2)).await, ["lost"]);
    world.bid(7, user_id(4)).await;
    world.advance(Span::hours(1)).await;
    assert_eq!(world.kinds(user_id(4)).await, ["lost"]);
    assert_eq!(world.kinds(user_id(2)).await, ["lost"]);
    assert_eq!((world.cloud.sms().len(), world.dead(&super::FUNCTION)), (1, 0));
}

/// Puts the auction's head at `sequence`.
async fn stand_at(world: &World, sequence: u32) {
    let terms = Terms {
        auction: auction_id(),
        seller: user_id(SELLER),
        start_price: Won::constant(1_000),
        increment: None,
        reserve: None,
        buy_now: None,
        starts_at: start_time(),
        scheduled_end: start_time(),
        soft_close: true,
    };
    let row = AuctionRow {
        auction: auction_id(),
        seller: user_id(SELLER),
        title: "맥북".to_owned(),
        description: String::new(),
        created_at: start_time(),
        ends_at: start_time(),
        reserve_salt: String::new(),
        soon_told_at: None,
        closing: None,
    };
    let head = Head { sequence, ..Head::new(terms, domain::auction::Hash([0; 32])) };
    let opening = Transaction::new().auction_opening(&row, &head).unwrap();
    world.store().commit(opening).await.unwrap();
}

#[tokio::test]
async fn hundreds_of_bidders_are_told_page_by_page() {
    let world = World::start().await;
    for n in 1..=450 {
        world.bid(n, user_id(n)).await;
    }
    world.tell_all(1, &closed(AuctionOutcome::Unsold, None)).await;
    world.run_until_idle().await;
    for n in 1..=450 {
        assert_eq!(world.kinds(user_id(n)).await, ["lost"], "{n}");
    }
}
