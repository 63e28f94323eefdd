use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use aws_sdk_sns::error::ProvideErrorMetadata;

use super::*;

fn event(kind: &str, detail: &str) -> PutEventsRequestEntry {
    let entry = PutEventsRequestEntry::builder().event_bus_name("jangteo-bus").source("jangteo");
    entry.detail_type(kind).detail(detail).build()
}

#[tokio::test]
async fn events_go_into_the_queues_that_want_them() {
    let bench = Bench::new();
    let bus = aws_sdk_eventbridge::Client::new(&bench.cloud.sdk_config());
    let put = bus.put_events().entries(event("AuctionClosed", r#"{"a":1}"#));
    let put = put.entries(event("Unwanted", "{}")).entries(event("AuctionClosed", "no json"));
    let answer = put.send().await.unwrap();
    assert_eq!(answer.failed_entry_count(), 1);
    assert!(answer.entries()[0].event_id().is_some());
    assert_eq!(answer.entries()[2].error_code(), Some("MalformedDetail"));
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    let call = bench.script.calls("test-on-closed").pop().unwrap();
    let body: Value = serde_json::from_str(call["Records"][0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["detail-type"], "AuctionClosed");
    assert_eq!(body["detail"]["a"], 1);
    assert_eq!(body["time"], "2026-11-21T09:00:00Z");
    let many = (0..11).map(|_| event("AuctionClosed", "{}")).collect();
    assert!(bus.put_events().set_entries(Some(many)).send().await.is_err());
}

#[tokio::test]
async fn text_messages_are_kept() {
    let bench = Bench::new();
    let sns = aws_sdk_sns::Client::new(&bench.cloud.sdk_config());
    let text = "낙찰 & <축하>+%";
    let sent = sns.publish().phone_number("+821012345678").message(text).send().await.unwrap();
    let sms = bench.cloud.sms();
    assert_eq!((sms[0].phone.as_str(), sms[0].text.as_str()), ("+821012345678", text));
    assert_eq!((sms[0].at.millis(), sent.message_id()), (START, Some(sms[0].message_id.as_str())));
    let bad = sns.publish().phone_number("010-1234").message("x").send().await.unwrap_err();
    assert_eq!(bad.into_service_error().code(), Some("InvalidParameter"));
    let topic = sns.publish().topic_arn("arn:aws:sns:x").message("x").send().await.unwrap_err();
    assert!(topic.into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn emails_are_kept() {
    let bench = Bench::new();
    let ses = aws_sdk_sesv2::Client::new(&bench.cloud.sdk_config());
    let content = |text: &str| Content::builder().data(text).charset("UTF-8").build().unwrap();
    let message = Message::builder().subject(content("제목"));
    let message = message.body(Body::builder().text(content("본문")).build()).build();
    let send = ses.send_email().from_email_address("no-reply@jangteo.kr");
    let send = send.content(EmailContent::builder().simple(message).build());
    let to = |address: &str| Destination::builder().to_addresses(address).build();
    let sent = send.clone().destination(to("a@example.com")).send().await.unwrap();
    let email = bench.cloud.emails().remove(0);
    assert_eq!(sent.message_id(), Some(email.message_id.as_str()));
    assert_eq!((email.subject.as_str(), email.text.as_str()), ("제목", "본문"));
    assert_eq!(email.to, ["a@example.com"]);
    let error = send.destination(to("nobody")).send().await.unwrap_err().into_service_error();
    assert!(error.is_bad_request_exception(), "{error:?}");
}
