//! The parts of `template.yaml` that follow from the code: routes, tables, functions, their
//! permissions, queues with dead-letter queues, bus rules, schedules, and what watches over them.
//!
//! Names that are written by hand in the template and used here: `HttpApi`, `EventBus`,
//! `ScheduleGroup`, `UndeliveredQueue`, `AlarmTopic`, and the parameters.

mod contexts;
mod dead_letters;
mod functions;
mod grants;
mod queues;
mod roles;
mod routes;
mod tables;

use platform::{Delivery, Function, Trigger, capitalize};
use store::Table;

#[cfg(test)]
pub(crate) use dead_letters::alarms;

use crate::{
    CONTEXTS,
    yaml::{Node, map, plain, text, write},
};

/// How far resources stand from the margin.
const RESOURCE_DEPTH: usize = 1;
/// How far a resource's properties do.
const PROPERTY_DEPTH: usize = 3;

/// The YAML of all resources that follow from the functions.
#[must_use]
pub fn resources_block() -> String {
    let mut blocks = vec![heading("Functions, one per endpoint and worker")];
    let all = crate::functions();
    blocks.extend(all.iter().map(|function| resources(functions::resources(function))));
    blocks.push(heading("Queues"));
    blocks.extend(all.iter().filter_map(|function| match &function.trigger {
        Trigger::Queue(queue) => Some(resources(queues::resources(queue, function.timeout_s))),
        _ => None,
    }));
    blocks.push(resources(vec![queues::policy(&all)]));
    blocks.push(heading("What the scheduler and the API may start"));
    blocks.push(resources(vec![roles::scheduler(&all)]));
    blocks.extend(CONTEXTS.iter().filter_map(roles::api).map(|role| resources(vec![role])));
    blocks.push(heading("Logs and alarms, one set per context"));
    let watched =
        |context| [contexts::resources(context), dead_letters::resources(context)].concat();
    blocks.extend(CONTEXTS.iter().map(|context| resources(watched(context))));
    blocks.join("\n")
}

/// The YAML of the property of `HttpApi` that routes requests to functions.
#[must_use]
pub fn routes_block() -> String {
    let definition = routes::definition(&crate::functions());
    write(&map([("DefinitionBody", definition)]), PROPERTY_DEPTH)
}

/// The YAML of all tables.
#[must_use]
pub fn tables_block() -> String {
    let blocks = Table::ALL.iter().map(|table| resources(vec![tables::resource(*table)]));
    blocks.collect::<Vec<_>>().join("\n")
}

/// The YAML of the outputs that follow from the functions: where streams are served.
#[must_use]
pub fn outputs_block() -> String {
    let all = crate::functions();
    let streamed = all
        .into_iter()
        .filter(|function| function.http().is_some_and(|http| http.delivery == Delivery::Streamed));
    streamed.map(|function| resources(vec![output(function)])).collect::<Vec<_>>().join("\n")
}

/// A resource, output or other entry: its logical id and what it is.
type Entry = (String, Node);

fn output(function: &Function) -> Entry {
    let id = function.logical_id();
    let node = map([
        ("Description", text(function.summary)),
        ("Value", plain(format!("!GetAtt {id}Url.FunctionUrl"))),
    ]);
    (format!("{id}Url"), node)
}

fn resources(entries: Vec<Entry>) -> String {
    let blocks = entries.into_iter().map(|entry| write(&map([entry]), RESOURCE_DEPTH));
    blocks.collect::<Vec<_>>().join("\n")
}

fn heading(text: &str) -> String {
    format!("  # {text}\n")
}

/// `!Sub` of a name after the stack's prefix.
fn stack_name(name: &str) -> Node {
    plain(format!("!Sub ${{AWS::StackName}}-{name}"))
}

/// The ARN of a function by its name: no reference, so that no cycle can arise.
fn function_arn(function: &Function) -> Node {
    plain(format!(
        "!Sub arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:\
         ${{AWS::StackName}}-{}",
        function.id()
    ))
}

/// `close-auction` → `CloseAuction`.
fn pascal(name: &str) -> String {
    name.split(['-', '_']).map(capitalize).collect()
}

/// The logical id of a queue by its name: `close-auction` → `CloseAuctionQueue`.
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
