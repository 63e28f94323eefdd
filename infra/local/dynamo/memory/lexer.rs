//! The words of an expression, and its placeholders.
//!
//! The grammar is DynamoDB's without document paths: a name is an attribute of the item. What lies
//! outside it is refused by name, never guessed at.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value as Json};

use super::value::Value;
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

/// The placeholders of an expression.
#[derive(Debug, Default)]
pub struct Words {
    names: BTreeSet<Arc<str>>,
    values: BTreeSet<Arc<str>>,
}

/// What a request puts for the placeholders.
#[derive(Debug, Default)]
pub struct Placeholders {
    names: Map<String, Json>,
    values: BTreeMap<String, Value>,
}

impl Placeholders {
    /// Takes them out of a request.
    pub fn take(body: &mut Map<String, Json>) -> Result<Self> {
        let names = match body.remove("ExpressionAttributeNames") {
            Some(Json::Object(names)) => names,
            _ => Map::new(),
        };
        let values = match body.remove("ExpressionAttributeValues") {
            Some(Json::Object(values)) => values,
            _ => Map::new(),
        };
        let values = values.into_iter().map(|(word, json)| Ok((word, Value::read(json)?)));
        Ok(Self { names, values: values.collect::<Result<_>>()? })
    }

    /// The attribute that `word` means.
    pub fn name<'a>(&'a self, word: &'a str) -> &'a str {
        self.names.get(word).and_then(Json::as_str).unwrap_or(word)
    }

    /// The value that `word` means.
    pub fn value(&self, word: &str) -> Result<&Value> {
        self.values.get(word).ok_or_else(|| {
            EngineError::invalid(format!(
                "An expression attribute value used in expression is not defined; attribute \
                 value: {word}"
            ))
        })
    }

    /// Whether each placeholder has its meaning and each meaning its use in one of `expressions`.
    pub fn check(&self, expressions: &[(&str, Option<&Words>)]) -> Result<()> {
        let invalid =
            |kind: &str, what: String| Err(EngineError::invalid(format!("Invalid {kind}: {what}")));
        for (kind, words) in expressions {
            let Some(words) = words else { continue };
            if let Some(name) = words.names.iter().find(|name| !self.names.contains_key(&***name)) {
                let what = "An expression attribute name used in the document path is not \
                            defined; attribute name: ";
                return invalid(kind, format!("{what}{name}"));
            }
            let undefined = |value: &&Arc<str>| !self.values.contains_key(&***value);
            if let Some(value) = words.values.iter().find(undefined) {
                let what = "An expression attribute value used in expression is not defined; \
                            attribute value: ";
                return invalid(kind, format!("{what}{value}"));
            }
        }
        let words = || expressions.iter().filter_map(|(_, words)| *words);
        if words().next().is_none() && (!self.names.is_empty() || !self.values.is_empty()) {
            let kind = if self.names.is_empty() { "Values" } else { "Names" };
            return Err(EngineError::invalid(format!(
                "ExpressionAttribute{kind} can only be specified when using expressions"
            )));
        }
        let used = |name: &str| words().any(|words| words.names.contains(name));
        unused("Names", self.names.keys().filter(|name| !used(name)))?;
        let used = |value: &str| words().any(|words| words.values.contains(value));
        unused("Values", self.values.keys().filter(|value| !used(value)))
    }
}

fn unused<'a>(kind: &str, words: impl Iterator<Item = &'a String>) -> Result<()> {
    let words: Vec<_> = words.map(String::as_str).collect();
    if words.is_empty() {
        return Ok(());
    }
    Err(EngineError::invalid(format!(
        "Value provided in ExpressionAttribute{kind} unused in expressions: keys: {{{}}}",
        words.join(", ")
    )))
}

/// A word of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A keyword, a function, an attribute or a `#placeholder`.
    Name(&'a str),
    /// A `:placeholder`.
    Value(&'a str),
    Symbol(&'a str),
    End,
}

/// Reads an expression word by word and notes its placeholders.
#[derive(Debug)]
pub struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    /// The placeholders so far.
    pub words: Words,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Result<Self> {
        let mut tokens = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let inner = |c: char| c.is_alphanumeric() || c == '_';
            let length = match first {
                '#' | ':' => rest.find(|c| !inner(c) && c != first).unwrap_or(rest.len()),
                '<' if rest.starts_with("<>") || rest.starts_with("<=") => 2,
                '>' if rest.starts_with(">=") => 2,
                '(' | ')' | ',' | '=' | '<' | '>' | '+' | '-' => 1,
                _ if inner(first) => rest.find(|c| !inner(c)).unwrap_or(rest.len()),
                other => {
                    return Err(EngineError::invalid(format!(
                        "Syntax error; the engine in memory does not know '{other}' in \
                         \"{text}\" (document paths are outside its grammar)"
                    )));
                }
            };
            let (word, after) = rest.split_at(length);
            tokens.push(match first {
                ':' => Token::Value(word),
                _ if first == '#' || inner(first) => Token::Name(word),
                _ => Token::Symbol(word),
            });
            rest = after.trim_start();
        }
        Ok(Self { tokens, next: 0, words: Words::default() })
    }

    pub fn peek(&self) -> Token<'a> {
        self.tokens.get(self.next).copied().unwrap_or(Token::End)
    }

    /// The word after the next one.
    pub fn peek_second(&self) -> Token<'a> {
        self.tokens.get(self.next + 1).copied().unwrap_or(Token::End)
    }

    pub fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += 1;
        token
    }

    /// Whether the next word is the keyword, which is then taken.
    pub fn keyword(&mut self, keyword: &str) -> bool {
        let there = matches!(self.peek(), Token::Name(word) if word.eq_ignore_ascii_case(keyword));
        self.next += usize::from(there);
        there
    }

    /// Whether the next word is the symbol, which is then taken.
    pub fn symbol(&mut self, symbol: &str) -> bool {
        let there = self.peek() == Token::Symbol(symbol);
        self.next += usize::from(there);
        there
    }

    pub fn expect(&mut self, symbol: &str) -> Result<()> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// An attribute, by itself or by placeholder.
    pub fn name(&mut self) -> Result<Arc<str>> {
        let Token::Name(word) = self.peek() else { return Err(self.unexpected()) };
        self.next += 1;
        let word: Arc<str> = word.into();
        if word.starts_with('#') {
            self.words.names.insert(Arc::clone(&word));
        }
        Ok(word)
    }

    /// A value by placeholder.
    pub fn value(&mut self) -> Result<Arc<str>> {
        let Token::Value(word) = self.peek() else { return Err(self.unexpected()) };
        self.next += 1;
        let word: Arc<str> = word.into();
        self.words.values.insert(Arc::clone(&word));
        Ok(word)
    }

    /// One or more, with commas between.
    pub fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut list = vec![item(self)?];
        while self.symbol(",") {
            list.push(item(self)?);
        }
        Ok(list)
    }

    /// The refusal of the next word.
    pub fn unexpected(&self) -> EngineError {
        let near = |token| match token {
            Token::Name(word) | Token::Value(word) | Token::Symbol(word) => word,
            Token::End => "<EOF>",
        };
        EngineError::invalid(format!(
            "Syntax error; token: \"{}\", near: \"{}\"",
            near(self.peek()),
            near(self.peek_second())
        ))
    }
}
