use domain::{
    exchange::{
        Execution, Incoming, Instrument, Order, OrderFunding, OrderState, Price, Seen, Side, Terms,
        TimeInForce, decide,
        views::{Bucket, RecentTrade},
    },
    identity::Address,
};
use kernel::{Id, Instant, Span, Won};
use store::{Transaction, Write, exchange::open_instrument, keys};
use uuid::Uuid;

use super::*;

fn words(words: &[&str]) -> anyhow::Result<Asked> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    parse(&words)
}

#[test]
fn options_are_read() {
    let asked = words(&[]).unwrap();
    let (place, prefix) = (Place::Folder(".local".into()), "jangteo-".to_owned());
    assert_eq!(asked, Asked { place, prefix, check: false });
    let asked = words(&["--check", "--endpoint", "http://x", "--prefix", "p-"]).unwrap();
    let (place, prefix) = (Place::Endpoint("http://x".to_owned()), "p-".to_owned());
    assert_eq!(asked, Asked { place, prefix, check: true });
    for bad in [&["--data"][..], &["x"], &["--check", "now"], &["--data", "a", "--endpoint", "b"]] {
        assert!(words(bad).is_err(), "{bad:?}");
    }
}

fn instrument() -> Instrument {
    let item = Id::from_uuid(Uuid::from_u128(0xa));
    Instrument { item, option: "270".parse().unwrap() }
}

fn price(won: i64) -> Price {
    Price::new(Won::new(won).unwrap()).unwrap()
}

fn now() -> Instant {
    SystemClock.now()
}

/// The beginning of the day of all trades: an hour later is the same day, whenever this runs.
fn sold_on() -> Instant {
    Bucket::Day.start(now() - Span::days(3))
}

/// A market in a folder of its own.
struct Market {
    folder: PathBuf,
}

/// The market's folder, open: one process, and in it one cloud, may work on it at a time.
struct Open {
    store: Store,
    _cloud: Cloud,
}

impl Drop for Market {
    fn drop(&mut self) {
        // A folder that stays behind harms nobody.
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

impl Market {
    fn open(&self) -> Open {
        let prefix = Config::local().table_prefix;
        let cloud = Cloud::start(CloudOptions {
            functions: Vec::new(),
            clock: Arc::new(SystemClock),
            data: DataPlace::Folder(self.folder.clone()),
            prefix: prefix.clone(),
        })
        .unwrap();
        Open { store: Store::new(&cloud.sdk_config(), prefix), _cloud: cloud }
    }

    /// Two asks, a bid and three paid trades, and nothing that is told about them.
    async fn untold(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("jangteo-{name}-{}", std::process::id()));
        let market = Self { folder };
        let opening = Transaction::new().writes(open_instrument(instrument()));
        market.open().store.commit(opening).await.unwrap();
        for (number, side, won) in
            [(1, Side::Sell, 120_000), (2, Side::Sell, 120_000), (3, Side::Buy, 90_000)]
        {
            market.rest(number, side, price(won)).await;
        }
        for (number, won) in [(1, 100_000), (2, 130_000), (3, 110_000)] {
            let at = sold_on() + Span::hours(number);
            let trade = Id::from_uuid(Uuid::from_u128(u128::from(number.unsigned_abs())));
            let recent = RecentTrade { at, trade, price: Won::constant(won) };
            assert!(market.open().store.recent_trade_add(instrument(), &recent).await.unwrap());
        }
        market
    }

    /// The same, with everything told.
    async fn told(name: &str) -> Self {
        let market = Self::untold(name).await;
        for (side, won) in [(Side::Sell, 120_000), (Side::Buy, 90_000)] {
            let level = instrument().side(side);
            market.open().store.depth_recount(level, price(won), now()).await.unwrap();
        }
        market.open().store.quotes_refresh(instrument(), now()).await.unwrap();
        market
    }

    async fn rest(&self, number: u128, side: Side, price: Price) {
        let Instrument { item, option } = instrument();
        let address =
            Address::new("김민지", "01012345678".parse().unwrap(), "06236", "테헤란로 152", None);
        let funding = match side {
            Side::Buy => OrderFunding::Card(Id::from_uuid(Uuid::from_u128(9))),
            Side::Sell => OrderFunding::Seller,
        };
        let order = Order {
            id: Id::from_uuid(Uuid::from_u128(number)),
            user: Id::from_uuid(Uuid::from_u128(100 + number)),
            terms: Terms {
                item,
                option,
                title: "덩크 270".to_owned(),
                side,
                price,
                funding,
                deposit: Won::ZERO,
                address: address.unwrap(),
                note: None,
                rebuy_if_failed: false,
                expires_at: now() + Span::days(1),
            },
            placed_at: now(),
            state: OrderState::Open,
            priority: self.open().store.exchange_number(instrument()).await.unwrap(),
            met: None,
            at_once: None,
            placed_as: None,
            ended_at: None,
            earned: Won::ZERO,
            fingerprint: String::new(),
        };
        let heads = self.open().store.exchange_heads(instrument(), side).await.unwrap();
        let (own, other) = heads.unwrap();
        let time_in_force = TimeInForce::GoodTil(order.terms.expires_at);
        let user = order.user;
        let incoming = Incoming { user, side, price, time_in_force, confirmed: true, number: None };
        let plan = decide(&incoming, &Seen { own, other, best: None }).unwrap();
        let rests = Execution::of(&plan, &order, None, now()).unwrap();
        let placed = Transaction::new().order(&rests, now()).unwrap();
        self.open().store.commit(placed).await.unwrap();
    }

    /// A hand in the table.
    async fn tamper(&self, write: Write) {
        self.open().store.write(write.if_present("pk")).await.unwrap();
    }

    /// The command, by the folder.
    async fn run(&self, check: bool) -> Outcome {
        let place = Place::Folder(self.folder.clone());
        work(Asked { place, prefix: Config::local().table_prefix, check }).await.unwrap()
    }
}

fn names(differences: &[Difference]) -> Vec<&'static str> {
    let name = |found: &Difference| match found.what {
        Projection::Depth(..) => "depth",
        Projection::Best(_) => "best",
        Projection::Last(_) => "last",
        Projection::Bar(..) => "bar",
    };
    differences.iter().map(name).collect()
}

#[tokio::test]
async fn what_nobody_told_is_told_and_then_nothing_differs() {
    let market = Market::untold("rebuild-untold").await;
    let due = ["depth", "depth", "best"];
    assert_eq!(names(&market.run(true).await.left), due, "and nothing was written");
    let outcome = market.run(false).await;
    assert_eq!((names(&outcome.differences), outcome.left.len()), (due.to_vec(), 0));
    assert!(market.run(true).await.left.is_empty());
    let quotes = market.open().store.quotes(instrument()).await.unwrap();
    assert_eq!((quotes.ask, quotes.bid), (Some(price(120_000)), Some(price(90_000))));
    assert_eq!(quotes.last.unwrap().price, Won::constant(110_000));
}

#[tokio::test]
async fn a_hand_in_any_row_is_named_and_mended() {
    let Instrument { item, option } = instrument();
    let sells = instrument().side(Side::Sell);
    let exchange = |key| Write::update(Table::Exchange, key);
    let newest = sold_on() + Span::hours(1);
    let bar = |bucket: domain::exchange::views::Bucket| {
        keys::candle(instrument(), bucket, bucket.start(newest))
    };
    let quotes = || keys::quotes(item, option);
    let day = domain::exchange::views::Bucket::Day;
    let cases: Vec<(&str, Write)> = vec![
        ("depth", exchange(keys::depth(sells, 120_000)).set_number("count", 5)),
        ("depth", exchange(keys::depth(sells, 120_000)).set_number("count", 0)),
        ("depth", Write::delete(Table::Exchange, keys::depth(sells, 120_000))),
        ("best", exchange(quotes()).set_number("ask", 1_000)),
        ("best", exchange(quotes()).remove("bid")),
        ("last", exchange(quotes()).set_number("last", 1)),
        ("last", exchange(quotes()).remove("last").remove("lastAt").remove("lastTrade")),
        ("bar", exchange(bar(day)).set_number("open", 1)),
        ("bar", exchange(bar(day)).set_number("volume", 9)),
        ("bar", Write::delete(Table::Exchange, bar(day))),
        ("bar", Write::delete(Table::Exchange, bar(domain::exchange::views::Bucket::Hour))),
    ];
    let market = Market::told("rebuild-hand").await;
    assert!(market.run(true).await.left.is_empty());
    for (name, write) in cases {
        market.tamper(write.clone()).await;
        assert_eq!(names(&market.run(true).await.left), [name], "{write:?}");
        let outcome = market.run(false).await;
        assert_eq!((names(&outcome.differences), outcome.left.len()), (vec![name], 0), "{write:?}");
        assert!(market.run(true).await.left.is_empty(), "{write:?}");
    }
}

#[tokio::test]
async fn rows_about_nothing_are_named_and_emptied() {
    let market = Market::told("rebuild-nothing").await;
    let day = Bucket::Day;
    let start = day.start(now() - Span::days(20));
    let from = keys::candle(instrument(), day, sold_on());
    let found =
        market.open().store.get(Table::Exchange, &from, store::Read::Consistent).await.unwrap();
    let mut bar = found.unwrap();
    bar.extend(keys::candle(instrument(), day, start).item());
    let millis = aws_sdk_dynamodb::types::AttributeValue::N(start.millis().to_string());
    bar.insert("start".to_owned(), millis);
    market.open().store.write(Write::create(Table::Exchange, bar)).await.unwrap();
    let depth = Write::update(Table::Exchange, keys::depth(instrument().side(Side::Buy), 50_000));
    let depth = depth.set_number("price", 50_000).set_number("count", 3).if_absent("pk");
    market.open().store.write(depth).await.unwrap();
    let outcome = market.run(false).await;
    assert_eq!((names(&outcome.differences), outcome.left.len()), (vec!["depth", "bar"], 0));
    assert!(market.run(true).await.left.is_empty());
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    for check in [&[][..], &["--check"]] {
        let arguments = ["--data", "no-such-folder"].iter().chain(check);
        let arguments: Vec<String> = arguments.map(|word| (*word).to_owned()).collect();
        let error = run(&arguments).unwrap_err().to_string();
        assert!(error.contains("there is no folder"), "{error}");
    }
}
