use kernel::{OrderId, Won};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{World, start_time, user_id};

fn facts(side: &str) -> OrderFacts {
    OrderFacts {
        order_id: OrderId::from_uuid(Uuid::from_u128(0xb)),
        user_id: user_id(1),
        side: side.to_owned(),
        title: "에어 조던 1 270".to_owned(),
        price: Won::constant(50_000),
        held: Won::constant(51_500),
    }
}

#[tokio::test]
async fn f10_whoever_had_an_order_is_told_once_that_it_expired() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    for _ in 0..3 {
        world.tell_all(1, &OrderExpired { order: facts("buy") }).await;
    }
    world.run_until_idle().await;
    let told = world.told(user_id(1)).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].notice.body.contains("51,500원이 지갑으로 돌아왔습니다"), "{told:?}");
    assert_eq!(told[0].notice.kind.as_str(), "order-expired");
}

#[tokio::test]
async fn f10_a_seller_is_told_what_became_of_the_ask_after_a_declined_card() {
    let cases = [(Some(start_time()), "돌아왔습니다"), (None, "종료되었습니다")];
    for (until, text) in cases {
        let world = World::start().await;
        world.tell_all(1, &AskReturned { order: facts("sell"), until }).await;
        world.run_until_idle().await;
        assert_eq!(world.kinds(user_id(1)).await, ["order-returned"]);
        let told = world.told(user_id(1)).await;
        assert!(told[0].notice.body.contains(text), "{told:?}");
    }
}

#[tokio::test]
async fn a_side_that_nobody_knows_is_given_up() {
    let world = World::start().await;
    world.expect_failures();
    world.expect_dead(&super::FUNCTION.id());
    world.tell_all(1, &OrderExpired { order: facts("both") }).await;
    world.run_until_idle().await;
    world.advance(kernel::Span::hours(1)).await;
    assert!(world.told(user_id(1)).await.is_empty());
}
