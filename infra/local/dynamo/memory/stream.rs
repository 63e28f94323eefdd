//! What happened to a table, in order.

use std::{collections::VecDeque, sync::Arc};

use serde_json::{Map, Value as Json, json};

use super::{
    row::Row,
    units::item_size,
    value::{Attributes, Value, write_attributes},
};
use crate::{dynamo::record::StreamItem, names::REGION};

/// The changes of a table that nobody has dropped yet.
#[derive(Debug, Default)]
pub struct Stream {
    records: VecDeque<Record>,
    last: i64,
}

/// What a change made of one item.
#[derive(Debug)]
pub struct Images {
    pub keys: Attributes,
    pub old: Option<Arc<Row>>,
    pub new: Option<Arc<Row>>,
}

#[derive(Debug)]
pub struct Record {
    pub position: i64,
    pub keys: Attributes,
    pub old: Option<Arc<Row>>,
    pub new: Option<Arc<Row>>,
    /// In seconds.
    pub at: i64,
    /// The service did it, because the item's time was over.
    pub expired: bool,
}

impl Stream {
    pub fn push(&mut self, images: Images, at: i64, expired: bool) {
        self.last += 1;
        let Images { keys, old, new } = images;
        self.records.push_back(Record { position: self.last, keys, old, new, at, expired });
    }

    /// The position of the newest record, dropped or not.
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// Answers whether there was anything to drop.
    pub fn trim_before(&mut self, position: i64) -> bool {
        let kept = self.records.partition_point(|record| record.position < position);
        self.records.drain(..kept);
        kept > 0
    }

    /// The records that nobody has dropped yet, oldest first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter()
    }

    /// Takes a record up again that was written by an earlier process.
    pub fn restore(&mut self, record: Record) {
        self.last = record.position;
        self.records.push_back(record);
    }

    /// Goes on counting after `last`.
    pub const fn count_from(&mut self, last: i64) {
        self.last = last;
    }

    /// The records after `position`, oldest first.
    pub fn after(&self, position: i64, limit: usize, arn: &str) -> Vec<StreamItem> {
        let start = self.records.partition_point(|record| record.position <= position);
        self.records.iter().skip(start).take(limit).map(|record| record.item(arn)).collect()
    }
}

impl Record {
    fn item(&self, arn: &str) -> StreamItem {
        let pk = self.keys.get("pk").and_then(|value| match value {
            Value::S(text) => Some(text.to_string()),
            _ => None,
        });
        let mut item = StreamItem {
            position: self.position,
            pk: pk.unwrap_or_default(),
            changes_nothing: false,
            event: Json::Null,
        };
        let mut event = json!({
            // Derived, so that a run repeats exactly and a redelivered record keeps its id.
            "eventID": format!("{:032x}", self.position),
            "eventName": self.name(),
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": self.change(&item.sequence_number()),
            "eventSourceARN": arn,
        });
        if let (true, Some(event)) = (self.expired, event.as_object_mut()) {
            let service = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
            event.insert("userIdentity".into(), service);
        }
        item.event = event;
        item
    }

    const fn name(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => "INSERT",
            (Some(_), Some(_)) => "MODIFY",
            (Some(_), None) => "REMOVE",
        }
    }

    fn change(&self, sequence_number: &str) -> Json {
        let size = |row: &Option<Arc<Row>>| row.as_ref().map_or(0, |row| row.size);
        let mut change = Map::new();
        change.insert("ApproximateCreationDateTime".into(), self.at.into());
        change.insert("Keys".into(), write_attributes(&self.keys));
        for (name, row) in [("NewImage", &self.new), ("OldImage", &self.old)] {
            if let Some(row) = row {
                change.insert(name.into(), write_attributes(&row.item));
            }
        }
        let bytes = item_size(&self.keys) + size(&self.old) + size(&self.new);
        change.insert("SequenceNumber".into(), sequence_number.into());
        change.insert("SizeBytes".into(), bytes.into());
        change.insert("StreamViewType".into(), "NEW_AND_OLD_IMAGES".into());
        Json::Object(change)
    }
}
