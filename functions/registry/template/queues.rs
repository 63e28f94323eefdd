//! A consumer's queue: dead letters, and the rule that fills it. Who may fill it and who is told of
//! dead letters is said once per context: see `consumers`.

use platform::Queue;

use super::{Entry, dead_letter_logical_id, queue_logical_id, rule_logical_id, stack_name};
use crate::yaml::{Node, list, map, plain};

/// AWS's advice: a message stays hidden for six timeouts of its function.
const VISIBILITY_TIMEOUTS: u32 = 6;
/// 14 days, the longest SQS keeps a message.
const DEAD_LETTER_RETENTION_S: &str = "1209600";

pub(super) fn resources(queue: &Queue, timeout_s: u32) -> Vec<Entry> {
    let name = queue.queue;
    let mut entries = vec![
        (queue_logical_id(name), main_queue(queue, timeout_s)),
        (dead_letter_logical_id(name), dead_letter_queue(name)),
    ];
    if !queue.events.is_empty() {
        entries.push((rule_logical_id(name), rule(queue)));
    }
    entries
}

fn main_queue(queue: &Queue, timeout_s: u32) -> Node {
    let visibility = timeout_s.saturating_mul(VISIBILITY_TIMEOUTS);
    let dead_letters = plain(format!("!GetAtt {}.Arn", dead_letter_logical_id(queue.queue)));
    let redrive = map([
        ("deadLetterTargetArn", dead_letters),
        ("maxReceiveCount", plain(queue.max_receive_count.to_string())),
    ]);
    let properties = map([
        ("QueueName", stack_name(queue.queue)),
        ("VisibilityTimeout", plain(visibility.to_string())),
        ("RedrivePolicy", redrive),
    ]);
    map([("Type", plain("AWS::SQS::Queue")), ("Properties", properties)])
}

fn dead_letter_queue(name: &str) -> Node {
    let properties = map([
        ("QueueName", stack_name(&format!("{name}-dlq"))),
        ("MessageRetentionPeriod", plain(DEAD_LETTER_RETENTION_S)),
    ]);
    map([("Type", plain("AWS::SQS::Queue")), ("Properties", properties)])
}

fn rule(queue: &Queue) -> Node {
    let kinds = list(queue.events.iter().map(|event| plain(*event)));
    let lost = map([("Arn", plain("!GetAtt UndeliveredQueue.Arn"))]);
    let target = map([
        ("Id", plain(queue.queue)),
        ("Arn", plain(format!("!GetAtt {}.Arn", queue_logical_id(queue.queue)))),
        ("DeadLetterConfig", lost),
    ]);
    let properties = map([
        ("EventBusName", plain("!Ref EventBus")),
        ("EventPattern", map([("source", list([plain("jangteo")])), ("detail-type", kinds)])),
        ("Targets", list([target])),
    ]);
    map([("Type", plain("AWS::Events::Rule")), ("Properties", properties)])
}
