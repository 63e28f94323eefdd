use std::collections::HashMap;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    types::{
        AttributeValue, Delete, Get, KeysAndAttributes, Put, ReturnConsumedCapacity,
        ReturnValuesOnConditionCheckFailure, TransactGetItem, TransactWriteItem, Update,
    },
};

use super::*;
use crate::Units;

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

#[tokio::test]
async fn puts_and_gets() {
    let bench = Bench::new();
    bench.put("auction", "AUCTION#1", "HEAD", 7).await;
    let get = bench.dynamo().get_item().table_name("jangteo-auction");
    let item = get.set_key(Some(key("AUCTION#1", "HEAD"))).send().await.unwrap().item.unwrap();
    assert_eq!(item["value"], number(7));
    let missing = bench.dynamo().get_item().table_name("jangteo-auction");
    let missing = missing.set_key(Some(key("AUCTION#2", "HEAD"))).send().await.unwrap();
    assert_eq!(missing.item, None);
}

#[tokio::test]
async fn a_failed_condition_brings_the_old_item() {
    let bench = Bench::new();
    bench.put("auction", "AUCTION#1", "HEAD", 7).await;
    let update = bench.dynamo().update_item().table_name("jangteo-auction");
    let update = update
        .set_key(Some(key("AUCTION#1", "HEAD")))
        .update_expression("SET #v = :new")
        .condition_expression("#v < :new")
        .expression_attribute_names("#v", "value")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let refused = update.clone().expression_attribute_values(":new", number(5)).send().await;
    let error = refused.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception(), "{error:?}");
    let aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(
        failed,
    ) = error
    else {
        panic!("another error");
    };
    assert_eq!(failed.item.unwrap()["value"], number(7));
    update.expression_attribute_values(":new", number(9)).send().await.unwrap();
}

fn put_new(pk: &str) -> TransactWriteItem {
    let put = Put::builder()
        .table_name("jangteo-identity")
        .item("pk", text(pk))
        .item("sk", text("A"))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

#[tokio::test]
async fn a_cancelled_transaction_says_why_with_items() {
    let bench = Bench::new();
    bench.put("identity", "USER#2", "A", 2).await;
    let write = bench.dynamo().transact_write_items();
    let write = write.transact_items(put_new("USER#1")).transact_items(put_new("USER#2"));
    let error = write.send().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error:?}");
    };
    let reasons = cancelled.cancellation_reasons();
    assert_eq!(reasons[0].code(), Some("None"));
    assert_eq!(reasons[1].code(), Some("ConditionalCheckFailed"));
    assert_eq!(reasons[1].item().unwrap()["value"], number(2));
    let get = bench.dynamo().get_item().table_name("jangteo-identity");
    assert_eq!(get.set_key(Some(key("USER#1", "A"))).send().await.unwrap().item, None);
}

#[tokio::test]
async fn a_transaction_token_repeats_once() {
    let bench = Bench::new();
    let update = |amount| {
        let update = Update::builder()
            .table_name("jangteo-identity")
            .set_key(Some(key("USER#1", "A")))
            .update_expression("ADD #v :one")
            .expression_attribute_names("#v", "value")
            .expression_attribute_values(":one", number(amount));
        TransactWriteItem::builder().update(update.build().unwrap()).build()
    };
    let send = |amount| {
        let write = bench.dynamo().transact_write_items().client_request_token("token");
        write.transact_items(update(amount)).send()
    };
    send(1).await.unwrap();
    send(1).await.unwrap();
    let get = bench.dynamo().get_item().table_name("jangteo-identity");
    let get = get.set_key(Some(key("USER#1", "A")));
    assert_eq!(get.clone().send().await.unwrap().item.unwrap()["value"], number(1));
    let error = send(2).await.unwrap_err().into_service_error();
    assert!(error.is_idempotent_parameter_mismatch_exception(), "{error:?}");
    bench.advance(Span::minutes(11));
    send(1).await.unwrap();
    assert_eq!(get.send().await.unwrap().item.unwrap()["value"], number(2));
}

#[tokio::test]
async fn reads_batches_and_transactions() {
    let bench = Bench::new();
    bench.put("auction", "A", "1", 1).await;
    bench.put("identity", "B", "1", 2).await;
    let keys = |pk| KeysAndAttributes::builder().keys(key(pk, "1")).build().unwrap();
    let batch = bench.dynamo().batch_get_item();
    let batch = batch.request_items("jangteo-auction", keys("A"));
    let batch = batch.request_items("jangteo-identity", keys("B")).send().await.unwrap();
    let responses = batch.responses.unwrap();
    assert_eq!(responses["jangteo-auction"][0]["value"], number(1));
    assert_eq!(responses["jangteo-identity"][0]["value"], number(2));
    assert!(batch.unprocessed_keys.unwrap_or_default().is_empty());
    let get = |pk: &str| {
        let get = Get::builder().table_name("jangteo-auction").set_key(Some(key(pk, "1")));
        TransactGetItem::builder().get(get.build().unwrap()).build()
    };
    let reads = bench.dynamo().transact_get_items();
    let reads = reads.transact_items(get("A")).transact_items(get("MISSING")).send().await;
    let responses = reads.unwrap().responses.unwrap();
    assert_eq!(responses[0].item.as_ref().unwrap()["value"], number(1));
    assert_eq!(responses[1].item, None);
}

#[tokio::test]
async fn queries_an_index_page_by_page() {
    let bench = Bench::new();
    for n in 0..5 {
        let put = bench.dynamo().put_item().table_name("jangteo-auction");
        let put = put.item("pk", text(&format!("AUCTION#{n}"))).item("sk", text("HEAD"));
        let put = put.item("gsi1pk", text("OPEN")).item("gsi1sk", text(&format!("{n}")));
        put.send().await.unwrap();
    }
    let (mut seen, mut start) = (Vec::new(), None);
    loop {
        let query = bench.dynamo().query().table_name("jangteo-auction").index_name("gsi1");
        let query = query
            .key_condition_expression("gsi1pk = :pk")
            .expression_attribute_values(":pk", text("OPEN"))
            .scan_index_forward(false)
            .limit(2)
            .set_exclusive_start_key(start);
        let page = query.send().await.unwrap();
        seen.extend(page.items().iter().map(|item| item["gsi1sk"].as_s().unwrap().clone()));
        start = page.last_evaluated_key;
        if start.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["4", "3", "2", "1", "0"]);
}

#[tokio::test]
async fn usage_counts_calls_and_units() {
    let bench = Bench::new();
    let before = bench.cloud.usage();
    bench.put("identity", "USER#1", "A", 1).await;
    let put = bench.dynamo().put_item().table_name("jangteo-identity");
    let put = put.item("pk", text("USER#1")).item("sk", text("A"));
    put.condition_expression("attribute_not_exists(pk)").send().await.unwrap_err();
    let get = bench.dynamo().get_item().table_name("jangteo-identity");
    let get = get.set_key(Some(key("USER#1", "A")));
    let got = get.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.unwrap();
    assert_eq!(got.consumed_capacity.unwrap().capacity_units, Some(0.5));
    let delete = Delete::builder().table_name("jangteo-identity");
    let delete = delete.set_key(Some(key("USER#1", "A"))).build().unwrap();
    let delete = TransactWriteItem::builder().delete(delete).build();
    let answer = bench.dynamo().transact_write_items().transact_items(delete).send().await.unwrap();
    assert_eq!(answer.consumed_capacity, None);
    let usage = bench.cloud.usage().since(&before);
    assert_eq!(usage.calls("dynamodb:PutItem"), 2);
    assert_eq!(usage.round_trips(), 4);
    assert_eq!(usage.reads(), Units::tenths(5));
    assert_eq!(usage.writes(), Units::whole(4), "{usage}");
    assert_eq!(usage.table(Table::Identity).calls, 4);
}

#[tokio::test]
async fn refuses_what_dynamodb_refuses() {
    let bench = Bench::new();
    let get = bench.dynamo().get_item().table_name("jangteo-nothing");
    let error = get.set_key(Some(key("A", "1"))).send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    let put = bench.dynamo().put_item().table_name("jangteo-identity").item("pk", text("A"));
    let error = put.send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("ValidationException"));
    let put = bench.dynamo().put_item().table_name("jangteo-identity");
    let put = put.item("pk", text("")).item("sk", text("A"));
    let error = put.send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("ValidationException"));
}

#[tokio::test]
async fn parallel_updates_lose_nothing() {
    let bench = Bench::new();
    let dynamo = bench.dynamo();
    let add = |_| {
        let update = dynamo.update_item().table_name("jangteo-auction");
        let update = update.set_key(Some(key("A", "1"))).update_expression("ADD #v :one");
        let update = update.expression_attribute_names("#v", "value");
        update.expression_attribute_values(":one", number(1)).send()
    };
    futures::future::join_all((0..50).map(add)).await.into_iter().for_each(|r| drop(r.unwrap()));
    let get = dynamo.get_item().table_name("jangteo-auction");
    let item = get.set_key(Some(key("A", "1"))).send().await.unwrap().item.unwrap();
    assert_eq!(item["value"], number(50));
}

#[tokio::test]
async fn expired_items_go_only_when_swept() {
    let bench = Bench::new();
    let put = bench.dynamo().put_item().table_name("jangteo-identity");
    let put = put.item("pk", text("A")).item("sk", text("1"));
    put.item("ttl", number(START / 1_000 + 60)).send().await.unwrap();
    assert_eq!(bench.cloud.expire_items().unwrap(), 0);
    bench.advance(Span::minutes(2));
    assert_eq!(bench.cloud.expire_items().unwrap(), 1);
}
