use std::path::PathBuf;

use super::*;

/// A folder of the test's own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
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
        assert_eq!(bench.cloud.settle().await, 1);
    }
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    assert_eq!(bench.cloud.settle().await, 0, "the cursor was kept");
    assert_eq!(bench.cloud.sms().len(), 1);
    assert_eq!(bench.cloud.queue_bodies("test-on-closed"), ["kept"]);
    bench.put("auction", "AUCTION#1", "0", 2).await;
    bench.advance(Span::seconds(60));
    assert_eq!(bench.cloud.settle().await, 3, "a record, a message and a rate");
    let get = bench.dynamo().get_item().table_name("jangteo-auction");
    let item = get.key("pk", text("AUCTION#1")).key("sk", text("0")).send().await.unwrap();
    assert_eq!(item.item.unwrap()["value"], number(2));
}
