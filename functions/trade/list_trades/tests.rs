use domain::{
    carrier::{Carrier, TrackingNumber},
    identity::Role,
    ledger::Split,
    trade::{Actor, Agreement, Command, Source, Trade, Variant, decide},
};
use kernel::{Id, Span, UserId, Won};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tests::fixture::{Market, forwarding, inspection, match_id, user};

/// Trades 0 to 4, a minute apart: the market's seller sells to its buyer and, the last, to another.
pub(crate) async fn five() -> Market {
    let market = Market::start().await;
    // Ids say nothing about the order.
    for (n, id) in (0_u128..).zip([3, 0, 2, 4, 1]) {
        let agreement = Agreement {
            source: Source::Listing,
            variant: Variant::Direct,
            seller: market.seller.id,
            buyer: if n < 4 { market.buyer.id } else { user(9) },
            title: format!("물건 {n}"),
            price: Won::constant(1_000),
        };
        let id = Id::from_uuid(Uuid::from_u128(id));
        let trade = Trade::open(id, agreement, market.now());
        assert!(market.store().trade_open(&trade).await.unwrap());
        market.clock.advance(Span::minutes(1));
    }
    market.run_until_idle().await;
    market
}

fn titles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn newest_first_by_side_page_by_page() {
    let market = five().await;
    let (seller, buyer) = (market.token_of(&market.seller), market.token_of(&market.buyer));
    let list = |path: String, token: &str| market.get(&path).bearer(token).send();
    let sold = list("/v1/trades?role=seller".to_owned(), &seller).await.expect(200).json();
    assert_eq!(titles(&sold), ["물건 4", "물건 3", "물건 2", "물건 1", "물건 0"]);
    let first = list("/v1/trades?role=buyer&limit=3".to_owned(), &buyer).await.expect(200).json();
    assert_eq!(titles(&first), ["물건 3", "물건 2", "물건 1"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let next = format!("/v1/trades?role=buyer&limit=3&cursor={cursor}");
    let rest = list(next.clone(), &buyer).await.expect(200).json();
    assert_eq!(titles(&rest), ["물건 0"]);
    list(next, &seller).await.expect_problem(400, "invalid-cursor");
    let other = format!("/v1/trades?role=seller&limit=3&cursor={cursor}");
    list(other, &buyer).await.expect_problem(400, "invalid-cursor");
    let none = list("/v1/trades?role=buyer".to_owned(), &seller).await.expect(200).json();
    assert_eq!(titles(&none), Vec::<String>::new());
}

#[tokio::test]
async fn refuses_bad_questions() {
    let market = Market::start().await;
    let token = market.token_of(&market.buyer);
    for query in [
        "",
        "?role=",
        "?role=owner",
        "?role=buyer&limit=0",
        "?role=buyer&limit=101",
        "?role=buyer&x=1",
        "?role=buyer&state=",
        "?role=buyer&state=paid",
        "?role=seller&state=in-transit",
        "?role=seller&state=cancelled,completed",
        "?role=seller&state=cancelled&state=completed",
    ] {
        let reply = market.get(&format!("/v1/trades{query}")).bearer(&token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let nobody = market.get("/v1/trades?role=buyer").send().await;
    nobody.expect_problem(401, "unauthenticated");
}

/// F11: own trades could not be filtered by state. What moves between two pages shifts nothing: the
/// order is by when trades began.
#[tokio::test]
async fn own_trades_of_one_state_while_they_move() {
    let market = five().await;
    let seller = market.token_of(&market.seller);
    let buyer = market.token_of(&market.buyer);
    let list =
        |query: &str, token: &str| market.get(&format!("/v1/trades?{query}")).bearer(token).send();
    let all = list("role=seller", &seller).await.expect(200).json();
    let id = |n: usize| all["items"][4 - n]["id"].as_str().unwrap().to_owned();
    let cancel = async |n: usize| {
        let trade = id(n).parse().unwrap();
        let request = market.ask(trade, "cancel", &market.seller);
        request.json(json!({ "reason": "변심" })).send().await.expect(200);
    };
    cancel(1).await;
    cancel(3).await;
    let cancelled = list("role=seller&state=cancelled", &seller).await.expect(200).json();
    assert_eq!(titles(&cancelled), ["물건 3", "물건 1"]);
    assert_eq!(cancelled["nextCursor"], Value::Null);
    let waiting = list("role=buyer&state=awaiting_payment", &buyer).await.expect(200).json();
    assert_eq!(titles(&waiting), ["물건 2", "물건 0"]);
    let none = list("role=seller&state=completed", &seller).await.expect(200).json();
    assert_eq!((titles(&none), &none["nextCursor"]), (vec![], &Value::Null));
    // One by one; what is waited for on the second page is taken back before it is read.
    let first = list("role=seller&state=awaiting_payment&limit=1", &seller).await.expect(200);
    let first = first.json();
    assert_eq!(titles(&first), ["물건 4"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    cancel(4).await;
    cancel(2).await;
    let next = format!("role=seller&state=awaiting_payment&limit=1&cursor={cursor}");
    let second = list(&next, &seller).await.expect(200).json();
    assert_eq!((titles(&second), &second["nextCursor"]), (vec!["물건 0".to_owned()], &Value::Null));
    for other in [
        format!("role=seller&state=cancelled&cursor={cursor}"),
        format!("role=seller&cursor={cursor}"),
        format!("role=buyer&state=awaiting_payment&cursor={cursor}"),
    ] {
        list(&other, &seller).await.expect_problem(400, "invalid-cursor");
    }
}

/// A filter looks at 400 trades a request, whatever it finds, and every page says how to go on.
#[tokio::test]
async fn a_rare_state_is_found_page_by_page_behind_many_trades() {
    let market = Market::start().await;
    let open = async |id: u128| {
        let agreement = Agreement {
            source: Source::Listing,
            variant: Variant::Direct,
            seller: market.seller.id,
            buyer: market.buyer.id,
            title: format!("물건 {id}"),
            price: Won::constant(1_000),
        };
        let trade = Trade::open(Id::from_uuid(Uuid::from_u128(id)), agreement, market.now());
        assert!(market.store().trade_open(&trade).await.unwrap());
        market.clock.advance(Span::millis(1));
        trade.id
    };
    let first = open(1).await;
    let request = market.ask(first, "cancel", &market.seller);
    request.json(json!({ "reason": "변심" })).send().await.expect(200);
    for id in 2..=450 {
        open(id).await;
    }
    let token = market.token_of(&market.seller);
    let list = |query: String| {
        market.get(&format!("/v1/trades?role=seller&{query}")).bearer(&token).send()
    };
    let before = market.cloud.usage();
    let page = list("state=cancelled".to_owned()).await.expect(200).json();
    assert_eq!(market.cloud.usage().since(&before).calls("dynamodb:Query"), 4);
    assert_eq!(titles(&page), Vec::<String>::new());
    let cursor = page["nextCursor"].as_str().unwrap();
    let page = list(format!("state=cancelled&cursor={cursor}")).await.expect(200).json();
    assert_eq!((titles(&page), &page["nextCursor"]), (vec!["물건 1".to_owned()], &Value::Null));
    // And of what there is plenty every one once.
    let mut seen = Vec::new();
    let mut query = "state=awaiting_payment&limit=100".to_owned();
    loop {
        let page = list(query).await.expect(200).json();
        seen.extend(titles(&page));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        query = format!("state=awaiting_payment&limit=100&cursor={cursor}");
    }
    let all: Vec<String> = (2..=450).rev().map(|id| format!("물건 {id}")).collect();
    assert_eq!(seen, all);
    market.run_until_idle().await;
}

/// Inspected trades 0 to 3, paid at once and shipped in the order 2, 0, 3, 1, a minute apart. The
/// last is the inspector's own.
async fn on_their_way(inspector: UserId) -> Market {
    let market = Market::start().await;
    for n in [2, 0, 3, 1_u128] {
        let agreement = Agreement {
            source: Source::Listing,
            variant: if n < 3 { Variant::Inspected } else { Variant::Direct },
            seller: if n == 1 { inspector } else { market.seller.id },
            buyer: market.buyer.id,
            title: format!("물건 {n}"),
            price: Won::constant(1_000),
        };
        let trade = Trade::open(Id::from_uuid(Uuid::from_u128(n)), agreement, market.now());
        assert!(market.store().trade_open(&trade).await.unwrap());
        market.fund(market.buyer.id, 1_000).await;
        let address = market.address(market.buyer.id).await;
        let row = market.store().address(market.buyer.id, address).await.unwrap().unwrap();
        let digits = format!("68871234567{n}");
        let parcel = TrackingNumber::parse(Carrier::CjLogistics, &digits).unwrap();
        let from = Split::spend_only(Won::constant(1_000));
        let steps = [
            (Command::Pay { address: row.address, from }, Actor::Buyer),
            (Command::Ship(parcel), Actor::Seller),
        ];
        for (command, actor) in steps {
            let trade = market.trade(trade.id).await;
            let decision = decide(&trade, command, actor, market.now()).unwrap();
            assert!(market.store().trade_commit(&trade, &decision, market.now()).await.unwrap());
        }
        market.clock.advance(Span::minutes(1));
    }
    market.run_until_idle().await;
    market
}

#[tokio::test]
async fn the_centres_queue_is_read_oldest_first_page_by_page() {
    let inspector = user(0x99);
    let market = on_their_way(inspector).await;
    let token = market.token(inspector, &[Role::User, Role::Inspector]);
    let list = |query: &str, token: &str| {
        market.get(&format!("/v1/trades?role=inspector{query}")).bearer(token).send()
    };
    let all = list("&state=in_transit", &token).await.expect(200).json();
    assert_eq!(titles(&all), ["물건 2", "물건 0", "물건 1"], "a direct sale is not the centre's");
    assert_eq!(all["items"][0]["role"], "inspector");
    assert_eq!(all["items"][2]["role"], "seller", "what is theirs they see as their own");
    let first = list("&state=in_transit&limit=2", &token).await.expect(200).json();
    assert_eq!(titles(&first), ["물건 2", "물건 0"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let next = list(&format!("&state=in_transit&limit=2&cursor={cursor}"), &token).await;
    assert_eq!(titles(&next.expect(200).json()), ["물건 1"]);
    let other = list(&format!("&state=inspecting&limit=2&cursor={cursor}"), &token).await;
    other.expect_problem(400, "invalid-cursor");
    let admin = market.admin().token;
    let same = list("&state=in_transit", &admin).await.expect(200).json();
    assert_eq!(titles(&same), titles(&all));
    assert_eq!(same["items"][2]["role"], "admin");
    for query in ["", "&state=delivered", "&state=awaiting_payment", "&state=cancelled"] {
        list(query, &token).await.expect_problem(400, "invalid-request");
    }
    for query in ["", "&state=in_transit"] {
        list(query, &market.token_of(&market.buyer)).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_trade_is_in_the_queue_of_its_state_and_then_in_none() {
    let market = Market::to_centre().await;
    let queues = || async {
        let token = market.token(user(0x99), &[Role::User, Role::Inspector]);
        let mut found = Vec::new();
        for state in ["in_transit", "inspecting", "awaiting_consent", "forwarding"] {
            let path = format!("/v1/trades?role=inspector&state={state}");
            let page = market.get(&path).bearer(&token).send().await.expect(200).json();
            found.extend(titles(&page).iter().map(|_| state));
        }
        found
    };
    assert_eq!(queues().await, ["in_transit"]);
    market.centre("receive").send().await.expect(200);
    assert_eq!(queues().await, ["inspecting"]);
    market.centre("inspection").json(inspection("pass_at_95")).send().await.expect(200);
    assert_eq!(queues().await, ["awaiting_consent"]);
    market.ask(match_id(), "consent", &market.buyer).send().await.expect(200);
    assert_eq!(queues().await, ["forwarding"]);
    market.centre("forward").json(forwarding()).send().await.expect(200);
    assert_eq!(queues().await, ["forwarding"]);
    market.arrive_from_centre().await;
    assert_eq!(queues().await, Vec::<&str>::new());
}
