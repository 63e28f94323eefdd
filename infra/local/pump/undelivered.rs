//! What a stream's consumer gives up is kept whole: the invocation record that Lambda writes to a
//! bucket as an event source's destination on failure.

use serde_json::{Value, json};

use crate::{
    account::Account, dynamo::StreamItem, s3::UNDELIVERED, state::Object, wiring::StreamConsumer,
};

/// Puts the record under the key that Lambda would choose.
pub(super) fn keep(account: &Account, given: &GivenUp<'_>) {
    let at = account.clock.now().to_string();
    let bucket = format!("{}{UNDELIVERED}", account.names.prefix);
    account.change(|state| {
        let id = state.fresh_id();
        let (day, time) = at.split_once('T').unwrap_or_default();
        let time = time.split('.').next().unwrap_or_default().replace(':', ".");
        let consumer = &given.to.id;
        let shard = shard_id(given.shard);
        let key =
            format!("aws/lambda/{consumer}/{shard}/{}/{day}T{time}-{id}", day.replace('-', "/"));
        let record = record(given, &at, &id).to_string();
        let objects = state.buckets.entry(bucket).or_default();
        objects.insert(key, Object::new("application/json", record.as_bytes()));
    });
}

/// As DynamoDB Streams names the shard of this number.
fn shard_id(number: usize) -> String {
    format!("shardId-00000000000000000000-{number:08x}")
}

/// What was given up, and after what.
pub(super) struct GivenUp<'a> {
    pub to: &'a StreamConsumer,
    /// Which of the stream's shards.
    pub shard: usize,
    pub item: &'a StreamItem,
    pub reason: &'a str,
    pub attempts: u32,
}

/// In a queue the payload would be left out; in a bucket it is whole.
fn record(given: &GivenUp<'_>, at: &str, id: &str) -> Value {
    let GivenUp { to, item, reason, attempts, .. } = given;
    let number = item.sequence_number();
    json!({
        "requestContext": {
            "requestId": id,
            "functionArn": format!("arn:aws:lambda:ap-northeast-2:000000000000:function:{}", to.id),
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": attempts,
        },
        "responseContext": {
            "statusCode": 200, "executedVersion": "$LATEST", "functionError": reason,
        },
        "version": "1.0",
        "timestamp": at,
        "DDBStreamBatchInfo": {
            "shardId": shard_id(given.shard),
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "approximateArrivalOfFirstRecord": at,
            "approximateArrivalOfLastRecord": at,
            "batchSize": 1,
            "streamArn": item.event.get("eventSourceARN"),
        },
        "payload": json!({ "Records": [item.event] }).to_string(),
    })
}
