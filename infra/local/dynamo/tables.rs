//! Creating the tables, exactly as the template does.

use serde_json::{Value, json};
use store::Table;

use super::{engine::Engine, error::EngineError};
use crate::names::Names;

impl Engine {
    /// Creates every table that is missing and every index that a kept file lacks.
    pub fn create_tables(&self, names: &Names) -> Result<(), EngineError> {
        self.atomically(|| Table::ALL.iter().try_for_each(|table| self.create_table(names, *table)))
    }

    fn create_table(&self, names: &Names, table: Table) -> Result<(), EngineError> {
        let name = names.table(table);
        match self.call("DescribeTable", json!({ "TableName": name })) {
            Ok(described) => return self.add_indexes(&name, table, &described),
            Err(error) if error.is("ResourceNotFoundException") => {}
            Err(error) => return Err(error),
        }
        let (create, ttl) = creation(names, table);
        self.call("CreateTable", create)?;
        self.call("UpdateTimeToLive", ttl).map(|_| ())
    }

    fn add_indexes(&self, name: &str, table: Table, described: &Value) -> Result<(), EngineError> {
        let there = described.pointer("/Table/GlobalSecondaryIndexes").and_then(Value::as_array);
        let there = there.map_or(0, Vec::len);
        for number in (1..=table.indexes()).skip(there) {
            let request = json!({
                "TableName": name,
                "AttributeDefinitions": attributes(table),
                "GlobalSecondaryIndexUpdates": [{ "Create": index(number) }],
            });
            self.call("UpdateTable", request)?;
        }
        Ok(())
    }
}

/// The calls that create a table as the template does: `CreateTable` and `UpdateTimeToLive`.
pub(crate) fn creation(names: &Names, table: Table) -> (Value, Value) {
    let name = names.table(table);
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
