use events::Envelope;
use kernel::{BidId, Span, Won};
use local::{Fault, FaultKind};
use store::Transaction;
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{World, auction_id, start_time, user_id};

fn out_bid() -> OutBid {
    OutBid {
        auction_id: auction_id(),
        bidder_id: user_id(1),
        by_bid_id: BidId::from_uuid(Uuid::from_u128(0xb)),
        price: Won::constant(12_500),
        ends_at: start_time(),
    }
}

#[tokio::test]
async fn the_bidder_is_told_once_per_event() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    for _ in 0..3 {
        world.tell_all(1, &out_bid()).await;
    }
    world.run_until_idle().await;
    let told = world.told(user_id(1)).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].notice.body, "현재가 12,500원. 11-21 09:00까지 다시 입찰할 수 있습니다.");
    assert_eq!(told[0].created_at, start_time());
    world.tell_all(2, &OutBid { price: Won::constant(13_000), ..out_bid() }).await;
    world.run_until_idle().await;
    assert_eq!(world.kinds(user_id(1)).await, ["outbid", "outbid"]);
    assert!(world.told(user_id(2)).await.is_empty());
}

#[tokio::test]
async fn a_relay_that_crashes_after_publishing_tells_nobody_twice() {
    let world = World::start().await;
    world.expect_failures();
    // Every try that the client makes to complete the row.
    for _ in 0..3 {
        let fault = Fault::next("dynamodb:UpdateItem", FaultKind::TimeoutBefore);
        world.cloud.faults().push(fault.on(Table::Outbox));
    }
    let event = Envelope::new(Uuid::from_u128(1), world.now(), &out_bid());
    world.store().commit(Transaction::new().event(&event)).await.unwrap();
    world.run_until_idle().await;
    world.advance(Span::hours(1)).await;
    assert_eq!(world.cloud.usage().calls("events:PutEvents"), 2);
    assert_eq!(world.kinds(user_id(1)).await, ["outbid"]);
}
