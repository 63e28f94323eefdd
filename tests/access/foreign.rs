//! Whose things are whose: every route with an id in its path, called with the real ids of what is
//! Anna's by somebody else, by an inspector and an admin who have nothing to do with it, and by
//! Anna, in this order. Every answer is written out.

use std::collections::BTreeSet;

use domain::identity::Role;
use serde_json::json;
use testkit::RequestBuilder;

use super::{bodies::body, fixture::World, known};
use crate::budgets::exchange::fixture::Trader;

const NO_TRADE: &str = "404 trade-not-found";
const NOT_YOU: &str = "403 forbidden";
const STATE: &str = "409 wrong-trade-state";
/// The bank has paid it out by then.
const PAID: &str = "409 withdrawal-not-requested";
/// Anna does not ask: it would be of another thing.
const NOT_ASKED: &str = "";

/// A route, the object whose ids it is called with, and what somebody else, an unrelated inspector,
/// an unrelated admin and Anna are answered. Of one object from top to bottom.
#[rustfmt::skip]
const ANSWERS: &[(&str, &str, [&str; 4])] = &[
    // Auctions are public; what only their parties may is not.
    ("GET /v1/auctions/{auctionId}", "auction", ["200", "200", "200", "200"]),
    ("GET /v1/auctions/{auctionId}/bids", "auction", ["200", "200", "200", "200"]),
    ("GET /v1/auctions/{auctionId}/ledger", "auction", ["200", "200", "200", "200"]),
    ("PUT /v1/me/watches/{auctionId}", "auction", ["204", "204", "204", "204"]),
    ("DELETE /v1/me/watches/{auctionId}", "bid", ["204", "204", "204", NOT_ASKED]),
    ("POST /v1/auctions/{auctionId}/bids", "sale", ["201", "409 bid-too-low", "409 bid-too-low", "403 own-auction"]),
    ("POST /v1/auctions/{auctionId}/buy-now", "sale", ["201", "409 auction-ended", "409 auction-ended", "409 auction-ended"]),
    ("POST /v1/auctions/{auctionId}/cancel", "auction", [NOT_YOU, NOT_YOU, "200", "409 auction-cancelled"]),
    ("GET /v1/auctions/{auctionId}/price", "auction", ["200", "200", "200", "200"]),
    ("GET /v1/auctions/{auctionId}/stream", "auction", ["200", "200", "200", "200"]),
    ("GET /v1/auctions/{auctionId}/bids/{bidId}/receipt", "bid", ["404 bid-not-found", "404 bid-not-found", "404 bid-not-found", "200"]),
    ("POST /v1/auctions/{auctionId}/bids/{bidId}/void", "bid", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    // A trade is its parties' and the staff's.
    ("GET /v1/trades/{tradeId}", "bought", [NO_TRADE, NO_TRADE, "200", "200"]),
    ("POST /v1/trades/{tradeId}/payments", "bought", [NO_TRADE, NO_TRADE, NO_TRADE, "201"]),
    ("POST /v1/trades/{tradeId}/decline", "bought", [NO_TRADE, NO_TRADE, NOT_YOU, "409 not-an-offer"]),
    ("POST /v1/trades/{tradeId}/pay", "bought", [NO_TRADE, NO_TRADE, NOT_YOU, "200"]),
    ("GET /v1/trades/{tradeId}/handover-code", "bought", [NO_TRADE, NO_TRADE, NOT_YOU, STATE]),
    ("POST /v1/trades/{tradeId}/handover-code/renew", "bought", [NO_TRADE, NO_TRADE, NOT_YOU, STATE]),
    ("POST /v1/trades/{tradeId}/cancel", "bought", [NO_TRADE, NO_TRADE, "200", STATE]),
    ("GET /v1/trades/{tradeId}", "sold", [NO_TRADE, NO_TRADE, "200", "200"]),
    ("POST /v1/trades/{tradeId}/hand-over", "sold", [NO_TRADE, NO_TRADE, NOT_YOU, STATE]),
    ("POST /v1/trades/{tradeId}/ship", "sold", [NO_TRADE, NO_TRADE, NOT_YOU, "200"]),
    ("POST /v1/trades/{tradeId}/deliver", "sold", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    ("POST /v1/trades/{tradeId}/confirm", "sold", [NO_TRADE, NO_TRADE, NOT_YOU, NOT_YOU]),
    // The centre's: an inspector who is no party.
    ("GET /v1/trades/{tradeId}", "inspected", [NO_TRADE, "200", "200", "200"]),
    ("POST /v1/trades/{tradeId}/receive", "inspected", [NOT_YOU, "200", NOT_YOU, NOT_YOU]),
    ("POST /v1/trades/{tradeId}/inspection", "inspected", [NOT_YOU, "200", NOT_YOU, NOT_YOU]),
    ("POST /v1/trades/{tradeId}/consent", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, "200"]),
    ("POST /v1/trades/{tradeId}/consent-refusal", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, STATE]),
    ("POST /v1/trades/{tradeId}/forward", "inspected", [NOT_YOU, "200", NOT_YOU, NOT_YOU]),
    ("POST /v1/trades/{tradeId}/deliver", "inspected", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    ("POST /v1/trades/{tradeId}/dispute", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, "200"]),
    ("GET /v1/trades/{tradeId}/dispute", "inspected", [NO_TRADE, "200", "200", "200"]),
    ("POST /v1/trades/{tradeId}/dispute/statements", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, "200"]),
    ("POST /v1/trades/{tradeId}/dispute/refund-offers", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, "200"]),
    ("POST /v1/trades/{tradeId}/dispute/refund", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, "409 no-such-refund-offer"]),
    ("POST /v1/trades/{tradeId}/send-back", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, STATE]),
    ("POST /v1/trades/{tradeId}/objection", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, NOT_YOU]),
    ("POST /v1/trades/{tradeId}/confirm", "inspected", [NO_TRADE, NOT_YOU, NOT_YOU, "200"]),
    ("POST /v1/trades/{tradeId}/dispute/ruling", "inspected", [NOT_YOU, NOT_YOU, STATE, NOT_YOU]),
    // Orders, alerts, money, and what is kept in one's account: nobody else's.
    ("GET /v1/exchange/orders/{orderId}", "order", ["404 order-not-found", "404 order-not-found", "404 order-not-found", "200"]),
    ("POST /v1/exchange/orders/{orderId}/price", "order", ["404 order-not-found", "404 order-not-found", "404 order-not-found", "200"]),
    ("POST /v1/exchange/orders/{orderId}/cancel", "order", ["404 order-not-found", "404 order-not-found", "404 order-not-found", "200"]),
    ("DELETE /v1/exchange/alerts/{itemId}/{option}/{price}", "alert", ["404 alert-not-found", "404 alert-not-found", "404 alert-not-found", "204"]),
    ("GET /v1/payments/{paymentId}", "payment", ["404 payment-not-found", "404 payment-not-found", "404 payment-not-found", "200"]),
    ("POST /v1/payments/{paymentId}/confirm", "payment", ["404 payment-not-found", "404 payment-not-found", "404 payment-not-found", "200"]),
    ("POST /v1/payments/{paymentId}/cancel", "payment", ["404 payment-not-found", "404 payment-not-found", "404 payment-not-found", "200"]),
    ("GET /v1/wallet/withdrawals/{withdrawalId}", "withdrawal", ["404 withdrawal-not-found", "404 withdrawal-not-found", "404 withdrawal-not-found", "200"]),
    ("POST /v1/wallet/withdrawals/{withdrawalId}/cancel", "withdrawal", ["404 withdrawal-not-found", "404 withdrawal-not-found", "404 withdrawal-not-found", PAID]),
    ("POST /v1/admin/users/{userId}/withdrawals/{withdrawalId}/cancel", "withdrawal", [NOT_YOU, NOT_YOU, PAID, NOT_YOU]),
    ("DELETE /v1/me/payment-methods/{paymentMethodId}", "card", ["404 payment-method-not-found", "404 payment-method-not-found", "404 payment-method-not-found", "204"]),
    ("DELETE /v1/me/addresses/{addressId}", "address", ["404 address-not-found", "404 address-not-found", "404 address-not-found", "204"]),
    ("PUT /v1/notifications/{notificationId}/read", "notification", ["404 notification-not-found", "404 notification-not-found", "404 notification-not-found", "204"]),
    // Everybody keeps a list of their own, and nobody sees whom others block.
    ("GET /v1/me/blocks/{userId}", "blocked", ["404 block-not-found", "404 block-not-found", "404 block-not-found", "200"]),
    ("PUT /v1/me/blocks/{userId}", "anna", ["204", "204", "204", "409 cannot-block-yourself"]),
    ("DELETE /v1/me/blocks/{userId}", "blocked", ["204", "204", "204", NOT_ASKED]),
    ("GET /v1/me/blocks/{userId}", "blocked", ["404 block-not-found", "404 block-not-found", "404 block-not-found", "200"]),
    // What admins see of a user, and give.
    ("GET /v1/users/{userId}", "anna", ["200", "200", "200", "200"]),
    ("GET /v1/users/{userId}/trades", "anna", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    ("GET /v1/admin/users/{userId}/audit", "anna", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    ("POST /v1/admin/users/{userId}/orders/cancel", "anna", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    ("PUT /v1/users/{userId}/roles", "anna", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    // The catalogue is the admins' and everybody's to read.
    ("GET /v1/catalog/{itemId}", "item", ["200", "200", "200", "200"]),
    ("GET /v1/catalog/{itemId}/prices", "item", ["200", "200", "200", "200"]),
    ("GET /v1/catalog/{itemId}/options/{option}/chart.svg", "item", ["200", "200", "200", "200"]),
    ("GET /v1/catalog/{itemId}/options/{option}/depth", "item", ["200", "200", "200", "200"]),
    ("GET /v1/catalog/{itemId}/options/{option}/history", "item", ["200", "200", "200", "200"]),
    ("GET /v1/catalog/{itemId}/options/{option}/trades", "item", ["200", "200", "200", "200"]),
    ("POST /v1/catalog/{itemId}/options", "item", [NOT_YOU, NOT_YOU, "201", NOT_YOU]),
    ("PATCH /v1/catalog/{itemId}", "item", [NOT_YOU, NOT_YOU, "200", NOT_YOU]),
    ("PUT /v1/catalog/{itemId}/tags/{tag}", "item", [NOT_YOU, NOT_YOU, "204", NOT_YOU]),
    ("DELETE /v1/catalog/{itemId}/tags/{tag}", "item", [NOT_YOU, NOT_YOU, "204", NOT_YOU]),
    ("DELETE /v1/catalog/{itemId}", "item", [NOT_YOU, NOT_YOU, "204", NOT_YOU]),
];

/// The only routes on which the id of something that another made helps somebody without a role.
const FOR_ANYBODY: &[&str] = &[
    "GET /v1/auctions/{auctionId}",
    "GET /v1/auctions/{auctionId}/bids",
    "GET /v1/auctions/{auctionId}/ledger",
    "GET /v1/auctions/{auctionId}/price",
    "GET /v1/auctions/{auctionId}/stream",
    "POST /v1/auctions/{auctionId}/bids",
    "POST /v1/auctions/{auctionId}/buy-now",
    "GET /v1/users/{userId}",
    "GET /v1/catalog/{itemId}",
    "GET /v1/catalog/{itemId}/prices",
    "GET /v1/catalog/{itemId}/options/{option}/chart.svg",
    "GET /v1/catalog/{itemId}/options/{option}/depth",
    "GET /v1/catalog/{itemId}/options/{option}/history",
    "GET /v1/catalog/{itemId}/options/{option}/trades",
    // The caller's own lists, of other people's auctions and of other people.
    "PUT /v1/me/watches/{auctionId}",
    "DELETE /v1/me/watches/{auctionId}",
    "PUT /v1/me/blocks/{userId}",
    "DELETE /v1/me/blocks/{userId}",
];

#[test]
fn every_route_with_an_id_says_who_may() {
    let listed: BTreeSet<String> = ANSWERS.iter().map(|(route, ..)| (*route).to_owned()).collect();
    // The address of a webhook is no id: what it names, its own tests say.
    let has_id = |route: &String| route.contains('{') && !route.contains("{token}");
    let known: BTreeSet<String> = known().into_iter().filter(has_id).collect();
    let without: Vec<_> = known.difference(&listed).collect();
    assert!(without.is_empty(), "say in tests/access/foreign.rs who may what: {without:#?}");
    let stale: Vec<_> = listed.difference(&known).collect();
    assert!(stale.is_empty(), "there is no such route: {stale:#?}");
    let taken = ANSWERS.iter().filter(|(_, _, [second, ..])| second.starts_with('2'));
    let taken: BTreeSet<&str> = taken.map(|(route, ..)| *route).collect();
    assert_eq!(taken, FOR_ANYBODY.iter().copied().collect(), "for anybody, or for its owner?");
}

#[tokio::test]
async fn what_is_annas_is_nobody_elses() {
    let mut world = Box::pin(World::build()).await;
    let staff = world.floor.trader("staff").await;
    let mut wrong = Vec::new();
    for (route, object, due) in ANSWERS {
        let callers = [
            (&world.bora, &[Role::User][..]),
            (&staff, &[Role::User, Role::Inspector]),
            (&staff, &[Role::User, Role::Admin]),
            (&world.anna, World::annas_roles(route)),
        ];
        for ((caller, roles), due) in callers.into_iter().zip(due) {
            if *due == NOT_ASKED {
                continue;
            }
            let path = world.path(route, object);
            let answer = answered(&world, Call { route, path: &path, caller, roles }).await;
            if answer != *due {
                wrong.push(format!("{route} ({object}) by {roles:?}: {answer}, due {due}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let anna = world.anna.id;
    let watched = world.floor.stage.get(anna, "/v1/me/watches").send().await.expect(200).json();
    assert_eq!(watched["items"].as_array().unwrap().len(), 2, "another's list is another's");
}

/// One request of the list.
#[derive(Clone, Copy)]
struct Call<'a> {
    route: &'a str,
    path: &'a str,
    caller: &'a Trader,
    roles: &'a [Role],
}

/// Status and code of the answer, once all that follows from it is done.
async fn answered(world: &World, call: Call<'_>) -> String {
    let app = &world.floor.stage.app;
    let method = call.route.split_once(' ').unwrap().0;
    let token = app.token(call.caller.id, call.roles);
    let mut request = RequestBuilder::new(app.router(), method, call.path).bearer(&token);
    if method == "POST" {
        request = request.key(&world.floor.stage.fresh());
    }
    if let Some(body) = body(world, call.caller, call.route) {
        request = request.json(body);
    }
    if call.path.ends_with("/stream") {
        return request.stream().await.status().as_u16().to_string();
    }
    let reply = request.send().await;
    let status = reply.status();
    let answer =
        if status < 400 { status.to_string() } else { format!("{status} {}", reply.code()) };
    app.run_until_idle().await;
    app.clock.advance(kernel::Span::seconds(2));
    answer
}

/// Ids of others in a body, where one's own belong.
#[tokio::test]
async fn what_is_annas_pays_and_receives_for_nobody_else() {
    let world = Box::pin(World::build()).await;
    let (anna, bora) = (&world.anna, &world.bora);
    let trade = world.path("POST /v1/trades/{tradeId}", "bora's");
    let card = world.path("DELETE /v1/me/payment-methods/{paymentMethodId}", "card");
    let card = card.rsplit('/').next().unwrap();
    let by_card = json!({ "from": "card", "paymentMethodId": card, "password": "271828" });
    let wallet = json!({ "from": "wallet" });
    let to_anna = world.floor.bid(anna, 5_000, &wallet);
    let at_once = world.floor.at_once(anna, 200_000, Some(&wallet));
    let sell = world.floor.at_once(anna, 1_000, None);
    let address = json!({ "addressId": anna.address });
    let begun = json!({ "provider": "toss", "addressId": anna.address });
    for (path, body, due) in [
        ("/v1/exchange/orders", to_anna, "address-not-found"),
        ("/v1/exchange/buy-now", at_once, "address-not-found"),
        ("/v1/exchange/sell-now", sell, "address-not-found"),
        ("/v1/exchange/orders", world.floor.bid(bora, 5_000, &by_card), "payment-method-not-found"),
        (&format!("{trade}/pay"), address, "address-not-found"),
        (&format!("{trade}/payments"), begun, "address-not-found"),
    ] {
        let reply = world.floor.stage.post(bora.id, path, body).send().await;
        reply.expect_problem(404, due);
    }
}
