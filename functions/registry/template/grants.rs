//! Grants as IAM statements: exactly the named actions on exactly the named resource.

use platform::{Function, Secret, Service, TableAction};
use store::{Table, keys::PUBLIC_KEYS_PARTITION};

use super::names::{queue_logical_id, secret_arn, table_arn};
use crate::yaml::{Node, list, map, plain, text};

/// The statements for what `function` may do; grants on the same table become one.
pub(super) fn statements(function: &Function) -> Vec<Node> {
    let mut merged: Vec<(Table, Vec<TableAction>)> = Vec::new();
    for grant in function.grants {
        match merged.iter_mut().find(|(table, _)| *table == grant.table) {
            Some((_, actions)) => actions.extend(grant.actions()),
            None => merged.push((grant.table, grant.actions().collect())),
        }
    }
    let tables = merged.into_iter().map(|(table, mut actions)| {
        actions.sort_unstable();
        actions.dedup();
        let names: Vec<&str> = actions.iter().map(|action| action.iam()).collect();
        allow(&names, table_arns(table, &actions))
    });
    let services =
        function.services.iter().flat_map(|service| service_statements(*service, function));
    tables.chain(services).chain(public_keys(function)).chain(secrets(function)).collect()
}

/// The one row of its table that verifies tokens; whoever issues them may write it, too.
fn public_keys(function: &Function) -> Option<Node> {
    let read = function.reads_public_keys().then_some(TableAction::Get);
    let write = function.issues_tokens().then_some(TableAction::Put);
    let actions: Vec<&str> = read.into_iter().chain(write).map(TableAction::iam).collect();
    let table = plain(format!("!Ref {}", table_arn(Table::Operation)));
    let partition = list([plain(PUBLIC_KEYS_PARTITION)]);
    let rows = map([("dynamodb:LeadingKeys", partition)]);
    (!actions.is_empty()).then(|| {
        allow(&actions, list([table])).with("Condition", map([("ForAllValues:StringEquals", rows)]))
    })
}

fn secrets(function: &Function) -> Option<Node> {
    let needed = Secret::ALL.into_iter().filter(|secret| function.needs(*secret));
    let arns: Vec<Node> =
        needed.map(|secret| plain(format!("!Ref {}", secret_arn(secret)))).collect();
    (!arns.is_empty()).then(|| allow(&["secretsmanager:GetSecretValue"], list(arns)))
}

fn service_statements(service: Service, function: &Function) -> Vec<Node> {
    let actions = &[service.iam()];
    let on = |resource: &str| allow(actions, list([plain(resource)]));
    let queue = |id: &str| vec![on(&format!("!GetAtt {}.Arn", queue_logical_id(id)))];
    match service {
        Service::Queue(consumer) => queue(&consumer.to_string()),
        Service::OwnQueue => queue(&function.id()),
        Service::EventBus | Service::EventRelay => vec![on("!Ref EventBusArn")],
        Service::Schedules => vec![
            on("!Sub arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}\
                :schedule/${ScheduleGroup}/*"),
            pass_scheduler_role(),
        ],
        Service::Sms => vec![on("'*'"), deny_topics(actions)],
        Service::EmailIdentity => vec![from_our_sender(on(
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

fn table_arns(table: Table, actions: &[TableAction]) -> Node {
    let arn = table_arn(table);
    let mut arns = vec![plain(format!("!Ref {arn}"))];
    if table.indexes() > 0 && actions.contains(&TableAction::Query) {
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
