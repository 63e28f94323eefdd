//! Conditions and filters.

use std::sync::Arc;

use super::{
    lexer::{Placeholders, Reader, Token},
    number::Number,
    value::{Attributes, Value},
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

/// What must hold of an item.
#[derive(Debug)]
pub enum Condition {
    Compare(Operand, Comparison, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Arc<str>),
    Absent(Arc<str>),
    OfType(Arc<str>, Operand),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// What is compared.
#[derive(Debug)]
pub enum Operand {
    Attribute(Arc<str>),
    Value(Arc<str>),
    Size(Arc<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    pub fn parse(reader: &mut Reader<'_>) -> Result<Self> {
        let mut parts = vec![Self::parse_all(reader)?];
        while reader.keyword("OR") {
            parts.push(Self::parse_all(reader)?);
        }
        Ok(single(parts).unwrap_or_else(Self::Any))
    }

    fn parse_all(reader: &mut Reader<'_>) -> Result<Self> {
        let mut parts = vec![Self::parse_not(reader)?];
        while reader.keyword("AND") {
            parts.push(Self::parse_not(reader)?);
        }
        Ok(single(parts).unwrap_or_else(Self::All))
    }

    fn parse_not(reader: &mut Reader<'_>) -> Result<Self> {
        if reader.keyword("NOT") {
            return Ok(Self::Not(Box::new(Self::parse_not(reader)?)));
        }
        if reader.symbol("(") {
            let inner = Self::parse(reader)?;
            reader.expect(")")?;
            return Ok(inner);
        }
        match (reader.peek(), reader.peek_second()) {
            (Token::Name(function), Token::Symbol("(")) if function != "size" => {
                Self::parse_function(reader, function)
            }
            _ => Self::parse_comparison(reader),
        }
    }

    fn parse_function(reader: &mut Reader<'_>, function: &str) -> Result<Self> {
        reader.take();
        reader.take();
        let condition = match function {
            "attribute_exists" => Self::Exists(reader.name()?),
            "attribute_not_exists" => Self::Absent(reader.name()?),
            "attribute_type" => {
                let name = reader.name()?;
                reader.expect(",")?;
                Self::OfType(name, Operand::parse(reader)?)
            }
            "begins_with" | "contains" => {
                let first = Operand::parse(reader)?;
                reader.expect(",")?;
                let second = Operand::parse(reader)?;
                match function {
                    "contains" => Self::Contains(first, second),
                    _ => Self::BeginsWith(first, second),
                }
            }
            _ => {
                let message = format!("Invalid function name; function: {function}");
                return Err(EngineError::invalid(message));
            }
        };
        reader.expect(")")?;
        Ok(condition)
    }

    fn parse_comparison(reader: &mut Reader<'_>) -> Result<Self> {
        let first = Operand::parse(reader)?;
        if reader.keyword("BETWEEN") {
            let low = Operand::parse(reader)?;
            if !reader.keyword("AND") {
                return Err(reader.unexpected());
            }
            return Ok(Self::Between(first, low, Operand::parse(reader)?));
        }
        if reader.keyword("IN") {
            reader.expect("(")?;
            let list = reader.list(Operand::parse)?;
            reader.expect(")")?;
            return Ok(Self::In(first, list));
        }
        let comparison = match reader.peek() {
            Token::Symbol("=") => Comparison::Equal,
            Token::Symbol("<>") => Comparison::Unequal,
            Token::Symbol("<") => Comparison::Less,
            Token::Symbol("<=") => Comparison::LessOrEqual,
            Token::Symbol(">") => Comparison::Greater,
            Token::Symbol(">=") => Comparison::GreaterOrEqual,
            _ => return Err(reader.unexpected()),
        };
        reader.take();
        Ok(Self::Compare(first, comparison, Operand::parse(reader)?))
    }

    /// Whether it holds of `item`.
    pub fn holds(&self, item: &Attributes, words: &Placeholders) -> Result<bool> {
        let there = |name: &str| item.contains_key(words.name(name));
        Ok(match self {
            Self::Compare(first, comparison, second) => {
                let (first, second) = (first.value(item, words)?, second.value(item, words)?);
                comparison.holds(first.as_deref(), second.as_deref())
            }
            Self::Between(value, low, high) => {
                let value = value.value(item, words)?;
                let (low, high) = (low.value(item, words)?, high.value(item, words)?);
                let holds = |c: Comparison, end: Option<&Value>| c.holds(value.as_deref(), end);
                holds(Comparison::GreaterOrEqual, low.as_deref())
                    && holds(Comparison::LessOrEqual, high.as_deref())
            }
            Self::In(value, list) => {
                let value = value.value(item, words)?;
                let mut found = false;
                for other in list {
                    let other = other.value(item, words)?;
                    found |= Comparison::Equal.holds(value.as_deref(), other.as_deref());
                }
                found
            }
            Self::Exists(name) => there(name),
            Self::Absent(name) => !there(name),
            Self::OfType(name, kind) => {
                let kind = kind.value(item, words)?;
                match (item.get(words.name(name)), kind.as_deref()) {
                    (Some(value), Some(Value::S(kind))) => value.kind() == &**kind,
                    _ => false,
                }
            }
            Self::BeginsWith(value, prefix) => {
                let (value, prefix) = (value.value(item, words)?, prefix.value(item, words)?);
                begins(value.as_deref(), prefix.as_deref())
            }
            Self::Contains(value, part) => {
                let (value, part) = (value.value(item, words)?, part.value(item, words)?);
                contains(value.as_deref(), part.as_deref())
            }
            Self::Not(inner) => !inner.holds(item, words)?,
            Self::All(parts) => {
                let mut all = true;
                for part in parts {
                    all = all && part.holds(item, words)?;
                }
                all
            }
            Self::Any(parts) => {
                let mut any = false;
                for part in parts {
                    any = any || part.holds(item, words)?;
                }
                any
            }
        })
    }
}

/// The only part, or all of them.
fn single<T>(mut parts: Vec<T>) -> std::result::Result<T, Vec<T>> {
    match (parts.pop(), parts.is_empty()) {
        (Some(part), true) => Ok(part),
        (last, _) => {
            parts.extend(last);
            Err(parts)
        }
    }
}

/// A value of the item, or one that was made.
enum Found<'a> {
    There(&'a Value),
    Made(Value),
}

impl std::ops::Deref for Found<'_> {
    type Target = Value;
    fn deref(&self) -> &Value {
        match self {
            Self::There(value) => value,
            Self::Made(value) => value,
        }
    }
}

impl Operand {
    fn parse(reader: &mut Reader<'_>) -> Result<Self> {
        match (reader.peek(), reader.peek_second()) {
            (Token::Value(_), _) => reader.value().map(Self::Value),
            (Token::Name("size"), Token::Symbol("(")) => {
                reader.take();
                reader.take();
                let name = reader.name()?;
                reader.expect(")")?;
                Ok(Self::Size(name))
            }
            _ => reader.name().map(Self::Attribute),
        }
    }

    fn value<'a>(
        &self,
        item: &'a Attributes,
        words: &'a Placeholders,
    ) -> Result<Option<Found<'a>>> {
        Ok(match self {
            Self::Attribute(name) => item.get(words.name(name)).map(Found::There),
            Self::Value(word) => Some(Found::There(words.value(word)?)),
            Self::Size(name) => {
                let size = item.get(words.name(name)).and_then(size);
                let size = size.and_then(|size| i64::try_from(size).ok());
                size.map(|size| Found::Made(Value::N(Number::Whole(size))))
            }
        })
    }
}

/// What `size()` tells: of a text its UTF-16 units, of numbers and truths nothing.
fn size(value: &Value) -> Option<usize> {
    match value {
        Value::S(text) => Some(text.encode_utf16().count()),
        Value::B(bytes) => Some(bytes.len()),
        Value::Ss(set) => Some(set.len()),
        Value::Ns(set) => Some(set.len()),
        Value::Bs(set) => Some(set.len()),
        Value::L(list) => Some(list.len()),
        Value::M(map) => Some(map.len()),
        Value::N(_) | Value::Bool(_) | Value::Null => None,
    }
}

impl Comparison {
    /// Whether it holds. An attribute that is not there, or of another type, is only unequal.
    pub fn holds(self, first: Option<&Value>, second: Option<&Value>) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let order = match (first, second) {
            (Some(Value::S(a)), Some(Value::S(b))) => Some(a.cmp(b)),
            (Some(Value::N(a)), Some(Value::N(b))) => Some(a.cmp(b)),
            (Some(Value::B(a)), Some(Value::B(b))) => Some(a.cmp(b)),
            _ => None,
        };
        match self {
            Self::Equal => first.is_some() && first == second,
            Self::Unequal => first.is_none() || first != second,
            Self::Less => order == Some(Less),
            Self::LessOrEqual => matches!(order, Some(Less | Equal)),
            Self::Greater => order == Some(Greater),
            Self::GreaterOrEqual => matches!(order, Some(Greater | Equal)),
        }
    }
}

fn begins(value: Option<&Value>, prefix: Option<&Value>) -> bool {
    match (value, prefix) {
        (Some(Value::S(text)), Some(Value::S(prefix))) => text.starts_with(&**prefix),
        (Some(Value::B(bytes)), Some(Value::B(prefix))) => bytes.starts_with(prefix),
        _ => false,
    }
}

fn contains(value: Option<&Value>, part: Option<&Value>) -> bool {
    match (value, part) {
        (Some(Value::S(text)), Some(Value::S(part))) => text.contains(&**part),
        (Some(Value::B(bytes)), Some(Value::B(part))) => {
            part.is_empty() || bytes.windows(part.len()).any(|window| window == &**part)
        }
        (Some(Value::Ss(set)), Some(Value::S(text))) => set.contains(text),
        (Some(Value::Ns(set)), Some(Value::N(number))) => set.contains(number),
        (Some(Value::Bs(set)), Some(Value::B(bytes))) => set.contains(bytes),
        (Some(Value::L(list)), Some(value)) => list.contains(value),
        _ => false,
    }
}
