//! A context's log group, and the alarms on what its lines say: errors, and slow answers.

use super::{
    names::{log_group_logical_id, pascal, stack_name},
    parts::{TemplateEntry, alarm},
    routes::routed,
};
use crate::{
    Context,
    yaml::{Node, list, map, plain, text},
};

/// Our own line about a failed invocation, or Lambda's about one that never came to write a line:
/// a timeout, a crash, no memory.
const FAILED: &str = "{ ($.failed = 1) || \
                      ($.type = \"platform.report\" && $.record.status != \"success\") }";
/// A line about a request: workers have no status.
const ANSWERED: &str = "{ $.status > 0 }";

pub(super) fn resources(context: &Context) -> Vec<TemplateEntry> {
    let name = pascal(context.name);
    let group = log_group_logical_id(context.name);
    let log_group = map([
        ("LogGroupName", plain(format!("!Sub /${{Prefix}}/{}", context.name))),
        ("RetentionInDays", plain("!Ref LogRetentionDays")),
    ]);
    let mut entries = vec![
        (group, resource("AWS::Logs::LogGroup", log_group)),
        (format!("{name}ErrorFilter"), filter(context, "errors", FAILED, "1")),
        (errors_metric(context), errors(context)),
    ];
    if context.functions.iter().any(|function| routed(function).is_some()) {
        let filter = filter(context, "latency", ANSWERED, "$.durationMs");
        entries.push((format!("{name}LatencyFilter"), filter));
        entries.push((latency_metric(context), slow(context)));
    }
    entries
}

/// The metric that counts failed invocations, and its alarm.
pub(super) fn errors_metric(context: &Context) -> String {
    format!("{}Errors", pascal(context.name))
}

/// The metric of how long requests take, in milliseconds, and its alarm.
pub(super) fn latency_metric(context: &Context) -> String {
    format!("{}Latency", pascal(context.name))
}

/// What a context's lines give to a metric of the deployment's own namespace.
fn filter(context: &Context, what: &str, pattern: &str, value: &str) -> Node {
    let name = format!("{}{}", pascal(context.name), pascal(what));
    let metric = map([
        ("MetricNamespace", plain("!Ref Prefix")),
        ("MetricName", plain(name)),
        ("MetricValue", text(value)),
    ]);
    let properties = map([
        ("LogGroupName", plain(format!("!Ref {}", log_group_logical_id(context.name)))),
        ("FilterName", stack_name(&format!("{}-{what}", context.name))),
        ("FilterPattern", text(pattern)),
        ("MetricTransformations", list([metric])),
    ]);
    resource("AWS::Logs::MetricFilter", properties)
}

fn errors(context: &Context) -> Node {
    alarm(
        &format!("Functions of {} fail.", context.name),
        vec![
            ("Namespace", plain("!Ref Prefix")),
            ("MetricName", plain(errors_metric(context))),
            ("Statistic", plain("Sum")),
            ("Period", plain("300")),
            ("EvaluationPeriods", plain("1")),
            ("Threshold", plain("!Ref ErrorAlarmThreshold")),
            ("ComparisonOperator", plain("GreaterThanOrEqualToThreshold")),
        ],
    )
}

fn slow(context: &Context) -> Node {
    alarm(
        &format!("One request in a hundred to {} is slow, for a quarter of an hour.", context.name),
        vec![
            ("Namespace", plain("!Ref Prefix")),
            ("MetricName", plain(latency_metric(context))),
            ("ExtendedStatistic", plain("p99")),
            // Of a few requests the slowest is not one in a hundred.
            ("EvaluateLowSampleCountPercentile", plain("ignore")),
            ("Period", plain("300")),
            ("EvaluationPeriods", plain("3")),
            ("Threshold", plain("!Ref LatencyAlarmMs")),
            ("ComparisonOperator", plain("GreaterThanThreshold")),
        ],
    )
}

fn resource(kind: &str, properties: Node) -> Node {
    map([("Type", plain(kind)), ("Properties", properties)])
}
