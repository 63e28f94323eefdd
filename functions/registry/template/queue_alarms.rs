//! The alarms on what a context's consumers could not do, or have not done for too long.

use kernel::Span;
use platform::Trigger;

use super::{
    names::{dead_letter_logical_id, pascal, queue_logical_id},
    parts::{TemplateEntry, alarm},
};
use crate::{
    Context,
    yaml::{Node, list, map, plain, text},
};

/// As many metrics as CloudWatch adds up in one alarm.
const ALARM_METRICS_MAX: usize = 10;
/// A message may be sent with a delay of 15 minutes, and counts as waiting meanwhile.
const MESSAGE_AGE_MAX: Span = Span::minutes(20);

pub(super) fn resources(context: &Context) -> Vec<TemplateEntry> {
    let queues = context.functions.iter().filter_map(|function| match &function.trigger {
        Trigger::Queue(_) => Some(function.id()),
        _ => None,
    });
    let queues: Vec<String> = queues.collect();
    let queues: Vec<&str> = queues.iter().map(String::as_str).collect();
    [dead_letters(context.name, &queues), waiting(context.name, &queues)].concat()
}

/// One alarm, or as many as the number of queues asks for.
pub(crate) fn dead_letters(context: &str, queues: &[&str]) -> Vec<TemplateEntry> {
    grouped(&format!("{}DeadLetters", pascal(context)), queues, |group| {
        let description = format!(
            "Messages of {context} could not be handled. The alarm's graph names the queue: read \
             why in the log of {context}, repair it, then redrive the queue to its source."
        );
        let metrics = group.iter().map(|queue| {
            let dead_letters = dead_letter_logical_id(queue);
            metric(queue, &dead_letters, "ApproximateNumberOfMessagesVisible")
        });
        over(&description, "SUM(FILL(METRICS(), 0))", "Dead letters", "0", metrics.collect())
    })
}

/// The same for messages that nobody has worked on for too long.
fn waiting(context: &str, queues: &[&str]) -> Vec<TemplateEntry> {
    grouped(&format!("{}Waiting", pascal(context)), queues, |group| {
        let description = format!(
            "Messages of {context} wait too long. The alarm's graph names the queue: look whether \
             its function is throttled, fails, or is too slow for what comes."
        );
        let metrics = group
            .iter()
            .map(|queue| metric(queue, &queue_logical_id(queue), "ApproximateAgeOfOldestMessage"));
        let age = MESSAGE_AGE_MAX.as_seconds_ceil().to_string();
        over(&description, "MAX(FILL(METRICS(), 0))", "Oldest message", &age, metrics.collect())
    })
}

fn grouped(name: &str, queues: &[&str], alarm: impl Fn(&[&str]) -> Node) -> Vec<TemplateEntry> {
    let groups = queues.chunks(ALARM_METRICS_MAX).zip(1_u32..);
    let named = groups.map(|(group, number)| {
        let number = if number == 1 { String::new() } else { number.to_string() };
        (format!("{name}{number}"), alarm(group))
    });
    named.collect()
}

/// An alarm when `expression` of the metrics is over `threshold`.
fn over(
    description: &str,
    expression: &str,
    label: &str,
    threshold: &str,
    metrics: Vec<Node>,
) -> Node {
    // An idle queue reports nothing, and a sum with a gap would be a gap.
    let all = map([
        ("Id", plain("waiting")),
        ("Expression", text(expression)),
        ("Label", text(label)),
        ("ReturnData", plain("true")),
    ]);
    alarm(
        description,
        vec![
            ("Metrics", list([all].into_iter().chain(metrics))),
            // What has not been reported yet counts as nothing too: look at 15 minutes.
            ("EvaluationPeriods", plain("3")),
            ("DatapointsToAlarm", plain("1")),
            ("Threshold", plain(threshold)),
            ("ComparisonOperator", plain("GreaterThanThreshold")),
        ],
    )
}

/// What SQS says of a queue of this logical id, under the name of the consumer's queue.
fn metric(queue: &str, id: &str, name: &str) -> Node {
    let dimension = plain(format!("!GetAtt {id}.QueueName"));
    let metric = map([
        ("Namespace", plain("AWS/SQS")),
        ("MetricName", plain(name)),
        ("Dimensions", list([map([("Name", plain("QueueName")), ("Value", dimension)])])),
    ]);
    let stat = map([("Metric", metric), ("Period", plain("300")), ("Stat", plain("Maximum"))]);
    map([
        ("Id", plain(queue.replace('-', "_"))),
        ("Label", text(queue)),
        ("MetricStat", stat),
        ("ReturnData", plain("false")),
    ])
}
