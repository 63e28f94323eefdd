use kernel::{CatalogItemId, Won};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{World, start_time, user_id};

fn reached() -> PriceReached {
    PriceReached {
        user_id: user_id(1),
        item_id: CatalogItemId::from_uuid(Uuid::from_u128(0xa)),
        option: "270".to_owned(),
        title: "에어 조던 1 270".to_owned(),
        price: Won::constant(299_000),
        wanted: Won::constant(300_000),
    }
}

#[tokio::test]
async fn whoever_waited_is_told_once_per_event() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    for _ in 0..3 {
        world.tell_all(1, &reached()).await;
    }
    world.run_until_idle().await;
    let told = world.told(user_id(1)).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].notice.body.contains("299,000원에 구매할 수 있습니다"), "{told:?}");
    assert_eq!(told[0].created_at, start_time());
    // Another wait, another notice.
    world.tell_all(2, &reached()).await;
    world.run_until_idle().await;
    assert_eq!(world.kinds(user_id(1)).await, ["price-reached", "price-reached"]);
    assert!(world.told(user_id(2)).await.is_empty());
}

#[tokio::test]
async fn what_nobody_can_read_is_given_up() {
    let world = World::start().await;
    world.expect_failures();
    world.expect_dead(&super::FUNCTION.id());
    world
        .app
        .publisher
        .send(super::FUNCTION.full_name(), &"no event", kernel::Span::seconds(0))
        .await
        .unwrap();
    world.run_until_idle().await;
    world.advance(kernel::Span::hours(1)).await;
    assert!(world.told(user_id(1)).await.is_empty());
}
