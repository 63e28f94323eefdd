//! Writes: what one makes of a row, and the operations that do a single one or an unrelated many.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value as Json};

use super::{
    Memory, State,
    condition::Condition,
    expression::{Expressions, Parsed},
    key::{RowKey, no_match},
    lexer::Placeholders,
    row::Row,
    table::{Change, ITEM_BYTES_MAX, Table},
    units::{Consumed, Wish},
    update::Update,
    value::{Attributes, read_attributes, write_attributes},
    verb::Verb,
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;
type Body = Map<String, Json>;

const BATCH_WRITES_MAX: usize = 25;
const UPDATE_TOO_LARGE: &str = "Item size to update has exceeded the maximum allowed size";

/// A write of one item, understood but not yet held against the table.
#[derive(Debug)]
pub struct Write {
    pub table: String,
    act: Act,
    condition: Option<Arc<Parsed<Condition>>>,
    words: Placeholders,
    /// A failed condition brings the item.
    brings_item: bool,
}

#[derive(Debug)]
enum Act {
    Put(Attributes),
    /// Without an expression only the key is written.
    Update(Attributes, Option<Arc<Parsed<Update>>>),
    Delete(Attributes),
    Check(Attributes),
}

impl Write {
    /// Reads a write and checks all that needs no table.
    pub fn read(verb: Verb, mut body: Body, expressions: &Expressions) -> Result<Self> {
        for legacy in ["Expected", "AttributeUpdates", "ConditionalOperator"] {
            if body.contains_key(legacy) {
                let message = format!("the engine in memory does not know {legacy}");
                return Err(EngineError::invalid(message));
            }
        }
        let table = table_name(&mut body)?;
        let condition = expressions.condition(&mut body, "ConditionExpression")?;
        let update = match verb {
            Verb::Update => expressions.update(&mut body)?,
            _ => None,
        };
        let words = Placeholders::take(&mut body)?;
        words.check(&[
            ("UpdateExpression", update.as_ref().map(|update| &update.words)),
            ("ConditionExpression", condition.as_ref().map(|condition| &condition.words)),
        ])?;
        if let Some(update) = &update {
            update.tree.check(&words)?;
        }
        let failed = body.get("ReturnValuesOnConditionCheckFailure").and_then(Json::as_str);
        let brings_item = failed == Some("ALL_OLD");
        let field = if verb == Verb::Put { "Item" } else { "Key" };
        let attributes = read_attributes(body.remove(field).unwrap_or_default())?;
        let act = match verb {
            Verb::Put => Act::Put(attributes),
            Verb::Update => Act::Update(attributes, update),
            Verb::Delete => Act::Delete(attributes),
            Verb::Check => Act::Check(attributes),
        };
        Ok(Self { table, act, condition, words, brings_item })
    }

    /// The key of the row that it means.
    pub fn key(&self, table: &Table) -> Result<RowKey> {
        match &self.act {
            Act::Put(item) => table.schema.of_item(item),
            Act::Update(key, _) | Act::Delete(key) | Act::Check(key) => table.schema.of_key(key),
        }
    }

    /// What it makes of its row, if its condition holds.
    pub fn plan(&self, table: &Table) -> Result<Change> {
        let key = self.key(table)?;
        if let Act::Put(item) = &self.act {
            table.check_index_keys(None, item)?;
        }
        let old = table.get(&key).cloned();
        let nothing = Attributes::new();
        let before = old.as_ref().map_or(&nothing, |row| &row.item);
        if let Some(condition) = &self.condition
            && !condition.tree.holds(before, &self.words)?
        {
            let item = old.as_ref().filter(|_| self.brings_item);
            let item = item.map(|row| write_attributes(&row.item));
            return Err(EngineError::condition_failed(item));
        }
        let new = match &self.act {
            Act::Put(item) => Some(Row::new(item.clone())),
            Act::Delete(_) => None,
            Act::Check(_) => old.clone(),
            Act::Update(named, update) => {
                let before = if old.is_some() { before } else { named };
                Some(self.updated(table, before, update.as_deref())?)
            }
        };
        Ok(Change { key, old, new })
    }

    fn updated(
        &self,
        table: &Table,
        before: &Attributes,
        update: Option<&Parsed<Update>>,
    ) -> Result<Arc<Row>> {
        let Some(update) = update else { return Ok(Row::new(before.clone())) };
        for name in update.tree.changed(&self.words) {
            if table.schema.parts().any(|part| &*part.name == name) {
                return Err(EngineError::invalid(format!(
                    "One or more parameter values were invalid: Cannot update attribute {name}. \
                     This attribute is part of the key"
                )));
            }
        }
        let item = update.tree.apply(before, &self.words)?;
        table.check_index_keys(Some(before), &item)?;
        let row = Row::new(item);
        if row.size > ITEM_BYTES_MAX {
            return Err(EngineError::invalid(UPDATE_TOO_LARGE));
        }
        Ok(row)
    }

    /// Refuses an item that is too large whatever stands there.
    pub fn check_size(&self) -> Result<()> {
        if self.size() > ITEM_BYTES_MAX {
            return Err(EngineError::invalid("Item size has exceeded the maximum allowed size"));
        }
        Ok(())
    }

    /// Refuses an update that alone brings more than an item holds, before anything is looked at.
    fn check_update_size(&self) -> Result<()> {
        match &self.act {
            Act::Update(_, Some(update)) if update.tree.size(&self.words) > ITEM_BYTES_MAX => {
                Err(EngineError::invalid(UPDATE_TOO_LARGE))
            }
            _ => Ok(()),
        }
    }

    /// The bytes that it brings along.
    pub fn size(&self) -> usize {
        match &self.act {
            Act::Put(item) => super::units::item_size(item),
            Act::Update(key, _) | Act::Delete(key) | Act::Check(key) => {
                super::units::item_size(key)
            }
        }
    }

    /// The attributes that its answer carries.
    fn answer(&self, wish: &str, change: &Change) -> Option<Json> {
        let changed = |row: &Row| {
            let Act::Update(_, Some(update)) = &self.act else { return None };
            let names: BTreeSet<_> = update.tree.changed(&self.words).collect();
            let pick = row.item.iter().filter(|(name, _)| names.contains(&***name));
            let picked: Attributes =
                pick.map(|(name, value)| (Arc::clone(name), value.clone())).collect();
            (!picked.is_empty()).then(|| write_attributes(&picked))
        };
        match wish {
            "ALL_OLD" => change.old.as_ref().map(|row| write_attributes(&row.item)),
            "ALL_NEW" => change.new.as_ref().map(|row| write_attributes(&row.item)),
            "UPDATED_OLD" => change.old.as_ref().and_then(|row| changed(row)),
            "UPDATED_NEW" => change.new.as_ref().and_then(|row| changed(row)),
            _ => None,
        }
    }
}

/// Takes the name of the table, which may be an ARN, out of a request.
pub fn table_name(body: &mut Body) -> Result<String> {
    match body.remove("TableName") {
        Some(Json::String(name)) if !name.is_empty() => Ok(name),
        _ => Err(EngineError::invalid(
            "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: \
             Member must not be null",
        )),
    }
}

impl Memory {
    /// `PutItem`, `UpdateItem`, `DeleteItem`.
    pub(super) fn write_item(&self, verb: Verb, body: Body) -> Result<Json> {
        let wish = Wish::read(&body);
        let returns = body.get("ReturnValues").and_then(Json::as_str).unwrap_or("NONE").to_owned();
        if verb != Verb::Update && !["NONE", "ALL_OLD"].contains(&&*returns) {
            return Err(EngineError::invalid("Return values set to invalid value"));
        }
        let write = Write::read(verb, body, &self.expressions)?;
        write.check_size()?;
        write.check_update_size()?;
        let mut state = self.state();
        let at = self.seconds();
        let table = state.table(&write.table)?;
        let change = write.plan(table)?;
        let attributes = write.answer(&returns, &change);
        let changes = [(write.table.clone(), change)];
        state.keep(&changes, at, false)?;
        let [(_, change)] = changes;
        let consumed = state.table_mut(&write.table)?.apply(change, at);
        drop(state);
        let mut answer = Body::new();
        if let Some(attributes) = attributes {
            answer.insert("Attributes".into(), attributes);
        }
        if wish != Wish::None {
            let consumed = consumed.json(&write.table, wish, None);
            answer.insert("ConsumedCapacity".into(), consumed);
        }
        Ok(answer.into())
    }

    /// `BatchWriteItem`: puts and deletes that have nothing to do with each other.
    pub(super) fn batch_write(&self, mut body: Body) -> Result<Json> {
        let wish = Wish::read(&body);
        let Some(Json::Object(tables)) = body.remove("RequestItems") else {
            return Err(EngineError::invalid("RequestItems is required"));
        };
        let mut writes = Vec::new();
        for (table, requests) in tables {
            let Json::Array(requests) = requests else { return Err(no_match()) };
            for request in requests {
                writes.push(self.batch_part(&table, request)?);
            }
        }
        if writes.is_empty() || writes.len() > BATCH_WRITES_MAX {
            return Err(EngineError::invalid(
                "1 validation error detected: Value at 'requestItems' failed to satisfy \
                 constraint: Member must have length less than or equal to 25, Member must have \
                 length greater than or equal to 1",
            ));
        }
        let mut state = self.state();
        let mut changes = Vec::new();
        let mut seen = BTreeSet::new();
        for write in &writes {
            write.check_size()?;
            let change = write.plan(state.table(&write.table)?)?;
            if !seen.insert((write.table.clone(), change.key.clone())) {
                return Err(EngineError::invalid("Provided list of item keys contains duplicates"));
            }
            changes.push((write.table.clone(), change));
        }
        let consumed = state.apply(changes, self.seconds(), |consumed| consumed)?;
        let mut answer = Body::new();
        answer.insert("UnprocessedItems".into(), Body::new().into());
        consumed.put(&mut answer, wish, None);
        Ok(answer.into())
    }

    fn batch_part(&self, table: &str, request: Json) -> Result<Write> {
        let Json::Object(mut request) = request else { return Err(no_match()) };
        let part = |verb, part: Option<Json>| match part {
            Some(Json::Object(mut part)) => {
                part.insert("TableName".into(), table.into());
                Some(Write::read(verb, part, &self.expressions))
            }
            _ => None,
        };
        let put = part(Verb::Put, request.remove("PutRequest"));
        let write = put.or_else(|| part(Verb::Delete, request.remove("DeleteRequest")));
        write.unwrap_or_else(|| {
            Err(EngineError::invalid(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly \
                 one of the supported datatypes",
            ))
        })
    }
}

impl State {
    /// Keeps changes and makes them true; what each costs is told through `price`.
    pub(super) fn apply(
        &mut self,
        changes: Vec<(String, Change)>,
        at: i64,
        price: fn(Consumed) -> Consumed,
    ) -> Result<super::Bill> {
        self.keep(&changes, at, false)?;
        let mut bill = super::Bill::default();
        for (name, change) in changes {
            let consumed = price(self.table_mut(&name)?.apply(change, at));
            bill.add(name, &consumed);
        }
        Ok(bill)
    }
}
