use domain::notification::{Channel, Draft, State};
use kernel::UserId;

use super::*;
use crate::{
    notify::queue_message,
    tests::fixture::{World, phone},
};

async fn leave_for(world: &World, user: UserId) -> String {
    let name = format!("test#{user}");
    let draft = Draft {
        channel: Channel::Sms,
        recipient: user,
        subject: String::new(),
        text: "hello".to_owned(),
        useful_until: world.now() + Span::days(1),
    };
    queue_message(&world.app, name.clone(), draft, world.now()).await.unwrap();
    name
}

#[test]
fn the_lease_outlives_the_run_and_ends_before_the_next() {
    let platform::Trigger::Schedule(Schedule { every: Some(every), .. }) = &FUNCTION.trigger else {
        panic!("a rate")
    };
    assert!(i64::from(FUNCTION.timeout_s) < LEASE.as_seconds_ceil() && LEASE < *every);
}

#[tokio::test]
async fn a_message_whose_event_was_lost_is_sent_after_twenty_minutes() {
    let world = World::start().await;
    world.hold_outbox();
    let user = world.user(1, Some(&phone(1)), None).await;
    let name = leave_for(&world, user).await;
    world.advance(Span::minutes(19)).await;
    assert!(world.cloud.sms().is_empty());
    world.advance(Span::minutes(1)).await;
    assert_eq!(world.cloud.sms().len(), 1);
    assert_eq!(world.message(&name).await.unwrap().state, State::Sent);
    world.release_outbox();
    world.run_until_idle().await;
    assert_eq!(world.cloud.sms().len(), 1, "an event that comes late after all changes nothing");
}

#[tokio::test]
async fn a_holder_that_died_holds_nobody_up_for_long() {
    let world = World::start().await;
    world.hold_outbox();
    let user = world.user(1, Some(&phone(1)), None).await;
    leave_for(&world, user).await;
    world.advance(Span::minutes(19)).await;
    let dead = uuid::Uuid::from_u128(1);
    assert!(world.store().lease_take(JOB, dead, world.now(), LEASE).await.unwrap());
    world.advance(Span::minutes(1)).await;
    assert!(world.cloud.sms().is_empty(), "the lease holds");
    world.advance(Span::minutes(20)).await;
    assert_eq!(world.cloud.sms().len(), 1);
    world.release_outbox();
}

#[tokio::test]
async fn takes_page_after_page() {
    let world = World::start().await;
    world.leave_unchecked(); // the calls stay in the queue, to be counted
    world.hold_outbox();
    world.cloud.pause("notification-send-message");
    let user = world.user(1, Some(&phone(1)), None).await;
    for n in 0..450 {
        let draft = Draft {
            channel: Channel::Sms,
            recipient: user,
            subject: String::new(),
            text: "hello".to_owned(),
            useful_until: world.now() + Span::days(1),
        };
        queue_message(&world.app, format!("test#{n}"), draft, world.now()).await.unwrap();
    }
    world.advance(Span::minutes(20)).await;
    assert_eq!(world.cloud.queue_bodies(&crate::send_message::FUNCTION.id()).len(), 450);
}
