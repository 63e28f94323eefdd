use domain::identity::Role;
use gateway::fake::ParcelStep;
use kernel::Span;
use serde_json::{Value, json};
use testkit::{Reply, User};

use crate::tests::fixture::{Market, PRICE, forwarding, inspector, match_id, person, trade_id};

async fn deliver(market: &Market, roles: &[Role], who: &User, body: Value) -> Reply {
    let request = market.post(&format!("/v1/trades/{}/deliver", trade_id()));
    let token = market.token(who.id, roles);
    request.bearer(&token).key(&market.fresh_key()).json(body).send().await
}

fn reason() -> Value {
    json!({ "reason": "택배사 서면 확인" })
}

const STAFF: &[Role] = &[Role::User, Role::Admin];

#[tokio::test]
async fn an_admin_says_so_with_a_reason_that_is_kept() {
    let market = Market::paid().await;
    let admin = market.admin();
    let early = deliver(&market, STAFF, &admin, reason()).await;
    early.expect_problem(409, "wrong-trade-state");
    market.ship().await.expect(200);
    market.run_until_idle().await;
    let reply = deliver(&market, STAFF, &admin, reason()).await.expect(200).json();
    assert_eq!(reply["state"], "delivered");
    assert_eq!(reply["deadline"], (market.now() + Span::hours(72)).to_string());
    let month = store::staff::month_of(market.now());
    let acts = market.store().staff_acts(&month, 10, None).await.unwrap().items;
    let [act] = &*acts else { panic!("{acts:?}") };
    assert_eq!((act.by, act.why.as_deref()), (admin.id, Some("택배사 서면 확인")));
    assert_eq!((&*act.before, &*act.after), ("in_transit", "delivered"));
    let again = deliver(&market, STAFF, &admin, reason()).await;
    again.expect_problem(409, "wrong-trade-state");
}

/// F2: the seller completed a sale alone.
#[tokio::test]
async fn f2_no_party_and_no_inspector_says_so() {
    let market = Market::shipped().await;
    let inspects = person(&market, 0x99);
    assert_eq!(inspects.id, inspector());
    for (roles, who) in [
        (&[Role::User][..], &market.seller),
        (&[Role::User], &market.buyer),
        (&[Role::User], &person(&market, 1)),
        (&[Role::User, Role::Inspector], &inspects),
        // Whoever sells or buys is nothing else.
        (STAFF, &market.seller),
        (STAFF, &market.buyer),
    ] {
        deliver(&market, roles, who, reason()).await.expect_problem(403, "forbidden");
    }
    market.wait(Span::hours(71)).await;
    assert_eq!(market.state(trade_id()).await, "in_transit");
    market.wait(Span::hours(1)).await;
    // Nobody paid for what the carrier never had.
    assert_eq!(market.reason(trade_id()).await, "not_handed_in");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, -PRICE / 10));
}

#[tokio::test]
async fn a_reason_is_asked_for() {
    let market = Market::shipped().await;
    let admin = market.admin();
    for bad in ["", " ", &"가".repeat(201)] {
        let reply = deliver(&market, STAFF, &admin, json!({ "reason": bad })).await;
        reply.expect_problem(400, "invalid-request");
    }
    let none = deliver(&market, STAFF, &admin, json!({})).await;
    none.expect_problem(400, "invalid-request");
    assert_eq!(market.state(trade_id()).await, "in_transit");
}

#[tokio::test]
async fn goods_are_sent_on_before_they_arrive() {
    let market = Market::graded("pass").await;
    let deliver = || {
        let request = market.post(&format!("/v1/trades/{}/deliver", match_id()));
        let token = market.token(market.admin().id, STAFF);
        request.bearer(&token).key(&market.fresh_key()).json(reason()).send()
    };
    deliver().await.expect_problem(409, "wrong-trade-state");
    market.centre("forward").json(forwarding()).send().await.expect(200);
    market.carried_of("688712345679", ParcelStep::PickUp).await;
    let reply = deliver().await.expect(200).json();
    assert_eq!(reply["deadline"], (market.now() + Span::hours(72)).to_string());
}
