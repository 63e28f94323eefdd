//! Key conditions: the stretch of one partition that a query asks for.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use super::{
    condition::{Comparison, Condition, Operand},
    key::{Key, Part, Place, Schema},
    lexer::Placeholders,
    value::Value,
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

/// What a key condition asks for: a stretch of one partition.
pub struct Span {
    pub hash: Key,
    pub low: Bound<Place>,
    pub high: Bound<Place>,
}

impl Span {
    pub fn read(condition: &Condition, schema: &Schema, words: &Placeholders) -> Result<Self> {
        let one = std::slice::from_ref(condition);
        let parts = match condition {
            Condition::All(parts) => parts.as_slice(),
            _ => one,
        };
        let (mut hash, mut span) = (None, None);
        for part in parts {
            if let Some(key) = equals(part, &schema.hash, words)? {
                hash = Some(key);
            } else if let (Some(range), None) = (&schema.range, &span) {
                span = Some(stretch(part, range, words)?);
            } else {
                return Err(unsupported());
            }
        }
        let hash = hash.ok_or_else(|| {
            EngineError::invalid(format!(
                "Query condition missed key schema element: {}",
                schema.hash.name
            ))
        })?;
        let (low, high) = span.unwrap_or((Unbounded, Unbounded));
        Ok(Self { hash, low, high })
    }

    pub fn covers(&self, place: &Place) -> bool {
        let above = match &self.low {
            Included(low) => place >= low,
            Excluded(low) => place > low,
            Unbounded => true,
        };
        above
            && match &self.high {
                Included(high) => place <= high,
                Excluded(high) => place < high,
                Unbounded => true,
            }
    }
}

fn unsupported() -> EngineError {
    EngineError::invalid("Query key condition not supported")
}

/// The key that the condition demands of `part`, if it is about it.
fn equals(condition: &Condition, part: &Part, words: &Placeholders) -> Result<Option<Key>> {
    let Condition::Compare(Operand::Attribute(name), Comparison::Equal, Operand::Value(value)) =
        condition
    else {
        return Ok(None);
    };
    if words.name(name) != &*part.name {
        return Ok(None);
    }
    key(part, words.value(value)?).map(Some)
}

fn key(part: &Part, value: &Value) -> Result<Key> {
    let key = part.kind.key(value).ok_or_else(|| {
        EngineError::invalid(
            "One or more parameter values were invalid: Condition parameter type does not match \
             schema type",
        )
    })?;
    if key == Key::Text("".into()) {
        return Err(EngineError::invalid(format!(
            "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty string value. Key: {}",
            part.name
        )));
    }
    Ok(key)
}

/// The places that the condition allows for the range key.
fn stretch(
    condition: &Condition,
    part: &Part,
    words: &Placeholders,
) -> Result<(Bound<Place>, Bound<Place>)> {
    let value = |operand: &Operand| match operand {
        Operand::Value(word) => key(part, words.value(word)?),
        _ => Err(unsupported()),
    };
    let own = |operand: &Operand| match operand {
        Operand::Attribute(name) => words.name(name) == &*part.name,
        _ => false,
    };
    let (from, to) = (|key| Included(Place::before(key)), |key| Included(Place::after(key)));
    match condition {
        Condition::Compare(name, comparison, operand) if own(name) => {
            let key = value(operand)?;
            Ok(match comparison {
                Comparison::Equal => (from(key.clone()), to(key)),
                Comparison::Less => (Unbounded, Excluded(Place::before(key))),
                Comparison::LessOrEqual => (Unbounded, to(key)),
                Comparison::Greater => (Excluded(Place::after(key)), Unbounded),
                Comparison::GreaterOrEqual => (from(key), Unbounded),
                Comparison::Unequal => return Err(unsupported()),
            })
        }
        Condition::Between(name, low, high) if own(name) => {
            let (low, high) = (value(low)?, value(high)?);
            if low > high {
                return Err(EngineError::invalid(
                    "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to \
                     be greater than or equal to lower bound",
                ));
            }
            Ok((from(low), to(high)))
        }
        Condition::BeginsWith(name, prefix) if own(name) => {
            let prefix = value(prefix)?;
            let end = behind(&prefix)?.map_or(Unbounded, |end| Excluded(Place::before(end)));
            Ok((from(prefix), end))
        }
        _ => Err(unsupported()),
    }
}

/// The first key after all that begin with `prefix`; `None` when there is nothing after them.
fn behind(prefix: &Key) -> Result<Option<Key>> {
    match prefix {
        Key::Text(text) => {
            let mut chars: Vec<char> = text.chars().collect();
            while let Some(last) = chars.pop() {
                // The next one that is a character: surrogates are none.
                if let Some(next) = (last..=char::MAX).nth(1) {
                    chars.push(next);
                    return Ok(Some(Key::Text(chars.into_iter().collect::<String>().into())));
                }
            }
            Ok(None)
        }
        Key::Bytes(bytes) => {
            let mut bytes = bytes.to_vec();
            while let Some(last) = bytes.pop() {
                if let Some(next) = last.checked_add(1) {
                    bytes.push(next);
                    return Ok(Some(Key::Bytes(bytes.into())));
                }
            }
            Ok(None)
        }
        _ => Err(unsupported()),
    }
}
