//! Messages that are visible again while somebody still works on them.

use super::{
    deadlines::{count, pass, slow},
    *,
};
use crate::{Lapses, Upset};

const QUEUE: &str = "http://sqs.local/000000000000/jangteo-test-on-closed";

async fn send(bench: &Bench, body: &str) {
    bench.sqs().send_message().queue_url(QUEUE).message_body(body).send().await.unwrap();
}

fn every_batch(bench: &Bench) {
    let lapses = Lapses { seed: 1, per_thousand: 1_000, turns: 1 };
    bench.cloud.adjust(|knobs| knobs.lapses = Some(lapses));
}

fn lapsed(bench: &Bench) -> u64 {
    bench.cloud.faults().upsets().get(&Upset::VisibilityEnded).copied().unwrap_or(0)
}

#[tokio::test]
async fn a_message_comes_again_while_the_first_invocation_works_on_it() {
    let (bench, slow) = slow(4);
    every_batch(&bench);
    send(&bench, "twice").await;
    assert_eq!(pass(&bench, 4).await, 2);
    assert_eq!((count(&slow.begun), count(&slow.finished)), (2, 2));
    assert_eq!(lapsed(&bench), 1);
    bench.advance(Span::hours(1));
    assert_eq!(bench.cloud.pump().await, 0);
    assert!(bench.cloud.queue_bodies("test-on-closed").is_empty());
}

#[tokio::test]
async fn a_batch_that_is_done_by_then_comes_no_second_time() {
    let bench = Bench::without_rates();
    every_batch(&bench);
    send(&bench, "once").await;
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    assert_eq!(bench.script.calls("test-on-closed").len(), 1);
    assert_eq!(lapsed(&bench), 0);
}

/// The first is done after a second, the next fails after two.
struct FirstWorks(Arc<VirtualClock>, Mutex<i64>);

impl Invoker for FirstWorks {
    fn invoke(&self, _: &'static Function, _: Value) -> Invoked {
        let clock = Arc::clone(&self.0);
        let mut seconds = self.1.lock().unwrap();
        *seconds += 1;
        let seconds = *seconds;
        Box::pin(async move {
            kernel::Clock::sleep(&*clock, Span::seconds(seconds)).await;
            if seconds == 1 { Ok(Value::Null) } else { Err("down".to_owned()) }
        })
    }
}

#[tokio::test]
async fn a_receipt_from_before_deletes_nothing() {
    let bench = Bench::without_rates();
    bench.cloud.detach();
    let works = FirstWorks(Arc::clone(&bench.clock), Mutex::default());
    bench.cloud.attach_invoker(Arc::new(works));
    every_batch(&bench);
    send(&bench, "done once").await;
    assert_eq!(pass(&bench, 2).await, 2);
    assert_eq!(bench.cloud.queue_bodies("test-on-closed"), ["done once"]);
}

#[tokio::test]
async fn a_paused_function_gets_nothing_again() {
    let (bench, slow) = slow(4);
    every_batch(&bench);
    send(&bench, "once").await;
    let pause = async { bench.cloud.pause("test-on-closed") };
    let made = futures::join!(pass(&bench, 4), pause).0;
    assert_eq!((made, count(&slow.begun)), (1, 1));
    assert_eq!(lapsed(&bench), 0);
}
