//! What is done: one call after the other, drawn from a seed.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value, json};

use super::{
    shapes::{Shape, key},
    target::{Answer, TABLES, Target},
};
use local::Random;

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Call {
        operation: &'static str,
        body: Value,
    },
    /// A query from where the last page ended, or from the beginning.
    NextPage {
        body: Value,
    },
    /// A minute passes and what has expired goes.
    Sweep,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { operation, body } => write!(f, "{operation} {}", short(body)),
            Self::NextPage { body } => write!(f, "Query (the next page) {}", short(body)),
            Self::Sweep => f.write_str("a minute passes, the expired goes"),
        }
    }
}

/// Long runs of one character tell nothing.
pub(super) fn short(body: &Value) -> String {
    let text = body.to_string();
    let mut out = String::new();
    let mut run = 0;
    let mut last = None;
    for c in text.chars() {
        run = if last == Some(c) { run + 1 } else { 0 };
        last = Some(c);
        match run {
            0..8 => out.push(c),
            8 => out.push('…'),
            _ => {}
        }
    }
    out
}

impl Step {
    /// The call that it makes.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Call { operation, .. } => operation,
            Self::NextPage { .. } => "Query",
            Self::Sweep => "sweep",
        }
    }

    /// Does it; `page` is where the last page ended.
    pub(super) fn take(&self, target: &mut dyn Target, page: &mut Value) -> Answer {
        match self {
            Self::Call { operation, body } => target.call(operation, body),
            Self::NextPage { body } => {
                let mut body = body.clone();
                // The page before may have been of another query: then it must be refused.
                if let (false, Some(map)) = (page.is_null(), body.as_object_mut()) {
                    map.insert("ExclusiveStartKey".into(), page.take());
                }
                let answer = target.call("Query", &body)?;
                *page = answer.get("LastEvaluatedKey").cloned().unwrap_or_default();
                Ok(answer)
            }
            Self::Sweep => Ok(json!({ "gone": target.sweep()? })),
        }
    }
}

/// An endless sequence.
pub(super) struct Steps {
    random: Random,
    /// The query that is read page by page, with how many pages are left.
    pages: Option<(Value, u64)>,
    /// The transactions under each token.
    tokens: BTreeMap<u64, Value>,
}

impl Steps {
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), pages: None, tokens: BTreeMap::new() }
    }

    fn shape(&mut self) -> Shape<'_> {
        Shape(&mut self.random)
    }
}

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some((body, left)) = self.pages.take()
            && left > 0
        {
            self.pages = Some((body.clone(), left - 1));
            return Some(Step::NextPage { body });
        }
        let draw = self.random.below(100);
        let call = |operation, body| Some(Step::Call { operation, body });
        match draw {
            0..12 => call("PutItem", self.shape().put()),
            12..40 => call("UpdateItem", self.shape().update()),
            40..46 => call("DeleteItem", self.shape().delete()),
            46..62 => call("TransactWriteItems", self.transaction()),
            62..68 => call("GetItem", self.shape().get()),
            68..74 => call("BatchGetItem", self.shape().batch_get()),
            74..77 => call("TransactGetItems", self.shape().transact_get()),
            77..79 => call("BatchWriteItem", self.shape().batch_write()),
            79..90 => {
                let body = self.shape().query();
                let pages = self.random.below(4);
                self.pages = (pages > 0).then(|| (body.clone(), pages));
                call("Query", body)
            }
            90..97 => {
                let (operation, body) = self.shape().refused();
                call(operation, body)
            }
            _ => Some(Step::Sweep),
        }
    }
}

impl Steps {
    fn transaction(&mut self) -> Value {
        let count = 1 + self.random.below(6);
        let acts: Vec<Value> = (0..count).map(|_| self.shape().act()).collect();
        let mut body = json!({ "TransactItems": acts, "ReturnConsumedCapacity": "TOTAL" });
        let token = self.random.below(12);
        // Some come with a token; of these some repeat another one, or only its token.
        if token < 6
            && let Some(map) = body.as_object_mut()
        {
            let again = self.tokens.get(&token).filter(|_| self.random.below(3) > 0);
            if let Some(again) = again {
                map.insert("TransactItems".into(), again.clone());
            } else if let Some(items) = map.get("TransactItems") {
                self.tokens.insert(token, items.clone());
            }
            map.insert("ClientRequestToken".into(), format!("token-{token}").into());
        }
        body
    }
}

impl Shape<'_> {
    fn table(&mut self) -> &'static str {
        self.0.pick(&TABLES).copied().unwrap_or("check-auction")
    }

    fn put(&mut self) -> Value {
        let mut body = self.put_part();
        self.conditional(&mut body);
        self.capacity(&mut body);
        body.into()
    }

    fn put_part(&mut self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("TableName".into(), self.table().into());
        body.insert("Item".into(), self.item());
        body
    }

    fn keyed(&mut self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("TableName".into(), self.table().into());
        body.insert("Key".into(), self.key());
        body
    }

    fn update(&mut self) -> Value {
        let mut body = self.keyed();
        self.changes(&mut body);
        self.conditional(&mut body);
        self.capacity(&mut body);
        let returns = ["ALL_NEW", "ALL_NEW", "NONE", "ALL_OLD", "UPDATED_NEW", "UPDATED_OLD"];
        body.insert("ReturnValues".into(), self.one_of(&returns).into());
        body.into()
    }

    fn delete(&mut self) -> Value {
        let mut body = self.keyed();
        self.conditional(&mut body);
        self.capacity(&mut body);
        body.into()
    }

    fn capacity(&mut self, body: &mut Map<String, Value>) {
        let wish = self.one_of(&["TOTAL", "TOTAL", "INDEXES"]);
        body.insert("ReturnConsumedCapacity".into(), wish.into());
    }

    fn act(&mut self) -> Value {
        let kind = self.0.below(8);
        let mut body = if kind < 3 { self.put_part() } else { self.keyed() };
        if (3..6).contains(&kind) {
            self.changes(&mut body);
            if !body.contains_key("UpdateExpression") {
                body.insert("UpdateExpression".into(), "REMOVE #n".into());
                body.insert("ExpressionAttributeNames".into(), json!({ "#n": "n" }));
            }
        }
        self.conditional(&mut body);
        let check = !body.contains_key("ConditionExpression");
        match kind {
            0..3 => json!({ "Put": body }),
            3..6 => json!({ "Update": body }),
            6 if !check => json!({ "ConditionCheck": body }),
            _ => json!({ "Delete": body }),
        }
    }

    fn get(&mut self) -> Value {
        let mut body = self.keyed();
        body.insert("ConsistentRead".into(), (self.0.below(2) == 0).into());
        self.capacity(&mut body);
        body.into()
    }

    fn batch_get(&mut self) -> Value {
        let mut tables: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for _ in 0..=self.0.below(6) {
            let (table, key) = (self.table(), self.key());
            let keys = tables.entry(table).or_default();
            // Twice the same is refused: seldom enough.
            if !keys.contains(&key) || self.0.below(10) == 0 {
                keys.push(key);
            }
        }
        let consistent = self.0.below(2) == 0;
        let tables = tables.into_iter().map(|(table, keys)| {
            (table.to_owned(), json!({ "Keys": keys, "ConsistentRead": consistent }))
        });
        let tables: Map<_, _> = tables.collect();
        json!({ "RequestItems": tables, "ReturnConsumedCapacity": "TOTAL" })
    }

    fn transact_get(&mut self) -> Value {
        let count = 1 + self.0.below(4);
        let gets: Vec<Value> = (0..count).map(|_| json!({ "Get": self.keyed() })).collect();
        json!({ "TransactItems": gets, "ReturnConsumedCapacity": "TOTAL" })
    }

    fn batch_write(&mut self) -> Value {
        let mut tables: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for _ in 0..=self.0.below(4) {
            let table = self.table();
            let request = if self.0.below(2) == 0 {
                json!({ "PutRequest": { "Item": self.item() } })
            } else {
                json!({ "DeleteRequest": { "Key": self.key() } })
            };
            tables.entry(table).or_default().push(request);
        }
        json!({ "RequestItems": tables, "ReturnConsumedCapacity": "TOTAL" })
    }

    fn query(&mut self) -> Value {
        let mut body = Map::new();
        let table = self.table();
        let index = match (table, self.0.below(2)) {
            ("check-part", 0) => Some(self.one_of(&["gsi1", "gsi2"])),
            ("check-auction", 0) => Some(self.one_of(&["gsi1", "gsi2"])),
            (_, 0) => Some("gsi1"),
            _ => None,
        };
        body.insert("TableName".into(), table.into());
        let (hash, range) = match (table, index) {
            (_, None) => ("pk", "sk"),
            ("check-part", Some("gsi2")) => ("gsi1sk", "gsi1pk"),
            (_, Some("gsi2")) => ("gsi2pk", "gsi2sk"),
            _ => ("gsi1pk", "gsi1sk"),
        };
        if let Some(index) = index {
            body.insert("IndexName".into(), index.into());
        }
        let partition = self.key_text(hash);
        let mut names = json!({ "#p": hash });
        let mut values = json!({ ":p": { "S": partition } });
        let condition = self.stretch(range, &mut names, &mut values);
        body.insert("KeyConditionExpression".into(), condition.into());
        body.insert("ExpressionAttributeNames".into(), names);
        body.insert("ExpressionAttributeValues".into(), values);
        body.insert("ScanIndexForward".into(), (self.0.below(2) == 0).into());
        let consistent = index.is_none() && self.0.below(2) == 0;
        body.insert("ConsistentRead".into(), consistent.into());
        if self.0.below(4) > 0 {
            body.insert("Limit".into(), (1 + self.0.below(3)).into());
        }
        if self.0.below(4) == 0 {
            body.insert("Select".into(), "COUNT".into());
        }
        self.capacity(&mut body);
        body.into()
    }

    fn stretch(&mut self, range: &str, names: &mut Value, values: &mut Value) -> &'static str {
        let mut put = |word: &str, text: String| {
            if let Some(values) = values.as_object_mut() {
                values.insert(word.to_owned(), json!({ "S": text }));
            }
        };
        let condition = match self.0.below(6) {
            0 | 1 => return "#p = :p",
            2 | 3 => {
                let text = self.key_text(range);
                let cut = text.chars().take(1).collect();
                put(":s", cut);
                "#p = :p AND begins_with(#s, :s)"
            }
            4 => {
                let (low, high) = (self.key_text(range), self.key_text(range));
                // The other way round it is refused: now and then.
                let turn = low > high && self.0.below(8) > 0;
                let (low, high) = if turn { (high, low) } else { (low, high) };
                put(":l", low);
                put(":h", high);
                "#p = :p AND #s BETWEEN :l AND :h"
            }
            _ => {
                put(":s", self.key_text(range));
                self.one_of(&["#p = :p AND #s < :s", "#p = :p AND #s >= :s", "#p = :p AND #s = :s"])
            }
        };
        if let Some(names) = names.as_object_mut() {
            names.insert("#s".into(), range.into());
        }
        condition
    }

    /// What every engine must refuse.
    fn refused(&mut self) -> (&'static str, Value) {
        let table = self.table();
        let key = self.key();
        let odd = [
            json!({ "pk": { "S": "" }, "sk": { "S": "s" } }),
            json!({ "pk": { "N": "1" }, "sk": { "S": "s" } }),
            json!({ "pk": { "S": "p" } }),
            json!({ "pk": { "S": "p".repeat(2_049) }, "sk": { "S": "s" } }),
            json!({ "pk": { "S": "p" }, "sk": { "S": "s".repeat(1_025) } }),
        ];
        let odd = self.0.pick(&odd).cloned().unwrap_or_default();
        let with = |update: &str, names: Value, values: Value| {
            json!({ "TableName": table, "Key": key, "UpdateExpression": update,
                    "ExpressionAttributeNames": names, "ExpressionAttributeValues": values })
        };
        let one = json!({ ":v": { "N": "1" } });
        match self.0.below(14) {
            0 => ("PutItem", json!({ "TableName": table, "Item": odd })),
            1 => ("GetItem", json!({ "TableName": table, "Key": odd })),
            2 => ("UpdateItem", json!({ "TableName": table, "Key": odd })),
            3 => {
                let put = json!({ "Put": { "TableName": table, "Item": odd } });
                ("TransactWriteItems", json!({ "TransactItems": [put] }))
            }
            4 => ("GetItem", json!({ "TableName": "check-nothing", "Key": key })),
            5 => ("UpdateItem", with("SET #n = :v", json!({ "#n": "n", "#x": "x" }), one)),
            6 => ("UpdateItem", with("SET #n = :w", json!({ "#n": "n" }), one)),
            7 => ("UpdateItem", with("SET #n = :v", json!({ "#n": "pk" }), one)),
            8 => ("UpdateItem", with("SET #n = :v, #n = :v", json!({ "#n": "n" }), one)),
            9 => ("UpdateItem", with("SET #n = #x + :v", json!({ "#n": "n", "#x": "gone" }), one)),
            10 => ("UpdateItem", with("ADD #n :v", json!({ "#n": "t" }), one)),
            11 => ("UpdateItem", with("SET #n = :v", json!({ "#n": "gsi1pk" }), one)),
            12 => {
                let empty = json!({ ":v": { "S": "" } });
                ("UpdateItem", with("SET #n = :v", json!({ "#n": "gsi1sk" }), empty))
            }
            _ => ("UpdateItem", with("SETT #n = :v", json!({ "#n": "n" }), one)),
        }
    }

    fn key(&mut self) -> Value {
        let (pk, sk) = (self.key_text("pk"), self.key_text("sk"));
        key(&pk, &sk)
    }
}
