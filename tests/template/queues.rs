//! The queues: the bus may fill those that listen to it, and somebody is told of dead letters.

use std::collections::BTreeSet;

use platform::{Queue, Trigger, capitalize};

use super::{Resource, resource, resources};

/// CloudWatch takes ten metrics in an alarm on an expression.
const ALARM_METRICS_MAX: usize = 10;

fn consumed() -> Vec<(&'static str, &'static Queue)> {
    let functions = registry::functions().into_iter();
    let queues = functions.filter_map(|function| match &function.trigger {
        Trigger::Queue(queue) => Some((function.context, queue)),
        _ => None,
    });
    queues.collect()
}

/// `close-auction` → `CloseAuction`.
fn pascal(queue: &str) -> String {
    queue.split('-').map(capitalize).collect()
}

#[test]
fn the_bus_may_fill_the_queues_that_listen_to_it_and_no_other() {
    let resources = resources();
    let policies: Vec<&Resource> =
        resources.iter().filter(|resource| resource.kind == "AWS::SQS::QueuePolicy").collect();
    let filled: Vec<&str> =
        policies.iter().flat_map(|policy| policy.names("- !Ref ", "")).collect();
    let listening = consumed().into_iter().filter(|(_, queue)| !queue.events.is_empty());
    let mut due: BTreeSet<String> =
        listening.map(|(_, queue)| format!("{}Queue", pascal(queue.queue))).collect();
    due.insert("UndeliveredQueue".to_owned());
    assert_eq!(filled.len(), due.len(), "a queue has one policy");
    assert_eq!(filled.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), due);
    for policy in policies {
        assert_eq!(policy.names("- Effect: ", ""), ["Allow"]);
        assert_eq!(policy.names("Service: ", ""), ["events.amazonaws.com"]);
        assert_eq!(policy.names("Action: ", ""), ["sqs:SendMessage"]);
        let bus = "!Sub arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}";
        assert_eq!(policy.names("aws:SourceArn: ", ""), [format!("{bus}:rule/${{EventBus}}/*")]);
    }
}

#[test]
fn every_queue_with_events_has_its_rule_on_the_bus_and_no_other_rule_is_there() {
    let mut rules = 0;
    for (_, queue) in consumed().iter().filter(|(_, queue)| !queue.events.is_empty()) {
        let name = pascal(queue.queue);
        let rule = resource(&format!("{name}Rule"));
        assert!(rule.has("EventBusName: !Ref EventBus"), "{name}");
        assert!(rule.has("- jangteo"), "{name}");
        let targets = rule.names("Arn: !GetAtt ", ".Arn");
        assert_eq!(targets, [format!("{name}Queue"), "UndeliveredQueue".to_owned()]);
        let after = rule.text.lines().skip_while(|line| line.trim() != "detail-type:").skip(1);
        let kinds: Vec<&str> = after.map_while(|line| line.trim().strip_prefix("- ")).collect();
        assert_eq!(kinds, queue.events, "{name}");
        rules += 1;
    }
    let kinds = resources().into_iter().filter(|resource| resource.kind == "AWS::Events::Rule");
    assert_eq!(kinds.count(), rules);
}

#[test]
fn every_dead_letter_queue_is_watched_by_one_alarm_of_its_context() {
    let resources = resources();
    let alarms: Vec<&Resource> = resources
        .iter()
        .filter(|resource| resource.kind == "AWS::CloudWatch::Alarm")
        .filter(|resource| resource.text.contains("DeadLetterQueue."))
        .collect();
    for (context, queue) in consumed() {
        let name = pascal(queue.queue);
        let own = resource(&format!("{name}Queue"));
        let target = own.names("deadLetterTargetArn: !GetAtt ", ".Arn");
        let line = format!("Value: !GetAtt {}.QueueName", target[0]);
        let watching: Vec<&&Resource> = alarms.iter().filter(|alarm| alarm.has(&line)).collect();
        assert_eq!(watching.len(), 1, "{name}");
        assert_eq!(watching[0].count(&line), 1, "{name}");
        assert!(watching[0].id.starts_with(&format!("{}DeadLetters", capitalize(context))));
    }
    let redriven = resources.iter().filter(|resource| resource.has("RedrivePolicy:")).count();
    assert_eq!(redriven, consumed().len());
}

#[test]
fn an_alarm_on_dead_letters_adds_up_all_its_queues() {
    let resources = resources();
    let alarms =
        resources.iter().filter(|resource| resource.has("Expression: 'SUM(FILL(METRICS(), 0))'"));
    let mut metrics = 0;
    for alarm in alarms {
        let own = alarm.count("MetricStat:");
        assert!((1..=ALARM_METRICS_MAX).contains(&own), "{}: {own}", alarm.id);
        assert_eq!(alarm.count("MetricName: ApproximateNumberOfMessagesVisible"), own);
        assert_eq!(alarm.count("ReturnData: false"), own, "{}", alarm.id);
        assert_eq!(alarm.count("ReturnData: true"), 1, "{}", alarm.id);
        assert!(alarm.has("- !Ref AlarmTopic"), "{}", alarm.id);
        assert!(alarm.text.contains("redrive"), "{}: what to do?", alarm.id);
        let ids: BTreeSet<&str> = alarm.names("- Id: ", "").into_iter().collect();
        assert_eq!(ids.len(), own + 1, "{}: two of one id", alarm.id);
        metrics += own;
    }
    assert_eq!(metrics, consumed().len());
}
