//! Roles that services take on to start functions: each may start exactly its own, and nothing
//! else.

use platform::{Function, Trigger};

use super::{
    names::{api_role_logical_id, function_arn},
    parts::TemplateEntry,
    routes::routed,
};
use crate::{
    Context,
    yaml::{Node, list, map, plain, text},
};

/// The scheduler's role: it may start the scheduled functions.
pub(super) fn scheduler(functions: &[&'static Function]) -> TemplateEntry {
    let scheduled =
        functions.iter().filter(|function| matches!(function.trigger, Trigger::Schedule(_)));
    let targets = scheduled.map(|function| arn(function)).collect();
    let account = map([("aws:SourceAccount", plain("!Ref AWS::AccountId"))]);
    let trust =
        trust("scheduler.amazonaws.com").with("Condition", map([("StringEquals", account)]));
    ("SchedulerRole".to_owned(), role(trust, "start-scheduled-functions", targets))
}

/// The API's role in a context: it may start the context's routed functions. One role for all
/// contexts would soon name more functions than an inline policy (10,240 characters) can hold.
pub(super) fn api(context: &Context) -> Option<TemplateEntry> {
    let routed = context.functions.iter().filter_map(|function| routed(function));
    let targets: Vec<Node> = routed.map(|(function, _)| arn(function)).collect();
    // No condition on the account: API Gateway does not say for whom it takes on the role of an
    // integration, so that every request would fail.
    let trust = trust("apigateway.amazonaws.com");
    (!targets.is_empty()).then(|| {
        (api_role_logical_id(context.name), role(trust, "start-routed-functions", targets))
    })
}

/// By name: the functions know these roles, so that the roles must not refer to them.
fn arn(function: &Function) -> Node {
    plain(format!("!Sub {}", function_arn(function)))
}

fn trust(service: &str) -> Node {
    map([
        ("Effect", plain("Allow")),
        ("Principal", map([("Service", plain(service))])),
        ("Action", plain("sts:AssumeRole")),
    ])
}

fn role(trust: Node, policy_name: &str, targets: Vec<Node>) -> Node {
    let document =
        |statement| map([("Version", text("2012-10-17")), ("Statement", list([statement]))]);
    let policy = (!targets.is_empty()).then(|| {
        let invoke = map([
            ("Effect", plain("Allow")),
            ("Action", plain("lambda:InvokeFunction")),
            ("Resource", list(targets)),
        ]);
        map([("PolicyName", plain(policy_name)), ("PolicyDocument", document(invoke))])
    });
    let properties = map([("AssumeRolePolicyDocument", document(trust))])
        .maybe("Policies", policy.map(|policy| list([policy])));
    map([("Type", plain("AWS::IAM::Role")), ("Properties", properties)])
}
