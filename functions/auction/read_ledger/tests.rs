use domain::auction::{
    EntryKind, Head, Salt, Terms,
    ledger::Line,
    verify::{Opened, Verdict, verify, verify_sealed},
};
use kernel::{Span, Won};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{
    Read, Table, Write,
    auction::{LedgerRow, ledger_row},
    keys,
};
use testkit::TestApp;

use crate::tests::fixture::{auction, auction_id, bid, buy, end, start, token, void};

async fn export(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/v1/auctions/{id}/ledger")).send().await.expect(200).json()
}

fn read<T: DeserializeOwned>(value: &Value, name: &str) -> T {
    serde_json::from_value(value[name].clone()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text<T: std::str::FromStr>(value: &Value, name: &str) -> T {
    let text = value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"));
    text.parse().unwrap_or_else(|_| panic!("{name}: {text}"))
}

fn kind(text: &str) -> EntryKind {
    match text.strip_prefix("void-") {
        Some(sequence) => EntryKind::Void { sequence: sequence.parse().unwrap() },
        None if text == "buy-now" => EntryKind::BuyNow,
        None => {
            assert_eq!(text, "bid");
            EntryKind::Bid
        }
    }
}

fn line(entry: &Value) -> Line {
    Line {
        sequence: read(entry, "sequence"),
        epoch: read(entry, "epoch"),
        kind: kind(entry["kind"].as_str().unwrap()),
        bid: read(entry, "bidId"),
        tag: text(entry, "bidder"),
        amount: read(entry, "amount"),
        maximum_commitment: text(entry, "maximumCommitment"),
        received_at: read(entry, "receivedAt"),
        price: read(entry, "price"),
        leader: entry["leader"].as_str().map(|tag| tag.parse().unwrap()),
        ends_at: read(entry, "endsAt"),
        hash: text(entry, "hash"),
    }
}

fn terms(terms: &Value) -> Terms {
    let reserve: Option<Won> = read(terms, "reserve");
    Terms {
        auction: read(terms, "auctionId"),
        seller: read(terms, "sellerId"),
        start_price: read(terms, "startPrice"),
        increment: read(terms, "increment"),
        reserve: reserve.filter(|reserve| *reserve != Won::ZERO),
        buy_now: read(terms, "buyNowPrice"),
        starts_at: read(terms, "startsAt"),
        scheduled_end: read(terms, "scheduledEnd"),
        soft_close: read(terms, "softClose"),
    }
}

/// What anybody with the file makes of it.
fn judge(file: &Value) -> Verdict {
    let open = |entry: &Value| Opened {
        line: line(entry),
        maximum: read(entry, "maximum"),
        salt: text(entry, "salt"),
    };
    let opened: Vec<Opened> = file["entries"].as_array().unwrap().iter().map(open).collect();
    let salt: Salt = text(&file["terms"], "reserveSalt");
    verify(&terms(&file["terms"]), salt, &opened).unwrap()
}

/// Nothing in the file is opened, and order and chain hold up to what it announces.
fn check_sealed(file: &Value) {
    let hidden = &file["terms"];
    assert_eq!((&hidden["reserve"], &hidden["reserveSalt"]), (&Value::Null, &Value::Null));
    let entries = file["entries"].as_array().unwrap();
    for entry in entries {
        assert_eq!((&entry["maximum"], &entry["salt"]), (&Value::Null, &Value::Null), "{entry}");
    }
    let lines: Vec<Line> = entries.iter().map(line).collect();
    let chain = verify_sealed(&terms(hidden), text(hidden, "reserveCommitment"), &lines).unwrap();
    assert_eq!(file["chain"], chain.to_string());
}

/// The statement is the server's and says what the file says.
fn check_statement(app: &TestApp, file: &Value, sequence: usize) {
    let stated: Value = app.app.keys.verify(file["statement"].as_str().unwrap()).unwrap();
    let due = json!({
        "typ": "ledger-statement",
        "auctionId": file["terms"]["auctionId"],
        "status": file["status"],
        "sequence": sequence,
        "epoch": file["epoch"],
        "chain": file["chain"],
        "price": file["price"],
        "leader": file["leader"],
        "endsAt": file["endsAt"],
    });
    assert_eq!(stated, due);
}

#[tokio::test]
async fn while_it_runs_secrets_are_commitments() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let hidden = json!({ "startPrice": 100_000, "reservePrice": 345_678 });
    let id = auction(&app, &seller, hidden).await;
    let placed = bid(&app, &id, &minji, 100_000, Some(234_567)).await.expect(201).json();
    app.run_until_idle().await;
    let file = export(&app, &id).await;
    for secret in ["234567", "345678", &minji.id.to_string()] {
        assert!(!file.to_string().contains(secret), "{secret} in {file}");
    }
    assert_eq!((&file["format"], &file["status"]), (&json!("jangteo-ledger/1"), &json!("open")));
    let (terms, entry) = (&file["terms"], &file["entries"][0]);
    assert_eq!((&terms["reserve"], &terms["reserveSalt"]), (&Value::Null, &Value::Null));
    assert_eq!((&entry["maximum"], &entry["salt"]), (&Value::Null, &Value::Null));
    assert_eq!((&entry["bidId"], &entry["hash"]), (&placed["id"], &file["chain"]));
    assert_eq!(file["nextCursor"], Value::Null);
    check_sealed(&file);
    check_statement(&app, &file, 1);
}

#[tokio::test]
async fn afterwards_anybody_can_recompute_the_outcome() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let terms = json!({ "reservePrice": 30_000, "increment": 700, "buyNowPrice": 900_000 });
    let id = auction(&app, &seller, terms).await;
    bid(&app, &id, &minji, 10_000, Some(20_000)).await.expect(201);
    let fraud = bid(&app, &id, &juno, 25_000, Some(80_000)).await.expect(201).json();
    app.run_until_idle().await;
    void(&app, &id, &fraud["id"]).await.expect(200);
    app.run_until_idle().await;
    bid(&app, &id, &juno, 15_000, Some(40_000)).await.expect(201);
    app.run_until_idle().await;
    let early = export(&app, &id).await;
    app.clock.advance(Span::minutes(9));
    bid(&app, &id, &minji, 31_000, Some(35_000)).await.expect(201);
    end(&app).await;
    let file = export(&app, &id).await;
    let verdict = judge(&file);
    assert_eq!(file["status"], "won");
    assert_eq!(file["price"], json!(verdict.price));
    assert_eq!(verdict.price, Won::constant(35_700));
    assert_eq!(
        verdict.leader,
        Some(app.app.keys.bidder_tag(id.parse().unwrap(), juno.id).unwrap())
    );
    assert_eq!(file["chain"], verdict.chain.to_string());
    assert_eq!((verdict.reserve_met, verdict.bid_count), (true, 3));
    let kinds: Vec<_> = file["entries"].as_array().unwrap().iter().map(|e| &e["kind"]).collect();
    assert_eq!(kinds, ["bid", "bid", "void-2", "bid", "bid"]);
    assert_eq!(file["epoch"], 1);
    check_statement(&app, &file, 5);
    // An older statement is the server's, too, but cannot be passed off as this one.
    let [old, new] = [&early, &file].map(|file| file["statement"].as_str().unwrap());
    assert!(app.app.keys.verify::<Value>(old).is_some_and(|stated| stated["sequence"] == 4));
    let (start, signature) = new.rsplit_once('.').unwrap();
    let (head, _) = start.split_once('.').unwrap();
    let cut = format!("{head}.{}.{signature}", old.split('.').nth(1).unwrap());
    assert_eq!(app.app.keys.verify::<Value>(&cut), None);
}

#[tokio::test]
async fn only_a_sale_opens_it() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let terms = json!({ "reservePrice": 345_678, "buyNowPrice": 900_000 });
    let mut ids = Vec::new();
    // Each has bids with hidden maximums; the last has none.
    for _ in 0..4 {
        let id = auction(&app, &seller, terms.clone()).await;
        bid(&app, &id, &minji, 10_000, Some(234_567)).await.expect(201);
        bid(&app, &id, &juno, 50_000, None).await.expect(201);
        ids.push(id);
    }
    ids.push(auction(&app, &seller, terms).await);
    let [won, bought, unsold, cancelled, empty] = ids.try_into().unwrap();
    bid(&app, &won, &juno, 345_678, Some(400_000)).await.expect(201);
    buy(&app, &bought, &juno).await.expect(201);
    for (id, token) in [(&cancelled, app.admin().token), (&empty, token(&app, &seller))] {
        let path = format!("/v1/auctions/{id}/cancel");
        let request = app.post(&path).bearer(&token).json(json!({ "reason": "x" }));
        request.send().await.expect(200);
    }
    app.run_until_idle().await;
    for (id, status) in [(&won, "open"), (&unsold, "open")] {
        let file = export(&app, id).await;
        assert_eq!(file["status"], status);
        check_sealed(&file);
    }
    app.clock.advance(Span::minutes(10));
    for (later, status) in [(0, "ended"), (2_999, "ended"), (1, "won")] {
        app.clock.advance(Span::millis(later));
        let file = export(&app, &won).await;
        assert_eq!(file["status"], status);
        if status == "ended" {
            check_sealed(&file);
        }
    }
    for (id, status, price, entries) in
        [(&won, "won", 345_678, 3), (&bought, "sold-buy-now", 900_000, 3)]
    {
        let file = export(&app, id).await;
        let verdict = judge(&file);
        assert_eq!((&file["status"], &file["price"]), (&json!(status), &json!(price)));
        assert_eq!((verdict.price, verdict.reserve_met), (Won::constant(price), true));
        assert_eq!(verdict.sold_by_buy_now, status == "sold-buy-now");
        assert_eq!(file["terms"]["reserve"], 345_678);
        check_statement(&app, &file, entries);
    }
    for (id, status, price, entries) in [
        (&unsold, "unsold", 51_000, 2),
        (&cancelled, "cancelled", 51_000, 2),
        (&empty, "cancelled", 10_000, 0),
    ] {
        let file = export(&app, id).await;
        assert_eq!((&file["status"], &file["price"]), (&json!(status), &json!(price)));
        assert_eq!(file["entries"].as_array().unwrap().len(), entries);
        check_sealed(&file);
        check_statement(&app, &file, entries);
        for secret in ["234567", "345678"] {
            assert!(!file.to_string().contains(secret), "{secret} in {file}");
        }
    }
}

#[tokio::test]
async fn it_waits_for_the_recorder() {
    let app = start().await;
    app.expect_failures(); // a 503 counts as one
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    app.cloud.pause("auction-on-head-changed");
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    catching_up(&app, &format!("/v1/auctions/{id}/ledger")).await;
    app.cloud.resume("auction-on-head-changed");
    app.run_until_idle().await;
    assert_eq!(export(&app, &id).await["entries"].as_array().unwrap().len(), 1);
}

/// The head was read before bids 999 to 1,002 came, the rows after them: the page ends with the
/// head, and no cursor leads on from behind what it left out.
async fn f26_a_bid_that_lands_while_it_is_read_makes_no_hole(
    app: &TestApp,
    id: &str,
    seen: &[Head],
) {
    let head = &seen[0];
    let page = app.store().ledger(auction_id(id), 1_000, false, None).await.unwrap();
    assert_eq!((head.sequence, page.items.len(), page.next.is_some()), (998, 1_000, true));
    let page = super::check_complete(page, 1, head).unwrap();
    let last = page.items.last().unwrap().entry.sequence;
    assert_eq!((page.items.len(), last, page.next.is_none()), (998, 998, true));
}

async fn catching_up(app: &TestApp, path: &str) {
    let reply = app.get(path).send().await;
    let reply = reply.expect_problem(503, "ledger-catching-up");
    assert_eq!(reply.header("retry-after"), Some("1"));
}

/// Takes a recorded entry away, as if it were still to be recorded.
async fn lose(app: &TestApp, row: &LedgerRow) {
    let key = keys::bid(row.entry.bidder, row.auction, &row.entry.key.to_string());
    app.store().write(Write::delete(Table::Auction, key)).await.unwrap();
}

#[tokio::test]
async fn a_thousand_entries_are_a_page_and_no_page_has_a_hole() {
    const ENTRIES: usize = 1_002;
    let app = start().await;
    app.expect_failures(); // a 503 counts as one
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "increment": 1 })).await;
    let other = auction(&app, &seller, json!({})).await;
    let mut seen = Vec::new();
    for n in 0..ENTRIES {
        let who = if n % 2 == 0 { &minji } else { &juno };
        let amount = 10_000 + i64::try_from(n).unwrap();
        if n == 998 {
            seen.extend(app.store().auction_head(auction_id(&id), Read::Consistent).await.unwrap());
        }
        bid(&app, &id, who, amount, None).await.expect(201);
    }
    app.run_until_idle().await;
    let first_path = format!("/v1/auctions/{id}/ledger");
    f26_a_bid_that_lands_while_it_is_read_makes_no_hole(&app, &id, &seen).await;
    let mut file = export(&app, &id).await;
    let cursor = file["nextCursor"].as_str().unwrap().to_owned();
    let next_path = format!("{first_path}?cursor={cursor}");
    let next = app.get(&next_path).send().await.expect(200).json();
    assert_eq!(next["nextCursor"], Value::Null);
    let sequences = |file: &Value| -> Vec<usize> {
        file["entries"].as_array().unwrap().iter().map(|entry| read(entry, "sequence")).collect()
    };
    assert_eq!(sequences(&file), (1..=1_000).collect::<Vec<_>>());
    assert_eq!(sequences(&next), [1_001, 1_002]);
    for page in [&file, &next] {
        check_statement(&app, page, ENTRIES);
    }
    file["entries"].as_array_mut().unwrap().extend(next["entries"].as_array().unwrap().clone());
    check_sealed(&file);
    for path in [
        format!("/v1/auctions/{other}/ledger?cursor={cursor}"),
        format!("{first_path}?cursor={}", &cursor[..20]),
        format!("{first_path}?cursor="),
    ] {
        app.get(&path).send().await.expect_problem(400, "invalid-cursor");
    }
    app.get(&format!("{first_path}?limit=1")).send().await.expect_problem(400, "invalid-request");
    // What is missing on the other page is that page's matter.
    let rows = app.rows().await.ledger(auction_id(&id));
    for (lost, incomplete, whole) in [
        (&rows[..1], &first_path, Some(&next_path)),
        (&rows[499..500], &first_path, Some(&next_path)),
        (&rows[1_000..1_001], &next_path, None),
        (&rows[1_001..], &next_path, Some(&first_path)),
        (&rows[1_000..], &next_path, None),
    ] {
        for row in lost {
            lose(&app, row).await;
        }
        catching_up(&app, incomplete).await;
        if let Some(whole) = whole {
            app.get(whole).send().await.expect(200);
        }
        for row in lost {
            app.store()
                .write(Write::create(Table::Auction, ledger_row(row.auction, &row.entry)))
                .await
                .unwrap();
        }
        app.get(incomplete).send().await.expect(200);
    }
}

#[tokio::test]
async fn what_is_not_there() {
    let app = start().await;
    let nowhere = "/v1/auctions/01938f3c-7e2a-7000-8000-000000000001/ledger";
    app.get(nowhere).send().await.expect_problem(404, "auction-not-found");
    app.get("/v1/auctions/x/ledger").send().await.expect_problem(400, "invalid-request");
}
