use kernel::Won;

use super::*;
use crate::tests::fixture::{World, auction_id, start_time, user_id};

fn voided() -> BidVoided {
    BidVoided {
        auction_id: auction_id(),
        bidder_id: user_id(1),
        leader_id: Some(user_id(2)),
        price: Won::constant(12_500),
        ends_at: start_time(),
    }
}

#[tokio::test]
async fn both_are_told_once_per_event() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    for _ in 0..3 {
        world.tell_all(1, &voided()).await;
    }
    world.run_until_idle().await;
    assert_eq!(world.kinds(user_id(1)).await, ["bid-voided"]);
    let told = world.told(user_id(2)).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].notice.body.ends_with("현재가 12,500원."), "{}", told[0].notice.body);
}

#[tokio::test]
async fn a_leader_who_stays_hears_nothing() {
    let world = World::start().await;
    world.tell_all(1, &BidVoided { leader_id: None, ..voided() }).await;
    world.run_until_idle().await;
    assert_eq!(world.kinds(user_id(1)).await, ["bid-voided"]);
    assert!(world.told(user_id(2)).await.is_empty());
}
