use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};

use super::*;
use crate::Rates;

const ARN: &str = "arn:aws:lambda:ap-northeast-2:000000000000:function:jangteo-test-close";
const AT: &str = "at(2026-11-21T09:10:00)";

fn scheduler(bench: &Bench) -> aws_sdk_scheduler::Client {
    aws_sdk_scheduler::Client::new(&bench.cloud.sdk_config())
}

async fn create(bench: &Bench, name: &str) -> Result<(), aws_sdk_scheduler::Error> {
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap();
    let target = Target::builder().arn(ARN).role_arn("arn:aws:iam::0:role/r");
    let create = scheduler(bench).create_schedule().name(name).group_name("jangteo");
    create
        .schedule_expression(AT)
        .action_after_completion(ActionAfterCompletion::Delete)
        .flexible_time_window(window)
        .target(target.input(r#"{"auction":"1"}"#).build().unwrap())
        .send()
        .await?;
    Ok(())
}

fn end() -> Instant {
    Instant::from_millis(START) + Span::minutes(20)
}

#[tokio::test]
async fn fires_once_and_is_gone() {
    let bench = Bench::without_rates();
    create(&bench, "close-1").await.unwrap();
    let again = create(&bench, "close-1").await.unwrap_err();
    assert!(matches!(again, aws_sdk_scheduler::Error::ConflictException(_)), "{again:?}");
    let get = scheduler(&bench).get_schedule().name("close-1").group_name("jangteo");
    assert_eq!(get.clone().send().await.unwrap().schedule_expression(), Some(AT));
    let listed = scheduler(&bench).list_schedules().group_name("jangteo").send().await.unwrap();
    assert_eq!(listed.schedules()[0].name(), Some("close-1"));
    assert_eq!(bench.cloud.run_until_idle().await, 0);
    let due = bench.cloud.next_due(Rates::Ignored).unwrap();
    assert_eq!(due.to_string(), "2026-11-21T09:10:00.000Z");
    assert_eq!(bench.cloud.play(&bench.clock, end(), Rates::Ignored).await, 1);
    assert_eq!(bench.script.calls("test-close"), [json!({ "auction": "1" })]);
    let gone = get.send().await.unwrap_err().into_service_error();
    assert!(gone.is_resource_not_found_exception());
    create(&bench, "close-1").await.unwrap();
}

#[tokio::test]
async fn a_deleted_schedule_does_not_fire() {
    let bench = Bench::new();
    create(&bench, "close-1").await.unwrap();
    let delete = scheduler(&bench).delete_schedule().name("close-1").group_name("jangteo");
    delete.clone().send().await.unwrap();
    assert!(
        delete.send().await.unwrap_err().into_service_error().is_resource_not_found_exception()
    );
    bench.cloud.play(&bench.clock, end(), Rates::Ignored).await;
    assert!(bench.script.calls("test-close").is_empty());
}

#[tokio::test]
async fn late_twice_or_never_on_request() {
    let bench = Bench::new();
    create(&bench, "late").await.unwrap();
    bench.cloud.adjust(|knobs| {
        (knobs.schedules_late, knobs.schedule_copies) = (Span::seconds(60), 2);
    });
    let due = bench.cloud.next_due(Rates::Ignored).unwrap();
    assert_eq!(due.to_string(), "2026-11-21T09:11:00.000Z");
    bench.cloud.play(&bench.clock, end(), Rates::Ignored).await;
    assert_eq!(bench.script.calls("test-close").len(), 2);
    bench.cloud.adjust(|knobs| knobs.schedules_lost = true);
    create(&bench, "lost").await.unwrap();
    bench.cloud.run_until_idle().await;
    assert_eq!(bench.script.calls("test-close").len(), 2);
    assert!(bench.cloud.schedules().is_empty());
}

#[tokio::test]
async fn rates_fire_at_the_multiples_of_their_span() {
    let bench = Bench::new();
    assert_eq!(bench.cloud.run_until_idle().await, 0);
    let until = Instant::from_millis(START) + Span::seconds(150);
    assert_eq!(bench.cloud.play(&bench.clock, until, Rates::Counted).await, 2);
    let calls = bench.script.calls("test-sweep");
    assert_eq!(calls[1], json!({ "scheduledTime": "2026-11-21T09:02:00.000Z" }));
    bench.advance(Span::hours(1));
    assert_eq!(bench.cloud.run_until_idle().await, 1);
    bench.cloud.adjust(|knobs| knobs.rates = false);
    bench.advance(Span::hours(1));
    assert_eq!(bench.cloud.run_until_idle().await, 0);
    assert_eq!(bench.cloud.next_due(Rates::Counted), None);
}

#[tokio::test]
async fn a_failing_target_is_tried_three_times() {
    let bench = Bench::without_rates();
    create(&bench, "close-1").await.unwrap();
    for _ in 0..3 {
        bench.script.answer("test-close", Err("down".into()));
    }
    assert_eq!(bench.cloud.play(&bench.clock, end(), Rates::Ignored).await, 3);
    assert_eq!(bench.cloud.failed()[0].at.to_string(), "2026-11-21T09:13:00.000Z");
}
