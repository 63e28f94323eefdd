//! Tables: making them, describing them, and what expires in them.

use serde_json::{Map, Value as Json, json};

use super::{
    Memory,
    stream::Stream,
    table::{Index, Kind, Part, Projection, Schema, Table, Tree},
    write::table_name,
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;
type Body = Map<String, Json>;

impl Memory {
    /// `CreateTable`. Streams carry both images, whatever view is asked for.
    pub(super) fn create_table(&self, mut body: Body) -> Result<Json> {
        let name = table_name(&mut body)?;
        let schema = schema(&body, &body)?;
        if body.get("LocalSecondaryIndexes").is_some_and(|indexes| !indexes.is_null()) {
            return Err(EngineError::invalid("the engine in memory has no local indexes"));
        }
        let streams = body.get("StreamSpecification");
        let streams = streams.and_then(|stream| stream.get("StreamEnabled"));
        let streams = streams.and_then(Json::as_bool).unwrap_or(false);
        let mut table = Table {
            name: name.clone(),
            schema,
            tree: Tree::new(),
            indexes: Vec::new(),
            ttl: None,
            stream: streams.then(Stream::default),
        };
        let indexes = body.get("GlobalSecondaryIndexes").and_then(Json::as_array);
        for described in indexes.into_iter().flatten() {
            table.add_index(index(described, &body)?);
        }
        let mut state = self.state();
        if state.tables.contains_key(&name) {
            let message = format!("Table already exists: {name}");
            return Err(EngineError::new("ResourceInUseException", message));
        }
        let described = describe(&table);
        state.tables.insert(name, table);
        Ok(json!({ "TableDescription": described }))
    }

    /// `DescribeTable`: what there is of it that clients ask for.
    pub(super) fn describe_table(&self, mut body: Body) -> Result<Json> {
        let name = table_name(&mut body)?;
        let state = self.state();
        Ok(json!({ "Table": describe(state.table(&name)?) }))
    }

    /// `DeleteTable`.
    pub(super) fn delete_table(&self, mut body: Body) -> Result<Json> {
        let name = table_name(&mut body)?;
        let mut state = self.state();
        let described = describe(state.table(&name)?);
        state.tables.remove(&name);
        Ok(json!({ "TableDescription": described }))
    }

    /// `UpdateTable`, as far as it creates indexes.
    pub(super) fn update_table(&self, mut body: Body) -> Result<Json> {
        let name = table_name(&mut body)?;
        let updates = body.get("GlobalSecondaryIndexUpdates").and_then(Json::as_array);
        let mut state = self.state();
        let table = state.table_mut(&name)?;
        for update in updates.into_iter().flatten() {
            let Some(described) = update.get("Create") else {
                return Err(EngineError::invalid("the engine in memory only creates indexes"));
            };
            table.add_index(index(described, &body)?);
        }
        Ok(json!({ "TableDescription": describe(table) }))
    }

    /// `UpdateTimeToLive`.
    pub(super) fn update_ttl(&self, mut body: Body) -> Result<Json> {
        let name = table_name(&mut body)?;
        let wish = body.get("TimeToLiveSpecification").cloned().unwrap_or_default();
        let enabled = wish.get("Enabled").and_then(Json::as_bool).unwrap_or(false);
        let attribute = wish.get("AttributeName").and_then(Json::as_str);
        let mut state = self.state();
        state.table_mut(&name)?.ttl = attribute.filter(|_| enabled).map(Into::into);
        Ok(json!({ "TimeToLiveSpecification": wish }))
    }
}

fn describe(table: &Table) -> Json {
    let indexes = table.indexes.iter();
    let indexes = indexes.map(|index| json!({ "IndexName": index.name, "IndexStatus": "ACTIVE" }));
    let mut described = json!({
        "TableName": table.name,
        "TableStatus": "ACTIVE",
        "ItemCount": table.tree.values().map(std::collections::BTreeMap::len).sum::<usize>(),
    });
    let indexes: Vec<_> = indexes.collect();
    if let (false, Some(map)) = (indexes.is_empty(), described.as_object_mut()) {
        map.insert("GlobalSecondaryIndexes".into(), indexes.into());
    }
    described
}

/// The key schema in `described`; the types are in the `body` of the request.
fn schema(described: &Body, body: &Body) -> Result<Schema> {
    let elements = described.get("KeySchema").and_then(Json::as_array);
    let part = |role: &str| {
        let mut elements = elements.into_iter().flatten();
        let element = elements.find(|element| text(element, "KeyType") == Some(role));
        element.and_then(|element| text(element, "AttributeName"))
    };
    let kind = |name: &str| {
        let attributes = body.get("AttributeDefinitions").and_then(Json::as_array);
        let mut attributes = attributes.into_iter().flatten();
        let found = attributes.find(|it| text(it, "AttributeName") == Some(name));
        match found.and_then(|it| text(it, "AttributeType")) {
            Some("S") => Ok(Kind::S),
            Some("N") => Ok(Kind::N),
            Some("B") => Ok(Kind::B),
            _ => Err(EngineError::invalid(
                "One or more parameter values were invalid: Some index key attributes are not \
                 defined in AttributeDefinitions",
            )),
        }
    };
    let typed = |name: &str| -> Result<Part> { Ok(Part { name: name.into(), kind: kind(name)? }) };
    let hash = part("HASH").ok_or_else(|| {
        EngineError::invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    })?;
    Ok(Schema { hash: typed(hash)?, range: part("RANGE").map(typed).transpose()? })
}

fn index(described: &Json, body: &Body) -> Result<Index> {
    let map = described.as_object().ok_or_else(|| EngineError::invalid("an index is an object"))?;
    let name = text(described, "IndexName")
        .ok_or_else(|| EngineError::invalid("IndexName is required"))?;
    let projection = described.get("Projection").unwrap_or(&Json::Null);
    let projection = match text(projection, "ProjectionType") {
        Some("KEYS_ONLY") => Projection::Keys,
        Some("INCLUDE") => {
            let names = projection.get("NonKeyAttributes").and_then(Json::as_array);
            let names = names.into_iter().flatten().filter_map(Json::as_str);
            Projection::Include(names.map(Into::into).collect())
        }
        _ => Projection::All,
    };
    Ok(Index { name: name.to_owned(), schema: schema(map, body)?, projection, tree: Tree::new() })
}

fn text<'a>(json: &'a Json, field: &str) -> Option<&'a str> {
    json.get(field).and_then(Json::as_str)
}
