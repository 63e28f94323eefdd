use domain::identity::Role;
use futures::future::join_all;
use kernel::{Span, UserId};
use local::{Fault, FaultKind};
use serde_json::{Value, json};
use store::{Table, staff::StaffAct};
use testkit::{Reply, RequestBuilder, User};

use crate::tests::fixture::{Floor, PURSE, Trader, spawn};

const WHY: &str = "계정 도용 신고";

fn request(floor: &Floor, by: &User, whose: UserId) -> RequestBuilder {
    let path = format!("/v1/admin/users/{whose}/orders/cancel");
    floor.post(&path).bearer(&by.token)
}

async fn ask(floor: &Floor, by: &User, whose: &Trader) -> Reply {
    request(floor, by, whose.user.id).json(json!({ "reason": WHY })).send().await
}

async fn acts(floor: &Floor) -> Vec<StaffAct> {
    let month = store::staff::month_of(floor.now());
    let all = floor.store().staff_acts(&month, 100, None).await.unwrap().items;
    all.into_iter().filter(|act| act.what == "exchange-cancel-user-orders").collect()
}

fn told(ended: u32, more: bool) -> Value {
    json!({ "ended": ended, "more": more })
}

#[tokio::test]
async fn every_open_order_of_the_user_ends_and_is_noted() {
    let floor = Floor::open().await;
    let thief = floor.trader().await;
    let other = floor.trader().await;
    let staff = floor.admin();
    let bid = floor.rest(&thief, "buy", 10_000).await;
    let ask_order = floor.rest(&thief, "sell", 30_000).await;
    let kept = floor.rest(&other, "buy", 9_000).await;
    let (matched, _) = floor.take(&other, "buy", 30_000).await;
    let second = floor.rest(&thief, "sell", 40_000).await;
    let first = ask(&floor, &staff, &thief).await.expect(200).json();
    assert_eq!(first, told(2, false));
    for (order, state) in [
        (bid, "cancelled"),
        (second, "cancelled"),
        (ask_order, "matched"),
        (matched, "matched"),
        (kept, "open"),
    ] {
        assert_eq!(floor.state(order).await, state);
    }
    let acts = acts(&floor).await;
    let mut whom: Vec<_> = acts.iter().map(|act| act.whom.clone()).collect();
    let mut due = vec![format!("order#{bid}"), format!("order#{second}")];
    whom.sort();
    due.sort();
    assert_eq!(whom, due);
    for act in &acts {
        assert_eq!((act.by, act.why.as_deref()), (staff.id, Some(WHY)));
        assert_eq!((&*act.before, &*act.after), ("open", "cancelled"));
    }
    assert_eq!(ask(&floor, &staff, &thief).await.expect(200).json(), told(0, false));
    // The deposit of the sale that goes on stays.
    assert_eq!(floor.purse(&thief).await, (PURSE - 3_000, 3_000));
    floor.run_until_idle().await;
}

#[tokio::test]
async fn many_orders_are_ended_request_by_request() {
    let floor = Floor::trading().await;
    let thief = floor.trader().await;
    let staff = floor.admin();
    for step in 1..=53 {
        floor.rest(&thief, "buy", step * 1_000).await;
    }
    assert_eq!(ask(&floor, &staff, &thief).await.expect(200).json(), told(50, true));
    assert_eq!(ask(&floor, &staff, &thief).await.expect(200).json(), told(3, false));
    assert_eq!((floor.purse(&thief).await, floor.book().await), ((PURSE, 0), 0));
    assert_eq!(acts(&floor).await.len(), 53);
}

/// Where it breaks off, the next request goes on.
#[tokio::test]
async fn what_breaks_off_half_way_is_gone_on_with() {
    for kind in [FaultKind::TimeoutBefore, FaultKind::TimeoutAfter, FaultKind::Status500] {
        let floor = Floor::trading().await;
        floor.expect_failures();
        let thief = floor.trader().await;
        let staff = floor.admin();
        for step in 1..=3 {
            floor.rest(&thief, "buy", step * 1_000).await;
        }
        for _ in 0..40 {
            let fault = Fault::next("dynamodb:TransactWriteItems", kind).nth(2);
            floor.cloud.faults().push(fault.on(Table::Exchange));
        }
        let first = ask(&floor, &staff, &thief).await;
        assert!(first.status() == 200 || first.code() == "try-again", "{}", first.text());
        floor.cloud.faults().clear();
        ask(&floor, &staff, &thief).await.expect(200);
        assert_eq!((floor.purse(&thief).await, floor.book().await), ((PURSE, 0), 0), "{kind:?}");
        assert_eq!(acts(&floor).await.len(), 3, "{kind:?}: each once");
    }
}

#[tokio::test]
async fn past_its_time_an_order_expires_whoever_asks() {
    let floor = Floor::trading().await;
    let thief = floor.trader().await;
    let bid = floor.rest(&thief, "buy", 10_000).await;
    floor.turn_past_end(bid, Span::millis(0)).await;
    let staff = floor.admin();
    assert_eq!(ask(&floor, &staff, &thief).await.expect(200).json(), told(1, false));
    assert_eq!((floor.state(bid).await, floor.purse(&thief).await), ("expired", (PURSE, 0)));
    assert_eq!(acts(&floor).await[0].after, "expired");
}

/// Of an end and a match exactly one happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ends_race_matches_and_the_owners_own_cancellations() {
    for round in 0..8 {
        let floor = Floor::trading().await;
        let thief = floor.trader().await;
        let buyer = floor.trader().await;
        let staff = floor.admin();
        let order = floor.rest(&thief, "sell", 10_000).await;
        let bid = floor.order(&buyer, "buy", 10_000);
        let body = json!({ "reason": WHY });
        let all = [
            spawn(request(&floor, &staff, thief.user.id).json(body.clone())),
            spawn(floor.ask("orders", &buyer).json(bid)),
            spawn(floor.ask(&format!("orders/{order}/cancel"), &thief)),
            spawn(request(&floor, &staff, thief.user.id).json(body)),
        ];
        let mut ended = 0;
        let mut cancelled = 0;
        for (nth, reply) in join_all(all).await.into_iter().enumerate() {
            let reply = reply.unwrap();
            match nth {
                0 | 3 => ended += reply.expect(200).json()["ended"].as_u64().unwrap(),
                2 => cancelled += u64::from(reply.status() == 200),
                _ => assert_eq!(reply.status(), 201, "{}", reply.text()),
            }
        }
        let is_matched = floor.state(order).await == "matched";
        assert_eq!(ended + cancelled + u64::from(is_matched), 1, "{round}");
        assert_eq!(u64::try_from(acts(&floor).await.len()).unwrap(), ended, "{round}");
        let held = if is_matched { 1_000 } else { 0 };
        assert_eq!(floor.purse(&thief).await, (PURSE - held, held), "{round}");
    }
}

#[tokio::test]
async fn admins_alone_for_others_and_with_a_reason() {
    let floor = Floor::trading().await;
    let thief = floor.trader().await;
    let bid = floor.rest(&thief, "buy", 10_000).await;
    let staff = floor.admin();
    let whose = thief.user.id;
    let fine = || json!({ "reason": WHY });
    let nobody = floor.post(&format!("/v1/admin/users/{whose}/orders/cancel")).json(fine());
    nobody.send().await.expect_problem(401, "unauthenticated");
    let user = User { token: floor.token_of(&thief), ..thief.user.clone() };
    let refused = request(&floor, &user, whose).json(fine()).send().await;
    refused.expect_problem(403, "forbidden");
    // A trader who is an admin, too.
    let own = User { token: floor.token(whose, &[Role::User, Role::Admin]), ..user };
    let refused = request(&floor, &own, whose).json(fine()).send().await;
    refused.expect_problem(403, "forbidden");
    for body in [
        json!({}),
        json!({ "reason": "" }),
        json!({ "reason": " \n " }),
        json!({ "reason": "가".repeat(201) }),
        json!({ "reason": null }),
        json!({ "reason": WHY, "orderId": bid }),
    ] {
        let refused = request(&floor, &staff, whose).json(body).send().await;
        refused.expect_problem(400, "invalid-request");
    }
    assert_eq!((floor.state(bid).await, acts(&floor).await.len()), ("open", 0));
    // Nobody of that name has nothing.
    let none = kernel::Id::from_uuid(uuid::Uuid::from_u128(1));
    let none = request(&floor, &staff, none).json(fine()).send().await.expect(200).json();
    assert_eq!(none, told(0, false));
}
