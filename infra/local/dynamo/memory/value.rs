//! Attribute values: read off the wire once, kept typed, written back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value as Json};

use super::number::Number;
use crate::dynamo::EngineError;

/// The name of an attribute. Copies share it.
pub type Name = Arc<str>;
/// The attributes of an item.
pub type Attributes = BTreeMap<Name, Value>;

/// One value. Copies share texts and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    S(Arc<str>),
    N(Number),
    B(Arc<[u8]>),
    Bool(bool),
    Null,
    Ss(BTreeSet<Arc<str>>),
    Ns(BTreeSet<Number>),
    Bs(BTreeSet<Arc<[u8]>>),
    L(Vec<Self>),
    M(Attributes),
}

type Result<T> = std::result::Result<T, EngineError>;

/// How deep lists and maps may nest.
const DEPTH_MAX: usize = 32;

impl Value {
    /// Reads the wire's form, like `{"S": "text"}`.
    pub fn read(json: Json) -> Result<Self> {
        Self::read_at(json, 0)
    }

    fn read_at(json: Json, depth: usize) -> Result<Self> {
        let Json::Object(map) = json else { return Err(malformed()) };
        let mut members = map.into_iter();
        let (Some((kind, json)), None) = (members.next(), members.next()) else {
            return Err(EngineError::invalid(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly \
                 one of the supported datatypes",
            ));
        };
        if depth > DEPTH_MAX {
            return Err(EngineError::invalid(
                "Nesting Levels have exceeded supported limits: Attributes in the item have \
                 nested levels beyond supported limit",
            ));
        }
        match (&*kind, json) {
            ("S", Json::String(text)) => Ok(Self::S(text.into())),
            ("N", Json::String(text)) => number(&text).map(Self::N),
            ("B", Json::String(text)) => bytes(&text).map(Self::B),
            ("BOOL", Json::Bool(truth)) => Ok(Self::Bool(truth)),
            ("NULL", Json::Bool(true)) => Ok(Self::Null),
            ("SS", Json::Array(list)) => set(list, "string", |t| Ok(t.into())).map(Self::Ss),
            ("NS", Json::Array(list)) => set(list, "number", number).map(Self::Ns),
            ("BS", Json::Array(list)) => set(list, "binary", bytes).map(Self::Bs),
            ("L", Json::Array(list)) => {
                let list = list.into_iter().map(|json| Self::read_at(json, depth + 1));
                list.collect::<Result<_>>().map(Self::L)
            }
            ("M", Json::Object(map)) => read_map(map, depth + 1).map(Self::M),
            _ => Err(malformed()),
        }
    }

    /// The wire's form.
    pub fn write(&self) -> Json {
        let texts = |texts: Vec<String>| Json::from(texts);
        let (kind, json) = match self {
            Self::S(text) => ("S", Json::from(&**text)),
            Self::N(number) => ("N", number.to_string().into()),
            Self::B(bytes) => ("B", STANDARD.encode(bytes).into()),
            Self::Bool(truth) => ("BOOL", (*truth).into()),
            Self::Null => ("NULL", true.into()),
            Self::Ss(set) => ("SS", texts(set.iter().map(|text| text.to_string()).collect())),
            Self::Ns(set) => ("NS", texts(set.iter().map(ToString::to_string).collect())),
            Self::Bs(set) => {
                ("BS", texts(set.iter().map(|bytes| STANDARD.encode(bytes)).collect()))
            }
            Self::L(list) => ("L", list.iter().map(Self::write).collect()),
            Self::M(map) => ("M", write_attributes(map)),
        };
        let mut map = Map::new();
        map.insert(kind.to_owned(), json);
        Json::Object(map)
    }

    /// How DynamoDB names its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
            Self::L(_) => "L",
            Self::M(_) => "M",
        }
    }

    /// The long form of the kind, as messages have it.
    pub const fn kind_in_words(&self) -> &'static str {
        match self {
            Self::S(_) => "STRING",
            Self::N(_) => "NUMBER",
            Self::B(_) => "BINARY",
            Self::Bool(_) => "BOOLEAN",
            Self::Null => "NULL",
            Self::Ss(_) => "STRING_SET",
            Self::Ns(_) => "NUMBER_SET",
            Self::Bs(_) => "BINARY_SET",
            Self::L(_) => "LIST",
            Self::M(_) => "MAP",
        }
    }
}

/// Reads an item or a key.
pub fn read_attributes(json: Json) -> Result<Attributes> {
    match json {
        Json::Object(map) => read_map(map, 0),
        _ => Err(malformed()),
    }
}

/// Writes an item or a key.
pub fn write_attributes(attributes: &Attributes) -> Json {
    let members = attributes.iter().map(|(name, value)| (name.to_string(), value.write()));
    Json::Object(members.collect())
}

fn read_map(map: Map<String, Json>, depth: usize) -> Result<Attributes> {
    let members =
        map.into_iter().map(|(name, json)| Ok((Name::from(name), Value::read_at(json, depth)?)));
    members.collect()
}

fn number(text: &str) -> Result<Number> {
    Number::parse(text).map_err(|error| EngineError::invalid(error.message(text)))
}

fn bytes(text: &str) -> Result<Arc<[u8]>> {
    let bytes = STANDARD.decode(text);
    bytes
        .map(Arc::from)
        .map_err(|_| EngineError::new("SerializationException", "Base64 encoded value expected"))
}

fn set<T: Ord>(
    list: Vec<Json>,
    kind: &str,
    read: impl Fn(&str) -> Result<T>,
) -> Result<BTreeSet<T>> {
    let count = list.len();
    if count == 0 {
        return Err(EngineError::invalid(format!(
            "One or more parameter values were invalid: An {kind} set  may not be empty"
        )));
    }
    let members = list.iter().map(|json| read(json.as_str().ok_or_else(malformed)?));
    let set: BTreeSet<T> = members.collect::<Result<_>>()?;
    if set.len() < count {
        let listed = list.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ");
        return Err(EngineError::invalid(format!(
            "One or more parameter values were invalid: Input collection [{listed}] contains \
             duplicates."
        )));
    }
    Ok(set)
}

fn malformed() -> EngineError {
    EngineError::new("SerializationException", "an attribute value of no known shape")
}
