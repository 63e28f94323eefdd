//! One dashboard: the APIs, then a row per context, then tables and streams. Everything is named
//! as text, so that it depends on no stack.

use platform::Trigger;
use serde_json::{Value, json};
use store::Table;

use super::{Api, contexts, parts::TemplateEntry, routes::routed};
use crate::{
    CONTEXTS, Context,
    yaml::{Node, block, map, plain},
};

/// CloudWatch's grid has 24 columns.
const WIDGETS_A_ROW: usize = 4;
const WIDTH: usize = 6;
const HEIGHT: usize = 6;
const PREFIX: &str = "${AWS::StackName}";

/// A graph: its title, how its metrics are summed up, and one line a metric.
struct Graph {
    title: String,
    statistic: &'static str,
    metrics: Vec<Value>,
}

pub(super) fn resource() -> TemplateEntry {
    let properties =
        map([("DashboardName", plain("!Ref AWS::StackName")), ("DashboardBody", body())]);
    let node = map([("Type", plain("AWS::CloudWatch::Dashboard")), ("Properties", properties)]);
    ("Dashboard".to_owned(), node)
}

fn body() -> Node {
    let rows = [apis()].into_iter().chain(CONTEXTS.iter().map(context)).chain([shared()]);
    let widgets = rows.enumerate().flat_map(|(row, graphs)| {
        let places = graphs.into_iter().take(WIDGETS_A_ROW).enumerate();
        places.map(|(column, graph)| widget(row, column, &graph)).collect::<Vec<_>>()
    });
    let widgets: Vec<String> = widgets.collect();
    block("!Sub", format!("{{\"widgets\": [\n{}\n]}}", widgets.join(",\n")))
}

/// One metric a line, so that a change is read as one.
fn widget(row: usize, column: usize, graph: &Graph) -> String {
    let metrics: Vec<String> = graph.metrics.iter().map(|metric| format!("  {metric}")).collect();
    format!(
        "{{\"type\": \"metric\", \"x\": {}, \"y\": {}, \"width\": {WIDTH}, \"height\": {HEIGHT}, \
         \"properties\": {{\n\"title\": {}, \"stat\": \"{}\", \"period\": 60, \
         \"region\": \"${{AWS::Region}}\", \"metrics\": [\n{}\n]}}}}",
        column.saturating_mul(WIDTH),
        row.saturating_mul(HEIGHT),
        Value::from(graph.title.as_str()),
        graph.statistic,
        metrics.join(",\n")
    )
}

fn apis() -> Vec<Graph> {
    let metrics = |name: &str| {
        let of = |api: &Api| {
            json!(["AWS/ApiGateway", name, "ApiId", format!("${{{}}}", api.logical_id())])
        };
        Api::ALL.iter().map(of).collect::<Vec<_>>()
    };
    let graph = |title: &str, statistic, name: &str| Graph {
        title: title.to_owned(),
        statistic,
        metrics: metrics(name),
    };
    vec![
        graph("APIs: requests", "Sum", "Count"),
        graph("APIs: p99 of the answer, ms", "p99", "Latency"),
        graph("APIs: refused (4xx)", "Sum", "4xx"),
        graph("APIs: failed (5xx)", "Sum", "5xx"),
    ]
}

fn context(context: &Context) -> Vec<Graph> {
    let name = context.name;
    let own = |metric: String| json!([PREFIX, metric]);
    let lambda = |metric: &str| {
        let of =
            |id: String| json!(["AWS/Lambda", metric, "FunctionName", format!("{PREFIX}-{id}")]);
        context.functions.iter().map(|function| of(function.id())).collect::<Vec<_>>()
    };
    let queue = |queue: &str, suffix: &str, metric: &str| {
        json!(["AWS/SQS", metric, "QueueName", format!("{PREFIX}-{queue}{suffix}")])
    };
    let queues = context.functions.iter().filter_map(|function| match &function.trigger {
        Trigger::Queue(_) => Some(function.id()),
        _ => None,
    });
    let waiting = queues.flat_map(|name| {
        [
            queue(&name, "", "ApproximateAgeOfOldestMessage"),
            queue(&name, "-dlq", "ApproximateNumberOfMessagesVisible"),
        ]
    });
    let answers = context.functions.iter().any(|function| routed(function).is_some());
    let latency = answers.then(|| own(contexts::latency_metric(context)));
    let graph = |what: &str, statistic, metrics| Graph {
        title: format!("{name}: {what}"),
        statistic,
        metrics,
    };
    let graphs = [
        graph("invocations", "Sum", lambda("Invocations")),
        graph("failed invocations", "Sum", vec![own(contexts::errors_metric(context))]),
        graph("p99 of an answer, ms", "p99", latency.into_iter().collect()),
        graph("oldest message, s; dead letters", "Maximum", waiting.collect()),
    ];
    graphs.into_iter().filter(|graph| !graph.metrics.is_empty()).collect()
}

fn shared() -> Vec<Graph> {
    let tables = |metric: &str| {
        let of = |table: &Table| {
            json!(["AWS/DynamoDB", metric, "TableName", format!("{PREFIX}-{}", table.name())])
        };
        Table::ALL.iter().map(of).collect::<Vec<_>>()
    };
    let streams =
        crate::functions().into_iter().filter(|own| matches!(own.trigger, Trigger::Stream(_)));
    let age = streams.map(|function| {
        let name = format!("{PREFIX}-{}", function.id());
        json!(["AWS/Lambda", "IteratorAge", "FunctionName", name])
    });
    let graph =
        |title: &str, statistic, metrics| Graph { title: title.to_owned(), statistic, metrics };
    vec![
        graph("tables: units written", "Sum", tables("ConsumedWriteCapacityUnits")),
        graph("tables: units read", "Sum", tables("ConsumedReadCapacityUnits")),
        graph("tables: throttled writes", "Sum", tables("WriteThrottleEvents")),
        graph("streams: age of what is read, ms", "Maximum", age.collect()),
    ]
}
