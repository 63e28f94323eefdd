//! Grants as IAM statements: exactly the named actions on exactly the named resource.

use platform::{Grant, Resource};
use store::Table;

use super::{queue_logical_id, stacks};
use crate::yaml::{Node, list, map, plain, text};

/// Actions that also work on a table's indexes.
const INDEX_ACTIONS: &[&str] = &["dynamodb:Query"];

/// The statements for `grants`; grants on the same resource become one.
pub(super) fn statements(grants: &[Grant]) -> Vec<Node> {
    let mut merged: Vec<(Resource, Vec<&str>)> = Vec::new();
    for grant in grants {
        match merged.iter_mut().find(|(resource, _)| *resource == grant.resource) {
            Some((_, actions)) => actions.extend(grant.actions),
            None => merged.push((grant.resource, grant.actions.to_vec())),
        }
    }
    merged
        .into_iter()
        .flat_map(|(resource, mut actions)| {
            actions.sort_unstable();
            actions.dedup();
            statements_for(resource, &actions)
        })
        .collect()
}

fn statements_for(resource: Resource, actions: &[&str]) -> Vec<Node> {
    let on = |resource: &str| allow(actions, list([plain(resource)]));
    match resource {
        Resource::Table(table) => vec![allow(actions, table_arns(table, actions))],
        Resource::Queue(queue) => vec![on(&format!("!GetAtt {}.Arn", queue_logical_id(queue)))],
        Resource::EventBus => vec![on("!Ref EventBusArn")],
        Resource::Schedules => vec![
            on("!Sub arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}\
                :schedule/${ScheduleGroup}/*"),
            pass_scheduler_role(),
        ],
        Resource::Sms => vec![on("'*'"), deny_topics(actions)],
        Resource::EmailIdentity => vec![from_our_sender(on(
            "!Sub arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}\
             :identity/${EmailIdentity}",
        ))],
    }
}

fn allow(actions: &[&str], resources: Node) -> Node {
    map([
        ("Effect", plain("Allow")),
        ("Action", list(actions.iter().map(|action| plain(*action)))),
        ("Resource", resources),
    ])
}

fn table_arns(table: Table, actions: &[&str]) -> Node {
    let arn = stacks::table_arn(table);
    let mut arns = vec![plain(format!("!Ref {arn}"))];
    let reads_indexes = actions.iter().any(|action| INDEX_ACTIONS.contains(action));
    if table.indexes() > 0 && reads_indexes {
        arns.push(plain(format!("!Sub ${{{arn}}}/index/*")));
    }
    list(arns)
}

/// A schedule carries the role that will start its target.
fn pass_scheduler_role() -> Node {
    let service = map([("iam:PassedToService", plain("scheduler.amazonaws.com"))]);
    allow(&["iam:PassRole"], list([plain("!Ref SchedulerRoleArn")]))
        .with("Condition", map([("StringEquals", service)]))
}

/// A phone number has no ARN, so SMS must be allowed on `*`; topics have, and stay out of reach.
fn deny_topics(actions: &[&str]) -> Node {
    map([
        ("Sid", text("PhonesOnly")),
        ("Effect", plain("Deny")),
        ("Action", list(actions.iter().map(|action| plain(*action)))),
        ("Resource", list([plain("!Sub arn:${AWS::Partition}:sns:*:*:*")])),
    ])
}

fn from_our_sender(statement: Node) -> Node {
    let from = map([("ses:FromAddress", plain("!Ref EmailFrom"))]);
    statement.with("Condition", map([("StringEquals", from)]))
}
