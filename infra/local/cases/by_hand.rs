//! `/_local/clock`: a person moves the time.

use axum::body::Body;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use platform::{App, Config, MemoryLog, Parts, SystemEntropy};
use tower::ServiceExt;

use super::*;
use crate::MovedClock;

/// A market whose clock a person may move, unless nobody may.
fn hosted(movable: bool) -> (axum::Router, Cloud, Arc<Script>) {
    let base = Arc::new(VirtualClock::new(Instant::from_millis(START)));
    let clock = Arc::new(MovedClock::new(base));
    let cloud = Cloud::start(CloudOptions {
        functions: FUNCTIONS.to_vec(),
        clock: Arc::<MovedClock>::clone(&clock),
        data: DataPlace::Memory,
        prefix: "jangteo-".into(),
    })
    .unwrap();
    if movable {
        cloud.move_by_hand(&clock);
    }
    let script = Arc::new(Script::default());
    cloud.attach_invoker(Arc::<Script>::clone(&script));
    let app = App::new(Parts {
        config: Config::local(),
        sdk: cloud.sdk_config(),
        clock,
        entropy: Arc::new(SystemEntropy),
        log: Arc::new(MemoryLog::default()),
    });
    (crate::router(&cloud, app.unwrap(), FUNCTIONS), cloud, script)
}

async fn post(router: &axum::Router, body: impl Into<Body>) -> (StatusCode, String, Value) {
    let request = Request::post("/_local/clock").body(body.into()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let kind = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, kind, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn what_falls_due_on_the_way_is_done_when_it_answers() {
    let (router, cloud, script) = hosted(true);
    let url = "http://sqs.local/000000000000/jangteo-test-on-closed";
    let sqs = aws_sdk_sqs::Client::new(&cloud.sdk_config());
    for (body, seconds) in [("soon", 60), ("later", 600)] {
        let send = sqs.send_message().queue_url(url).message_body(body).delay_seconds(seconds);
        send.send().await.unwrap();
    }
    let (status, _, answer) = post(&router, r#"{"advanceSeconds": 60}"#).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["now"], "2026-11-21T09:01:00.000Z");
    assert_eq!(script.calls("test-on-closed").len(), 1, "the other one is not due");
    assert_eq!(script.calls("test-sweep").len(), 1, "the sweep of that minute");
    assert_eq!(answer["invocations"], 2);
    let (_, _, answer) = post(&router, r#"{"advanceSeconds": 540}"#).await;
    assert_eq!(script.calls("test-on-closed").len(), 2);
    assert_eq!(answer["now"], "2026-11-21T09:10:00.000Z");
    assert_eq!(cloud.now().millis(), START + 600_000);
    let request = Request::get("/_local/clock").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(&body[..], br#"{"now":"2026-11-21T09:10:00.000Z"}"#);
}

#[tokio::test]
async fn a_bad_wish_is_a_problem_and_moves_nothing() {
    let (router, cloud, script) = hosted(true);
    let long = format!("{{\"advanceSeconds\": 1{}}}", " ".repeat(2_000));
    let cases: [(&str, &str, &str); 18] = [
        ("", "", "invalid"),
        ("{", "", "invalid"),
        ("[]", "", "invalid"),
        ("null", "", "invalid"),
        ("\u{feff}{}", "", "invalid"),
        (&long, "", "invalid"),
        ("{}", "/advanceSeconds", "required"),
        (r#"{"advanceSeconds": null}"#, "/advanceSeconds", "wrong-type"),
        (r#"{"advanceSeconds": "60"}"#, "/advanceSeconds", "wrong-type"),
        (r#"{"advanceSeconds": true}"#, "/advanceSeconds", "wrong-type"),
        (r#"{"advanceSeconds": 1.5}"#, "/advanceSeconds", "wrong-type"),
        (r#"{"advanceSeconds": 1e3}"#, "/advanceSeconds", "wrong-type"),
        (r#"{"advanceSeconds": 0}"#, "/advanceSeconds", "invalid"),
        (r#"{"advanceSeconds": -60}"#, "/advanceSeconds", "invalid"),
        (r#"{"advanceSeconds": 9223372036854775807}"#, "/advanceSeconds", "invalid"),
        (r#"{"advanceSeconds": 99999999999999999999}"#, "/advanceSeconds", "wrong-type"),
        (r#"{"advanceSeconds": 60, "hours": 1}"#, "/hours", "unknown-field"),
        (r#"{"advance_seconds": 60}"#, "/advance_seconds", "unknown-field"),
    ];
    for (body, pointer, code) in cases {
        let (status, kind, problem) = post(&router, body.to_owned()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {problem}");
        assert_eq!(kind, "application/problem+json", "{body}");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body}");
    }
    assert_eq!(cloud.now().millis(), START);
    assert!(script.calls("test-sweep").is_empty());
}

#[tokio::test]
async fn the_clock_goes_no_farther_than_its_last_year() {
    let (router, cloud, _) = hosted(true);
    cloud.adjust(|knobs| knobs.rates = false);
    let year = format!("{{\"advanceSeconds\": {}}}", 366 * 86_400);
    for _ in 0..72 {
        let (status, _, answer) = post(&router, year.clone()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let last = cloud.now();
    assert!(last.to_string().starts_with("2099-"), "{last}");
    let (status, _, problem) = post(&router, year).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "/advanceSeconds");
    assert_eq!(cloud.now(), last);
}

#[tokio::test]
async fn a_clock_in_nobodys_hand_is_not_moved() {
    let (router, cloud, _) = hosted(false);
    let (status, kind, _) = post(&router, r#"{"advanceSeconds": 60}"#).await;
    assert_eq!((status, &*kind), (StatusCode::BAD_REQUEST, "application/problem+json"));
    assert_eq!(cloud.now().millis(), START);
}
