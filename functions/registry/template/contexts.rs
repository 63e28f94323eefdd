//! A context's log group, and the alarm on errors in it.

use super::{Entry, alarm, log_group_logical_id, pascal, stack_name};
use crate::{
    Context,
    yaml::{list, map, plain, text},
};

/// Our own line about a failed invocation, or Lambda's about one that never came to write a line:
/// a timeout, a crash, no memory.
const FAILED: &str = "{ ($.failed = 1) || \
                      ($.type = \"platform.report\" && $.record.status != \"success\") }";

pub(super) fn resources(context: &Context) -> Vec<Entry> {
    let name = pascal(context.name);
    let group = log_group_logical_id(context.name);
    let log_group = map([
        ("LogGroupName", plain(format!("!Sub /${{AWS::StackName}}/{}", context.name))),
        ("RetentionInDays", plain("!Ref LogRetentionDays")),
    ]);
    let metric = map([
        ("MetricNamespace", plain("!Ref AWS::StackName")),
        ("MetricName", plain(format!("{name}Errors"))),
        ("MetricValue", text("1")),
    ]);
    let filter = map([
        ("LogGroupName", plain(format!("!Ref {group}"))),
        ("FilterName", stack_name(&format!("{}-errors", context.name))),
        ("FilterPattern", text(FAILED)),
        ("MetricTransformations", list([metric])),
    ]);
    let errors = alarm(
        &format!("Functions of {} fail.", context.name),
        vec![
            ("Namespace", plain("!Ref AWS::StackName")),
            ("MetricName", plain(format!("{name}Errors"))),
            ("Statistic", plain("Sum")),
            ("Period", plain("300")),
            ("EvaluationPeriods", plain("1")),
            ("Threshold", plain("!Ref ErrorAlarmThreshold")),
            ("ComparisonOperator", plain("GreaterThanOrEqualToThreshold")),
        ],
    );
    let resource =
        |kind: &str, properties| map([("Type", plain(kind)), ("Properties", properties)]);
    vec![
        (group, resource("AWS::Logs::LogGroup", log_group)),
        (format!("{name}ErrorFilter"), resource("AWS::Logs::MetricFilter", filter)),
        (format!("{name}Errors"), errors),
    ]
}
