//! Functions that run as often as they may, that are slow, and whose environments have to start.

use http::StatusCode;
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::{
    deadlines::{ask, count, hosted, pass, slow},
    *,
};
use crate::{ColdStarts, Rates, Slowness, Upset};

const QUEUE: &str = "http://sqs.local/000000000000/jangteo-test-on-closed";

async fn send(bench: &Bench, bodies: usize) {
    for body in 0..bodies {
        let send = bench.sqs().send_message().queue_url(QUEUE).message_body(body.to_string());
        send.send().await.unwrap();
    }
}

fn upset(cloud: &Cloud, upset: Upset) -> u64 {
    cloud.faults().upsets().get(&upset).copied().unwrap_or(0)
}

#[tokio::test]
async fn a_request_too_many_is_answered_503_and_the_next_one_is_served() {
    let (router, clock, cloud) = hosted();
    cloud.adjust(|knobs| knobs.concurrency = Some(1));
    let mut first = router.clone().oneshot(ask("/v1/letters"));
    let first = match futures::poll!(&mut first) {
        std::task::Poll::Ready(answer) => answer.unwrap(),
        std::task::Poll::Pending => panic!("a stream begins at once"),
    };
    // It runs as long as it streams.
    let second = router.clone().oneshot(ask("/v1/letters")).await.unwrap();
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body = second.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(&body[..], br#"{"message":"Service Unavailable"}"#);
    // Another function has environments of its own.
    let mut other = router.clone().oneshot(ask("/v1/late"));
    assert!(futures::poll!(&mut other).is_pending());
    // Who goes away leaves room.
    drop((first, other));
    let third = router.oneshot(ask("/v1/letters")).await.unwrap();
    assert_eq!(third.status(), StatusCode::OK);
    assert_eq!(upset(&cloud, Upset::RequestRefused), 1);
    clock.advance(Span::seconds(1));
}

#[tokio::test]
async fn a_batch_too_many_comes_again_when_it_is_visible() {
    let (bench, slow) = slow(4);
    bench.cloud.adjust(|knobs| knobs.concurrency = Some(1));
    send(&bench, 7).await; // Batches of five.
    assert_eq!(pass(&bench, 4).await, 2);
    assert_eq!((count(&slow.begun), count(&slow.finished)), (1, 1));
    assert_eq!(bench.cloud.queue_bodies("test-on-closed").len(), 2);
    assert_eq!(upset(&bench.cloud, Upset::DeliveryRefused), 1);
    bench.advance(Span::seconds(25));
    assert_eq!(pass(&bench, 0).await, 0, "hidden for six times five seconds");
    bench.advance(Span::seconds(1));
    assert_eq!(pass(&bench, 4).await, 1);
    assert_eq!(count(&slow.finished), 2);
    assert!(bench.cloud.queue_bodies("test-on-closed").is_empty());
}

#[tokio::test]
async fn refused_messages_are_received_and_dead_in_the_end() {
    let bench = Bench::without_rates();
    bench.cloud.adjust(|knobs| knobs.concurrency = Some(0));
    send(&bench, 1).await;
    let end = Instant::from_millis(START) + Span::minutes(10);
    bench.cloud.play(&bench.clock, end, Rates::Ignored).await;
    assert!(bench.script.calls("test-on-closed").is_empty());
    assert_eq!(bench.cloud.queue_bodies("test-on-closed-dlq"), ["0"]);
}

/// Lambda has no upper bound for throttles of batches that did not reach the function.
#[tokio::test]
async fn refusals_wear_out_no_stream_record_and_no_schedule() {
    let bench = Bench::new();
    bench.cloud.adjust(|knobs| knobs.concurrency = Some(0));
    bench.put("auction", "AUCTION#1", "0", 1).await;
    bench.put("auction", "AUCTION#1", "1", 1).await;
    let later = Instant::from_millis(START) + Span::minutes(2);
    bench.cloud.play(&bench.clock, later, Rates::Counted).await;
    assert!(upset(&bench.cloud, Upset::DeliveryRefused) > 20);
    for function in ["test-record-bids", "test-sweep"] {
        assert!(bench.script.calls(function).is_empty(), "{function}");
    }
    bench.cloud.adjust(|knobs| knobs.concurrency = None);
    let later = later + Span::seconds(30);
    bench.cloud.play(&bench.clock, later, Rates::Counted).await;
    let records = bench.script.calls("test-record-bids");
    assert_eq!(records.len(), 1, "one batch, and no search for the one that failed");
    assert_eq!(records[0]["Records"].as_array().unwrap().len(), 2);
    // The ticks of the two minutes, all of them.
    assert_eq!(bench.script.calls("test-sweep").len(), 2);
    assert!(bench.cloud.failed().is_empty());
}

#[tokio::test]
async fn a_start_takes_time_that_is_not_the_functions() {
    let (bench, slow) = slow(4);
    let least = Span::seconds(3);
    let most = least;
    let starts = ColdStarts { seed: 1, least, most, kept: Span::minutes(5) };
    bench.cloud.adjust(|knobs| knobs.cold_starts = Some(starts));
    send(&bench, 1).await;
    // Three seconds to start and four to work, of five.
    let steps = async {
        for (second, begun) in [(2, 0), (3, 1), (6, 1)] {
            tokio::task::yield_now().await;
            bench.clock.set(Instant::from_millis(START) + Span::seconds(second));
            tokio::task::yield_now().await;
            assert_eq!((count(&slow.begun), count(&slow.finished)), (begun, 0), "{second}");
        }
        bench.clock.set(Instant::from_millis(START) + Span::seconds(7));
    };
    let (made, ()) = futures::join!(bench.cloud.pump(), steps);
    assert_eq!((made, count(&slow.finished)), (1, 1));
    // Warm, until nobody needed it for five minutes.
    for (waited, seconds) in [(Span::minutes(5), 4), (Span::millis(300_001), 7)] {
        bench.advance(waited);
        send(&bench, 1).await;
        let before = count(&slow.finished);
        let wait = async {
            for _ in 0..seconds {
                assert_eq!(count(&slow.finished), before);
                tokio::task::yield_now().await;
                bench.advance(Span::seconds(1));
            }
        };
        futures::join!(bench.cloud.pump(), wait);
        assert_eq!(count(&slow.finished), before + 1);
    }
    assert_eq!(upset(&bench.cloud, Upset::ColdStart), 2);
}

#[tokio::test]
async fn a_slow_invocation_ends_with_its_functions_time_and_its_work_is_done() {
    let bench = Bench::without_rates();
    let least = Span::seconds(8);
    let most = least;
    let slowness = Slowness { seed: 1, per_thousand: 1_000, least, most };
    bench.cloud.adjust(|knobs| knobs.slowness = Some(slowness));
    send(&bench, 1).await;
    let wait = async {
        for (second, calls) in [(3, 0), (4, 1), (5, 1)] {
            tokio::task::yield_now().await;
            bench.clock.set(Instant::from_millis(START) + Span::seconds(second));
            tokio::task::yield_now().await;
            assert_eq!(bench.script.calls("test-on-closed").len(), calls, "{second}");
        }
    };
    futures::join!(bench.cloud.pump(), wait);
    assert_eq!(bench.cloud.queue_bodies("test-on-closed").len(), 1, "it comes again");
    assert_eq!(upset(&bench.cloud, Upset::SlowInvocation), 1);
}
