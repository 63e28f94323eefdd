use std::{
    collections::HashMap,
    pin::Pin,
    task::{Context, Waker},
};

use aws_sdk_dynamodb::{
    Client,
    config::retry::RetryConfig,
    error::ProvideErrorMetadata,
    operation::transact_write_items::TransactWriteItemsError,
    types::{KeysAndAttributes, TransactWriteItem, Update},
};

use super::*;
use crate::{Capacity, Latency, Throttled};

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// A client that tries once.
fn client(bench: &Bench) -> Client {
    let config = aws_sdk_dynamodb::config::Builder::from(&bench.cloud.sdk_config());
    Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
}

/// Ten writes and ten reads a second for each partition, and a second's worth kept.
fn narrow() -> Bench {
    let bench = Bench::without_rates();
    let capacity = Capacity { writes: 10, reads: 10, burst: Span::seconds(1) };
    bench.cloud.adjust(|knobs| knobs.capacity = Some(capacity));
    bench
}

async fn add(dynamo: &Client, pk: &str, condition: Option<&str>) -> Result<(), String> {
    let update = dynamo.update_item().table_name("jangteo-auction");
    let update = update.key("pk", text(pk)).key("sk", text("-")).update_expression("ADD #v :one");
    let update = update.expression_attribute_names("#v", "value");
    let update = update.expression_attribute_values(":one", number(1));
    let sent = update.set_condition_expression(condition.map(str::to_owned)).send().await;
    sent.map(|_| ()).map_err(|error| error.code().unwrap_or("?").to_owned())
}

async fn put(dynamo: &Client, pk: &str, index: &str) -> Result<(), String> {
    let put = dynamo.put_item().table_name("jangteo-auction").item("pk", text(pk));
    let put = put.item("sk", text("-")).item("gsi1pk", text(index)).item("gsi1sk", text(pk));
    put.send().await.map(|_| ()).map_err(|error| error.code().unwrap_or("?").to_owned())
}

#[tokio::test]
async fn a_partition_takes_its_units_and_fills_with_time() {
    let bench = narrow();
    let dynamo = client(&bench);
    for _ in 0..10 {
        assert_eq!(add(&dynamo, "A", None).await, Ok(()));
    }
    assert_eq!(add(&dynamo, "A", None).await, Err(THROTTLED.to_owned()));
    assert_eq!(add(&dynamo, "B", None).await, Ok(()), "another partition has its own");
    bench.advance(Span::millis(99));
    assert_eq!(bench.cloud.throttled(), Throttled { reads: 0, writes: 1 });
    bench.advance(Span::millis(101));
    assert_eq!(add(&dynamo, "A", None).await, Ok(()));
    assert_eq!(add(&dynamo, "A", None).await, Ok(()));
    assert_eq!(add(&dynamo, "A", None).await, Err(THROTTLED.to_owned()));
    bench.advance(Span::minutes(5));
    for _ in 0..10 {
        assert_eq!(add(&dynamo, "A", None).await, Ok(()), "no more is kept than the burst");
    }
    assert_eq!(add(&dynamo, "A", None).await, Err(THROTTLED.to_owned()));
    bench.cloud.adjust(|knobs| knobs.capacity = None);
    assert_eq!(add(&dynamo, "A", None).await, Ok(()));
}

#[tokio::test]
async fn a_failed_condition_costs_as_much() {
    let bench = narrow();
    let dynamo = client(&bench);
    let failed = Err("ConditionalCheckFailedException".to_owned());
    for _ in 0..10 {
        assert_eq!(add(&dynamo, "A", Some("attribute_exists(pk)")).await, failed);
    }
    let refused = add(&dynamo, "A", Some("attribute_exists(pk)")).await;
    assert_eq!(refused, Err(THROTTLED.to_owned()));
}

#[tokio::test]
async fn an_index_has_partitions_of_its_own() {
    let bench = narrow();
    let dynamo = client(&bench);
    for name in 0..10 {
        assert_eq!(put(&dynamo, &format!("A{name}"), "same").await, Ok(()));
    }
    assert_eq!(put(&dynamo, "A10", "same").await, Err(THROTTLED.to_owned()));
    assert_eq!(put(&dynamo, "A10", "other").await, Ok(()));
    // The entry that stands in the index is what this would change.
    let refused = add(&dynamo, "A0", None).await;
    assert_eq!(refused, Err(THROTTLED.to_owned()));
}

#[tokio::test]
async fn reads_have_units_of_their_own_and_a_batch_gives_back_what_is_hot() {
    let bench = narrow();
    let dynamo = client(&bench);
    bench.put("auction", "A", "-", 1).await;
    bench.put("auction", "B", "-", 2).await;
    let key = |pk| HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text("-"))]);
    let batch = |pks: &[&'static str]| {
        let keys = pks.iter().map(|pk| key(pk)).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        dynamo.batch_get_item().request_items("jangteo-auction", keys.build().unwrap()).send()
    };
    for _ in 0..10 {
        let got = dynamo.get_item().table_name("jangteo-auction").set_key(Some(key("A")));
        got.consistent_read(true).send().await.unwrap();
    }
    let both = batch(&["A", "B"]).await.unwrap();
    assert_eq!(both.responses.unwrap()["jangteo-auction"].len(), 1);
    let left = both.unprocessed_keys.unwrap();
    assert_eq!(left["jangteo-auction"].keys, vec![key("A")]);
    assert!(left["jangteo-auction"].consistent_read.unwrap());
    let error = batch(&["A"]).await.unwrap_err();
    assert_eq!(error.code(), Some(THROTTLED));
    assert_eq!(add(&dynamo, "A", None).await, Ok(()), "writes are counted by themselves");
    assert_eq!(bench.cloud.throttled(), Throttled { reads: 2, writes: 0 });
}

#[tokio::test]
async fn a_transaction_costs_twice_and_is_cancelled_with_reasons() {
    let bench = narrow();
    let dynamo = client(&bench);
    let update = |pk| {
        let update = Update::builder().table_name("jangteo-auction").key("pk", text(pk));
        let update = update.key("sk", text("-")).update_expression("ADD v :one");
        let update = update.expression_attribute_values(":one", number(1)).build().unwrap();
        TransactWriteItem::builder().update(update).build()
    };
    let both =
        || dynamo.transact_write_items().transact_items(update("A")).transact_items(update("B"));
    for _ in 0..5 {
        both().send().await.unwrap();
    }
    let error = both().send().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("another error: {error}");
    };
    let reasons = cancelled.cancellation_reasons().iter();
    let codes: Vec<_> = reasons.map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["ProvisionedThroughputExceeded", "None"]);
}

#[tokio::test]
async fn calls_take_their_time_on_the_clock() {
    let bench = narrow();
    let dynamo = client(&bench);
    let latency = Latency {
        seed: 1,
        least: Span::millis(10),
        spread: Span::millis(0),
        slow_per_thousand: 0,
        slow: Span::millis(0),
    };
    bench.cloud.adjust(|knobs| knobs.latency = Some(latency));
    let mut call = std::pin::pin!(add(&dynamo, "A", None));
    assert!(!ends(&mut call), "nobody moved the clock");
    assert_eq!(bench.cloud.usage().calls("dynamodb:UpdateItem"), 0);
    bench.advance(Span::millis(5));
    assert!(!ends(&mut call), "half of it is the way back");
    assert_eq!(bench.cloud.usage().calls("dynamodb:UpdateItem"), 1);
    bench.advance(Span::millis(5));
    assert_eq!(call.await, Ok(()));
}

/// Lets a call go as far as it can at this moment; whether it ended.
fn ends<F: Future>(call: &mut Pin<&mut F>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    (0..64).any(|_| call.as_mut().poll(&mut context).is_ready())
}
