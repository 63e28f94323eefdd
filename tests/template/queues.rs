//! The queues: the bus may fill those that listen to it, and no other.

use std::collections::BTreeSet;

use platform::{Function, Queue, Trigger, capitalize};

use super::{Resource, resource, resources};

pub(super) fn consumed() -> Vec<(&'static Function, &'static Queue)> {
    let functions = registry::functions().into_iter();
    let queues = functions.filter_map(|function| match &function.trigger {
        Trigger::Queue(queue) => Some((function, queue)),
        _ => None,
    });
    queues.collect()
}

/// `auction-close-auction` → `AuctionCloseAuction`.
pub(super) fn pascal(queue: &str) -> String {
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
        listening.map(|(function, _)| format!("{}Queue", pascal(&function.id()))).collect();
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
    for (function, queue) in consumed().iter().filter(|(_, queue)| !queue.events.is_empty()) {
        let name = pascal(&function.id());
        let rule = resource(&format!("{name}Rule"));
        assert!(rule.has("EventBusName: !Ref EventBus"), "{name}");
        assert!(rule.has("- jangteo"), "{name}");
        assert_eq!(rule.names("Arn: !GetAtt ", ".Arn"), [format!("{name}Queue")]);
        assert_eq!(rule.names("Arn: !Ref ", ""), ["UndeliveredQueueArn"]);
        let after = rule.text.lines().skip_while(|line| line.trim() != "detail-type:").skip(1);
        let kinds: Vec<&str> = after.map_while(|line| line.trim().strip_prefix("- ")).collect();
        assert_eq!(kinds, queue.events, "{name}");
        rules += 1;
    }
    let kinds = resources().into_iter().filter(|resource| resource.kind == "AWS::Events::Rule");
    assert_eq!(kinds.count(), rules);
}
