//! Reads in the order of keys: `Query` and `Scan`.

use std::{
    ops::Bound::{self, Excluded, Included, Unbounded},
    sync::Arc,
};

use serde_json::{Map, Value as Json};

use super::{
    Memory,
    condition::Condition,
    expression::{Names, Parsed},
    key::{Key, Place, Schema},
    lexer::Placeholders,
    read::{flag, project},
    row::Row,
    span::Span,
    table::{Partition, Table, Tree},
    units::{self, Consumed, Wish},
    value::{Attributes, read_attributes, write_attributes},
    write::table_name,
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;
type Body = Map<String, Json>;

/// A page ends before the row that would bring it above this.
const PAGE_BYTES_MAX: usize = 1_024 * 1_024;

/// What `Query` and `Scan` have in common.
struct Request {
    table: String,
    index: Option<String>,
    wish: Wish,
    consistent: bool,
    forward: bool,
    count_only: bool,
    limit: usize,
    start: Option<Attributes>,
    filter: Option<Arc<Parsed<Condition>>>,
    projection: Option<Arc<Names>>,
    words: Placeholders,
}

/// A page as it grows.
struct Page<'a> {
    request: &'a Request,
    items: Vec<Json>,
    count: usize,
    scanned: usize,
    bytes: usize,
    /// Set when the page is full.
    last: Option<Arc<Row>>,
    full: bool,
}

impl Request {
    fn read(
        memory: &Memory,
        body: &mut Body,
        condition: Option<&Parsed<Condition>>,
    ) -> Result<Self> {
        let filter = memory.expressions.condition(body, "FilterExpression")?;
        let projection = memory.expressions.projection(body)?;
        let words = Placeholders::take(body)?;
        words.check(&[
            ("KeyConditionExpression", condition.map(|parsed| &parsed.words)),
            ("FilterExpression", filter.as_ref().map(|parsed| &parsed.words)),
            ("ProjectionExpression", projection.as_ref().map(|parsed| &parsed.words)),
        ])?;
        let limit = match body.get("Limit").filter(|limit| !limit.is_null()) {
            None => usize::MAX,
            Some(limit) => {
                let limit = limit.as_u64().filter(|limit| *limit > 0);
                let limit = limit.and_then(|limit| usize::try_from(limit).ok());
                limit.ok_or_else(|| {
                    EngineError::invalid(
                        "1 validation error detected: Value at 'limit' failed to satisfy \
                         constraint: Member must have value greater than or equal to 1",
                    )
                })?
            }
        };
        let text = |name: &str| body.get(name).and_then(Json::as_str).map(str::to_owned);
        let (index, select) = (text("IndexName"), text("Select"));
        let forward = body.get("ScanIndexForward").and_then(Json::as_bool).unwrap_or(true);
        let (wish, consistent) = (Wish::read(body), flag(body, "ConsistentRead"));
        let start = body.remove("ExclusiveStartKey").filter(|start| !start.is_null());
        Ok(Self {
            table: table_name(body)?,
            index,
            wish,
            consistent,
            forward,
            count_only: select.as_deref() == Some("COUNT"),
            limit,
            start: start.map(read_attributes).transpose()?,
            filter,
            projection,
            words,
        })
    }

    /// The rows that are asked, and by what they are keyed.
    fn source<'a>(&self, table: &'a Table) -> Result<(&'a Schema, &'a Tree)> {
        let Some(name) = &self.index else { return Ok((&table.schema, &table.tree)) };
        let index = table.index(name).ok_or_else(|| {
            EngineError::invalid(format!("The table does not have the specified index: {name}"))
        })?;
        if self.consistent {
            return Err(EngineError::invalid(
                "Consistent reads are not supported on global secondary indexes",
            ));
        }
        Ok((&index.schema, &index.tree))
    }

    /// Where the page before ended: partition and place.
    fn start(&self, table: &Table, schema: &Schema) -> Result<Option<(Key, Place)>> {
        let Some(start) = &self.start else { return Ok(None) };
        let wrong = || EngineError::invalid("The provided starting key is invalid");
        let key = schema.find(start).ok_or_else(wrong)?;
        let row = table.schema.find(start).ok_or_else(wrong)?;
        let both: std::collections::BTreeSet<_> =
            schema.parts().chain(table.schema.parts()).map(|part| &part.name).collect();
        if both.len() != start.len() {
            return Err(wrong());
        }
        let place = match &self.index {
            None => Place::own(key.range),
            Some(_) => Place { range: key.range, row },
        };
        Ok(Some((key.hash, place)))
    }
}

impl<'a> Page<'a> {
    const fn new(request: &'a Request) -> Self {
        let items = Vec::new();
        Self { request, items, count: 0, scanned: 0, bytes: 0, last: None, full: false }
    }

    /// Takes rows until it is full.
    fn take<'r>(&mut self, rows: impl Iterator<Item = &'r Arc<Row>>) -> Result<()> {
        for row in rows {
            if self.scanned > 0 && self.bytes + row.size > PAGE_BYTES_MAX {
                self.full = true;
                return Ok(());
            }
            self.bytes += row.size;
            self.scanned += 1;
            self.last = Some(Arc::clone(row));
            let Request { filter, words, projection, count_only, .. } = self.request;
            let passes = match filter {
                Some(filter) => filter.tree.holds(&row.item, words)?,
                None => true,
            };
            self.count += usize::from(passes);
            if passes && !count_only {
                self.items.push(project(&row.item, projection.as_deref(), words));
            }
            if self.scanned >= self.request.limit {
                self.full = true;
                return Ok(());
            }
        }
        Ok(())
    }

    fn answer(self, table: &Table, schema: &Schema) -> Json {
        let Self { request, items, count, scanned, bytes, last, full } = self;
        let mut answer = Body::new();
        if !request.count_only {
            answer.insert("Items".into(), items.into());
        }
        answer.insert("Count".into(), count.into());
        answer.insert("ScannedCount".into(), scanned.into());
        if let (true, Some(last)) = (full, last) {
            let mut key = schema.keys_of(&last.item);
            key.extend(table.schema.keys_of(&last.item));
            answer.insert("LastEvaluatedKey".into(), write_attributes(&key));
        }
        if request.wish != Wish::None {
            let units = units::read(bytes, request.consistent);
            let consumed = match &request.index {
                None => Consumed::of_table(units),
                Some(index) => {
                    Consumed { indexes: [(index.clone(), units)].into(), ..Consumed::default() }
                }
            };
            let consumed = consumed.json(&request.table, request.wish, None);
            answer.insert("ConsumedCapacity".into(), consumed);
        }
        answer.into()
    }
}

impl Memory {
    /// `Query`.
    pub(super) fn query(&self, mut body: Body) -> Result<Json> {
        for legacy in ["KeyConditions", "QueryFilter", "AttributesToGet"] {
            if body.contains_key(legacy) {
                let message = format!("the engine in memory does not know {legacy}");
                return Err(EngineError::invalid(message));
            }
        }
        let condition = self.expressions.condition(&mut body, "KeyConditionExpression")?;
        let condition = condition.ok_or_else(|| {
            EngineError::invalid(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified \
                 in the request.",
            )
        })?;
        let request = Request::read(self, &mut body, Some(&condition))?;
        let state = self.state();
        let table = state.table(&request.table)?;
        let (schema, tree) = request.source(table)?;
        let span = Span::read(&condition.tree, schema, &request.words)?;
        let start = request.start(table, schema)?;
        let mut page = Page::new(&request);
        if start.as_ref().is_some_and(|(hash, place)| *hash != span.hash || !span.covers(place)) {
            return Err(EngineError::invalid(
                "The provided starting key is outside query boundaries based on provided \
                 conditions",
            ));
        }
        let start = start.map(|(_, place)| place);
        let bounds = if request.forward {
            (start.map_or(span.low, Excluded), span.high)
        } else {
            (span.low, start.map_or(span.high, Excluded))
        };
        if let Some(partition) = tree.get(&span.hash).filter(|_| in_order(&bounds)) {
            let rows = partition.range(bounds).map(|(_, row)| row);
            if request.forward { page.take(rows)? } else { page.take(rows.rev())? }
        }
        Ok(page.answer(table, schema))
    }

    /// `Scan`, in the order of the keys. Only tools and tests may.
    pub(super) fn scan(&self, mut body: Body) -> Result<Json> {
        let request = Request::read(self, &mut body, None)?;
        let state = self.state();
        let table = state.table(&request.table)?;
        let (schema, tree) = request.source(table)?;
        let mut page = Page::new(&request);
        let (from, place) = match request.start(table, schema)? {
            Some((hash, place)) => (Included(hash), Some(place)),
            None => (Unbounded, None),
        };
        let mut place = place.map_or(Unbounded, Excluded);
        for (_, partition) in tree.range((from, Unbounded)) {
            let after = std::mem::replace(&mut place, Unbounded);
            page.take(rows_after(partition, after))?;
            if page.full {
                break;
            }
        }
        Ok(page.answer(table, schema))
    }
}

fn rows_after(partition: &Partition, after: Bound<Place>) -> impl Iterator<Item = &Arc<Row>> {
    partition.range((after, Unbounded)).map(|(_, row)| row)
}

/// `BTreeMap::range` panics on a range that ends before it begins.
fn in_order(bounds: &(Bound<Place>, Bound<Place>)) -> bool {
    match bounds {
        (Included(low), Included(high)) => low <= high,
        (Included(low) | Excluded(low), Excluded(high) | Included(high)) => low < high,
        _ => true,
    }
}
