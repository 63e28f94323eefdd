use domain::notification::welcome;
use events::{AuctionCreated, Envelope};
use kernel::Span;

use crate::{
    notify::notify,
    tests::fixture::{World, auction_id},
};

#[tokio::test]
async fn the_first_time_counts_and_foreign_ones_are_absent() {
    let world = World::start().await;
    let (minsu, other) = (world.signed_in("minsu"), world.signed_in("other"));
    let happened = AuctionCreated { auction_id: auction_id(), ends_at: world.now() };
    let event = Envelope::new(world.app.entropy.uuid(world.now()), world.now(), &happened);
    notify(&world.app, &event, minsu.id, welcome("민수")).await.unwrap();
    let id = world.told(minsu.id).await[0].id;
    let path = format!("/v1/notifications/{id}/read");

    world.put(&path).send().await.expect_problem(401, "unauthenticated");
    let foreign = world.put(&path).bearer(&other.token).send().await;
    foreign.expect_problem(404, "notification-not-found");
    assert_eq!(world.told(minsu.id).await[0].read_at, None);

    let first = world.clock.advance(Span::seconds(1));
    world.put(&path).bearer(&minsu.token).send().await.expect(204);
    world.clock.advance(Span::seconds(1));
    world.put(&path).bearer(&minsu.token).send().await.expect(204);
    assert_eq!(world.told(minsu.id).await[0].read_at, Some(first));

    // Told again, it stays read.
    notify(&world.app, &event, minsu.id, welcome("민수")).await.unwrap();
    assert_eq!(world.told(minsu.id).await[0].read_at, Some(first));
}

#[tokio::test]
async fn unknown_ids_are_absent_and_others_are_no_ids() {
    let world = World::start().await;
    let minsu = world.signed_in("minsu");
    let cases = [
        ("01938f3c-7e2a-7000-8000-000000000001", 404, "notification-not-found"),
        ("7", 400, "invalid-request"),
        ("null", 400, "invalid-request"),
    ];
    for (id, status, code) in cases {
        let path = format!("/v1/notifications/{id}/read");
        let reply = world.put(&path).bearer(&minsu.token).send().await;
        reply.expect_problem(status, code);
    }
}
