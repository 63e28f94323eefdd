//! What the one line of an invocation says.

use platform::{Failure, Function, Grant, Queue, host, queue::Message};
use serde_json::{Value, json};
use store::{Read, Table};
use testkit::TestApp;

/// Asks the tables as often as its message says.
static ASKING: Function = Function::queue(
    "test",
    "ask",
    "Asks the tables as often as its message says",
    Queue::new(|app, message| Box::pin(ask(app, message))),
)
.grants(&[Grant::table(Table::Auction).get()]);

async fn ask(app: platform::App, message: Message) -> Result<(), Failure> {
    let auction = "01938f3c-7e2a-7000-8000-00000000000a".parse()?;
    for _ in 0..message.json::<u32>()? {
        app.store.auction_head(auction, Read::Eventual).await?;
    }
    Ok(())
}

/// F28: nobody saw to it that an invocation of four data calls or more is a warning (`api.md`).
#[tokio::test]
async fn f28_four_data_calls_are_a_warning() {
    let app = TestApp::start(&[&ASKING]).await;
    for (calls, level) in [(0, "info"), (1, "info"), (3, "info"), (4, "warn"), (9, "warn")] {
        let batch = json!({ "Records": [{
            "messageId": "m", "receiptHandle": "r", "body": calls.to_string(),
            "attributes": { "ApproximateReceiveCount": "1" }, "messageAttributes": {},
            "eventSource": "aws:sqs", "awsRegion": "ap-northeast-2",
        }] });
        host::invoke(&ASKING, app.app.clone(), batch).await.unwrap();
        let line = app.log_lines().pop().unwrap();
        let found = [&line["level"], &line["dataCalls"], &line["failed"]];
        assert_eq!(found, [&json!(level), &json!(calls), &json!(0)], "{line}");
    }
}

/// F28: a line told neither the route nor what was asked for.
#[tokio::test]
async fn f28_the_line_of_a_request_has_its_path_and_target() {
    const ID: &str = "01938f3c-7e2a-7000-8000-00000000000a";
    let app = TestApp::start(&registry::functions()).await;
    let minji = app.signed_in("minji");
    let receipt = format!("/v1/auctions/{ID}/bids/{ID}/receipt?x=minji@example.com");
    let both = json!({ "auctionId": ID, "bidId": ID });
    for (path, route, target) in [
        (format!("/v1/auctions/{ID}"), "/v1/auctions/{auctionId}", json!({ "auctionId": ID })),
        (receipt, "/v1/auctions/{auctionId}/bids/{bidId}/receipt", both),
        ("/v1/auctions/minji@example.com".to_owned(), "/v1/auctions/{auctionId}", Value::Null),
        ("/v1/me/watches".to_owned(), "/v1/me/watches", Value::Null),
    ] {
        app.get(&path).bearer(&minji.token).send().await;
        let line = app.log_lines().pop().unwrap();
        let found = [&line["method"], &line["path"], &line["target"]];
        assert_eq!(found, [&json!("GET"), &json!(route), &target], "{path}");
        assert!(!line.to_string().contains("minji@example.com"), "{line}");
    }
}
