//! A stream in several shards: in order by key, side by side among them.

use std::collections::BTreeSet;

use super::*;
use crate::{Rates, Upset};

const ID: &str = "test-record-bids";
const KEYS: i64 = 12;

/// Notes what was delivered, and fails what concerns one key for a while.
#[derive(Default)]
struct Consumer {
    /// Key and value.
    seen: Mutex<Vec<(String, i64)>>,
    broken: Mutex<BTreeSet<String>>,
}

impl Consumer {
    fn seen(&self) -> Vec<(String, i64)> {
        self.seen.lock().unwrap().clone()
    }
}

impl Invoker for Consumer {
    fn invoke(&self, _: &'static Function, payload: Value) -> Invoked {
        let records = payload["Records"].as_array().cloned().unwrap_or_default();
        let read = |record: &Value| {
            let change = &record["dynamodb"];
            let key = change["Keys"]["pk"]["S"].as_str().unwrap().to_owned();
            let value = change["NewImage"]["value"]["N"].as_str().unwrap().parse().unwrap();
            let number = change["SequenceNumber"].as_str().unwrap().to_owned();
            (key, value, number)
        };
        let mut answer = Ok(Value::Null);
        for (key, value, number) in records.iter().map(read) {
            if self.broken.lock().unwrap().contains(&key) {
                answer = failures(&[&number]);
                break;
            }
            self.seen.lock().unwrap().push((key, value));
        }
        Box::pin(async move { answer })
    }
}

async fn bench(shards: usize) -> (Bench, Arc<Consumer>) {
    let bench = Bench::without_rates();
    bench.cloud.adjust(|knobs| knobs.shards = shards);
    bench.cloud.detach();
    let consumer = Arc::new(Consumer::default());
    bench.cloud.attach_invoker(Arc::<Consumer>::clone(&consumer));
    // From the next delivery on there are so many.
    assert_eq!(bench.cloud.run_until_idle().await, 0);
    (bench, consumer)
}

/// One record more of every key.
async fn round(bench: &Bench, value: i64) {
    for key in 0..KEYS {
        bench.put("auction", &format!("AUCTION#{key}"), "-", value).await;
    }
}

/// Whether every key's values came as they were written.
fn in_order(seen: &[(String, i64)], values: &[i64]) -> bool {
    let keys: BTreeSet<&String> = seen.iter().map(|(key, _)| key).collect();
    keys.iter().all(|key| {
        let of: Vec<i64> = seen.iter().filter(|it| it.0 == **key).map(|it| it.1).collect();
        of == values
    })
}

#[tokio::test]
async fn a_key_that_fails_holds_up_its_own_shard_only() {
    let (bench, consumer) = bench(4).await;
    consumer.broken.lock().unwrap().insert("AUCTION#0".to_owned());
    for value in 1..=3 {
        round(&bench, value).await;
    }
    bench.cloud.run_until_idle().await;
    let seen = consumer.seen();
    let others: BTreeSet<&String> = seen.iter().map(|(key, _)| key).collect();
    let held_up = usize::try_from(KEYS).unwrap() - others.len();
    assert!((1..=6).contains(&held_up), "{held_up} of {KEYS} keys are in the failing shard");
    assert_eq!(seen.len(), others.len() * 3, "the others are done with");
    assert!(bench.cloud.faults().upsets()[&Upset::ShardsApart] > 0);
    consumer.broken.lock().unwrap().clear();
    bench.advance(Span::seconds(1));
    bench.cloud.run_until_idle().await;
    assert_eq!(consumer.seen().len(), usize::try_from(KEYS).unwrap() * 3);
    assert!(in_order(&consumer.seen(), &[1, 2, 3]), "{:?}", consumer.seen());
    assert_eq!(bench.cloud.next_due(Rates::Ignored), None);
}

#[tokio::test]
async fn one_shard_is_one_order() {
    let (bench, consumer) = bench(1).await;
    consumer.broken.lock().unwrap().insert("AUCTION#3".to_owned());
    round(&bench, 1).await;
    bench.cloud.run_until_idle().await;
    let seen: Vec<String> = consumer.seen().into_iter().map(|(key, _)| key).collect();
    assert_eq!(seen, ["AUCTION#0", "AUCTION#1", "AUCTION#2"]);
    assert_eq!(bench.cloud.faults().upsets().get(&Upset::ShardsApart), None);
}

/// Regression to look for: a child shard that is read before its parent is done turns a key's
/// records round.
#[tokio::test]
async fn new_shards_are_read_when_the_old_ones_are_done() {
    let (bench, consumer) = bench(1).await;
    consumer.broken.lock().unwrap().insert("AUCTION#5".to_owned());
    round(&bench, 1).await;
    bench.cloud.run_until_idle().await;
    for (shards, value) in [(3, 2), (2, 3), (5, 4)] {
        bench.cloud.adjust(|knobs| knobs.shards = shards);
        bench.cloud.run_until_idle().await;
        round(&bench, value).await;
        assert_eq!(bench.cloud.run_until_idle().await, 0, "the old shard is not at its end");
    }
    let seen = consumer.seen();
    assert!(seen.iter().all(|(_, value)| *value == 1), "{seen:?}");
    consumer.broken.lock().unwrap().clear();
    bench.advance(Span::seconds(1));
    bench.cloud.run_until_idle().await;
    assert_eq!(consumer.seen().len(), usize::try_from(KEYS).unwrap() * 4);
    assert!(in_order(&consumer.seen(), &[1, 2, 3, 4]), "{:?}", consumer.seen());
    // Back to one, with nothing to read: it goes on where the others were.
    bench.cloud.adjust(|knobs| knobs.shards = 1);
    assert_eq!(bench.cloud.run_until_idle().await, 0);
    round(&bench, 5).await;
    bench.cloud.run_until_idle().await;
    assert!(in_order(&consumer.seen(), &[1, 2, 3, 4, 5]), "{:?}", consumer.seen());
}

#[tokio::test]
async fn what_one_shard_gives_up_is_kept_under_its_name() {
    let (bench, consumer) = bench(8).await;
    let all = (0..KEYS).map(|key| format!("AUCTION#{key}"));
    consumer.broken.lock().unwrap().extend(all);
    round(&bench, 1).await;
    let end = Instant::from_millis(START) + Span::hours(1);
    bench.cloud.play(&bench.clock, end, Rates::Ignored).await;
    let kept = bench.cloud.objects("undelivered");
    assert_eq!(kept.len(), usize::try_from(KEYS).unwrap());
    let shard = |key: &String| key.split('/').nth(3).unwrap().to_owned();
    let shards: BTreeSet<String> = kept.keys().map(shard).collect();
    assert!(shards.len() > 2, "{shards:?}");
    for (key, body) in &kept {
        let record: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(record["DDBStreamBatchInfo"]["shardId"], shard(key));
    }
    assert!(bench.cloud.failed().iter().all(|failed| failed.function == ID));
}
