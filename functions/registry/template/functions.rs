//! Functions, and what starts them. Routes stand in the API: see `routes`.

use kernel::Span;
use platform::{Delivery, Function, Queue, Schedule, Secret, Stream, Trigger};
use serde_json::json;

use super::{
    grants,
    names::{queue_logical_id, stack_name, table_stream},
    parts::{TemplateEntry, alarm},
};
use crate::yaml::{Node, list, map, plain, text};

/// Lambda sends a stream's batch until it goes through or the record is a day old. A ledger entry
/// that is skipped is lost for good, so a shard rather waits, and the alarm calls a person.
const STREAM_RETRIES_MAX: i32 = -1;
/// The oldest record a stream consumer may be behind before somebody is told.
const ITERATOR_AGE_MAX: Span = Span::minutes(2);
/// A rate schedule comes again by itself: no need to try a missed one for a day.
const RATE_EVENT_AGE_MAX: Span = Span::minutes(5);

/// The function and its own alarms.
pub(super) fn resources(function: &Function) -> Vec<TemplateEntry> {
    let id = function.logical_id();
    let mut entries = vec![(id.clone(), resource(function))];
    if matches!(function.trigger, Trigger::Stream(_)) {
        entries.push((format!("{id}Behind"), behind_alarm(function)));
    }
    entries
}

fn resource(function: &Function) -> Node {
    let context = function.context;
    let properties = map([
        ("FunctionName", stack_name(&function.id())),
        ("Description", text(function.summary())),
        // Relative to the nested stack's file.
        ("CodeUri", plain(format!("../../target/lambda/{context}/"))),
        ("Handler", plain(function.name)),
        ("MemorySize", plain(function.memory_mb.to_string())),
        ("Timeout", plain(function.timeout_s.to_string())),
    ]);
    let statements = grants::statements(function);
    let policy = (!statements.is_empty()).then(|| {
        let policy = map([("Version", text("2012-10-17")), ("Statement", list(statements))]);
        list([policy])
    });
    let properties =
        properties.maybe("Environment", secret_names(function)).maybe("Policies", policy);
    let properties = started_by(function, properties);
    map([("Type", plain("AWS::Serverless::Function")), ("Properties", properties)])
}

/// Where the function finds its secrets; never what they are.
fn secret_names(function: &Function) -> Option<Node> {
    let needed = Secret::ALL.into_iter().filter(|secret| function.needs(*secret));
    let names: Vec<_> =
        needed.map(|secret| (secret.variable(), stack_name(secret.name()))).collect();
    (!names.is_empty()).then(|| map([("Variables", map(names))]))
}

fn started_by(function: &Function, properties: Node) -> Node {
    let one = |name: &str, event| map([(name, event)]);
    match &function.trigger {
        Trigger::Http(http) if http.delivery == Delivery::Streamed => {
            // Every viewer holds one; they must not take the account's concurrency from bidders.
            properties
                .with("ReservedConcurrentExecutions", plain("!Ref StreamViewersMax"))
                .with("FunctionUrlConfig", function_url())
        }
        Trigger::Http(_) => properties,
        Trigger::Queue(queue) => {
            properties.with("Events", one("Messages", messages(function, queue)))
        }
        Trigger::Stream(stream) => properties.with("Events", one("Changes", changes(stream))),
        Trigger::Schedule(schedule) => match rate(schedule) {
            Some(rate) => properties.with("Events", one("Rate", ticks(function, &rate))),
            None => properties.with("EventInvokeConfig", keep_failed()),
        },
    }
}

/// The function itself checks who calls, as it does behind the API.
fn function_url() -> Node {
    // No `Cors` here: the host writes those headers, and a URL would add them a second time.
    map([("AuthType", plain("NONE")), ("InvokeMode", plain("RESPONSE_STREAM"))])
}

fn messages(function: &Function, queue: &Queue) -> Node {
    // SQS gives more than 10 at once only to who is ready to wait.
    let window = (queue.batch_size > 10).then(|| plain("1"));
    let properties = map([
        ("Queue", plain(format!("!GetAtt {}.Arn", queue_logical_id(&function.id())))),
        ("BatchSize", plain(queue.batch_size.to_string())),
    ])
    .maybe("MaximumBatchingWindowInSeconds", window)
    .with("FunctionResponseTypes", list([plain("ReportBatchItemFailures")]));
    map([("Type", plain("SQS")), ("Properties", properties)])
}

fn changes(stream: &Stream) -> Node {
    let pattern = json!({
        "dynamodb": { "Keys": { "pk": { "S": [{ "prefix": stream.pk_prefix }] } } },
    });
    let filter = (!stream.pk_prefix.is_empty())
        .then(|| map([("Filters", list([map([("Pattern", text(pattern.to_string()))])]))]));
    let properties = map([
        ("Stream", plain(format!("!Ref {}", table_stream(stream.table)))),
        ("StartingPosition", plain("TRIM_HORIZON")),
        ("BatchSize", plain(stream.batch_size.to_string())),
        ("BisectBatchOnFunctionError", plain("true")),
        ("MaximumRetryAttempts", plain(STREAM_RETRIES_MAX.to_string())),
        ("FunctionResponseTypes", list([plain("ReportBatchItemFailures")])),
        ("DestinationConfig", records_kept()),
    ])
    .maybe("FilterCriteria", filter);
    map([("Type", plain("DynamoDB")), ("Properties", properties)])
}

/// In a bucket a record that is given up is whole; a queue would have its number alone. SAM lets
/// the function's role put objects there, and nothing else.
fn records_kept() -> Node {
    let bucket = map([("Type", plain("S3")), ("Destination", plain("!Ref UndeliveredBucketArn"))]);
    map([("OnFailure", bucket)])
}

fn on_failure() -> Node {
    let queue = map([("Type", plain("SQS")), ("Destination", plain("!Ref UndeliveredQueueArn"))]);
    map([("OnFailure", queue)])
}

/// A one-time schedule fires once: what its function could not do must not be lost.
fn keep_failed() -> Node {
    map([("MaximumRetryAttempts", plain("2")), ("DestinationConfig", on_failure())])
}

/// `rate(5 minutes)`; nothing for one-time schedules.
fn rate(schedule: &Schedule) -> Option<String> {
    const MINUTE_MS: i64 = Span::minutes(1).as_millis();
    let minutes = schedule.every?.as_millis().checked_div(MINUTE_MS)?.max(1);
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    Some(format!("rate({minutes} {unit})"))
}

fn ticks(function: &Function, rate: &str) -> Node {
    let age = RATE_EVENT_AGE_MAX.as_seconds_ceil().to_string();
    let retry =
        map([("MaximumEventAgeInSeconds", plain(age)), ("MaximumRetryAttempts", plain("2"))]);
    let properties = map([
        ("Name", stack_name(&function.id())),
        ("GroupName", plain("!Ref ScheduleGroup")),
        ("ScheduleExpression", plain(rate)),
        ("RoleArn", plain("!Ref SchedulerRoleArn")),
        ("RetryPolicy", retry),
    ]);
    map([("Type", plain("ScheduleV2")), ("Properties", properties)])
}

/// Records that wait in a stream: for the outbox, events that nobody has heard of yet.
fn behind_alarm(function: &Function) -> Node {
    let name = map([("Name", plain("FunctionName")), ("Value", stack_name(&function.id()))]);
    let description = format!("{} is behind its stream.", function.id());
    alarm(
        &description,
        vec![
            ("Namespace", plain("AWS/Lambda")),
            ("MetricName", plain("IteratorAge")),
            ("Dimensions", list([name])),
            ("Statistic", plain("Maximum")),
            ("Period", plain("300")),
            ("EvaluationPeriods", plain("1")),
            ("Threshold", plain(ITERATOR_AGE_MAX.as_millis().to_string())),
            ("ComparisonOperator", plain("GreaterThanThreshold")),
        ],
    )
}
