//! The alarms on what a context's consumers could not do.

use platform::Trigger;

use super::{Entry, alarm, dead_letter_logical_id, pascal};
use crate::{
    Context,
    yaml::{Node, list, map, plain, text},
};

/// As many metrics as CloudWatch adds up in one alarm.
const ALARM_METRICS_MAX: usize = 10;

pub(super) fn resources(context: &Context) -> Vec<Entry> {
    let queues = context.functions.iter().filter_map(|function| match &function.trigger {
        Trigger::Queue(queue) => Some(queue.queue),
        _ => None,
    });
    alarms(context.name, &queues.collect::<Vec<_>>())
}

/// One alarm, or as many as the number of queues asks for.
pub(crate) fn alarms(context: &str, queues: &[&str]) -> Vec<Entry> {
    let groups = queues.chunks(ALARM_METRICS_MAX).zip(1_u32..);
    let named = groups.map(|(group, number)| {
        let number = if number == 1 { String::new() } else { number.to_string() };
        (format!("{}DeadLetters{number}", pascal(context)), dead_letters_alarm(context, group))
    });
    named.collect()
}

fn dead_letters_alarm(context: &str, queues: &[&str]) -> Node {
    // An idle queue reports nothing, and a sum with a gap would be a gap.
    let sum = map([
        ("Id", plain("waiting")),
        ("Expression", text("SUM(FILL(METRICS(), 0))")),
        ("Label", text("Dead letters")),
        ("ReturnData", plain("true")),
    ]);
    let metrics = queues.iter().map(|queue| metric(queue));
    alarm(
        &format!(
            "Messages of {context} could not be handled. The alarm's graph names the queue: read \
             why in the log of {context}, repair it, then redrive the queue to its source."
        ),
        vec![
            ("Metrics", list([sum].into_iter().chain(metrics))),
            // What has not been reported yet counts as nothing too: look at 15 minutes.
            ("EvaluationPeriods", plain("3")),
            ("DatapointsToAlarm", plain("1")),
            ("Threshold", plain("0")),
            ("ComparisonOperator", plain("GreaterThanThreshold")),
        ],
    )
}

/// The dead letters of one queue, under its own name.
fn metric(queue: &str) -> Node {
    let name = plain(format!("!GetAtt {}.QueueName", dead_letter_logical_id(queue)));
    let metric = map([
        ("Namespace", plain("AWS/SQS")),
        ("MetricName", plain("ApproximateNumberOfMessagesVisible")),
        ("Dimensions", list([map([("Name", plain("QueueName")), ("Value", name)])])),
    ]);
    let stat = map([("Metric", metric), ("Period", plain("300")), ("Stat", plain("Maximum"))]);
    map([
        ("Id", plain(queue.replace('-', "_"))),
        ("Label", text(queue)),
        ("MetricStat", stat),
        ("ReturnData", plain("false")),
    ])
}
