//! F26: whatever is changed in an export is found out, by anybody who has the file, and what can be
//! named is named; an honest one is never accused.

use kernel::Span;
use serde_json::{Value, json};
use testkit::{TestApp, User};

/// The auctions alone, with nobody's account: what is exported is the same.
async fn house() -> TestApp {
    let functions = registry::functions();
    let own: Vec<_> = functions.into_iter().filter(|own| own.context == "auction").collect();
    TestApp::start(&own).await
}

struct Sale {
    app: TestApp,
    minji: User,
    juno: User,
    auction: String,
}

impl Sale {
    async fn begin(terms: Value) -> Self {
        let app = house().await;
        let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
        let mut body = json!({ "title": "카메라", "startPrice": 10_000, "durationSeconds": 600 });
        body.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
        let created = app.post("/v1/auctions").bearer(&seller.token).json(body).send().await;
        let auction = created.expect(201).json()["id"].as_str().unwrap().to_owned();
        Self { app, minji, juno, auction }
    }

    async fn bid(&self, who: &User, amount: i64, maximum: i64) -> Value {
        let path = format!("/v1/auctions/{}/bids", self.auction);
        let body = json!({ "amount": amount, "maxAmount": maximum });
        let key = format!("{}-{amount}", who.id);
        let request = self.app.post(&path).bearer(&who.token).key(&key).json(body);
        let bid = request.send().await.expect(201).json();
        self.app.run_until_idle().await;
        bid
    }

    async fn page(&self, cursor: Option<&str>) -> Value {
        let path = format!("/v1/auctions/{}/ledger", self.auction);
        let path = cursor.map_or(path.clone(), |cursor| format!("{path}?cursor={cursor}"));
        self.app.get(&path).send().await.expect(200).json()
    }
}

/// What `/.well-known/jwks.json` answers.
async fn jwks(app: &TestApp) -> String {
    let row = app.app.public_keys(store::Read::Consistent).await.unwrap();
    let mut keys = Vec::new();
    for own in &row.keys {
        keys.push(json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": own.kid,
            "x": own.x,
        }));
    }
    json!({ "keys": keys }).to_string()
}

fn verdict(pages: &[&Value], jwks: Option<&str>) -> Result<String, String> {
    let texts: Vec<String> = pages.iter().map(|page| page.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    xtask::verify::check(&texts, jwks).map_err(|error| format!("{error:#}"))
}

/// A way to change a file, and what is said of it.
type Tampering = (&'static str, fn(&mut Value), &'static str);

fn tampered(file: &Value, jwks: &str, tamperings: &[Tampering]) {
    for jwks in [None, Some(jwks)] {
        verdict(&[file], jwks).expect("nothing was changed");
        for (name, change, due) in tamperings {
            let mut changed = file.clone();
            change(&mut changed);
            assert_ne!(changed, *file, "{name} changes nothing");
            let found = verdict(&[&changed], jwks).expect_err(name);
            assert!(found.contains(due), "{name}: {found}");
        }
    }
}

/// Changes that every export is proof against, sold or not.
const ANY: &[Tampering] = &[
    ("another status", |file| file["status"] = json!("banana"), "not a ledger export"),
    (
        "a later end",
        |file| file["endsAt"] = json!("2030-01-01T00:00:00.000Z"),
        "the end: it should",
    ),
    ("another epoch", |file| file["epoch"] = json!(7), "the epoch: it should"),
    ("another leader", |file| file["leader"] = json!("00112233445566ff"), "the leader: it should"),
    ("no leader", |file| file["leader"] = Value::Null, "the leader: it should"),
    ("another price", |file| file["price"] = json!(1), "the price: it should"),
    ("another chain", |file| file["chain"] = json!("00".repeat(32)), "the chain: no entry"),
    ("a member of nobody's", |file| file["note"] = json!("x"), "not a ledger export"),
    ("a term of nobody's", |file| file["terms"]["note"] = json!("x"), "not a ledger export"),
    ("an entry's own", |file| file["entries"][0]["note"] = json!("x"), "not a ledger export"),
    ("another format", |file| file["format"] = json!("jangteo-ledger/0"), "format"),
    ("no statement", |file| file["statement"] = json!("x"), "the statement cannot be read"),
    ("a page more", |file| file["nextCursor"] = json!("x"), "pages are missing"),
    ("the first dropped", |file| drop(entries(file).remove(0)), "entry 1: it carries the number 2"),
    (
        "the second dropped",
        |file| drop(entries(file).remove(1)),
        "entry 2: it carries the number 3",
    ),
    ("the last dropped", |file| drop(entries(file).pop()), "entry 3: it is missing"),
    ("the last dropped, and the head rewritten", cut, "entry 3: it is missing"),
    ("all dropped", |file| entries(file).clear(), "entry 1: it is missing"),
    (
        "one twice",
        |file| {
            let last = entries(file).last().unwrap().clone();
            entries(file).push(last);
        },
        "entry 4: it carries the number 3",
    ),
    ("an amount", |file| file["entries"][1]["amount"] = json!(10_700), "entry 2: its hash"),
    (
        "a bid's name",
        |file| {
            file["entries"][1]["bidId"] = file["entries"][0]["bidId"].clone();
        },
        "entry 2: its hash",
    ),
    (
        "the seller",
        |file| file["terms"]["sellerId"] = file["terms"]["auctionId"].clone(),
        "entry 1",
    ),
    (
        "the scheduled end",
        |file| {
            file["terms"]["scheduledEnd"] = json!("2030-01-01T00:00:00.000Z");
        },
        "entry 1: its hash",
    ),
];

fn entries(file: &mut Value) -> &mut Vec<Value> {
    file["entries"].as_array_mut().unwrap()
}

/// As somebody would have it who does not like how it ended.
fn cut(file: &mut Value) {
    entries(file).pop();
    let last = entries(file).last().unwrap().clone();
    for (head, entry) in [("chain", "hash"), ("price", "price"), ("leader", "leader")] {
        file[head] = last[entry].clone();
    }
    (file["endsAt"], file["epoch"]) = (last["endsAt"].clone(), last["epoch"].clone());
}

async fn three_bids(sale: &Sale) {
    sale.bid(&sale.minji, 10_000, 20_000).await;
    sale.bid(&sale.juno, 10_500, 15_000).await;
    sale.bid(&sale.juno, 21_000, 30_000).await;
}

#[tokio::test]
async fn f26_a_sale_is_proof_against_every_change() {
    let sale = Sale::begin(json!({ "reservePrice": 20_500 })).await;
    three_bids(&sale).await;
    sale.app.advance(Span::minutes(11)).await;
    let file = sale.page(None).await;
    let keys = jwks(&sale.app).await;
    assert_eq!(file["status"], "won");
    tampered(&file, &keys, ANY);
    tampered(
        &file,
        &keys,
        &[
            ("unsold", |file| file["status"] = json!("unsold"), "while it is unsold"),
            (
                "bought",
                |file| file["status"] = json!("sold-buy-now"),
                "the status: the last entry says otherwise",
            ),
            ("a maximum", |file| file["entries"][0]["maximum"] = json!(1), "entry 1: the revealed"),
            (
                "no maximum",
                |file| file["entries"][1]["maximum"] = Value::Null,
                "entry 2: its maximum",
            ),
            (
                "a salt",
                |file| file["entries"][2]["salt"] = json!("00".repeat(16)),
                "entry 3: the rev",
            ),
            (
                "the reserve",
                |file| file["terms"]["reserve"] = json!(0),
                "terms: the revealed reserve",
            ),
            ("no reserve", |file| file["terms"]["reserve"] = Value::Null, "terms: the reserve"),
            (
                "its salt",
                |file| file["terms"]["reserveSalt"] = Value::Null,
                "terms: the reserve's salt",
            ),
            (
                "its commitment",
                |file| {
                    file["terms"]["reserveCommitment"] = json!("00".repeat(32));
                },
                "terms: the revealed reserve",
            ),
        ],
    );
}

#[tokio::test]
async fn f26_what_is_not_sold_opens_nothing_and_is_proof_all_the_same() {
    for (advance, status) in [(0, "open"), (11, "unsold")] {
        let sale = Sale::begin(json!({ "reservePrice": 90_000 })).await;
        three_bids(&sale).await;
        sale.app.advance(Span::minutes(advance)).await;
        let file = sale.page(None).await;
        let keys = jwks(&sale.app).await;
        assert_eq!(file["status"], status);
        tampered(&file, &keys, ANY);
        tampered(
            &file,
            &keys,
            &[
                ("sold", |file| file["status"] = json!("won"), "reserve is not revealed"),
                (
                    "cancelled",
                    |file| file["status"] = json!("cancelled"),
                    "the status: cancelled in the file",
                ),
                (
                    "not begun",
                    |file| file["status"] = json!("scheduled"),
                    "the status: what is scheduled takes no",
                ),
                (
                    "bought",
                    |file| file["status"] = json!("sold-buy-now"),
                    "reserve is not revealed",
                ),
                (
                    "a maximum",
                    |file| file["entries"][1]["maximum"] = json!(1),
                    "entry 2: nothing opens",
                ),
                (
                    "a salt",
                    |file| file["entries"][2]["salt"] = json!("00"),
                    "entry 3: nothing opens",
                ),
                ("the reserve", |file| file["terms"]["reserve"] = json!(0), "terms: nothing opens"),
                (
                    "its salt",
                    |file| file["terms"]["reserveSalt"] = json!("0"),
                    "terms: nothing opens",
                ),
                (
                    "its commitment",
                    |file| {
                        file["terms"]["reserveCommitment"] = json!("00".repeat(32));
                    },
                    "entry 1: its hash",
                ),
            ],
        );
    }
}

/// Who holds the file can write a statement, too: that one only the keys tell from the server's.
#[tokio::test]
async fn f26_a_forged_statement_is_found_by_the_servers_keys() {
    let sale = Sale::begin(json!({})).await;
    three_bids(&sale).await;
    let before = sale.page(None).await;
    sale.bid(&sale.minji, 40_000, 40_000).await;
    let file = sale.page(None).await;
    let keys = jwks(&sale.app).await;
    let mut forged = file.clone();
    cut(&mut forged);
    // Words of an older statement under a newer one's signature.
    let [old, new] = [&before, &file].map(|file| file["statement"].as_str().unwrap());
    let words = old.split('.').nth(1).unwrap();
    let head = new.split('.').next().unwrap();
    let signature = new.rsplit('.').next().unwrap();
    forged["statement"] = json!(format!("{head}.{words}.{signature}"));
    assert!(verdict(&[&forged], None).is_ok());
    let found = verdict(&[&forged], Some(&keys)).unwrap_err();
    assert!(found.contains("the server did not sign it"), "{found}");
    let other = keys.replacen("\"kid\":\"", "\"kid\":\"0", 1);
    assert!(verdict(&[&file], Some(&other)).unwrap_err().contains("of another key"));
}

#[tokio::test]
async fn f26_a_purchase_and_a_void_and_a_cancellation_hold() {
    let sale = Sale::begin(json!({ "buyNowPrice": 90_000, "durationSeconds": 3_600 })).await;
    sale.bid(&sale.minji, 10_000, 10_000).await;
    let fraud = sale.bid(&sale.juno, 11_000, 30_000).await;
    let path = format!("/v1/auctions/{}/bids/{}/void", sale.auction, fraud["id"].as_str().unwrap());
    sale.app.post(&path).bearer(&sale.app.admin().token).send().await.expect(200);
    sale.app.run_until_idle().await;
    assert_eq!(sale.page(None).await["epoch"], 1);
    verdict(&[&sale.page(None).await], None).unwrap();
    sale.bid(&sale.juno, 90_000, 90_000).await;
    let file = sale.page(None).await;
    let found = verdict(&[&file], Some(&jwks(&sale.app).await)).unwrap();
    assert!(found.contains("4 entries verified (signed by the server), won by"), "{found}");

    let sale = Sale::begin(json!({})).await;
    let path = format!("/v1/auctions/{}/cancel", sale.auction);
    let request = sale.app.post(&path).bearer(&sale.app.admin().token);
    request.json(json!({ "reason": "x" })).send().await.expect(200);
    let found = verdict(&[&sale.page(None).await], None).unwrap();
    assert!(found.ends_with("chain of 0 entries verified (signature not checked), cancelled"));
}

#[tokio::test]
async fn f26_a_ledger_read_while_bids_land_is_not_accused_and_every_page_is_read() {
    let sale = Sale::begin(json!({ "increment": 1, "durationSeconds": 3_600 })).await;
    let path = format!("/v1/auctions/{}/bids", sale.auction);
    let place = async |n: i64| {
        let who = if n % 2 == 0 { &sale.minji } else { &sale.juno };
        let body = json!({ "amount": 10_000 + n });
        let request = sale.app.post(&path).bearer(&who.token).key(&n.to_string()).json(body);
        request.send().await.expect(201);
    };
    for n in 0..1_001 {
        place(n).await;
    }
    sale.app.run_until_idle().await;
    let first = sale.page(None).await;
    for n in 1_001..1_004 {
        place(n).await;
    }
    sale.app.run_until_idle().await;
    let next = sale.page(first["nextCursor"].as_str()).await;
    let keys = jwks(&sale.app).await;
    let found = verdict(&[&first, &next], Some(&keys)).unwrap();
    assert!(
        found.contains("chain of 1004 entries verified (signed by the server), open"),
        "{found}"
    );
    let tamperings: &[(usize, Tampering)] = &[
        (0, ("page 1's price", |page| page["price"] = json!(1), "page 1: the price")),
        (
            0,
            (
                "page 1's end",
                |page| page["endsAt"] = page["terms"]["startsAt"].clone(),
                "page 1: the",
            ),
        ),
        (0, ("page 1's status", |page| page["status"] = json!("unsold"), "page 1: the status")),
        (1, ("page 2's leader", |page| page["leader"] = Value::Null, "page 2: the leader")),
        (1, ("page 2's epoch", |page| page["epoch"] = json!(3), "page 2: the epoch")),
        (1, ("page 2's terms", |page| page["terms"]["startPrice"] = json!(1), "page 2: its terms")),
        (1, ("page 2's chain", |page| page["chain"] = json!("0"), "page 2: the chain")),
        (1, ("page 2's maximum", |page| page["entries"][0]["maximum"] = json!(1), "entry 1001")),
        (1, ("page 2's last", |page| drop(entries(page).pop()), "entry 1004: it is missing")),
        (1, ("page 2's first", |page| drop(entries(page).remove(0)), "entry 1001: it carries")),
    ];
    for (number, (name, change, due)) in tamperings {
        let mut pages = [first.clone(), next.clone()];
        change(&mut pages[*number]);
        let found = verdict(&[&pages[0], &pages[1]], Some(&keys)).expect_err(name);
        assert!(found.contains(due), "{name}: {found}");
    }
    // It sells before the second page is read: the first is to be read again, and no lie.
    sale.app.advance(Span::minutes(61)).await;
    let next = sale.page(first["nextCursor"].as_str()).await;
    let found = verdict(&[&first, &next], None).unwrap_err();
    assert_eq!(found, "page 1 was read before the auction had sold: read it again");
    let found = verdict(&[&sale.page(None).await, &next], Some(&keys)).unwrap();
    assert!(found.contains("1004 entries verified (signed by the server), won by"), "{found}");
}
