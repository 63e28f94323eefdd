use domain::notification::{Draft, LEASE, PAY_WITHIN, State};
use events::{Envelope, Event, MessageWaiting};
use kernel::{Instant, Span, UserId, Won};
use local::{Fault, FaultKind};
use platform::Config;
use store::{Table, keys};

use super::*;
use crate::{
    notify::queue_message,
    tests::fixture::{World, auction_id, phone, user_id},
};

/// Leaves the winner's message for user `n`, who has a phone.
async fn leave_for(world: &World, n: u32) -> String {
    let user = world.user(n, Some(&phone(n)), None).await;
    leave_sms(world, user).await
}

async fn leave_sms(world: &World, recipient: UserId) -> String {
    let name = keys::won_message(auction_id(), recipient);
    let draft = Draft {
        channel: Channel::Sms,
        recipient,
        subject: String::new(),
        text: domain::notification::auction_won_sms("맥북", Won::constant(12_000)),
        useful_until: world.now() + PAY_WITHIN,
    };
    queue_message(&world.app, name.clone(), draft, world.now()).await.unwrap();
    name
}

async fn state(world: &World, name: &str) -> (State, u32) {
    let message = world.message(name).await.unwrap();
    (message.state, message.attempts)
}

async fn due(world: &World, until: Instant) -> Vec<String> {
    let mut names = Vec::new();
    for shard in keys::unsent_shards() {
        let page = world.store().messages_due(&shard, until, None).await.unwrap();
        names.extend(page.items.into_iter().map(Result::unwrap));
    }
    names
}

#[test]
fn the_lease_outlives_the_process() {
    assert!(i64::from(FUNCTION.timeout_s) < LEASE.as_seconds_ceil());
}

#[tokio::test]
async fn a_message_is_sent_once_however_often_it_is_called() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    let name = leave_for(&world, 1).await;
    queue_message(&world.app, name.clone(), draft_again(&world), world.now()).await.unwrap();
    for call in 0..3 {
        world.tell_all(call, &MessageWaiting { message: name.clone() }).await;
    }
    world.run_until_idle().await;
    world.advance(Span::hours(1)).await;
    world.tell_all(9, &MessageWaiting { message: name.clone() }).await;
    world.run_until_idle().await;
    let sent = world.cloud.sms();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].phone, "+821000000001");
    assert_eq!(sent[0].text, "[장터] 낙찰: 맥북 12,000원. 48시간 내 결제해 주세요.");
    assert_eq!(state(&world, &name).await, (State::Sent, 1));
    assert_eq!(world.dead(&super::FUNCTION), 0);
}

fn draft_again(world: &World) -> Draft {
    Draft {
        channel: Channel::Sms,
        recipient: user_id(1),
        subject: String::new(),
        text: "another text".to_owned(),
        useful_until: world.now() + PAY_WITHIN,
    }
}

#[tokio::test]
async fn a_refused_one_is_failed_then_sent_by_the_sweep_and_never_a_third_time() {
    let world = World::start().await;
    world.cloud.faults().push(Fault::next("sns:Publish", FaultKind::Status500));
    let other = leave_for(&world, 2).await;
    let name = leave_for(&world, 1).await;
    world.run_until_idle().await;
    let states = [state(&world, &name).await, state(&world, &other).await];
    assert!(states.contains(&(State::Failed, 1)) && states.contains(&(State::Sent, 1)));
    assert_eq!(world.cloud.sms().len(), 1);
    world.advance(Span::minutes(20)).await;
    assert_eq!(world.cloud.sms().len(), 2, "only the failed one is repeated");
    world.advance(Span::hours(3)).await;
    let phones: Vec<_> = world.cloud.sms().into_iter().map(|sms| sms.phone).collect();
    assert_eq!(phones.len(), 2);
    assert_ne!(phones[0], phones[1]);
    assert_eq!(due(&world, world.now() + Span::days(30)).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_lost_answer_costs_at_most_one_more_message() {
    let world = World::start().await;
    world.cloud.faults().push(Fault::next("sns:Publish", FaultKind::TimeoutAfter));
    let name = leave_for(&world, 1).await;
    world.run_until_idle().await;
    assert_eq!((world.cloud.sms().len(), state(&world, &name).await), (1, (State::Failed, 1)));
    world.advance(Span::hours(3)).await;
    assert_eq!((world.cloud.sms().len(), state(&world, &name).await), (2, (State::Sent, 2)));
}

#[tokio::test]
async fn a_crash_before_the_record_costs_at_most_one_more_message() {
    let world = World::start().await;
    world.expect_failures();
    // Every try that the client makes to record the outcome.
    for _ in 0..3 {
        let fault = Fault::next("dynamodb:UpdateItem", FaultKind::TimeoutBefore);
        world.cloud.faults().push(fault.on(Table::Notification));
    }
    let name = leave_for(&world, 1).await;
    world.run_until_idle().await;
    assert_eq!((world.cloud.sms().len(), state(&world, &name).await), (1, (State::Sending, 1)));
    world.tell_all(7, &MessageWaiting { message: name.clone() }).await;
    world.run_until_idle().await;
    assert_eq!(world.cloud.sms().len(), 1, "the lease holds");
    world.advance(Span::hours(3)).await;
    assert_eq!((world.cloud.sms().len(), state(&world, &name).await), (2, (State::Sent, 2)));
}

#[tokio::test]
async fn a_crash_before_the_publish_costs_nothing() {
    let world = World::start().await;
    world.expect_failures();
    for _ in 0..3 {
        let fault = Fault::next("dynamodb:TransactWriteItems", FaultKind::TimeoutAfter);
        world.cloud.faults().push(fault.on(Table::Notification).nth(2));
    }
    let name = leave_for(&world, 1).await;
    world.run_until_idle().await;
    world.advance(Span::hours(3)).await;
    assert_eq!((world.cloud.sms().len(), state(&world, &name).await.0), (1, State::Sent));
}

#[tokio::test]
async fn who_has_no_phone_is_skipped_for_a_recorded_reason() {
    let world = World::start().await;
    let nobody = leave_sms(&world, user_id(9)).await;
    let user = world.user(1, None, Some("minsu@example.com")).await;
    let name = leave_sms(&world, user).await;
    world.run_until_idle().await;
    world.advance(Span::hours(1)).await;
    for (name, reason) in [(name, "no phone"), (nobody, "no such user")] {
        let message = world.message(&name).await.unwrap();
        assert_eq!((message.state, message.attempts), (State::Skipped, 0));
        assert_eq!(message.reason.as_deref(), Some(reason));
    }
    assert!(world.cloud.sms().is_empty());
}

#[tokio::test]
async fn the_daily_budget_ends_exactly_and_the_next_day_goes_on() {
    let world = World::start_with(|config: &mut Config| config.sms_daily_max = 7).await;
    let mut names = Vec::new();
    for n in 0..20 {
        names.push(leave_for(&world, n).await);
    }
    world.run_until_idle().await;
    assert_eq!(world.cloud.sms().len(), 7);
    world.advance(Span::hours(14)).await; // 23:00 in Seoul
    assert_eq!(world.cloud.sms().len(), 7);
    world.advance(Span::hours(2)).await;
    assert_eq!(world.cloud.sms().len(), 14);
    world.advance(Span::hours(24)).await;
    let mut phones: Vec<_> = world.cloud.sms().into_iter().map(|sms| sms.phone).collect();
    phones.sort();
    phones.dedup();
    assert_eq!((world.cloud.sms().len(), phones.len()), (20, 20));
    for name in names {
        assert_eq!(state(&world, &name).await.0, State::Sent);
    }
}

#[tokio::test]
async fn without_a_budget_nothing_is_sent_and_what_is_too_late_is_given_up() {
    let world = World::start_with(|config: &mut Config| config.sms_daily_max = 0).await;
    let name = leave_for(&world, 1).await;
    world.run_until_idle().await;
    let message = world.message(&name).await.unwrap();
    assert_eq!(message.reason.as_deref(), Some("the sms budget of 2026-11-21 is spent"));
    world.advance(Span::days(3)).await;
    let message = world.message(&name).await.unwrap();
    let reason = message.reason.unwrap();
    assert_eq!((message.state, message.due_at, message.attempts), (State::Failed, None, 0));
    assert!(reason.starts_with("given up; the sms budget of"), "{reason}");
    assert!(world.cloud.sms().is_empty());
}

#[tokio::test]
async fn a_poisoned_call_goes_to_the_dead_letter_queue_alone() {
    let world = World::start().await;
    world.expect_failures();
    world.expect_dead(&super::FUNCTION.id());
    let name = leave_for(&world, 1).await;
    let mut poison = Envelope::new(
        world.app.entropy.uuid(world.now()),
        world.now(),
        &MessageWaiting { message: String::new() },
    );
    poison.data = serde_json::json!({ "message": 7 });
    assert_eq!(poison.kind, MessageWaiting::KIND);
    world.app.publisher.publish(&[poison]).await.unwrap();
    world
        .app
        .publisher
        .send(super::FUNCTION.full_name(), &"no envelope", Span::seconds(0))
        .await
        .unwrap();
    world.run_until_idle().await;
    assert_eq!(state(&world, &name).await, (State::Sent, 1));
    world.advance(Span::hours(1)).await;
    assert_eq!((world.cloud.sms().len(), world.dead(&super::FUNCTION)), (1, 2));
}

#[tokio::test]
async fn numbers_are_neither_stored_nor_logged() {
    let world = World::start().await;
    for what in [FaultKind::Status500, FaultKind::Throttle, FaultKind::TimeoutBefore] {
        world.cloud.faults().push(Fault::next("sns:Publish", what));
    }
    let name = leave_for(&world, 76_543_210).await;
    world.run_until_idle().await;
    for _ in 0..3 {
        let message = world.message(&name).await.unwrap();
        assert!(!format!("{message:?}").contains("76543210"));
        world.advance(Span::minutes(20)).await;
    }
    assert_eq!(state(&world, &name).await, (State::Sent, 4));
    for line in world.log_lines() {
        assert!(!line.to_string().contains("76543210"), "{line}");
    }
}

#[tokio::test]
async fn a_finished_row_is_gone_after_thirty_days() {
    let world = World::start().await;
    let name = leave_for(&world, 1).await;
    world.run_until_idle().await;
    assert!(world.message(&name).await.is_some());
    world.clock.advance(Span::days(30));
    assert!(world.message(&name).await.is_none(), "expired though not yet deleted");
    world.cloud.expire_items().unwrap();
    assert!(world.message(&name).await.is_none());
}
