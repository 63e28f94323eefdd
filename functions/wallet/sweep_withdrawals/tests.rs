use domain::withdrawal::{LEASE as CLAIM, State};
use gateway::payout::BankCall;
use local::{Fault, FaultKind};

use super::*;
use crate::tests::fixture::World;

#[test]
fn the_lease_outlives_the_run_and_ends_before_the_next() {
    let platform::Trigger::Schedule(Schedule { every: Some(every), .. }) = &FUNCTION.trigger else {
        panic!("a rate")
    };
    assert!(i64::from(FUNCTION.timeout_s) < LEASE.as_seconds_ceil() && LEASE < *every);
    assert!(CLAIM < *every, "what the last run claimed is due again");
}

fn hold_outbox(world: &World) {
    world.cloud.pause("operation-relay-outbox");
    world.cloud.pause("operation-sweep-outbox");
}

fn release_outbox(world: &World) {
    world.cloud.resume("operation-relay-outbox");
    world.cloud.resume("operation-sweep-outbox");
}

#[tokio::test]
async fn a_withdrawal_whose_event_was_lost_is_paid_all_the_same() {
    let world = World::start().await;
    hold_outbox(&world);
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    world.advance(Span::minutes(4)).await;
    assert_eq!(world.state(&minji, id).await, State::Requested);
    world.advance(Span::minutes(6)).await;
    assert_eq!(world.state(&minji, id).await, State::Done);
    release_outbox(&world);
    world.run_until_idle().await;
    let transfers = world.bank.calls().into_iter().filter(|call| *call == BankCall::Transfer);
    assert_eq!(transfers.count(), 1, "an event that comes late after all changes nothing");
}

#[tokio::test]
async fn what_is_finished_is_not_called_again() {
    let world = World::start().await;
    let minji = world.ready(1_000, "7890").await;
    world.requested(&minji, 400).await;
    world.run_until_idle().await;
    let later = world.now() + Span::days(30);
    for shard in keys::withdrawing_shards() {
        assert!(world.store().withdrawals_due(&shard, later, None).await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn takes_page_after_page() {
    let world = World::start().await;
    hold_outbox(&world);
    let minji = world.ready(100_000, "7890").await;
    for _ in 0..230 {
        world.requested(&minji, 1).await;
    }
    world.advance(Span::minutes(10)).await;
    assert_eq!(world.money(&minji).await, (100_000 - 230, 0));
    assert_eq!(world.bank.paid().len(), 230);
    release_outbox(&world);
}

#[tokio::test]
async fn a_run_that_breaks_off_is_made_up_for_by_the_next() {
    let actions = ["dynamodb:Query", "dynamodb:UpdateItem", "events:PutEvents"];
    for action in actions {
        for what in [FaultKind::TimeoutBefore, FaultKind::TimeoutAfter, FaultKind::Status500] {
            let world = World::start().await;
            world.expect_failures();
            hold_outbox(&world);
            let minji = world.ready(1_000, "7890").await;
            let id = world.requested(&minji, 400).await;
            world.advance(Span::minutes(4)).await;
            for _ in 0..3 {
                world.cloud.faults().push(Fault::next(action, what));
            }
            world.advance(Span::minutes(2)).await;
            world.cloud.faults().clear();
            world.advance(Span::minutes(15)).await;
            assert_eq!(world.state(&minji, id).await, State::Done, "{action} {what:?}");
            assert_eq!(world.bank.paid().len(), 1);
            release_outbox(&world);
        }
    }
}
