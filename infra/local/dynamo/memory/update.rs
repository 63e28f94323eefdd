//! Update expressions.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    lexer::{Placeholders, Reader, Token},
    units::value_size,
    value::{Attributes, Name, Value},
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

const WRONG_TYPE: &str = "An operand in the update expression has an incorrect data type";
const NOT_THERE: &str =
    "The provided expression refers to an attribute that does not exist in the item";

/// What becomes of an item's attributes.
#[derive(Debug, Default)]
pub struct Update {
    set: Vec<(Arc<str>, Sum)>,
    remove: Vec<Arc<str>>,
    /// Attribute and value.
    add: Vec<(Arc<str>, Arc<str>)>,
    delete: Vec<(Arc<str>, Arc<str>)>,
}

/// The right side of an assignment.
#[derive(Debug)]
enum Sum {
    Just(Term),
    Plus(Term, Term),
    Minus(Term, Term),
}

#[derive(Debug)]
enum Term {
    Attribute(Arc<str>),
    Value(Arc<str>),
    IfNotExists(Arc<str>, Box<Term>),
    ListAppend(Box<Term>, Box<Term>),
}

impl Update {
    pub fn parse(reader: &mut Reader<'_>) -> Result<Self> {
        let mut update = Self::default();
        let mut seen = BTreeSet::new();
        loop {
            let Token::Name(word) = reader.peek() else { return Err(reader.unexpected()) };
            let section = word.to_ascii_uppercase();
            reader.take();
            match &*section {
                "SET" => update.set = reader.list(parse_assignment)?,
                "REMOVE" => update.remove = reader.list(Reader::name)?,
                "ADD" => update.add = reader.list(parse_pair)?,
                "DELETE" => update.delete = reader.list(parse_pair)?,
                _ => {
                    let message = format!("Syntax error; token: \"{word}\"");
                    return Err(EngineError::invalid(message));
                }
            }
            if !seen.insert(section.clone()) {
                return Err(EngineError::invalid(format!(
                    "The \"{section}\" section can only be used once in an update expression;"
                )));
            }
            if reader.peek() == Token::End {
                return Ok(update);
            }
        }
    }

    /// The words that it changes.
    fn targets(&self) -> impl Iterator<Item = &Arc<str>> {
        let set = self.set.iter().map(|(name, _)| name);
        let add = self.add.iter().map(|(name, _)| name);
        let delete = self.delete.iter().map(|(name, _)| name);
        set.chain(&self.remove).chain(add).chain(delete)
    }

    /// The attributes that it changes.
    pub fn changed<'a>(&'a self, words: &'a Placeholders) -> impl Iterator<Item = &'a str> {
        self.targets().map(|word| words.name(word))
    }

    /// What can be told without the item: no attribute is changed twice, sets and numbers add.
    pub fn check(&self, words: &Placeholders) -> Result<()> {
        let mut seen = BTreeSet::new();
        for name in self.changed(words) {
            if !seen.insert(name) {
                return Err(EngineError::invalid(format!(
                    "Invalid UpdateExpression: Two document paths overlap with each other; must \
                     remove or rewrite one of these paths; path one: [{name}], path two: [{name}]"
                )));
            }
        }
        let check = |operator: &str, word: &str, sound: fn(&Value) -> bool| {
            let value = words.value(word)?;
            if sound(value) {
                return Ok(());
            }
            Err(EngineError::invalid(format!(
                "Invalid UpdateExpression: Incorrect operand type for operator or function; \
                 operator: {operator}, operand type: {}, typeset: ALLOWED_FOR_{operator}_OPERAND",
                value.kind_in_words()
            )))
        };
        let set = |value: &Value| matches!(value, Value::Ss(_) | Value::Ns(_) | Value::Bs(_));
        for (_, word) in &self.add {
            check("ADD", word, |value| {
                matches!(value, Value::N(_) | Value::Ss(_) | Value::Ns(_) | Value::Bs(_))
            })?;
        }
        self.delete.iter().try_for_each(|(_, word)| check("DELETE", word, set))
    }

    /// The bytes of the values that it brings along.
    pub fn size(&self, words: &Placeholders) -> usize {
        let pairs = self.add.iter().chain(&self.delete).map(|(_, value)| value);
        let set = self.set.iter().flat_map(|(_, sum)| match sum {
            Sum::Just(term) => [Some(term), None],
            Sum::Plus(first, second) | Sum::Minus(first, second) => [Some(first), Some(second)],
        });
        let set = set.flatten().filter_map(|term| match term {
            Term::Value(value) => Some(value),
            _ => None,
        });
        let values = pairs.chain(set).filter_map(|word| words.value(word).ok());
        values.map(value_size).sum()
    }

    /// The item after it. Every right side is of the item before.
    pub fn apply(&self, before: &Attributes, words: &Placeholders) -> Result<Attributes> {
        let mut item = before.clone();
        for (name, sum) in &self.set {
            put(&mut item, words.name(name), sum.value(before, words)?);
        }
        for name in &self.remove {
            item.remove(words.name(name));
        }
        for (name, value) in &self.add {
            let (name, value) = (words.name(name), words.value(value)?);
            let sum = add(before.get(name), value)?;
            put(&mut item, name, sum);
        }
        for (name, value) in &self.delete {
            let (name, value) = (words.name(name), words.value(value)?);
            match before.get(name).map(|set| without(set, value)).transpose()? {
                Some(Some(rest)) => put(&mut item, name, rest),
                Some(None) => drop(item.remove(name)),
                None => {}
            }
        }
        Ok(item)
    }
}

fn put(item: &mut Attributes, name: &str, value: Value) {
    match item.get_mut(name) {
        Some(place) => *place = value,
        None => drop(item.insert(Name::from(name), value)),
    }
}

fn parse_assignment(reader: &mut Reader<'_>) -> Result<(Arc<str>, Sum)> {
    let name = reader.name()?;
    reader.expect("=")?;
    let first = Term::parse(reader)?;
    let sum = if reader.symbol("+") {
        Sum::Plus(first, Term::parse(reader)?)
    } else if reader.symbol("-") {
        Sum::Minus(first, Term::parse(reader)?)
    } else {
        Sum::Just(first)
    };
    Ok((name, sum))
}

fn parse_pair(reader: &mut Reader<'_>) -> Result<(Arc<str>, Arc<str>)> {
    Ok((reader.name()?, reader.value()?))
}

impl Sum {
    fn value(&self, item: &Attributes, words: &Placeholders) -> Result<Value> {
        let (first, second, minus) = match self {
            Self::Just(term) => return term.value(item, words),
            Self::Plus(first, second) => (first, second, false),
            Self::Minus(first, second) => (first, second, true),
        };
        match (first.value(item, words)?, second.value(item, words)?) {
            (Value::N(a), Value::N(b)) => {
                let result = if minus { a.minus(&b) } else { a.plus(&b) };
                result.map(Value::N).map_err(|error| EngineError::invalid(error.message("")))
            }
            _ => Err(EngineError::invalid(WRONG_TYPE)),
        }
    }
}

impl Term {
    fn parse(reader: &mut Reader<'_>) -> Result<Self> {
        match (reader.peek(), reader.peek_second()) {
            (Token::Value(_), _) => reader.value().map(Self::Value),
            (Token::Name(function), Token::Symbol("(")) => {
                reader.take();
                reader.take();
                let term = match function {
                    "if_not_exists" => {
                        let name = reader.name()?;
                        reader.expect(",")?;
                        Self::IfNotExists(name, Box::new(Self::parse(reader)?))
                    }
                    "list_append" => {
                        let first = Box::new(Self::parse(reader)?);
                        reader.expect(",")?;
                        Self::ListAppend(first, Box::new(Self::parse(reader)?))
                    }
                    _ => {
                        let message = format!("Invalid function name; function: {function}");
                        return Err(EngineError::invalid(message));
                    }
                };
                reader.expect(")")?;
                Ok(term)
            }
            _ => reader.name().map(Self::Attribute),
        }
    }

    fn value(&self, item: &Attributes, words: &Placeholders) -> Result<Value> {
        match self {
            Self::Attribute(name) => {
                let value = item.get(words.name(name)).cloned();
                value.ok_or_else(|| EngineError::invalid(NOT_THERE))
            }
            Self::Value(word) => words.value(word).cloned(),
            Self::IfNotExists(name, otherwise) => match item.get(words.name(name)) {
                Some(value) => Ok(value.clone()),
                None => otherwise.value(item, words),
            },
            Self::ListAppend(first, second) => {
                match (first.value(item, words)?, second.value(item, words)?) {
                    (Value::L(mut list), Value::L(more)) => {
                        list.extend(more);
                        Ok(Value::L(list))
                    }
                    _ => Err(EngineError::invalid(WRONG_TYPE)),
                }
            }
        }
    }
}

/// `ADD`: to a number or to a set of the same kind, or to nothing.
fn add(to: Option<&Value>, value: &Value) -> Result<Value> {
    match (to, value) {
        (None, value) => Ok(value.clone()),
        (Some(Value::N(a)), Value::N(b)) => {
            let sum = a.plus(b).map(Value::N);
            sum.map_err(|error| EngineError::invalid(error.message("")))
        }
        (Some(Value::Ss(set)), Value::Ss(more)) => Ok(Value::Ss(set | more)),
        (Some(Value::Ns(set)), Value::Ns(more)) => Ok(Value::Ns(set | more)),
        (Some(Value::Bs(set)), Value::Bs(more)) => Ok(Value::Bs(set | more)),
        _ => Err(EngineError::invalid(WRONG_TYPE)),
    }
}

/// `DELETE`: what is left of the set, `None` when nothing is.
fn without(set: &Value, value: &Value) -> Result<Option<Value>> {
    match (set, value) {
        (Value::Ss(set), Value::Ss(less)) => {
            Ok(Some(set - less).filter(|rest| !rest.is_empty()).map(Value::Ss))
        }
        (Value::Ns(set), Value::Ns(less)) => {
            Ok(Some(set - less).filter(|rest| !rest.is_empty()).map(Value::Ns))
        }
        (Value::Bs(set), Value::Bs(less)) => {
            Ok(Some(set - less).filter(|rest| !rest.is_empty()).map(Value::Bs))
        }
        _ => Err(EngineError::invalid(WRONG_TYPE)),
    }
}
