//! A process that is killed in the middle of its work: what it was told stays.

use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::{folder::Folder, *};

/// Tells the process that is to be killed where to work.
const FOLDER: &str = "JANGTEO_KILLED_FOLDER";
const QUEUE: &str = "test-on-closed";

/// Writes one number after the other, each by a transaction of two rows and a message, and says on
/// standard error which it was told are written.
async fn write_until_killed(folder: PathBuf) {
    let bench = Bench::with(DataPlace::Folder(folder));
    bench.cloud.pause(QUEUE);
    // The message comes last: where the one before was killed between the two, both come again.
    let begun = i64::try_from(bench.cloud.queue_bodies(QUEUE).len()).unwrap();
    let dynamo = bench.dynamo();
    let sqs = bench.sqs();
    let queue = format!("http://sqs.local/000000000000/jangteo-{QUEUE}");
    for number in begun + 1.. {
        let put = |pk: &str| {
            let put = Put::builder().table_name("jangteo-auction").item("pk", text(pk));
            let put = put.item("sk", text("-")).item("value", self::number(number));
            TransactWriteItem::builder().put(put.build().unwrap()).build()
        };
        let both = dynamo.transact_write_items().transact_items(put("A")).transact_items(put("B"));
        both.send().await.unwrap();
        let send = sqs.send_message().queue_url(&queue).message_body(number.to_string());
        send.send().await.unwrap();
        bench.cloud.pump().await;
        eprintln!("{number}");
    }
}

fn value(cloud: &Cloud, pk: &str) -> Option<i64> {
    let items = cloud.items(Table::Auction).unwrap();
    let item = items.iter().find(|item| item["pk"]["S"] == pk)?;
    item["value"]["N"].as_str()?.parse().ok()
}

/// Lets a second process of this test write until it has been told of `count`, and kills it.
fn kill_after(folder: &Folder, count: usize) -> i64 {
    let mut process = Command::new(env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .env(FOLDER, &folder.0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut told = 0;
    for line in lines.take(count) {
        told = line.parse().unwrap_or_else(|_| panic!("{line}"));
    }
    process.kill().unwrap();
    assert!(!process.wait().unwrap().success());
    told
}

const TEST: &str = "cases::killed::a_killed_process_forgets_nothing_that_it_was_told";

#[tokio::test]
async fn a_killed_process_forgets_nothing_that_it_was_told() {
    // The process that is to be killed is this test, begun a second time.
    if let Some(folder) = env::var_os(FOLDER) {
        return write_until_killed(folder.into()).await;
    }
    let folder = Folder::new("killed");
    for count in [1, 40, 170] {
        let told = kill_after(&folder, count);
        let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
        let a = value(&bench.cloud, "A").unwrap();
        let b = value(&bench.cloud, "B").unwrap();
        assert_eq!(a, b, "a transaction is torn");
        assert!(a >= told, "told of {told}, and {a} is there");
        let messages = bench.cloud.queue_bodies(QUEUE);
        let numbers: Vec<i64> = messages.iter().map(|body| body.parse().unwrap()).collect();
        assert_eq!(
            numbers[..usize::try_from(told).unwrap()],
            (1..=told).collect::<Vec<_>>(),
            "a message is lost"
        );
        assert!(i64::try_from(numbers.len()).unwrap() >= a - 1, "at most the last is missing");
    }
}
