//! The queue host: whatever one message does, its neighbours are not taken down.

use platform::{Failure, Function, Queue, host, queue::Message};
use serde_json::{Value, json};
use testkit::TestApp;

/// Does what its messages say.
static OBEDIENT: Function = Function::queue(
    "test",
    "obey",
    "Does what its messages say",
    Queue::new(|_, message| Box::pin(obey(message))),
)
.timeout_s(1);

async fn obey(message: Message) -> Result<(), Failure> {
    match message.json::<String>()?.as_str() {
        "panic" => panic!("as told"),
        "hang" => std::future::pending().await,
        "fail" => Err(Failure::new("as told")),
        _ => Ok(()),
    }
}

fn batch(bodies: &[&str]) -> Value {
    let records = bodies.iter().map(|body| {
        json!({
            "messageId": format!("m-{body}"), "receiptHandle": "r", "body": body,
            "attributes": { "ApproximateReceiveCount": "1" }, "messageAttributes": {},
            "eventSource": "aws:sqs", "awsRegion": "ap-northeast-2",
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

#[tokio::test]
async fn only_the_messages_at_fault_come_again() {
    let app = TestApp::start(&[&OBEDIENT]).await;
    app.expect_failures();
    let bodies = ["\"fine\"", "\"panic\"", "\"hang\"", "\"fail\"", "no json", "\"fine too\""];
    let answer = host::invoke(&OBEDIENT, app.app.clone(), batch(&bodies)).await.unwrap();
    let failed = answer["batchItemFailures"].as_array().unwrap().iter();
    let failed: Vec<&str> = failed.map(|item| item["itemIdentifier"].as_str().unwrap()).collect();
    assert_eq!(failed, ["m-\"panic\"", "m-\"hang\"", "m-\"fail\"", "m-no json"]);
    let lines = app.log_lines();
    let line = lines.last().unwrap();
    let reasons = line["failures"].to_string();
    for reason in ["panic: as told", "out of time", "as told"] {
        assert!(reasons.contains(reason), "{reasons}");
    }
}
