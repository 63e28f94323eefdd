//! Creating the tables, exactly as the template does.

use serde_json::{Value, json};
use store::Table;

use super::{engine::Engine, error::EngineError};
use crate::names::Names;

/// Creates every table.
pub(crate) fn create_tables(engine: &dyn Engine, names: &Names) -> Result<(), EngineError> {
    for table in Table::ALL {
        let (create, ttl) = creation(&names.prefix, *table);
        engine.call("CreateTable", create)?;
        engine.call("UpdateTimeToLive", ttl)?;
    }
    Ok(())
}

/// The calls that create a table under this prefix as the template does: `CreateTable` and
/// `UpdateTimeToLive`.
#[must_use]
pub fn creation(prefix: &str, table: Table) -> (Value, Value) {
    let name = format!("{prefix}{}", table.name());
    let mut request = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": attributes(table),
    });
    if table.indexes() > 0 {
        let indexes: Vec<_> = (1..=table.indexes()).map(index).collect();
        put(&mut request, "GlobalSecondaryIndexes", json!(indexes));
    }
    if table.streams() {
        let stream = json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
        put(&mut request, "StreamSpecification", stream);
    }
    let ttl = json!({ "Enabled": true, "AttributeName": "ttl" });
    (request, json!({ "TableName": name, "TimeToLiveSpecification": ttl }))
}

fn put(request: &mut Value, field: &str, value: Value) {
    if let Some(map) = request.as_object_mut() {
        map.insert(field.to_owned(), value);
    }
}

fn index(number: u8) -> Value {
    json!({
        "IndexName": format!("gsi{number}"),
        "KeySchema": key_schema(&format!("gsi{number}pk"), &format!("gsi{number}sk")),
        "Projection": { "ProjectionType": "ALL" },
    })
}

fn key_schema(hash: &str, range: &str) -> Value {
    json!([
        { "AttributeName": hash, "KeyType": "HASH" },
        { "AttributeName": range, "KeyType": "RANGE" },
    ])
}

fn attributes(table: Table) -> Value {
    let own = ["pk".to_owned(), "sk".to_owned()];
    let indexed = (1..=table.indexes()).flat_map(|n| [format!("gsi{n}pk"), format!("gsi{n}sk")]);
    let all = own.into_iter().chain(indexed);
    all.map(|name| json!({ "AttributeName": name, "AttributeType": "S" })).collect()
}
