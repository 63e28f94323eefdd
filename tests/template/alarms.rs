//! Somebody is told: of dead letters, of messages that wait, of slow answers; and sees it all in
//! one place.

use std::collections::BTreeSet;

use platform::{Delivery, capitalize};
use serde_json::Value;
use store::Table;

use super::{
    PARENT, Resource,
    queues::{consumed, pascal},
    resource, resources, section,
};

/// CloudWatch takes ten metrics in an alarm on an expression.
const ALARM_METRICS_MAX: usize = 10;

#[test]
fn every_dead_letter_queue_is_watched_by_one_alarm_of_its_context() {
    let resources = resources();
    let alarms: Vec<&Resource> = resources
        .iter()
        .filter(|resource| resource.kind == "AWS::CloudWatch::Alarm")
        .filter(|resource| resource.text.contains("DeadLetterQueue."))
        .collect();
    for (function, _) in consumed() {
        let name = pascal(&function.id());
        let own = resource(&format!("{name}Queue"));
        let target = own.names("deadLetterTargetArn: !GetAtt ", ".Arn");
        let line = format!("Value: !GetAtt {}.QueueName", target[0]);
        let watching: Vec<&&Resource> = alarms.iter().filter(|alarm| alarm.has(&line)).collect();
        assert_eq!(watching.len(), 1, "{name}");
        assert_eq!(watching[0].count(&line), 1, "{name}");
        assert!(
            watching[0].id.starts_with(&format!("{}DeadLetters", capitalize(function.context)))
        );
    }
    let redriven = resources.iter().filter(|resource| resource.has("RedrivePolicy:")).count();
    assert_eq!(redriven, consumed().len());
}

#[test]
fn every_consumed_queue_is_watched_by_one_alarm_on_what_waits() {
    let resources = resources();
    for (function, _) in consumed() {
        let line = format!("Value: !GetAtt {}Queue.QueueName", pascal(&function.id()));
        let watching: Vec<&Resource> = resources.iter().filter(|own| own.has(&line)).collect();
        assert_eq!(watching.len(), 1, "{}", function.id());
        assert!(watching[0].id.starts_with(&format!("{}Waiting", capitalize(function.context))));
        assert!(watching[0].text.contains("throttled"), "{}: what to do?", watching[0].id);
    }
    judge_sums("MAX(FILL(METRICS(), 0))", "ApproximateAgeOfOldestMessage", &resources);
}

#[test]
fn an_alarm_on_dead_letters_adds_up_all_its_queues() {
    let resources = resources();
    let expression = "SUM(FILL(METRICS(), 0))";
    let alarms = resources.iter().filter(|own| own.has(&format!("Expression: '{expression}'")));
    for alarm in alarms {
        assert!(alarm.text.contains("redrive"), "{}: what to do?", alarm.id);
    }
    judge_sums(expression, "ApproximateNumberOfMessagesVisible", &resources);
}

/// The alarms on that expression take the metric of every consumed queue, and tell the topic.
fn judge_sums(expression: &str, metric: &str, resources: &[Resource]) {
    let alarms = resources.iter().filter(|own| own.has(&format!("Expression: '{expression}'")));
    let mut metrics = 0;
    for alarm in alarms {
        let own = alarm.count("MetricStat:");
        assert!((1..=ALARM_METRICS_MAX).contains(&own), "{}: {own}", alarm.id);
        assert_eq!(alarm.count(&format!("MetricName: {metric}")), own);
        assert_eq!(alarm.count("ReturnData: false"), own, "{}", alarm.id);
        assert_eq!(alarm.count("ReturnData: true"), 1, "{}", alarm.id);
        assert!(alarm.has("- !Ref AlarmTopic"), "{}", alarm.id);
        let ids: BTreeSet<&str> = alarm.names("- Id: ", "").into_iter().collect();
        assert_eq!(ids.len(), own + 1, "{}: two of one id", alarm.id);
        metrics += own;
    }
    assert_eq!(metrics, consumed().len());
}

#[test]
fn slow_answers_of_every_context_and_both_apis_raise_an_alarm() {
    for context in registry::CONTEXTS {
        let mut routes = context.functions.iter().filter_map(|function| function.http());
        assert!(routes.any(|http| http.delivery != Delivery::Streamed), "{}: none?", context.name);
        let name = capitalize(context.name);
        let filter = resource(&format!("{name}LatencyFilter"));
        assert!(filter.has(&format!("LogGroupName: !Ref {name}LogGroup")));
        assert!(filter.has("MetricValue: '$.durationMs'"), "{name}: the host's log line");
        let alarm = resource(&format!("{name}Latency"));
        assert!(filter.has("- MetricNamespace: !Ref Prefix"), "{name}");
        assert!(alarm.has("Namespace: !Ref Prefix"), "{name}");
        for own in [&filter, &alarm] {
            assert!(own.has(&format!("MetricName: {name}Latency")), "{}", own.id);
        }
    }
    let alarms = resources().into_iter().filter(|own| own.has("Threshold: !Ref LatencyAlarmMs"));
    let alarms: Vec<Resource> = alarms.collect();
    assert_eq!(alarms.len(), registry::CONTEXTS.len() + registry::Api::ALL.len());
    for alarm in alarms {
        assert!(alarm.has("ExtendedStatistic: p99"), "{}", alarm.id);
        assert!(alarm.text.contains("!Ref AlarmTopic"), "{}", alarm.id);
    }
}

#[test]
fn alarms_are_mailed_to_the_subscriber_if_there_is_one() {
    let subscription = resource("AlarmSubscription");
    let lines = ["Condition: HasAlarmEmail", "TopicArn: !Ref AlarmTopic", "Protocol: email"];
    for line in lines.into_iter().chain(["Endpoint: !Ref AlarmEmail"]) {
        assert!(subscription.has(line), "{line}");
    }
    let condition = "  HasAlarmEmail: !Not [!Equals [!Ref AlarmEmail, '']]\n";
    assert!(section(PARENT, "Conditions").contains(condition));
    assert!(
        section(PARENT, "Parameters")
            .contains("  AlarmEmail:\n    Type: String\n    Default: ''\n")
    );
}

#[test]
fn the_dashboard_shows_every_function_queue_table_stream_and_api() {
    let dashboard = resource("Dashboard");
    let (_, body) = dashboard.text.split_once("DashboardBody: !Sub |\n").unwrap();
    let lines = body.lines().take_while(|line| line.starts_with("        "));
    let body: Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
    let widgets = body["widgets"].as_array().unwrap();
    let metrics = widgets.iter().flat_map(|widget| {
        assert!(!widget["properties"]["metrics"].as_array().unwrap().is_empty(), "{widget}");
        widget["properties"]["metrics"].as_array().unwrap()
    });
    let shown: BTreeSet<(&str, &str)> = metrics
        .map(|metric| (metric[1].as_str().unwrap(), metric[3].as_str().unwrap_or_default()))
        .collect();
    let named = |name: &str| format!("${{AWS::StackName}}-{name}");
    for function in registry::functions() {
        assert!(shown.contains(&("Invocations", &*named(&function.id()))), "{}", function.id());
        let behind = shown.contains(&("IteratorAge", &*named(&function.id())));
        assert_eq!(behind, matches!(function.trigger, platform::Trigger::Stream(_)));
    }
    for (function, _) in consumed() {
        let dead = named(&format!("{}-dlq", function.id()));
        assert!(shown.contains(&("ApproximateNumberOfMessagesVisible", &*dead)), "{dead}");
        let own = named(&function.id());
        assert!(shown.contains(&("ApproximateAgeOfOldestMessage", &*own)), "{own}");
    }
    for table in Table::ALL {
        let own = named(table.name());
        assert!(shown.contains(&("ConsumedWriteCapacityUnits", &*own)), "{own}");
    }
    for context in registry::CONTEXTS {
        for metric in ["Errors", "Latency"] {
            let name = format!("{}{metric}", capitalize(context.name));
            assert!(shown.contains(&(&*name, "")), "{name}");
        }
    }
    for api in registry::Api::ALL {
        let id = format!("${{{}}}", api.logical_id());
        assert!(shown.contains(&("Latency", &*id)), "{id}");
    }
}
