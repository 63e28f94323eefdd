//! As much YAML as a CloudFormation template needs.

use std::fmt::Write as _;

/// A YAML value that keeps the order in which it was built.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// Written as it is: numbers, names, intrinsic functions like `!Ref HttpApi`.
    Plain(String),
    /// Text of any content, quoted.
    Text(String),
    /// Lines that are kept as they are, after a word like `!Sub`.
    Block(&'static str, String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

pub(crate) fn plain(text: impl Into<String>) -> Node {
    Node::Plain(text.into())
}

pub(crate) fn text(text: impl Into<String>) -> Node {
    Node::Text(text.into())
}

pub(crate) fn block(word: &'static str, lines: impl Into<String>) -> Node {
    Node::Block(word, lines.into())
}

pub(crate) fn list(items: impl IntoIterator<Item = Node>) -> Node {
    Node::List(items.into_iter().collect())
}

pub(crate) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>) -> Node {
    Node::Map(entries.into_iter().map(|(key, node)| (key.into(), node)).collect())
}

impl Node {
    /// This map with one more entry. Anything else stays what it is.
    #[must_use]
    pub fn with(mut self, key: &str, node: Self) -> Self {
        if let Self::Map(entries) = &mut self {
            entries.push((key.to_owned(), node));
        }
        self
    }

    /// This map with one more entry when there is one.
    #[must_use]
    pub fn maybe(self, key: &str, node: Option<Self>) -> Self {
        match node {
            Some(node) => self.with(key, node),
            None => self,
        }
    }
}

/// The lines of `node`, each indented by `depth` steps of two spaces.
pub(crate) fn write(node: &Node, depth: usize) -> String {
    let mut out = String::new();
    lines(node, depth, &mut out);
    out
}

fn lines(node: &Node, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match node {
        Node::Plain(_) | Node::Text(_) => put(out, format_args!("{indent}{}\n", scalar(node))),
        Node::Block(_, text) => {
            for line in text.lines() {
                put(out, format_args!("{indent}{line}\n"));
            }
        }
        Node::List(items) => {
            for item in items {
                // The dash takes the place of the first line's last two spaces.
                let block = write(item, depth.saturating_add(1));
                let first = block.get(indent.len().saturating_add(2)..).unwrap_or_default();
                put(out, format_args!("{indent}- {first}"));
            }
        }
        Node::Map(entries) => {
            for (key, value) in entries {
                match value {
                    Node::Plain(_) | Node::Text(_) => {
                        put(out, format_args!("{indent}{key}: {}\n", scalar(value)));
                    }
                    Node::Block(word, _) => {
                        put(out, format_args!("{indent}{key}: {word} |\n"));
                        lines(value, depth.saturating_add(1), out);
                    }
                    Node::List(_) | Node::Map(_) => {
                        put(out, format_args!("{indent}{key}:\n"));
                        lines(value, depth.saturating_add(1), out);
                    }
                }
            }
        }
    }
}

fn scalar(node: &Node) -> String {
    match node {
        Node::Plain(text) => text.clone(),
        Node::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Node::Block(..) | Node::List(_) | Node::Map(_) => String::new(),
    }
}

/// Writing into a `String` cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
