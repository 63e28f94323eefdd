use aws_sdk_sqs::{
    error::ProvideErrorMetadata,
    types::{MessageAttributeValue, SendMessageBatchRequestEntry},
};

use super::*;
use crate::{Counts, Rates};

const URL: &str = "http://sqs.local/000000000000/jangteo-test-on-closed";
const DEAD_URL: &str = "http://sqs.local/000000000000/jangteo-test-on-closed-dlq";

async fn send(bench: &Bench, body: &str) -> String {
    let sent = bench.sqs().send_message().queue_url(URL).message_body(body).send().await.unwrap();
    sent.message_id.unwrap()
}

async fn receive(bench: &Bench, url: &str) -> Vec<aws_sdk_sqs::types::Message> {
    let receive = bench.sqs().receive_message().queue_url(url).max_number_of_messages(10);
    receive.send().await.unwrap().messages.unwrap_or_default()
}

fn counts(visible: usize, in_flight: usize, delayed: usize) -> Counts {
    Counts { visible, in_flight, delayed }
}

#[tokio::test]
async fn sends_receives_and_deletes() {
    let bench = Bench::new();
    let url =
        bench.sqs().get_queue_url().queue_name("jangteo-test-on-closed").send().await.unwrap();
    assert_eq!(url.queue_url(), Some(URL));
    let attribute = MessageAttributeValue::builder().data_type("String").string_value("x");
    let sent = bench.sqs().send_message().queue_url(URL).message_body("hello");
    let sent = sent.message_attributes("a", attribute.build().unwrap()).send().await.unwrap();
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    let messages = receive(&bench, URL).await;
    assert_eq!(messages[0].body(), Some("hello"));
    assert_eq!(messages[0].message_attributes().unwrap()["a"].string_value(), Some("x"));
    assert!(receive(&bench, URL).await.is_empty());
    let receipt = messages[0].receipt_handle().unwrap();
    bench.sqs().delete_message().queue_url(URL).receipt_handle(receipt).send().await.unwrap();
    bench.advance(Span::minutes(5));
    assert!(receive(&bench, URL).await.is_empty());
}

#[tokio::test]
async fn delay_and_visibility_follow_the_clock() {
    let bench = Bench::new();
    let delayed = bench.sqs().send_message().queue_url(URL).message_body("later");
    delayed.clone().delay_seconds(60).send().await.unwrap();
    assert_eq!(bench.cloud.queues()[0].counts, counts(0, 0, 1));
    assert!(receive(&bench, URL).await.is_empty());
    bench.advance(Span::seconds(60));
    assert_eq!(receive(&bench, URL).await.len(), 1);
    bench.advance(Span::millis(29_999)); // 6 × 5 s
    assert!(receive(&bench, URL).await.is_empty());
    bench.advance(Span::millis(1));
    let again = receive(&bench, URL).await;
    let receipt = again[0].receipt_handle().unwrap();
    let hide = bench.sqs().change_message_visibility().queue_url(URL).receipt_handle(receipt);
    hide.visibility_timeout(0).send().await.unwrap();
    assert_eq!(receive(&bench, URL).await.len(), 1);
    let error = delayed.delay_seconds(901).send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn batches_fail_entry_by_entry() {
    let bench = Bench::new();
    let entry = |id: &str, delay| {
        let entry = SendMessageBatchRequestEntry::builder().id(id).message_body(id);
        entry.delay_seconds(delay).build().unwrap()
    };
    let send = bench.sqs().send_message_batch().queue_url(URL);
    let sent = send.entries(entry("a", 0)).entries(entry("b", 901)).send().await.unwrap();
    assert_eq!(sent.successful()[0].id(), "a");
    assert_eq!((sent.failed()[0].id(), sent.failed()[0].sender_fault()), ("b", true));
    let attributes = bench.sqs().get_queue_attributes().queue_url(URL).send().await.unwrap();
    let attributes = attributes.attributes.unwrap();
    let name = aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages;
    assert_eq!(attributes[&name], "1");
    bench.sqs().purge_queue().queue_url(URL).send().await.unwrap();
    assert_eq!(bench.cloud.queues()[0].counts, counts(0, 0, 0));
}

#[tokio::test]
async fn an_unknown_queue_does_not_exist() {
    let bench = Bench::new();
    let send = bench.sqs().send_message().queue_url("http://sqs.local/0/jangteo-none");
    let error = send.message_body("x").send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
}

#[tokio::test]
async fn delivers_batches_as_lambda_does() {
    let bench = Bench::new();
    for n in 0..7 {
        send(&bench, &n.to_string()).await;
    }
    assert_eq!(bench.cloud.run_until_idle().await, 2);
    let calls = bench.script.calls("test-on-closed");
    assert_eq!(calls[0]["Records"].as_array().unwrap().len(), 5);
    let record = &calls[0]["Records"][0];
    assert_eq!(record["body"], "0");
    assert_eq!(record["eventSource"], "aws:sqs");
    let arn = "arn:aws:sqs:ap-northeast-2:000000000000:jangteo-test-on-closed";
    assert_eq!(record["eventSourceARN"], arn);
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(bench.cloud.queues()[0].counts, counts(0, 0, 0));
    let _: aws_lambda_shape::SqsEvent = serde_json::from_value(calls[0].clone()).unwrap();
}

/// The members that the Lambda event type cannot do without.
mod aws_lambda_shape {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only its deserialization is tested")]
    pub struct Record {
        message_id: String,
        receipt_handle: String,
        body: String,
        md5_of_body: String,
        attributes: std::collections::BTreeMap<String, String>,
        message_attributes: std::collections::BTreeMap<String, serde_json::Value>,
        aws_region: String,
    }
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only its deserialization is tested")]
    pub struct SqsEvent {
        #[serde(rename = "Records")]
        records: Vec<Record>,
    }
}

#[tokio::test]
async fn only_the_failed_message_comes_again_and_ends_dead() {
    let bench = Bench::without_rates();
    let poison = send(&bench, "poison").await;
    send(&bench, "fine").await;
    for _ in 0..3 {
        bench.script.answer("test-on-closed", failures(&[&poison]));
    }
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    assert_eq!(bench.cloud.queues()[0].counts, counts(0, 1, 0));
    let due = bench.cloud.next_due(Rates::Ignored).unwrap();
    assert_eq!(due.millis(), START + 30_000);
    let end = due + Span::minutes(10);
    assert_eq!(bench.cloud.play(&bench.clock, end, Rates::Ignored).await, 2);
    assert_eq!(bench.cloud.queue_bodies("test-on-closed-dlq"), ["poison"]);
    assert_eq!(receive(&bench, DEAD_URL).await[0].body(), Some("poison"));
    bench.advance(Span::minutes(1));
    assert_eq!(bench.cloud.redrive("test-on-closed"), 1);
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    assert_eq!(bench.cloud.queues()[0].dead, counts(0, 0, 0));
}

#[tokio::test]
async fn an_error_fails_the_whole_batch_and_retries_can_be_hurried() {
    let bench = Bench::new();
    bench.cloud.adjust(|knobs| knobs.retry_visibility = Some(Span::millis(0)));
    send(&bench, "a").await;
    send(&bench, "b").await;
    bench.script.answer("test-on-closed", Err("down".into()));
    bench.script.answer("test-on-closed", failures(&["not-in-the-batch"]));
    assert_eq!(bench.cloud.run_until_idle().await, 3);
    assert!(bench.cloud.queue_bodies("test-on-closed").is_empty());
    assert!(bench.cloud.queue_bodies("test-on-closed-dlq").is_empty());
}

#[tokio::test]
async fn duplicates_and_disorder_on_request() {
    let bench = Bench::new();
    bench.cloud.adjust(|knobs| (knobs.message_copies, knobs.shuffle) = (2, Some(42)));
    for n in 0..10 {
        send(&bench, &n.to_string()).await;
    }
    bench.cloud.run_until_idle().await;
    let calls = bench.script.calls("test-on-closed");
    let bodies = calls.iter().flat_map(|call| call["Records"].as_array().unwrap());
    let bodies: Vec<_> = bodies.map(|record| record["body"].as_str().unwrap()).collect();
    assert_eq!(bodies.len(), 20);
    assert!(!bodies.is_sorted());
}

#[tokio::test]
async fn a_paused_function_gets_nothing() {
    let bench = Bench::new();
    send(&bench, "x").await;
    bench.cloud.pause("test-on-closed");
    assert_eq!(bench.cloud.run_until_idle().await, 0);
    assert_eq!(bench.cloud.next_due(Rates::Ignored), None);
    bench.cloud.resume("test-on-closed");
    assert_eq!(bench.cloud.run_until_idle().await, 1);
}
