//! Reads by key.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{
    Bill, Memory,
    expression::Names,
    lexer::Placeholders,
    units::{self, Consumed, Wish},
    value::{Attributes, read_attributes, write_attributes},
    write::table_name,
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;
type Body = Map<String, Json>;

const BATCH_KEYS_MAX: usize = 100;
const BATCH_BYTES_MAX: usize = 16 * 1_024 * 1_024;

/// The item, or what the projection leaves of it.
pub fn project(item: &Attributes, projection: Option<&Names>, words: &Placeholders) -> Json {
    let Some(projection) = projection else { return write_attributes(item) };
    let names: BTreeSet<_> = projection.tree.iter().map(|word| words.name(word)).collect();
    let kept = item.iter().filter(|(name, _)| names.contains(&***name));
    Json::Object(kept.map(|(name, value)| (name.to_string(), value.write())).collect())
}

/// A flag of a request.
pub fn flag(body: &Body, name: &str) -> bool {
    body.get(name).and_then(Json::as_bool).unwrap_or(false)
}

impl Memory {
    /// `GetItem`.
    pub(super) fn get_item(&self, mut body: Body) -> Result<Json> {
        let (wish, consistent) = (Wish::read(&body), flag(&body, "ConsistentRead"));
        let name = table_name(&mut body)?;
        let projection = self.expressions.projection(&mut body)?;
        let words = Placeholders::take(&mut body)?;
        words.check(&[("ProjectionExpression", projection.as_ref().map(|p| &p.words))])?;
        let key = read_attributes(body.remove("Key").unwrap_or_default())?;
        let state = self.state();
        let table = state.table(&name)?;
        let row = table.get(&table.schema.of_key(&key)?).cloned();
        drop(state);
        let mut answer = Body::new();
        if let Some(row) = &row {
            answer.insert("Item".into(), project(&row.item, projection.as_deref(), &words));
        }
        if wish != Wish::None {
            let units = units::read(row.map_or(0, |row| row.size), consistent);
            let consumed = Consumed::of_table(units).json(&name, wish, None);
            answer.insert("ConsumedCapacity".into(), consumed);
        }
        Ok(answer.into())
    }

    /// `BatchGetItem`. Beyond 16 MB the rest comes back as unprocessed.
    pub(super) fn batch_get(&self, mut body: Body) -> Result<Json> {
        let wish = Wish::read(&body);
        let Some(Json::Object(tables)) = body.remove("RequestItems") else {
            return Err(EngineError::invalid("RequestItems is required"));
        };
        let keys =
            |request: &Json| request.get("Keys").and_then(Json::as_array).map_or(0, Vec::len);
        let count: usize = tables.values().map(keys).sum();
        if count == 0 || count > BATCH_KEYS_MAX {
            return Err(EngineError::invalid(
                "1 validation error detected: Value at 'requestItems.keys' failed to satisfy \
                 constraint: Member must have length less than or equal to 100, Member must have \
                 length greater than or equal to 1",
            ));
        }
        let (mut batch, state) = (Batch::default(), self.state());
        for (name, request) in tables {
            let Json::Object(mut request) = request else {
                return Err(EngineError::new("SerializationException", "no object"));
            };
            let projection = self.expressions.projection(&mut request)?;
            let words = Placeholders::take(&mut request)?;
            words.check(&[("ProjectionExpression", projection.as_ref().map(|p| &p.words))])?;
            let table = state.table(&name)?;
            batch.table(table, request, |item| project(item, projection.as_deref(), &words))?;
        }
        drop(state);
        let mut answer = Body::new();
        answer.insert("Responses".into(), batch.responses.into());
        answer.insert("UnprocessedKeys".into(), batch.unprocessed.into());
        batch.bill.put(&mut answer, wish, None);
        Ok(answer.into())
    }
}

/// The answer to a `BatchGetItem` as it grows.
#[derive(Default)]
struct Batch {
    responses: Body,
    unprocessed: Body,
    bill: Bill,
    bytes: usize,
}

impl Batch {
    fn table(
        &mut self,
        table: &super::table::Table,
        mut request: Body,
        write: impl Fn(&Attributes) -> Json,
    ) -> Result<()> {
        let consistent = flag(&request, "ConsistentRead");
        let Some(Json::Array(keys)) = request.remove("Keys") else {
            return Err(EngineError::invalid("Keys is required"));
        };
        let (mut found, mut left, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        for json in keys {
            let key = table.schema.of_key(&read_attributes(json.clone())?)?;
            let row = table.get(&key);
            let size = row.map_or(0, |row| row.size);
            if !seen.insert(key) {
                return Err(EngineError::invalid("Provided list of item keys contains duplicates"));
            }
            if self.bytes + size > BATCH_BYTES_MAX {
                left.push(json);
                continue;
            }
            self.bytes += size;
            self.bill.add(table.name.clone(), &Consumed::of_table(units::read(size, consistent)));
            found.extend(row.map(|row| write(&row.item)));
        }
        self.responses.insert(table.name.clone(), found.into());
        if !left.is_empty() {
            request.insert("Keys".into(), left.into());
            self.unprocessed.insert(table.name.clone(), request.into());
        }
        Ok(())
    }
}
