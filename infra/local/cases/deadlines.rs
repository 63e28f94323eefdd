//! An invocation ends where its function's time does, as in Lambda.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{body::Body, extract::State, routing::get};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use platform::{Access, App, Config, Http, MemoryLog, Method, Parts, SystemEntropy};
use tower::ServiceExt;

use super::*;

/// An invoker that needs so many seconds for everything.
pub(super) struct Slow {
    clock: Arc<VirtualClock>,
    seconds: i64,
    pub begun: AtomicUsize,
    pub finished: Arc<AtomicUsize>,
}

impl Invoker for Slow {
    fn invoke(&self, _: &'static Function, _: Value) -> Invoked {
        self.begun.fetch_add(1, Ordering::Relaxed);
        let clock = Arc::clone(&self.clock);
        let span = Span::seconds(self.seconds);
        let finished = Arc::clone(&self.finished);
        Box::pin(async move {
            kernel::Clock::sleep(&*clock, span).await;
            finished.fetch_add(1, Ordering::Relaxed);
            Ok(Value::Null)
        })
    }
}

/// A bench whose only container is slow.
pub(super) fn slow(seconds: i64) -> (Bench, Arc<Slow>) {
    let bench = Bench::without_rates();
    bench.cloud.detach();
    let slow = Arc::new(Slow {
        clock: Arc::clone(&bench.clock),
        seconds,
        begun: AtomicUsize::default(),
        finished: Arc::default(),
    });
    bench.cloud.attach_invoker(Arc::<Slow>::clone(&slow));
    (bench, slow)
}

/// One pass, during which so many seconds go by.
pub(super) async fn pass(bench: &Bench, seconds: i64) -> usize {
    let wait = async {
        tokio::task::yield_now().await;
        bench.advance(Span::seconds(seconds));
    };
    futures::join!(bench.cloud.pump(), wait).0
}

pub(super) fn count(of: &AtomicUsize) -> usize {
    of.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_batch_that_takes_too_long_comes_again_and_in_the_end_is_dead() {
    let (bench, slow) = slow(6);
    let url = "http://sqs.local/000000000000/jangteo-test-on-closed";
    bench.sqs().send_message().queue_url(url).message_body("slow").send().await.unwrap();
    for attempt in 1..=3 {
        assert_eq!(pass(&bench, 5).await, 1);
        assert_eq!((count(&slow.begun), count(&slow.finished)), (attempt, 0));
        assert_eq!(bench.cloud.queue_bodies("test-on-closed"), ["slow"]);
        bench.advance(Span::seconds(25)); // Hidden for six times its five seconds.
    }
    assert_eq!(bench.cloud.pump().await, 0);
    assert_eq!(bench.cloud.queue_bodies("test-on-closed-dlq"), ["slow"]);
}

#[tokio::test]
async fn work_that_is_done_in_time_is_done() {
    let (bench, slow) = slow(4);
    let url = "http://sqs.local/000000000000/jangteo-test-on-closed";
    bench.sqs().send_message().queue_url(url).message_body("quick enough").send().await.unwrap();
    bench.put("auction", "AUCTION#1", "0", 1).await;
    assert_eq!(pass(&bench, 4).await, 2);
    assert_eq!(count(&slow.finished), 2);
    bench.advance(Span::hours(1));
    assert_eq!(bench.cloud.pump().await, 0);
    assert!(bench.cloud.queue_bodies("test-on-closed").is_empty());
}

#[tokio::test]
async fn a_stream_record_that_takes_too_long_comes_again() {
    let (bench, slow) = slow(6);
    bench.put("auction", "AUCTION#1", "0", 1).await;
    assert_eq!(pass(&bench, 5).await, 1);
    assert_eq!((count(&slow.begun), count(&slow.finished)), (1, 0));
    bench.advance(Span::minutes(1));
    assert_eq!(pass(&bench, 5).await, 1);
    assert_eq!((count(&slow.begun), count(&slow.finished)), (2, 0));
}

const fn route(name: &'static str, http: Http) -> Function {
    Function::undocumented("test", name, SUMMARY, http.access(Access::Public)).timeout_s(5)
}

/// Answers after ten seconds.
static LATE: Function = route("late", Http::undocumented(Method::Get, "/v1/late", || get(late)));
/// Tells a letter every two seconds, without an end.
static LETTERS: Function =
    route("letters", Http::undocumented(Method::Get, "/v1/letters", || get(letters)).streamed());

async fn late(State(app): State<App>) -> StatusCode {
    app.clock.sleep(Span::seconds(10)).await;
    StatusCode::OK
}

async fn letters(State(app): State<App>) -> Body {
    let letter = move |()| -> BoxFuture<'static, Option<(Result<&'static str, String>, ())>> {
        let clock = Arc::clone(&app.clock);
        async move {
            clock.sleep(Span::seconds(2)).await;
            Some((Ok("x"), ()))
        }
        .boxed()
    };
    Body::from_stream(futures::stream::unfold((), letter))
}

pub(super) fn hosted() -> (axum::Router, Arc<VirtualClock>, Cloud) {
    static HOSTED: &[&Function] = &[&LATE, &LETTERS];
    let clock = Arc::new(VirtualClock::new(Instant::from_millis(START)));
    let cloud = Cloud::start(CloudOptions {
        functions: HOSTED.to_vec(),
        clock: clock.clone(),
        data: DataPlace::Memory,
        prefix: "jangteo-".into(),
    })
    .unwrap();
    let app = App::new(Parts {
        config: Config::local(),
        sdk: cloud.sdk_config(),
        clock: clock.clone(),
        entropy: Arc::new(SystemEntropy),
        log: Arc::new(MemoryLog::default()),
    });
    (crate::router(&cloud, app.unwrap(), HOSTED), clock, cloud)
}

pub(super) fn ask(path: &str) -> Request<Body> {
    Request::builder().uri(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_route_that_takes_too_long_is_answered_for() {
    let (router, clock, _cloud) = hosted();
    for (passed, status) in [(4, None), (5, Some(StatusCode::SERVICE_UNAVAILABLE))] {
        let mut answer = router.clone().oneshot(ask("/v1/late"));
        assert!(futures::poll!(&mut answer).is_pending());
        clock.advance(Span::seconds(passed));
        let Some(status) = status else {
            assert!(futures::poll!(&mut answer).is_pending());
            continue;
        };
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), status);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], br#"{"message":"Service Unavailable"}"#);
    }
}

#[tokio::test]
async fn a_streamed_answer_ends_with_its_function() {
    let (router, clock, _cloud) = hosted();
    let answer = router.oneshot(ask("/v1/letters")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let mut letters = answer.into_body().into_data_stream();
    for _ in 0..2 {
        let mut letter = letters.next();
        assert!(futures::poll!(&mut letter).is_pending());
        clock.advance(Span::seconds(2));
        assert_eq!(&letter.await.unwrap().unwrap()[..], b"x");
    }
    let mut end = letters.next();
    assert!(futures::poll!(&mut end).is_pending());
    clock.advance(Span::seconds(1));
    assert!(end.await.is_none(), "after five seconds");
}
