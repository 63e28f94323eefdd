//! The expressions of a request, each text parsed once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Map, Value as Json};

use super::{
    condition::Condition,
    lexer::{Reader, Token, Words},
    update::Update,
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

/// More texts than a product has: beyond it somebody writes values into expressions.
const CACHED_MAX: usize = 4_096;

/// A parsed expression and the placeholders that it uses.
#[derive(Debug)]
pub struct Parsed<T> {
    pub tree: T,
    pub words: Words,
}

/// What a projection names.
pub type Names = Parsed<Vec<Arc<str>>>;

/// Every expression seen so far.
#[derive(Debug, Default)]
pub struct Expressions {
    conditions: Cache<Condition>,
    updates: Cache<Update>,
    projections: Cache<Vec<Arc<str>>>,
}

#[derive(Debug)]
struct Cache<T>(Mutex<HashMap<String, Arc<Parsed<T>>>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Cache<T> {
    fn get(
        &self,
        text: String,
        kind: &str,
        parse: fn(&mut Reader<'_>) -> Result<T>,
    ) -> Result<Arc<Parsed<T>>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parsed) = known.get(&text) {
            return Ok(Arc::clone(parsed));
        }
        let wrap =
            |error: EngineError| EngineError::invalid(format!("Invalid {kind}: {}", error.message));
        let mut reader = Reader::new(&text).map_err(wrap)?;
        if reader.peek() == Token::End {
            return Err(wrap(EngineError::invalid("The expression can not be empty;")));
        }
        let tree = parse(&mut reader).map_err(wrap)?;
        if reader.peek() != Token::End {
            return Err(wrap(reader.unexpected()));
        }
        let parsed = Arc::new(Parsed { tree, words: reader.words });
        if known.len() >= CACHED_MAX {
            known.clear();
        }
        known.insert(text, Arc::clone(&parsed));
        Ok(parsed)
    }
}

/// The expression under `field` of a request, as text.
fn text(body: &mut Map<String, Json>, field: &str) -> Option<String> {
    match body.remove(field) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

impl Expressions {
    /// The condition under `field` of `body`.
    pub fn condition(
        &self,
        body: &mut Map<String, Json>,
        field: &str,
    ) -> Result<Option<Arc<Parsed<Condition>>>> {
        let text = text(body, field);
        text.map(|text| self.conditions.get(text, field, Condition::parse)).transpose()
    }

    /// The `UpdateExpression` of `body`.
    pub fn update(&self, body: &mut Map<String, Json>) -> Result<Option<Arc<Parsed<Update>>>> {
        let text = text(body, "UpdateExpression");
        text.map(|text| self.updates.get(text, "UpdateExpression", Update::parse)).transpose()
    }

    /// The `ProjectionExpression` of `body`.
    pub fn projection(&self, body: &mut Map<String, Json>) -> Result<Option<Arc<Names>>> {
        let kind = "ProjectionExpression";
        let parse = |reader: &mut Reader<'_>| reader.list(Reader::name);
        text(body, kind).map(|text| self.projections.get(text, kind, parse)).transpose()
    }
}
