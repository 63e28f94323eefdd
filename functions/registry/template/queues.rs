//! A consumer's queue: dead letters, the rule that fills it, and the alarm on what nobody could do.

use platform::Queue;

use super::{Entry, alarm, dead_letter_logical_id, pascal, queue_logical_id, stack_name};
use crate::yaml::{Node, list, map, plain, text};

/// AWS's advice: a message stays hidden for six timeouts of its function.
const VISIBILITY_TIMEOUTS: u32 = 6;
/// 14 days, the longest SQS keeps a message.
const DEAD_LETTER_RETENTION_S: &str = "1209600";

pub(super) fn resources(queue: &Queue, timeout_s: u32) -> Vec<Entry> {
    let name = queue.queue;
    let mut entries = vec![
        (queue_logical_id(name), main_queue(queue, timeout_s)),
        (dead_letter_logical_id(name), dead_letter_queue(name)),
        (format!("{}DeadLetters", pascal(name)), dead_letter_alarm(name)),
    ];
    if !queue.events.is_empty() {
        entries.push((format!("{}Rule", pascal(name)), rule(queue)));
        entries.push((format!("{}QueuePolicy", pascal(name)), policy(name)));
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

fn dead_letter_alarm(name: &str) -> Node {
    let queue = plain(format!("!GetAtt {}.QueueName", dead_letter_logical_id(name)));
    let dimension = map([("Name", plain("QueueName")), ("Value", queue)]);
    alarm(
        &format!("Messages of {name} could not be handled: find out why, then redrive."),
        vec![
            ("Namespace", plain("AWS/SQS")),
            ("MetricName", plain("ApproximateNumberOfMessagesVisible")),
            ("Dimensions", list([dimension])),
            ("Statistic", plain("Maximum")),
            ("Period", plain("300")),
            ("Threshold", plain("0")),
            ("ComparisonOperator", plain("GreaterThanThreshold")),
        ],
    )
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

/// Only this consumer's rule may put messages into the queue from outside.
fn policy(name: &str) -> Node {
    let rule = plain(format!("!GetAtt {}Rule.Arn", pascal(name)));
    let statement = map([
        ("Effect", plain("Allow")),
        ("Principal", map([("Service", plain("events.amazonaws.com"))])),
        ("Action", plain("sqs:SendMessage")),
        ("Resource", plain(format!("!GetAtt {}.Arn", queue_logical_id(name)))),
        ("Condition", map([("ArnEquals", map([("aws:SourceArn", rule)]))])),
    ]);
    let document = map([("Version", text("2012-10-17")), ("Statement", list([statement]))]);
    let properties = map([
        ("Queues", list([plain(format!("!Ref {}", queue_logical_id(name)))])),
        ("PolicyDocument", document),
    ]);
    map([("Type", plain("AWS::SQS::QueuePolicy")), ("Properties", properties)])
}
