//! The deployment as far as it follows from the code: blocks of `template.yaml`, the parent (APIs
//! with their routes, tables, roles, one nested stack per context, the dashboard), and the nested
//! stacks, which are generated whole: functions, their permissions, queues with dead-letter
//! queues, bus rules, schedules, and what watches over them.
//!
//! Names that are written by hand in the parent and used here: `EventBus`, `ScheduleGroup`,
//! `UndeliveredQueue`, `UndeliveredBucket`, `AlarmTopic`, and the parameters.

mod contexts;
mod dashboard;
mod functions;
mod globals;
mod grants;
mod queue_alarms;
mod queues;
mod roles;
mod routes;
mod stacks;
mod tables;

use platform::{Function, capitalize};
use store::Table;

#[cfg(test)]
pub(crate) use queue_alarms::dead_letters;
pub use routes::Api;
pub use stacks::{Stack, stacks};

use crate::{
    CONTEXTS,
    yaml::{Node, map, plain, text, write},
};

/// How far resources stand from the margin.
const RESOURCE_DEPTH: usize = 1;

/// The YAML of the APIs, which route requests to functions.
#[must_use]
pub fn apis_block() -> String {
    let all = crate::functions();
    let apis = Api::ALL.iter().map(|api| resources(vec![routes::api(*api, &all)]));
    apis.collect::<Vec<_>>().join("\n")
}

/// The YAML of all tables.
#[must_use]
pub fn tables_block() -> String {
    let blocks = Table::ALL.iter().map(|table| resources(vec![tables::resource(*table)]));
    blocks.collect::<Vec<_>>().join("\n")
}

/// The YAML of the parent's resources that follow from the functions: who may start them, the
/// stacks that hold them, the picture of how they do.
#[must_use]
pub fn stacks_block() -> String {
    let mut blocks = vec![heading("What the scheduler and the APIs may start")];
    blocks.push(resources(vec![roles::scheduler(&crate::functions())]));
    blocks.extend(CONTEXTS.iter().filter_map(roles::api).map(|role| resources(vec![role])));
    blocks.push(heading("One stack per context"));
    blocks.extend(stacks().iter().map(|stack| resources(vec![stack.application()])));
    blocks.push(heading("How it does"));
    blocks.push(resources(vec![dashboard::resource()]));
    blocks.join("\n")
}

/// The YAML of the parent's outputs that follow from the functions: where streams are served.
#[must_use]
pub fn outputs_block() -> String {
    let handed_up = CONTEXTS.iter().flat_map(stacks::handed_up);
    handed_up.map(|output| resources(vec![output])).collect::<Vec<_>>().join("\n")
}

/// A resource, output or other entry: its logical id and what it is.
type Entry = (String, Node);

fn resources(entries: Vec<Entry>) -> String {
    let blocks = entries.into_iter().map(|entry| write(&map([entry]), RESOURCE_DEPTH));
    blocks.collect::<Vec<_>>().join("\n")
}

fn heading(text: &str) -> String {
    format!("  # {text}\n")
}

/// `!Sub` of a name after the prefix, in the parent: its own name.
fn parent_name(name: &str) -> Node {
    plain(format!("!Sub ${{AWS::StackName}}-{name}"))
}

/// The same in a nested stack, whose own name is one that CloudFormation made up.
fn stack_name(name: &str) -> Node {
    plain(format!("!Sub ${{Prefix}}-{name}"))
}

/// The ARN of a function in the parent, as text for `!Sub`: a name is no reference, so that no
/// cycle can arise, and `sam local` finds the function in whatever stack it is.
fn function_arn(function: &Function) -> String {
    format!(
        "arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:\
         ${{AWS::StackName}}-{}",
        function.id()
    )
}

/// `close-auction` → `CloseAuction`.
fn pascal(name: &str) -> String {
    name.split(['-', '_']).map(capitalize).collect()
}

/// The logical id of a queue by the function that consumes it: `auction-close-auction` →
/// `AuctionCloseAuctionQueue`.
pub(crate) fn queue_logical_id(queue: &str) -> String {
    format!("{}Queue", pascal(queue))
}

fn dead_letter_logical_id(queue: &str) -> String {
    format!("{}DeadLetterQueue", pascal(queue))
}

/// The logical id of a table: `AuctionTable`.
fn table_logical_id(table: Table) -> String {
    format!("{}Table", pascal(table.name()))
}

/// The logical id of a context's nested stack in the parent: `AuctionStack`.
fn stack_logical_id(context: &str) -> String {
    format!("{}Stack", pascal(context))
}

fn log_group_logical_id(context: &str) -> String {
    format!("{}LogGroup", pascal(context))
}

/// An alarm that tells the topic; missing data is good news.
fn alarm(description: &str, properties: Vec<(&'static str, Node)>) -> Node {
    let mut all = vec![("AlarmDescription", text(description))];
    all.extend(properties);
    all.extend([
        ("TreatMissingData", plain("notBreaching")),
        ("AlarmActions", crate::yaml::list([plain("!Ref AlarmTopic")])),
    ]);
    map([("Type", plain("AWS::CloudWatch::Alarm")), ("Properties", map(all))])
}
