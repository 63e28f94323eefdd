//! DynamoDB requests as the product sends them, with something wrong on purpose: one clause less,
//! another comparison, a write missing. What comes out is a valid request again.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use store::Table;

/// Which writes of which requests are meant.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub table: Table,
    pub kind: Kind,
    /// How the keys begin; empty matches any.
    pub pk: &'static str,
    pub sk: &'static str,
    /// What the write contains somewhere, like an event's kind; empty matches any.
    pub holding: &'static str,
    /// What it must not contain; empty is nothing.
    pub lacking: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Any,
    Put,
    Update,
    Delete,
    Check,
}

impl Target {
    pub const fn any(table: Table, pk: &'static str) -> Self {
        Self { table, kind: Kind::Any, pk, sk: "", holding: "", lacking: "" }
    }
    pub const fn put(table: Table, pk: &'static str) -> Self {
        Self { table, kind: Kind::Put, pk, sk: "", holding: "", lacking: "" }
    }
    pub const fn update(table: Table, pk: &'static str) -> Self {
        Self { table, kind: Kind::Update, pk, sk: "", holding: "", lacking: "" }
    }
    pub const fn delete(table: Table, pk: &'static str) -> Self {
        Self { table, kind: Kind::Delete, pk, sk: "", holding: "", lacking: "" }
    }
    pub const fn check(table: Table, pk: &'static str) -> Self {
        Self { table, kind: Kind::Check, pk, sk: "", holding: "", lacking: "" }
    }
    #[must_use]
    pub const fn sk(mut self, sk: &'static str) -> Self {
        self.sk = sk;
        self
    }
    #[must_use]
    pub const fn holding(mut self, text: &'static str) -> Self {
        self.holding = text;
        self
    }

    #[must_use]
    pub const fn lacking(mut self, text: &'static str) -> Self {
        self.lacking = text;
        self
    }

    fn matches(&self, kind: Kind, write: &Value) -> bool {
        let table = write["TableName"].as_str().unwrap_or_default();
        let key = write.get("Key").or_else(|| write.get("Item")).unwrap_or(&Value::Null);
        let begins = |name: &str, start: &str| {
            key[name]["S"].as_str().is_some_and(|text| text.starts_with(start))
        };
        (self.kind == Kind::Any || self.kind == kind)
            && table.ends_with(&format!("-{}", self.table.name()))
            && begins("pk", self.pk)
            && begins("sk", self.sk)
            && (self.holding.is_empty() || write.to_string().contains(self.holding))
            && (self.lacking.is_empty() || !write.to_string().contains(self.lacking))
    }
}

const IN_TRANSACTION: [(&str, Kind); 4] = [
    ("Put", Kind::Put),
    ("Update", Kind::Update),
    ("Delete", Kind::Delete),
    ("ConditionCheck", Kind::Check),
];

/// Does `edit` to every write of the request that `target` means; answers how many it changed.
pub fn edit(
    action: &str,
    body: &mut Value,
    target: &Target,
    mut edit: impl FnMut(&mut Value) -> bool,
) -> usize {
    let mut changed = 0;
    let mut one = |kind: Kind, write: &mut Value| {
        if target.matches(kind, write) && edit(write) {
            prune(write);
            changed += 1;
        }
    };
    match action {
        "dynamodb:PutItem" => one(Kind::Put, body),
        "dynamodb:UpdateItem" => one(Kind::Update, body),
        "dynamodb:DeleteItem" => one(Kind::Delete, body),
        "dynamodb:TransactWriteItems" => {
            for item in body["TransactItems"].as_array_mut().into_iter().flatten() {
                for (name, kind) in IN_TRANSACTION {
                    item.get_mut(name).into_iter().for_each(|write| one(kind, write));
                }
            }
        }
        _ => {}
    }
    changed
}

/// Takes the writes that `target` means out of a transaction; answers how many. A transaction that
/// would be empty stays as it is: see [`is_all`].
pub fn omit(body: &mut Value, target: &Target) -> usize {
    let Some(items) = body["TransactItems"].as_array_mut() else { return 0 };
    let before = items.len();
    items.retain(|item| !means(item, target));
    before - items.len()
}

/// Whether the request is nothing but writes that `target` means.
pub fn is_all(action: &str, body: &Value, target: &Target) -> bool {
    let kind = match action {
        "dynamodb:PutItem" => Kind::Put,
        "dynamodb:UpdateItem" => Kind::Update,
        "dynamodb:DeleteItem" => Kind::Delete,
        "dynamodb:TransactWriteItems" => {
            let items = body["TransactItems"].as_array();
            return items.is_some_and(|items| items.iter().all(|item| means(item, target)));
        }
        _ => return false,
    };
    target.matches(kind, body)
}

/// Whether some write of the request is meant.
pub fn is_any(action: &str, body: &Value, target: &Target) -> bool {
    match action {
        "dynamodb:TransactWriteItems" => {
            let items = body["TransactItems"].as_array();
            items.is_some_and(|items| items.iter().any(|item| means(item, target)))
        }
        _ => is_all(action, body, target),
    }
}

fn means(item: &Value, target: &Target) -> bool {
    let matches = |(name, kind): &(&str, Kind)| {
        item.get(*name).is_some_and(|write| target.matches(*kind, write))
    };
    IN_TRANSACTION.iter().any(matches)
}

/// Drops the clauses of the condition that speak of `attribute` (`*`: all of them).
pub fn unguard(write: &mut Value, attribute: &str) -> bool {
    let Some(condition) = write["ConditionExpression"].as_str() else { return false };
    let names =
        |clause: &str| attribute == "*" || tokens(clause).contains(&*format!("#{attribute}"));
    let clauses: Vec<&str> = condition.split(" AND ").collect();
    let left: Vec<&str> = clauses.iter().copied().filter(|clause| !names(clause)).collect();
    if left.len() == clauses.len() {
        return false;
    }
    let left = left.join(" AND ");
    match (left.is_empty(), write.as_object_mut()) {
        (true, Some(write)) => write.remove("ConditionExpression"),
        (_, write) => {
            write.and_then(|write| write.insert("ConditionExpression".into(), left.into()))
        }
    };
    true
}

/// Puts another operator into the clause on `attribute`.
pub fn compare(write: &mut Value, attribute: &str, from: &str, to: &str) -> bool {
    let Some(condition) = write["ConditionExpression"].as_str() else { return false };
    let (old, new) = (format!("#{attribute} {from} :"), format!("#{attribute} {to} :"));
    let turned = condition.replace(&old, &new);
    let changed = turned != condition;
    write["ConditionExpression"] = turned.into();
    changed
}

/// Turns the number that the write sets, adds or puts into another one.
pub fn renumber(write: &mut Value, attribute: &str, turn: impl Fn(i64) -> i64) -> bool {
    let place = if write.get("Item").is_some() {
        write.pointer_mut(&format!("/Item/{attribute}/N"))
    } else {
        let update = write["UpdateExpression"].as_str().unwrap_or_default();
        let Some(placeholder) = placeholder(update, attribute) else { return false };
        write.pointer_mut(&format!("/ExpressionAttributeValues/{placeholder}/N"))
    };
    let Some(place) = place else { return false };
    let Some(number) = place.as_str().and_then(|text| text.parse().ok()) else { return false };
    *place = turn(number).to_string().into();
    true
}

/// Takes one attribute out of an item that is put.
pub fn strip(write: &mut Value, attribute: &str) -> bool {
    let item = write.get_mut("Item").and_then(Value::as_object_mut);
    item.is_some_and(|item| item.remove(attribute).is_some())
}

/// Makes the bytes that an update sets none.
pub fn blank(write: &mut Value, attribute: &str) -> bool {
    let update = write["UpdateExpression"].as_str().unwrap_or_default();
    let Some(placeholder) = placeholder(update, attribute) else { return false };
    let bytes = write.pointer_mut(&format!("/ExpressionAttributeValues/{placeholder}/B"));
    let Some(bytes) = bytes.filter(|bytes| **bytes != *"") else { return false };
    *bytes = "".into();
    true
}

/// Takes the wish for consistency out of a read that says `holding` somewhere.
pub fn relax(body: &mut Value, holding: &str) -> bool {
    if !body.to_string().contains(holding) {
        return false;
    }
    let wish = |read: &mut Value| {
        let read = read.as_object_mut();
        read.is_some_and(|read| read.remove("ConsistentRead") == Some(Value::Bool(true)))
    };
    let tables = body.get_mut("RequestItems").and_then(Value::as_object_mut);
    let of_batch = tables.into_iter().flatten().map(|(_, read)| wish(read));
    let of_batch = of_batch.fold(false, std::ops::BitOr::bitor);
    wish(body) || of_batch
}

/// The value that an update gives `attribute`: `#a = :v1` or `#a :v1`.
fn placeholder(update: &str, attribute: &str) -> Option<String> {
    let name = format!("#{attribute}");
    let mut words = update.split([' ', ',']).filter(|word| !word.is_empty() && *word != "=");
    words.find(|word| *word == name)?;
    words.next().filter(|word| word.starts_with(':')).map(str::to_owned)
}

fn tokens(expression: &str) -> BTreeSet<&str> {
    let part_of = |c: char| c.is_alphanumeric() || matches!(c, '#' | ':' | '_' | '-');
    expression.split(|c| !part_of(c)).filter(|word| word.starts_with(['#', ':'])).collect()
}

/// Takes out names and values that no expression uses any more: DynamoDB refuses those.
fn prune(write: &mut Value) {
    let expressions = ["ConditionExpression", "UpdateExpression"];
    let texts = expressions.map(|name| write[name].as_str().unwrap_or_default().to_owned());
    let used: BTreeSet<&str> = texts.iter().flat_map(|text| tokens(text)).collect();
    for field in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        let Some(map) = write.get_mut(field).and_then(Value::as_object_mut) else { continue };
        let owned = |(name, value): (&String, &Value)| (name.clone(), value.clone());
        let left: Map<String, Value> =
            map.iter().filter(|(name, _)| used.contains(&***name)).map(owned).collect();
        let empty = left.is_empty();
        *map = left;
        if let (true, Some(write)) = (empty, write.as_object_mut()) {
            write.remove(field);
        }
    }
    if let Some(write) = write.as_object_mut() {
        write.retain(|_, value| !value.is_null());
    }
}

#[cfg(test)]
mod tests;
