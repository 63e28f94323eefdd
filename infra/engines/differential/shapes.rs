//! Keys, items, conditions and changes as our store sends them.

use serde_json::{Map, Value, json};

use super::target::START;
use local::Random;

/// Draws one after the other.
pub(super) struct Shape<'a>(pub &'a mut Random);

/// The attributes besides the keys, each of one type but `any`.
const NUMBERS: [&str; 3] = ["n", "version", "count"];
const TEXTS: [&str; 2] = ["t", "status"];
/// The sizes at which something changes: a write unit, a read unit; two of the last are too much.
const SIZES: [u64; 4] = [0, 1_000, 4_060, 300_000];
/// Where the largest item ends.
const LIMIT: u64 = 409_600;

pub(super) fn key(pk: &str, sk: &str) -> Value {
    json!({ "pk": { "S": pk }, "sk": { "S": sk } })
}

impl Shape<'_> {
    pub fn one_of<T: Copy + Default>(&mut self, all: &[T]) -> T {
        self.0.pick(all).copied().unwrap_or_default()
    }

    /// A key of few, under `name`.
    pub fn key_text(&mut self, name: &str) -> String {
        match name {
            "pk" => self.one_of(&["p1", "p2", "한글", "p3"]).to_owned(),
            "sk" => self.one_of(&["-", "s1", "s10", "s2", "t#é", "😀", "\u{ffff}"]).to_owned(),
            "gsi1pk" | "gsi2pk" => self.one_of(&["g1", "g2"]).to_owned(),
            _ => self.one_of(&["0001", "0002", "0010", "x"]).to_owned(),
        }
    }

    fn number(&mut self) -> String {
        let small = i64::try_from(self.0.below(30)).unwrap_or(0) - 6;
        match self.0.below(20) {
            0 => "9223372036854775807".to_owned(),
            1 => "-9223372036854775808".to_owned(),
            2 => "1.50".to_owned(),
            3 => "-0.000123".to_owned(),
            4 => "12345678901234567890123456789012345678".to_owned(),
            5 => "1e3".to_owned(),
            6 => "9.99E+20".to_owned(),
            7 => "007".to_owned(),
            _ => small.to_string(),
        }
    }

    fn text(&mut self) -> String {
        let words = ["", "a", "open", "closed", "한국어", "zz"];
        let word = self.one_of(&words).to_owned();
        if self.0.below(12) > 0 {
            return word;
        }
        let size = match self.0.below(12) {
            0 => SIZES.last().copied().unwrap_or(0),
            draw => SIZES.get(usize::try_from(draw % 3).unwrap_or(0)).copied().unwrap_or(0),
        };
        let size = size + self.0.below(60);
        word + &"x".repeat(usize::try_from(size).unwrap_or(0))
    }

    fn set(&mut self) -> Value {
        let words = ["a", "b", "c", "가"];
        let count = 1 + usize::try_from(self.0.below(3)).unwrap_or(0);
        let skip = usize::try_from(self.0.below(4)).unwrap_or(0);
        let words: Vec<_> = words.iter().cycle().skip(skip).take(count).collect();
        json!({ "SS": words })
    }

    /// A value for the attribute `name`.
    fn value(&mut self, name: &str) -> Value {
        match name {
            "pk" | "sk" | "gsi1pk" | "gsi1sk" | "gsi2pk" | "gsi2sk" => {
                json!({ "S": self.key_text(name) })
            }
            "ttl" => {
                let seconds = START / 1_000 + i64::try_from(self.0.below(600)).unwrap_or(0);
                json!({ "N": seconds.to_string() })
            }
            "set" => self.set(),
            "id" => json!({ "B": self.one_of(&["AAAA", "AQID", "/////w=="]) }),
            "list" => json!({ "L": [{ "S": self.text() }, { "N": self.number() }] }),
            "map" => {
                let flag = self.0.below(2) == 0;
                json!({ "M": { "a": { "S": "b" }, "flag": { "BOOL": flag }, "no": { "NULL": true },
                               "ns": { "NS": ["1", "2.5"] } } })
            }
            name if NUMBERS.contains(&name) => json!({ "N": self.number() }),
            _ => json!({ "S": self.text() }),
        }
    }

    fn attribute(&mut self) -> &'static str {
        self.one_of(&[
            "n", "n", "version", "count", "t", "status", "set", "id", "list", "map", "ttl",
            "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk",
        ])
    }

    /// A whole item.
    pub fn item(&mut self) -> Value {
        let mut item = Map::new();
        let some = 2 + self.0.below(8);
        for name in ["pk", "sk"] {
            item.insert(name.into(), self.value(name));
        }
        for _ in 0..some {
            let name = self.attribute();
            item.insert(name.into(), self.value(name));
        }
        if self.0.below(60) == 0 {
            // Just at the limit, whatever the others weigh.
            let size = usize::try_from(LIMIT - self.0.below(120)).unwrap_or(0);
            item.insert("pad".into(), json!({ "S": "x".repeat(size) }));
        }
        item.into()
    }

    /// `SET … ADD … DELETE … REMOVE …`, each attribute once, as `store::Write` spells it.
    pub fn changes(&mut self, body: &mut Map<String, Value>) {
        let mut words = Words::of(body);
        let (mut set, mut add, mut delete, mut remove) = (vec![], vec![], vec![], vec![]);
        let mut seen = Vec::new();
        for _ in 0..=self.0.below(5) {
            let name = self.attribute();
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let word = words.name(name);
            match (name, self.0.below(6)) {
                (_, 5) => remove.push(word),
                ("set", 0 | 1) => add.push(format!("{word} {}", words.value(self.set()))),
                ("set", 2 | 3) => delete.push(format!("{word} {}", words.value(self.set()))),
                ("n" | "version" | "count", 0..=3) => {
                    let number = self.one_of(&["1", "-1", "1", "25", "-1000", "0.5"]);
                    add.push(format!("{word} {}", words.value(json!({ "N": number }))));
                }
                _ => set.push(format!("{word} = {}", words.value(self.value(name)))),
            }
        }
        let clause = |word: &str, parts: Vec<String>| {
            (!parts.is_empty()).then(|| format!("{word} {}", parts.join(", ")))
        };
        let clauses = [
            clause("SET", set),
            clause("ADD", add),
            clause("DELETE", delete),
            clause("REMOVE", remove),
        ];
        let text = clauses.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            body.insert("UpdateExpression".into(), text.into());
        }
        words.put(body);
    }

    /// None to three conditions, joined by AND.
    pub fn conditional(&mut self, body: &mut Map<String, Value>) {
        let mut words = Words::of(body);
        let mut conditions = Vec::new();
        for _ in 0..self.0.below(4) {
            conditions.push(self.condition(&mut words));
        }
        if !conditions.is_empty() {
            body.insert("ConditionExpression".into(), conditions.join(" AND ").into());
        }
        words.put(body);
        if self.0.below(5) > 0 {
            let all_old = "ReturnValuesOnConditionCheckFailure";
            body.insert(all_old.into(), "ALL_OLD".into());
        }
    }

    fn condition(&mut self, words: &mut Words) -> String {
        let operator = self.one_of(&["=", "<>", "<", "<=", ">", ">="]);
        match self.0.below(9) {
            0 => format!("attribute_not_exists({})", words.name("pk")),
            1 | 2 => format!("attribute_exists({})", words.name("pk")),
            3 => {
                let name = self.attribute();
                format!("attribute_not_exists({})", words.name(name))
            }
            4 | 5 => {
                let name = self.one_of(&NUMBERS);
                let value = words.value(self.value(name));
                let name = words.name(name);
                format!("(attribute_not_exists({name}) OR {name} {operator} {value})")
            }
            6 => {
                let name = self.one_of(&TEXTS);
                let (value, name) = (words.value(self.value(name)), words.name(name));
                format!("{name} {operator} {value}")
            }
            7 => {
                let name = self.one_of(&["id", "set", "list", "map"]);
                let operator = self.one_of(&["=", "<>"]);
                let (value, name) = (words.value(self.value(name)), words.name(name));
                format!("{name} {operator} {value}")
            }
            _ => {
                let name = self.one_of(&NUMBERS);
                let (value, name) = (words.value(self.value(name)), words.name(name));
                format!("{name} {operator} {value}")
            }
        }
    }
}

/// The placeholders of one write.
struct Words {
    names: Map<String, Value>,
    values: Map<String, Value>,
}

impl Words {
    fn of(body: &mut Map<String, Value>) -> Self {
        let mut take = |field: &str| match body.remove(field) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        Self { names: take("ExpressionAttributeNames"), values: take("ExpressionAttributeValues") }
    }

    fn name(&mut self, name: &str) -> String {
        let word = format!("#{name}");
        self.names.insert(word.clone(), name.into());
        word
    }

    fn value(&mut self, value: Value) -> String {
        let word = format!(":v{}", self.values.len());
        self.values.insert(word.clone(), value);
        word
    }

    fn put(self, body: &mut Map<String, Value>) {
        let fields =
            [("ExpressionAttributeNames", self.names), ("ExpressionAttributeValues", self.values)];
        for (field, map) in fields {
            if !map.is_empty() {
                body.insert(field.into(), map.into());
            }
        }
    }
}
