//! Who may do what: a function's grants, enforced as its role enforces them in the cloud.
//!
//! A call that the functions own declaration does not grant is denied here as it would be there, so
//! that no test passes on a permission that the template does not give. An event that a function
//! does not declare to tell is denied as well: no role can say so, but `infra/docs/events.md` does.

use std::collections::{BTreeMap, BTreeSet};

use platform::{Function, Secret, Service, TableAction};
use serde_json::Value;
use store::{Table, keys::PUBLIC_KEYS_PARTITION};

use crate::names::Names;

const SECRET_READ: &str = "secretsmanager:GetSecretValue";

/// An action on a resource, as a function's grants name both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// As IAM spells it, like `dynamodb:UpdateItem`.
    pub action: String,
    /// The table's name; the queue's, which is its consumer's id; an event's kind; the service's
    /// name for everything else.
    pub on: String,
}

/// To tell an event, into the outbox or on the bus; `on` is its kind.
const TELL: &str = "tell";

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
        let mut allowed = granted(function);
        allowed.extend(of_the_host(function));
        let relays = function.services.contains(&Service::EventRelay);
        let needed: Vec<Permission> = needed
            .into_iter()
            .filter(|permission| !(relays && permission.action == TELL))
            .collect();
        let lacks = needed.iter().find(|permission| !allowed.contains(permission)).cloned();
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
    let secrets = function.secrets.iter().map(|secret| reading(*secret));
    let tells = function.tells.iter().map(|kind| permission(TELL, kind));
    tables.chain(services).chain(secrets).chain(tells).collect()
}

/// What the host needs to start and serve it.
fn of_the_host(function: &Function) -> impl Iterator<Item = Permission> {
    let on_keys = |allowed: bool, action: TableAction| {
        allowed.then(|| permission(action.iam(), PUBLIC_KEYS_PARTITION))
    };
    let secrets = Secret::ALL.into_iter().filter(|secret| function.needs(*secret)).map(reading);
    let reads = on_keys(function.reads_public_keys(), TableAction::Get);
    let writes = on_keys(function.issues_tokens(), TableAction::Put);
    secrets.chain(reads).chain(writes)
}

/// What a function needs to read this secret.
#[must_use]
pub fn reading(secret: Secret) -> Permission {
    permission(SECRET_READ, secret.name())
}

fn permission(action: &str, on: &str) -> Permission {
    Permission { action: action.to_owned(), on: on.to_owned() }
}

fn name(service: Service, function: &Function) -> String {
    match service {
        Service::Queue(consumer) => consumer.to_string(),
        Service::OwnQueue => function.id(),
        Service::EventBus | Service::EventRelay => "events".to_owned(),
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
        ("dynamodb", "GetItem" | "PutItem") if partition(body) == Some(PUBLIC_KEYS_PARTITION) => {
            vec![permission(action, PUBLIC_KEYS_PARTITION)]
        }
        ("secretsmanager", _) => {
            let name = body.get("SecretId").and_then(Value::as_str).unwrap_or_default();
            vec![permission(action, name.strip_prefix(&names.prefix).unwrap_or(name))]
        }
        ("dynamodb", _) => {
            let tables = tables.iter().map(|table| permission(action, table.name()));
            tables.chain(told(names, body)).collect()
        }
        ("events", "PutEvents") => {
            let entries = body.get("Entries").and_then(Value::as_array).into_iter().flatten();
            let kinds = entries.filter_map(|entry| entry.get("DetailType").and_then(Value::as_str));
            let tells = kinds.map(|kind| permission(TELL, kind));
            [permission(action, service)].into_iter().chain(tells).collect()
        }
        ("sqs", _) => {
            let url = body.get("QueueUrl").and_then(Value::as_str).unwrap_or_default();
            vec![permission(action, names.read_queue_url(url).unwrap_or(url))]
        }
        _ => vec![permission(action, service)],
    }
}

/// The partition of the one item that a call names.
fn partition(body: &Value) -> Option<&str> {
    let key = body.get("Key").or_else(|| body.get("Item"))?;
    key.pointer("/pk/S").and_then(Value::as_str)
}

fn parts(names: &Names, body: &Value) -> Vec<Permission> {
    let items = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    let parts = items.filter_map(Value::as_object).flatten();
    let needed = |(kind, part): (&String, &Value)| {
        let table = part.get("TableName").and_then(Value::as_str)?;
        let own = permission(&format!("dynamodb:{kind}Item"), names.read_table(table)?.name());
        Some([own].into_iter().chain(told(names, part)))
    };
    parts.filter_map(needed).flatten().collect()
}

/// What telling an event needs, when `put` puts one into the outbox.
fn told(names: &Names, put: &Value) -> Option<Permission> {
    let table = names.read_table(put.get("TableName")?.as_str()?)?;
    let envelope = put.get("Item")?.get("envelope")?.get("S")?.as_str()?;
    let envelope: Value = serde_json::from_str(envelope).ok()?;
    let kind = envelope.get("kind")?.as_str()?;
    (table == Table::Outbox).then(|| permission(TELL, kind))
}
