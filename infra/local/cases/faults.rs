use aws_sdk_dynamodb::error::ProvideErrorMetadata;

use super::*;
use crate::{Fault, FaultKind};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

async fn add(bench: &Bench) -> Result<(), String> {
    let config = aws_sdk_dynamodb::config::Builder::from(&bench.cloud.sdk_config())
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled());
    let dynamo = aws_sdk_dynamodb::Client::from_conf(config.build());
    let update = dynamo.update_item().table_name("jangteo-auction");
    let update = update.key("pk", text("A")).key("sk", text("1")).update_expression("ADD #v :one");
    let update = update.expression_attribute_names("#v", "value");
    let sent = update.expression_attribute_values(":one", number(1)).send().await;
    sent.map(|_| ()).map_err(|error| error.code().unwrap_or("timeout").to_owned())
}

async fn value(bench: &Bench) -> Option<AttributeValue> {
    let get = bench.dynamo().get_item().table_name("jangteo-auction");
    let got = get.key("pk", text("A")).key("sk", text("1")).send().await.unwrap();
    got.item.map(|item| item["value"].clone())
}

#[tokio::test]
async fn faults_look_like_the_service_s_own() {
    let cases = [
        (FaultKind::Throttle, "ProvisionedThroughputExceededException", None),
        (FaultKind::Conflict, "TransactionConflictException", None),
        (FaultKind::Status500, "InternalServerError", None),
        (FaultKind::TimeoutBefore, "timeout", None),
        (FaultKind::TimeoutAfter, "timeout", Some(number(1))),
    ];
    for (what, code, after) in cases {
        let bench = Bench::new();
        bench.cloud.faults().push(Fault::next("dynamodb:UpdateItem", what).on(Table::Auction));
        assert_eq!(add(&bench).await, Err(code.to_owned()), "{what:?}");
        assert_eq!(value(&bench).await, after, "{what:?}");
        assert_eq!(add(&bench).await, Ok(()));
        assert_eq!(bench.cloud.faults().injected().len(), 1);
    }
}

#[tokio::test]
async fn a_transaction_conflict_cancels_with_reasons() {
    let bench = Bench::new();
    bench.cloud.faults().push(Fault::next("dynamodb:TransactWriteItems", FaultKind::Conflict));
    let put = |pk| {
        let put = aws_sdk_dynamodb::types::Put::builder().table_name("jangteo-auction");
        let put = put.item("pk", text(pk)).item("sk", text("1")).build().unwrap();
        aws_sdk_dynamodb::types::TransactWriteItem::builder().put(put).build()
    };
    let config = aws_sdk_dynamodb::config::Builder::from(&bench.cloud.sdk_config())
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled());
    let write = aws_sdk_dynamodb::Client::from_conf(config.build()).transact_write_items();
    let error = write.transact_items(put("A")).transact_items(put("B")).send().await.unwrap_err();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) =
        error.into_service_error()
    else {
        panic!("another error");
    };
    let codes: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(|r| r.code()).collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
}

#[tokio::test]
async fn unprocessed_keys_come_back() {
    let bench = Bench::new();
    bench.put("auction", "A", "1", 1).await;
    bench.cloud.faults().push(Fault::next("dynamodb:BatchGetItem", FaultKind::Unprocessed));
    let keys = aws_sdk_dynamodb::types::KeysAndAttributes::builder();
    let key = [("pk".to_owned(), text("A")), ("sk".to_owned(), text("1"))];
    let keys = keys.keys(key.into_iter().collect()).build().unwrap();
    let batch = bench.dynamo().batch_get_item().request_items("jangteo-auction", keys);
    let batch = batch.send().await.unwrap();
    assert_eq!(batch.unprocessed_keys.unwrap()["jangteo-auction"].keys().len(), 1);
}

#[tokio::test]
async fn the_sdk_hides_a_single_throttle() {
    let bench = Bench::new();
    bench.cloud.faults().push(Fault::next("sns:Publish", FaultKind::TimeoutAfter));
    bench.cloud.faults().push(Fault::next("sqs:SendMessage", FaultKind::Throttle));
    let sns = aws_sdk_sns::Client::new(&bench.cloud.sdk_config());
    sns.publish().phone_number("+821012345678").message("x").send().await.unwrap();
    assert_eq!(bench.cloud.sms().len(), 2, "the lost answer made the SDK publish again");
    let url = "http://sqs.local/000000000000/jangteo-test-on-closed";
    bench.sqs().send_message().queue_url(url).message_body("x").send().await.unwrap();
    assert_eq!(bench.cloud.queue_bodies("test-on-closed").len(), 1);
    assert_eq!(bench.cloud.usage().calls("sqs:SendMessage"), 2);
}

#[tokio::test]
async fn a_read_that_does_not_ask_for_consistency_is_some_writes_old() {
    let bench = Bench::new();
    bench.cloud.keep_index_copy(2).unwrap();
    for value in 1..=5 {
        bench.put("auction", "A", "1", value).await;
    }
    let read = async |consistent: bool| {
        bench.cloud.faults().push(Fault::next("dynamodb:GetItem", FaultKind::StaleRead));
        let get = bench.dynamo().get_item().table_name("jangteo-auction");
        let get = get.key("pk", text("A")).key("sk", text("1")).consistent_read(consistent);
        get.send().await.unwrap().item.unwrap()["value"].clone()
    };
    assert_eq!(read(false).await, number(3));
    assert_eq!(read(true).await, number(5));
}

#[tokio::test]
async fn one_of_several_events_is_not_taken_and_is_named() {
    let bench = Bench::new();
    let events = aws_sdk_eventbridge::Client::new(&bench.cloud.sdk_config());
    let entry = |number: u32| {
        let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder();
        let entry = entry.source("jangteo").detail_type("AuctionClosed");
        entry.detail(json!({ "number": number }).to_string()).build()
    };
    for (sent, due) in [(3_u32, 2), (1, 0)] {
        bench.cloud.faults().push(Fault::next("events:PutEvents", FaultKind::PartlyTaken));
        let before = bench.cloud.queue_bodies("test-on-closed").len();
        let entries = (0..sent).map(entry).collect();
        let told = events.put_events().set_entries(Some(entries)).send().await.unwrap();
        assert_eq!(told.failed_entry_count, 1);
        let failed =
            |entry: &&aws_sdk_eventbridge::types::PutEventsResultEntry| entry.error_code.is_some();
        assert_eq!(told.entries().iter().filter(failed).count(), 1);
        assert_eq!(told.entries().len(), usize::try_from(sent).unwrap());
        assert_eq!(bench.cloud.queue_bodies("test-on-closed").len(), before + due);
    }
}
