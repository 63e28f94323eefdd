use std::{fs, path::PathBuf};

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use kernel::Clock as _;

use super::*;
use crate::{DATA_FORMAT, FolderError, MovedClock, StartError, data_format};

/// A folder of the test's own, gone afterwards.
pub(super) struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let name = format!("jangteo-local-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _already_gone = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = Folder::new("restart");
    {
        let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
        bench.put("auction", "AUCTION#1", "0", 1).await;
        let url = "http://sqs.local/000000000000/jangteo-test-on-closed";
        let send = bench.sqs().send_message().queue_url(url).message_body("kept");
        send.delay_seconds(60).send().await.unwrap();
        let sns = aws_sdk_sns::Client::new(&bench.cloud.sdk_config());
        sns.publish().phone_number("+821012345678").message("x").send().await.unwrap();
        assert_eq!(bench.cloud.run_until_idle().await, 1);
    }
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    assert_eq!(bench.cloud.run_until_idle().await, 0, "the cursor was kept");
    assert_eq!(bench.cloud.sms().len(), 1);
    assert_eq!(bench.cloud.queue_bodies("test-on-closed"), ["kept"]);
    bench.put("auction", "AUCTION#1", "0", 2).await;
    bench.advance(Span::seconds(60));
    assert_eq!(bench.cloud.run_until_idle().await, 3, "a record, a message and a rate");
    let get = bench.dynamo().get_item().table_name("jangteo-auction");
    let item = get.key("pk", text("AUCTION#1")).key("sk", text("0")).send().await.unwrap();
    assert_eq!(item.item.unwrap()["value"], number(2));
}

fn options(folder: &Folder) -> CloudOptions {
    CloudOptions {
        functions: FUNCTIONS.to_vec(),
        clock: Arc::new(VirtualClock::new(Instant::from_millis(START))),
        data: DataPlace::Folder(folder.0.clone()),
        prefix: "jangteo-".into(),
    }
}

fn refused(folder: &Folder) -> FolderError {
    match Cloud::start(options(folder)).map(|_| ()) {
        Err(StartError::Folder(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_cloud_at_a_time_works_on_a_folder() {
    let folder = Folder::new("shared");
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    assert!(matches!(refused(&folder), FolderError::InUse));
    bench.put("identity", "A", "-", 1).await;
    drop(bench);
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    assert_eq!(bench.cloud.items(Table::Identity).unwrap().len(), 1);
}

#[tokio::test]
async fn a_folder_of_another_format_is_refused_and_left_as_it_is() {
    let folder = Folder::new("format");
    drop(Bench::with(DataPlace::Folder(folder.0.clone())));
    assert_eq!(data_format(&folder.0).unwrap(), Some(DATA_FORMAT));
    let number = folder.0.join("format");
    for (text, word) in
        [("9999", "newer"), ("1", "older"), ("two", "unreadable"), ("", "unreadable")]
    {
        fs::write(&number, text).unwrap();
        let error = refused(&folder);
        let found = match &error {
            FolderError::Newer { found: 9_999 } => "newer",
            FolderError::Older { found: 1 } => "older",
            FolderError::Unreadable(_) => "unreadable",
            other => panic!("{other}"),
        };
        assert_eq!(found, word, "{error}");
        assert_eq!(fs::read_to_string(&number).unwrap(), text);
    }
    // The engine before this one, whose folders had no number.
    fs::remove_file(&number).unwrap();
    fs::write(folder.0.join("dynamodb.sqlite"), "").unwrap();
    assert!(matches!(refused(&folder), FolderError::Older { found: 1 }));
}

#[tokio::test]
async fn what_was_written_by_a_stranger_is_refused() {
    let folder = Folder::new("stranger");
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    bench.put("identity", "A", "-", 1).await;
    drop(bench);
    let other = CloudOptions { prefix: "other-".into(), ..options(&folder) };
    let error = Cloud::start(other).map(|_| ()).unwrap_err();
    assert!(matches!(error, StartError::Folder(FolderError::Unknown(_))), "{error}");
}

/// The folder as it was after each byte that was ever written to it: whatever a killed process
/// leaves, a transaction is there wholly or not at all, and rows, indexes and streams agree.
#[tokio::test]
async fn cut_off_anywhere_a_transaction_is_whole() {
    let folder = Folder::new("torn");
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    let put = |pk: &str, value: i64| {
        let put = Put::builder().table_name("jangteo-identity").item("pk", text(pk));
        let put = put.item("sk", text("-")).item("value", number(value)).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let dynamo = bench.dynamo();
    for round in 0..3 {
        let both = dynamo.transact_write_items().transact_items(put("A", round));
        both.transact_items(put("B", round)).send().await.unwrap();
    }
    let gone = |pk: &str| {
        let gone = Delete::builder().table_name("jangteo-identity").key("pk", text(pk));
        TransactWriteItem::builder().delete(gone.key("sk", text("-")).build().unwrap()).build()
    };
    let both = dynamo.transact_write_items().transact_items(gone("A")).transact_items(gone("B"));
    both.send().await.unwrap();
    drop((bench, dynamo));
    let data = folder.0.join("data");
    let bytes = fs::read(&data).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for cut in 18..=bytes.len() {
        fs::write(&data, &bytes[..cut]).unwrap();
        let cloud = Cloud::start(options(&folder)).unwrap();
        let items = cloud.items(Table::Identity).unwrap();
        let values: Vec<_> = items.iter().map(|item| item["value"]["N"].clone()).collect();
        assert!(values.is_empty() || values.len() == 2 && values[0] == values[1], "cut at {cut}");
        seen.insert(values.first().map(ToString::to_string));
    }
    assert_eq!(seen.len(), 4, "nothing, then each of three: {seen:?}");
}

#[tokio::test]
async fn a_file_that_is_mostly_past_is_written_anew_and_says_the_same() {
    let folder = Folder::new("compact");
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    let long = "x".repeat(20_000);
    for round in 0..150 {
        let put = bench.dynamo().put_item().table_name("jangteo-auction").item("pk", text("A"));
        let put = put.item("sk", text("-")).item("value", number(round)).item("long", text(&long));
        put.item("gsi1pk", text("all")).item("gsi1sk", text("A")).send().await.unwrap();
    }
    bench.cloud.run_until_idle().await;
    bench.put("auction", "AUCTION#1", "0", 7).await;
    drop(bench);
    let data = folder.0.join("data");
    let before = fs::metadata(&data).unwrap().len();
    assert!(before > 2_000_000);
    for _ in 0..2 {
        let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
        assert!(fs::metadata(&data).unwrap().len() < 100_000);
        let query = bench.dynamo().query().table_name("jangteo-auction").index_name("gsi1");
        let query = query.key_condition_expression("gsi1pk = :all");
        let found = query.expression_attribute_values(":all", text("all")).send().await.unwrap();
        assert_eq!(found.items()[0]["value"], number(149));
    }
    // The record that nobody had seen when the file was written anew, once.
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    bench.cloud.adjust(|knobs| knobs.rates = false);
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    let calls = bench.script.calls("test-record-bids");
    assert_eq!(calls[0]["Records"][0]["dynamodb"]["Keys"]["pk"]["S"], "AUCTION#1");
    drop(bench);
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    bench.cloud.adjust(|knobs| knobs.rates = false);
    assert_eq!(bench.cloud.run_until_idle().await, 0);
}

/// A cloud whose clock stands in a person's hand, over a virtual one.
fn by_hand(folder: &Folder) -> (Cloud, Arc<MovedClock>, Arc<Script>) {
    let base = Arc::new(VirtualClock::new(Instant::from_millis(START)));
    let clock = Arc::new(MovedClock::new(base));
    let cloud = Cloud::start(CloudOptions { clock: clock.clone(), ..options(folder) }).unwrap();
    cloud.move_by_hand(&clock);
    let script = Arc::new(Script::default());
    cloud.attach_invoker(script.clone());
    (cloud, clock, script)
}

#[tokio::test]
async fn a_clock_that_was_moved_does_not_go_back_at_a_restart() {
    let folder = Folder::new("clock");
    let (cloud, clock, script) = by_hand(&folder);
    let url = "http://sqs.local/000000000000/jangteo-test-on-closed";
    let sqs = aws_sdk_sqs::Client::new(&cloud.sdk_config());
    let send = sqs.send_message().queue_url(url).message_body("later").delay_seconds(600);
    send.send().await.unwrap();
    let moved = cloud.advance(Span::hours(5)).await.unwrap();
    let due = Instant::from_millis(START) + Span::hours(5);
    assert_eq!((moved.now, clock.now()), (due, due));
    assert_eq!(script.calls("test-on-closed").len(), 1);
    let swept = script.calls("test-sweep").len();
    assert!((5..=20).contains(&swept), "a rate fires at least once an hour: {swept}");
    drop((cloud, sqs));
    let (cloud, ..) = by_hand(&folder);
    assert_eq!(cloud.now(), due);
    let still = Cloud::start(CloudOptions { data: DataPlace::Memory, ..options(&folder) }).unwrap();
    assert_eq!(still.advance(Span::hours(1)).await, None, "a clock that nobody may move");
}
