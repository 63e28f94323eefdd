//! Who may do what: a function's grants, enforced as its role enforces them in the cloud.
//!
//! A call that the functions own declaration does not grant is denied here as it would be there, so
//! that no test passes on a permission that the template does not give.

use std::collections::{BTreeMap, BTreeSet};

use platform::{Function, Service, TableAction};
use serde_json::Value;
use store::Table;

use crate::names::Names;

/// An action on a resource, as a function's grants name both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// As IAM spells it, like `dynamodb:UpdateItem`.
    pub action: String,
    /// The table's name, the id of the function that consumes the queue; the service's for everything else.
    pub on: String,
}

/// What was needed so far, and what was not granted.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// By function id.
    pub used: BTreeMap<String, BTreeSet<Permission>>,
    pub denied: BTreeSet<String>,
}

impl Ledger {
    /// Writes down that `function` needs all of this; answers what it lacks.
    pub(crate) fn note(
        &mut self,
        function: &Function,
        needed: Vec<Permission>,
    ) -> Option<Permission> {
        let granted = granted(function);
        let lacks = needed.iter().find(|permission| !granted.contains(permission)).cloned();
        if let Some(Permission { action, on }) = &lacks {
            self.denied.insert(format!("{} may not {action} on {on}", function.id()));
        }
        self.used.entry(function.id()).or_default().extend(needed);
        lacks
    }
}

/// Everything a function declares that it needs.
#[must_use]
pub fn granted(function: &Function) -> BTreeSet<Permission> {
    let tables = function.grants.iter().flat_map(|grant| {
        let on = |action: TableAction| permission(action.iam(), grant.table.name());
        grant.actions().map(on)
    });
    let services = function.services.iter();
    let services = services.map(|service| permission(service.iam(), &name(*service, function)));
    tables.chain(services).collect()
}

fn permission(action: &str, on: &str) -> Permission {
    Permission { action: action.to_owned(), on: on.to_owned() }
}

fn name(service: Service, function: &Function) -> String {
    match service {
        Service::Queue(consumer) => consumer.to_string(),
        Service::OwnQueue => function.id(),
        Service::EventBus => "events".to_owned(),
        Service::Schedules => "scheduler".to_owned(),
        Service::Sms => "sns".to_owned(),
        Service::EmailIdentity => "ses".to_owned(),
    }
}

/// What a call needs: a transaction needs what each of its parts needs.
pub(crate) fn needed(
    names: &Names,
    action: &str,
    tables: &[Table],
    body: &Value,
) -> Vec<Permission> {
    let (service, operation) = action.split_once(':').unwrap_or_default();
    match (service, operation) {
        ("dynamodb", "TransactWriteItems" | "TransactGetItems") => parts(names, body),
        ("dynamodb", _) => {
            let tables = tables.iter();
            tables.map(|table| permission(action, table.name())).collect()
        }
        ("sqs", _) => {
            let url = body.get("QueueUrl").and_then(Value::as_str).unwrap_or_default();
            vec![permission(action, names.read_queue_url(url).unwrap_or(url))]
        }
        _ => vec![permission(action, service)],
    }
}

fn parts(names: &Names, body: &Value) -> Vec<Permission> {
    let items = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    let parts = items.filter_map(Value::as_object).flatten();
    let needed = |(kind, part): (&String, &Value)| {
        let table = part.get("TableName").and_then(Value::as_str)?;
        Some(permission(&format!("dynamodb:{kind}Item"), names.read_table(table)?.name()))
    };
    parts.filter_map(needed).collect()
}
