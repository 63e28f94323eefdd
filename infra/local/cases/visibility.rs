//! Transactions that become visible item by item.

use aws_sdk_dynamodb::{
    Client,
    config::retry::RetryConfig,
    error::ProvideErrorMetadata,
    types::{Put, TransactWriteItem},
};
use futures::future::join_all;

use super::*;
use crate::{Upset, Visibility};

const HALVES: [&str; 2] = ["A", "B"];

fn client(bench: &Bench) -> Client {
    let config = aws_sdk_dynamodb::config::Builder::from(&bench.cloud.sdk_config());
    Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
}

fn put(pk: &str, value: i64) -> TransactWriteItem {
    let put = Put::builder().table_name("jangteo-auction").item("pk", text(pk));
    let put = put.item("sk", text("-")).item("value", number(value)).build().unwrap();
    TransactWriteItem::builder().put(put).build()
}

async fn read(dynamo: &Client, pk: &str) -> i64 {
    let get = dynamo.get_item().table_name("jangteo-auction").consistent_read(true);
    let got = get.key("pk", text(pk)).key("sk", text("-")).send().await.unwrap();
    got.item.map_or(0, |item| item["value"].as_n().unwrap().parse().unwrap())
}

async fn write_both(dynamo: &Client, value: i64) -> bool {
    let write = dynamo.transact_write_items();
    let write = write.transact_items(put(HALVES[0], value)).transact_items(put(HALVES[1], value));
    write.send().await.is_ok()
}

/// How often a reader saw one half of a transaction without the other, and whether the halves were
/// both there when it was answered.
async fn torn(visibility: Option<Visibility>) -> (usize, bool) {
    let bench = Bench::without_rates();
    let dynamo = client(&bench);
    bench.cloud.adjust(|knobs| knobs.visibility = visibility);
    let mut torn = 0;
    let mut whole = true;
    for value in 1..=20 {
        let readers = (0..6).map(|_| async {
            let mut torn = 0;
            for _ in 0..8 {
                let both = (read(&dynamo, HALVES[0]).await, read(&dynamo, HALVES[1]).await);
                // The second is read later: that it is the older one is what no moment shows.
                torn += usize::from(both.0 > both.1);
            }
            torn
        });
        let answered = async {
            assert!(write_both(&dynamo, value).await);
            read(&dynamo, HALVES[0]).await == value && read(&dynamo, HALVES[1]).await == value
        };
        let (seen, done) = futures::join!(join_all(readers), answered);
        torn += seen.iter().sum::<usize>();
        whole &= done;
    }
    if torn > 0 {
        assert!(bench.cloud.faults().upsets()[&Upset::HalfSeen] > 0);
    }
    (torn, whole)
}

#[tokio::test]
async fn a_reader_sees_one_half_before_the_other_and_whoever_wrote_sees_both() {
    assert_eq!(torn(None).await, (0, true));
    let visibility = Visibility { seed: 7, calls: 60, span: Span::millis(0) };
    let (torn, whole) = torn(Some(visibility)).await;
    assert!(torn > 3, "{torn} halves were seen");
    assert!(whole, "it was answered before all of it was there");
}

#[tokio::test]
async fn what_is_not_true_yet_is_not_written_by_others_and_the_rest_is_free() {
    let bench = Bench::without_rates();
    let dynamo = client(&bench);
    let visibility = Visibility { seed: 3, calls: 40, span: Span::millis(0) };
    bench.cloud.adjust(|knobs| knobs.visibility = Some(visibility));
    let mut refused = 0;
    let mut passed = 0;
    for value in 1..=20 {
        let others = HALVES.map(|pk| {
            let dynamo = &dynamo;
            async move {
                tokio::task::yield_now().await;
                let put = dynamo.put_item().table_name("jangteo-auction").item("pk", text(pk));
                let sent = put.item("sk", text("-")).item("value", number(0)).send().await;
                sent.map_err(|error| error.code().map(str::to_owned))
            }
        });
        let (done, others) = futures::join!(write_both(&dynamo, value), join_all(others));
        assert!(done || others.iter().any(Result::is_ok), "nobody's write went through");
        for other in others {
            match other {
                Ok(_) => passed += 1,
                Err(code) => {
                    assert_eq!(code.as_deref(), Some("TransactionConflictException"));
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 3 && passed > 3, "{refused} refused, {passed} passed");
}

#[tokio::test]
async fn a_transaction_whose_caller_is_gone_is_done_all_the_same() {
    let bench = Bench::without_rates();
    let dynamo = client(&bench);
    let visibility = Visibility { seed: 3, calls: 100_000, span: Span::millis(0) };
    bench.cloud.adjust(|knobs| knobs.visibility = Some(visibility));
    let gone = tokio::time::timeout(std::time::Duration::from_millis(20), async {
        loop {
            write_both(&dynamo, 5).await;
        }
    });
    assert!(gone.await.is_err());
    assert_eq!((read(&dynamo, "A").await, read(&dynamo, "B").await), (5, 5));
    // What is asked of the cloud itself is what was decided.
    let items = bench.cloud.items(Table::Auction).unwrap();
    assert_eq!(items.len(), 2);
}
