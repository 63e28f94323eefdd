//! A consumer's queue: dead letters, the rule that fills it, and the rules' permission to do so.
//! Who is told of dead letters is said once per context: see `queue_alarms`.

use platform::{Function, Queue, Trigger};

use super::{
    names::{dead_letter_logical_id, pascal, queue_logical_id, stack_name},
    parts::TemplateEntry,
};
use crate::{
    Context,
    yaml::{Node, list, map, plain, text},
};

/// AWS's advice: a message stays hidden for six timeouts of its function.
const VISIBILITY_TIMEOUTS: u32 = 6;
/// 14 days, the longest SQS keeps a message.
const DEAD_LETTER_RETENTION_S: &str = "1209600";

/// They are called by the function's name.
pub(super) fn resources(function: &Function, queue: &Queue) -> Vec<TemplateEntry> {
    let name = function.id();
    let mut entries = vec![
        (queue_logical_id(&name), main_queue(&name, queue, function.timeout_s)),
        (dead_letter_logical_id(&name), dead_letter_queue(&name)),
    ];
    if !queue.events.is_empty() {
        entries.push((format!("{}Rule", pascal(&name)), rule(&name, queue)));
    }
    entries
}

fn main_queue(name: &str, queue: &Queue, timeout_s: u32) -> Node {
    let visibility = timeout_s.saturating_mul(VISIBILITY_TIMEOUTS);
    let dead_letters = plain(format!("!GetAtt {}.Arn", dead_letter_logical_id(name)));
    let redrive = map([
        ("deadLetterTargetArn", dead_letters),
        ("maxReceiveCount", plain(queue.max_receive_count.to_string())),
    ]);
    let properties = map([
        ("QueueName", stack_name(name)),
        ("VisibilityTimeout", plain(visibility.to_string())),
        ("SqsManagedSseEnabled", plain("true")),
        ("RedrivePolicy", redrive),
    ]);
    map([("Type", plain("AWS::SQS::Queue")), ("Properties", properties)])
}

fn dead_letter_queue(name: &str) -> Node {
    let properties = map([
        ("QueueName", stack_name(&format!("{name}-dlq"))),
        ("MessageRetentionPeriod", plain(DEAD_LETTER_RETENTION_S)),
        ("SqsManagedSseEnabled", plain("true")),
    ]);
    map([("Type", plain("AWS::SQS::Queue")), ("Properties", properties)])
}

fn rule(name: &str, queue: &Queue) -> Node {
    let kinds = list(queue.events.iter().map(|event| plain(*event)));
    let lost = map([("Arn", plain("!Ref UndeliveredQueueArn"))]);
    let target = map([
        ("Id", plain(name)),
        ("Arn", plain(format!("!GetAtt {}.Arn", queue_logical_id(name)))),
        ("DeadLetterConfig", lost),
    ]);
    let properties = map([
        ("EventBusName", plain("!Ref EventBus")),
        ("EventPattern", map([("source", list([plain("jangteo")])), ("detail-type", kinds)])),
        ("Targets", list([target])),
    ]);
    map([("Type", plain("AWS::Events::Rule")), ("Properties", properties)])
}

/// The bus may fill the context's queues that listen to it.
///
/// One policy for all: a queue whose policy moves from one resource to another can be left without
/// any. One statement for all: SQS takes ten conditions in a policy, and in a statement no other
/// queue than its bearer. The bus is the deployment's own, so its rules are those of its stacks.
pub(super) fn policy(context: &Context) -> Option<TemplateEntry> {
    let filled = context.functions.iter().filter_map(|function| match &function.trigger {
        Trigger::Queue(queue) if !queue.events.is_empty() => Some(queue_logical_id(&function.id())),
        _ => None,
    });
    let queues: Vec<Node> = filled.map(|queue| plain(format!("!Ref {queue}"))).collect();
    if queues.is_empty() {
        return None;
    }
    let rules = plain(
        "!Sub arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${EventBus}/*",
    );
    let statement = map([
        ("Effect", plain("Allow")),
        ("Principal", map([("Service", plain("events.amazonaws.com"))])),
        ("Action", plain("sqs:SendMessage")),
        ("Resource", text("*")),
        ("Condition", map([("ArnLike", map([("aws:SourceArn", rules)]))])),
    ]);
    let document = map([("Version", text("2012-10-17")), ("Statement", list([statement]))]);
    let properties = map([("Queues", list(queues)), ("PolicyDocument", document)]);
    let policy = map([("Type", plain("AWS::SQS::QueuePolicy")), ("Properties", properties)]);
    Some((format!("{}BusQueuePolicy", pascal(context.name)), policy))
}
