use domain::notification::State;
use local::{Fault, FaultKind};

use super::*;
use crate::tests::fixture::{World, phone};

const EMAIL: &str = "minsu@example.com";

async fn sign_up(world: &World, phone: Option<&str>, email: Option<&str>) -> kernel::UserId {
    let user_id = world.user(1, phone, email).await;
    let signed_up = UserSignedUp { user_id, nickname: "사람1".to_owned() };
    for _ in 0..3 {
        world.tell_all(1, &signed_up).await;
    }
    world.run_until_idle().await;
    user_id
}

#[tokio::test]
async fn a_new_user_is_welcomed_once_and_by_mail() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    let user = sign_up(&world, None, Some(EMAIL)).await;
    assert_eq!(world.kinds(user).await, ["welcome"]);
    let mails = world.cloud.emails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, [EMAIL]);
    assert_eq!(mails[0].subject, "장터에 오신 것을 환영합니다");
    assert!(mails[0].text.starts_with("사람1님, 안녕하세요."));
}

#[tokio::test]
async fn everybody_gets_a_mail_of_the_own() {
    let world = World::start().await;
    for n in 1..=3 {
        let user_id = world.user(n, None, Some(&format!("user{n}@example.com"))).await;
        let signed_up = UserSignedUp { user_id, nickname: format!("사람{n}") };
        world.tell_all(n, &signed_up).await;
    }
    world.run_until_idle().await;
    let mut mails: Vec<_> = world.cloud.emails().into_iter().flat_map(|mail| mail.to).collect();
    mails.sort();
    assert_eq!(mails, ["user1@example.com", "user2@example.com", "user3@example.com"]);
}

#[tokio::test]
async fn without_an_address_there_is_no_mail() {
    let world = World::start().await;
    let user = sign_up(&world, Some(&phone(1)), None).await;
    assert_eq!(world.kinds(user).await, ["welcome"]);
    assert!(world.message(&keys::welcome_message(user)).await.is_none());
    assert!(world.cloud.emails().is_empty() && world.cloud.sms().is_empty());
}

#[tokio::test]
async fn a_failing_mail_is_failed_then_done_and_at_last_removed() {
    let world = World::start().await;
    world.cloud.faults().push(Fault::next("ses:SendEmail", FaultKind::Status500));
    let user = sign_up(&world, None, Some(EMAIL)).await;
    let name = keys::welcome_message(user);
    let state = async || world.message(&name).await.map(|message| message.state);
    assert_eq!(state().await, Some(State::Failed));
    world.advance(Span::minutes(20)).await;
    assert_eq!(state().await, Some(State::Sent));
    world.advance(Span::hours(2)).await;
    assert_eq!(world.cloud.emails().len(), 1, "never a third time");
    world.clock.advance(Span::days(30));
    assert_eq!(state().await, None);
}
