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
mod names;
mod parts;
mod queue_alarms;
mod queues;
mod roles;
mod routes;
mod stacks;
mod tables;

use store::Table;

use parts::{heading, resources};

#[cfg(test)]
pub(crate) use names::queue_logical_id;
#[cfg(test)]
pub(crate) use queue_alarms::dead_letters;
pub use routes::Api;
pub use stacks::{Stack, stacks};

use crate::CONTEXTS;

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
