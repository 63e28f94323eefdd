use super::*;

const ID: &str = "test-record-bids";

fn sks(call: &Value) -> Vec<String> {
    let records = call["Records"].as_array().unwrap().iter();
    records.map(|r| r["dynamodb"]["Keys"]["sk"]["S"].as_str().unwrap().to_owned()).collect()
}

async fn put_many(bench: &Bench, count: i64) {
    for n in 0..count {
        bench.put("auction", "AUCTION#1", &n.to_string(), n).await;
    }
}

#[tokio::test]
async fn delivers_changes_in_order_and_only_wanted_ones() {
    let bench = Bench::new();
    bench.put("auction", "OTHER#1", "x", 1).await;
    put_many(&bench, 4).await;
    bench.put("auction", "AUCTION#1", "0", 100).await;
    bench.put("auction", "AUCTION#1", "0", 100).await; // changes nothing
    assert_eq!(bench.cloud.run_until_idle().await, 2);
    let calls = bench.script.calls(ID);
    assert_eq!(sks(&calls[0]), ["0", "1", "2"]);
    assert_eq!(sks(&calls[1]), ["3", "0"]);
    let modify = &calls[1]["Records"][1];
    assert_eq!(modify["eventName"], "MODIFY");
    assert_eq!(modify["eventSource"], "aws:dynamodb");
    assert_eq!(modify["dynamodb"]["OldImage"]["value"]["N"], "0");
    assert_eq!(modify["dynamodb"]["NewImage"]["value"]["N"], "100");
    assert_eq!(modify["dynamodb"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    let arn = modify["eventSourceARN"].as_str().unwrap();
    assert!(arn.contains(":table/jangteo-auction/stream/"), "{arn}");
    assert_eq!(bench.cloud.run_until_idle().await, 0);
}

#[tokio::test]
async fn goes_on_after_trimming_without_moving_time() {
    let bench = Bench::new();
    for round in 0..3 {
        put_many(&bench, 3).await;
        bench.put("auction", "AUCTION#1", "round", round).await;
        bench.cloud.run_until_idle().await;
        let last = bench.script.calls(ID).pop().unwrap();
        assert_eq!(sks(&last).pop().unwrap(), "round");
    }
}

#[tokio::test]
async fn repeats_from_the_first_failed_record_after_a_second() {
    let bench = Bench::new();
    put_many(&bench, 3).await;
    let name_second = |call: &Value| {
        let number = call["Records"][1]["dynamodb"]["SequenceNumber"].as_str().unwrap();
        failures(&[number])
    };
    // The sequence number is known only after a first delivery.
    bench.script.answer(ID, Err("first".into()));
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    let first = bench.script.calls(ID).pop().unwrap();
    assert_eq!(bench.cloud.run_until_idle().await, 0);
    bench.script.answer(ID, Ok(Value::Null));
    bench.script.answer(ID, name_second(&first));
    bench.advance(Span::seconds(1));
    // One by one after an error that named no record, then in batches again.
    assert_eq!(bench.cloud.run_until_idle().await, 2);
    bench.advance(Span::seconds(1));
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    let calls = bench.script.calls(ID);
    assert_eq!(sks(&calls[1]), ["0"]);
    assert_eq!(sks(&calls[2]), ["1", "2"]);
    assert_eq!(sks(&calls[3]), ["1", "2"]);
}

#[tokio::test]
async fn gives_a_poison_record_up_after_ten_attempts() {
    let bench = Bench::without_rates();
    put_many(&bench, 2).await;
    for _ in 0..10 {
        bench.script.answer(ID, Err("poison".into()));
    }
    let end = Instant::from_millis(START) + Span::minutes(5);
    let made = bench.cloud.play(&bench.clock, end, crate::Rates::Ignored).await;
    assert_eq!(made, 11);
    let failed = bench.cloud.failed();
    assert_eq!((failed.len(), failed[0].function.as_str()), (1, ID));
    assert_eq!(failed[0].payload["dynamodb"]["Keys"]["sk"]["S"], "0");
    // Whole, as Lambda leaves it in a bucket: with what it takes to do the work again.
    let kept = bench.cloud.objects("undelivered");
    let (key, body) = kept.iter().next().unwrap();
    assert!(kept.len() == 1 && key.starts_with(&format!("aws/lambda/{ID}/shardId-")), "{key}");
    let record: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(record["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 10);
    let payload: Value = serde_json::from_str(record["payload"].as_str().unwrap()).unwrap();
    assert_eq!(payload, serde_json::json!({ "Records": [failed[0].payload] }));
    let number = &failed[0].payload["dynamodb"]["SequenceNumber"];
    assert_eq!(&record["DDBStreamBatchInfo"]["startSequenceNumber"], number);
    assert_eq!(sks(bench.script.calls(ID).last().unwrap()), ["1"]);
}

#[tokio::test]
async fn duplicates_on_request() {
    let bench = Bench::new();
    bench.cloud.adjust(|knobs| knobs.stream_copies = 2);
    put_many(&bench, 1).await;
    assert_eq!(bench.cloud.run_until_idle().await, 2);
    let calls = bench.script.calls(ID);
    assert_eq!(calls[0], calls[1]);
}
