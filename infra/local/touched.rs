//! Which partitions a DynamoDB request needs, read off its body.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use store::Table;

use crate::names::Names;

/// A partition of a table, or of one of its indexes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition {
    pub table: Table,
    /// 0: the table itself.
    pub index: u8,
    pub key: String,
}

/// Every partition that the request names, each once, in order. A scan names none.
pub(crate) fn partitions(names: &Names, operation: &str, body: &Value) -> Vec<Partition> {
    let mut found = BTreeSet::new();
    match operation {
        "Query" => found.extend(queried(names, body)),
        "BatchGetItem" => {
            for (table, request) in requests(names, body) {
                let keys = request.get("Keys").and_then(Value::as_array);
                found.extend(keys.into_iter().flatten().filter_map(|key| own(table, key)));
            }
        }
        _ => {
            for (_, act) in acts(operation, body) {
                let Some(table) = table_of(names, act) else { continue };
                let item = act.get("Item");
                found.extend(act.get("Key").or(item).and_then(|key| own(table, key)));
                if let Some(item) = item {
                    found.extend(index_partitions(table, item));
                }
                found.extend(assigned(table, act));
            }
        }
    }
    found.into_iter().collect()
}

/// Table, full table name and key of every item that a write may change.
pub(crate) fn written_keys(
    names: &Names,
    operation: &str,
    body: &Value,
) -> Vec<(Table, String, Value)> {
    let key = |(kind, act): (&str, &Value)| {
        let table = table_of(names, act)?;
        let name = act.get("TableName")?.as_str()?.to_owned();
        let from = act.get("Key").or_else(|| act.get("Item"))?;
        let key = json!({ "pk": from.get("pk")?, "sk": from.get("sk")? });
        (kind != "ConditionCheck").then_some((table, name, key))
    };
    acts(operation, body).into_iter().filter_map(key).collect()
}

/// Where an item stands in the indexes of its table.
pub(crate) fn index_partitions(table: Table, item: &Value) -> Vec<Partition> {
    let at = |index: u8| {
        let key = item.pointer(&format!("/gsi{index}pk/S"))?.as_str()?.to_owned();
        Some(Partition { table, index, key })
    };
    (1..=table.indexes()).filter_map(at).collect()
}

/// Takes the keys of `exhausted` partitions out of a batch read; answers them in the shape of
/// `UnprocessedKeys`.
pub(crate) fn split(names: &Names, body: &mut Value, exhausted: &BTreeSet<Partition>) -> Value {
    let mut left_out = serde_json::Map::new();
    let Some(requests) = body.get_mut("RequestItems").and_then(Value::as_object_mut) else {
        return Value::Null;
    };
    for (name, request) in requests.iter_mut() {
        let Some(table) = names.read_table(name) else { continue };
        let mut rest = request.clone();
        let hot = |key: &Value| own(table, key).is_some_and(|of| exhausted.contains(&of));
        keep(request, |key| !hot(key));
        keep(&mut rest, hot);
        if rest.get("Keys").and_then(Value::as_array).is_some_and(|keys| !keys.is_empty()) {
            left_out.insert(name.clone(), rest);
        }
    }
    requests.retain(|_, request| {
        request.get("Keys").and_then(Value::as_array).is_none_or(|keys| !keys.is_empty())
    });
    Value::Object(left_out)
}

fn keep(request: &mut Value, wanted: impl Fn(&Value) -> bool) {
    if let Some(keys) = request.get_mut("Keys").and_then(Value::as_array_mut) {
        keys.retain(wanted);
    }
}

fn requests<'a>(names: &Names, body: &'a Value) -> Vec<(Table, &'a Value)> {
    let requests = body.get("RequestItems").and_then(Value::as_object);
    let named = requests.into_iter().flatten();
    named.filter_map(|(name, request)| Some((names.read_table(name)?, request))).collect()
}

/// The single puts, gets, updates, deletes and checks that a request is made of, with their kinds.
fn acts<'a>(operation: &'a str, body: &'a Value) -> Vec<(&'a str, &'a Value)> {
    match operation {
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body.get("TransactItems").and_then(Value::as_array);
            let acts = items.into_iter().flatten().filter_map(Value::as_object);
            acts.flatten().map(|(kind, act)| (kind.as_str(), act)).collect()
        }
        _ => vec![(operation, body)],
    }
}

fn table_of(names: &Names, act: &Value) -> Option<Table> {
    names.read_table(act.get("TableName")?.as_str()?)
}

fn own(table: Table, key: &Value) -> Option<Partition> {
    let key = key.pointer("/pk/S")?.as_str()?.to_owned();
    Some(Partition { table, index: 0, key })
}

fn queried(names: &Names, body: &Value) -> Option<Partition> {
    let table = table_of(names, body)?;
    let index = body.get("IndexName").and_then(Value::as_str).unwrap_or_default();
    let number = index.strip_prefix("gsi").and_then(|number| number.parse().ok()).unwrap_or(0);
    let attribute = if number == 0 { "pk".to_owned() } else { format!("gsi{number}pk") };
    let key = equal_to(body, "KeyConditionExpression", &attribute)?;
    Some(Partition { table, index: number, key })
}

/// Where an update moves its item to.
fn assigned(table: Table, act: &Value) -> Vec<Partition> {
    let at = |index: u8| {
        let key = equal_to(act, "UpdateExpression", &format!("gsi{index}pk"))?;
        Some(Partition { table, index, key })
    };
    (1..=table.indexes()).filter_map(at).collect()
}

/// The text that an expression compares or assigns to an attribute: `name = :value`.
fn equal_to(request: &Value, expression: &str, attribute: &str) -> Option<String> {
    let text = request.get(expression)?.as_str()?;
    let names = request.get("ExpressionAttributeNames");
    let values = request.get("ExpressionAttributeValues")?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let value = words.windows(3).find_map(|window| match window {
        [name, "=", value] => {
            let meant = names.and_then(|names| names.get(*name)).and_then(Value::as_str);
            (meant.unwrap_or(name) == attribute).then(|| value.trim_end_matches([',', ')']))
        }
        _ => None,
    })?;
    Some(values.get(value)?.get("S")?.as_str()?.to_owned())
}
