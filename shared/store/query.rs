//! Lists: one bounded page at a time.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, ReturnConsumedCapacity, Select},
};
use serde::{Deserialize, Serialize};

use crate::{Item, Store, StoreError, Table, error::sort, meter};

/// Items of one partition (of a table or an index) in key order.
#[derive(Clone, Debug)]
pub struct Query {
    table: Table,
    /// 0: the table itself.
    index: u8,
    partition: String,
    sort: Sort,
    descending: bool,
    consistent: bool,
    limit: u32,
    after: Option<Position>,
}

#[derive(Clone, Debug)]
enum Sort {
    Any,
    Prefix(String),
    Between(String, String),
}

/// Where a page ended: the key attributes of its last item. What a cursor carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(pub BTreeMap<String, String>);

#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// `None` on the last page.
    pub next: Option<Position>,
}

impl<T> Page<T> {
    /// The same page with every item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }

    /// The same, unless one cannot be turned.
    pub fn try_map<U, E>(self, turn: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(turn).collect::<Result<_, _>>()?;
        Ok(Page { items, next: self.next })
    }
}

impl Query {
    #[must_use]
    pub fn of(table: Table, partition: impl Into<String>, limit: u32) -> Self {
        Self {
            table,
            index: 0,
            partition: partition.into(),
            sort: Sort::Any,
            descending: false,
            consistent: false,
            limit,
            after: None,
        }
    }
    /// Asks `gsi<number>` instead of the table.
    #[must_use]
    pub fn index(mut self, number: u8) -> Self {
        self.index = number;
        self
    }
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.sort = Sort::Prefix(prefix.into());
        self
    }
    /// Both ends included.
    #[must_use]
    pub fn between(mut self, low: impl Into<String>, high: impl Into<String>) -> Self {
        self.sort = Sort::Between(low.into(), high.into());
        self
    }
    #[must_use]
    pub const fn newest_first(mut self) -> Self {
        self.descending = true;
        self
    }
    /// Only the table itself can be read consistently.
    #[must_use]
    pub const fn consistent(mut self) -> Self {
        self.consistent = true;
        self
    }
    #[must_use]
    pub fn after(mut self, position: Option<Position>) -> Self {
        self.after = position;
        self
    }

    /// How many items a page has at most.
    pub(crate) const fn limit(&self) -> u32 {
        self.limit
    }
    #[must_use]
    pub(crate) const fn reading(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }
    /// Where it goes on.
    pub(crate) fn reached(self) -> Option<Position> {
        self.after
    }
    /// Where a page that ends with `item` ends.
    pub(crate) fn position_of(&self, item: &Item) -> Position {
        let (pk, sk) = self.names();
        let names = ["pk".to_owned(), "sk".to_owned(), pk, sk];
        let text = |name: String| Some((name.clone(), item.get(&name)?.as_s().ok()?.clone()));
        Position(names.into_iter().filter_map(text).collect())
    }

    fn names(&self) -> (String, String) {
        match self.index {
            0 => ("pk".to_owned(), "sk".to_owned()),
            number => (format!("gsi{number}pk"), format!("gsi{number}sk")),
        }
    }
}

impl Store {
    pub async fn query(&self, query: Query) -> Result<Page<Item>, StoreError> {
        let answer = self.query_request(query).send().await.map_err(|error| sort(&error))?;
        meter::count(answer.consumed_capacity.as_slice());
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty()).map(position);
        Ok(Page { items: answer.items.unwrap_or_default(), next })
    }

    /// How many items there are: asks page by page of the query's limit, to the end. For what is
    /// small by its nature, like one price of a book.
    pub async fn count(&self, mut query: Query) -> Result<u32, StoreError> {
        let mut sum: u32 = 0;
        loop {
            let request = self.query_request(query.clone()).select(Select::Count);
            let answer = request.send().await.map_err(|error| sort(&error))?;
            meter::count(answer.consumed_capacity.as_slice());
            sum = sum.saturating_add(u32::try_from(answer.count).unwrap_or_default());
            match answer.last_evaluated_key.filter(|key| !key.is_empty()).map(position) {
                Some(next) => query.after = Some(next),
                None => return Ok(sum),
            }
        }
    }

    fn query_request(&self, query: Query) -> QueryFluentBuilder {
        let (pk, sk) = query.names();
        let mut request = self
            .client
            .query()
            .table_name(self.table_name(query.table))
            .scan_index_forward(!query.descending)
            .consistent_read(query.consistent)
            .limit(i32::try_from(query.limit).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .expression_attribute_names("#p", pk)
            .expression_attribute_values(":p", AttributeValue::S(query.partition));
        if query.index > 0 {
            request = request.index_name(format!("gsi{}", query.index));
        }
        request = match query.sort {
            Sort::Any => request.key_condition_expression("#p = :p"),
            Sort::Prefix(prefix) => request
                .key_condition_expression("#p = :p AND begins_with(#s, :s)")
                .expression_attribute_names("#s", sk)
                .expression_attribute_values(":s", AttributeValue::S(prefix)),
            Sort::Between(low, high) => request
                .key_condition_expression("#p = :p AND #s BETWEEN :l AND :h")
                .expression_attribute_names("#s", sk)
                .expression_attribute_values(":l", AttributeValue::S(low))
                .expression_attribute_values(":h", AttributeValue::S(high)),
        };
        if let Some(Position(keys)) = query.after {
            let key = keys.into_iter().map(|(name, text)| (name, AttributeValue::S(text)));
            request = request.set_exclusive_start_key(Some(key.collect()));
        }
        request
    }
}

fn position(key: Item) -> Position {
    let text = |(name, value): (String, AttributeValue)| match value {
        AttributeValue::S(text) => Some((name, text)),
        _ => None, // every key attribute of ours is a string
    };
    Position(key.into_iter().filter_map(text).collect())
}
