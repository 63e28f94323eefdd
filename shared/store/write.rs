//! One conditional change of one item, as a value.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{Item, Key, Label, Table, Unnamed};

/// A put, update, delete or check of one item. Conditions are joined by AND; attribute names and
/// values are put behind placeholders here and nowhere else.
#[derive(Clone, Debug)]
pub struct Write {
    pub(crate) table: Table,
    pub(crate) kind: Kind,
    pub(crate) conditions: Vec<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Put {
        item: Item,
    },
    Update {
        key: Key,
        set: Vec<String>,
        add: Vec<String>,
        delete: Vec<String>,
        remove: Vec<String>,
    },
    Delete {
        key: Key,
    },
    Check {
        key: Key,
    },
}

/// As many values as conditions compare with, mostly.
const CONDITIONS_USUAL: usize = 3;

impl Write {
    fn new(table: Table, kind: Kind) -> Self {
        Self { table, kind, conditions: Vec::new(), names: HashMap::new(), values: HashMap::new() }
    }

    /// Puts an item that must not exist yet.
    #[must_use]
    pub fn create(table: Table, item: Item) -> Self {
        Self::new(table, Kind::Put { item }).if_absent("pk")
    }
    /// Puts an item whatever stands there. Say why at the call.
    #[must_use]
    pub fn put(table: Table, item: Item) -> Self {
        Self::new(table, Kind::Put { item })
    }
    #[must_use]
    pub fn update(table: Table, key: Key) -> Self {
        let set = Vec::new();
        let add = Vec::new();
        let delete = Vec::new();
        let remove = Vec::new();
        Self::new(table, Kind::Update { key, set, add, delete, remove })
    }
    #[must_use]
    pub fn delete(table: Table, key: Key) -> Self {
        Self::new(table, Kind::Delete { key })
    }
    /// Changes nothing; in a transaction its conditions must hold.
    #[must_use]
    pub fn check(table: Table, key: Key) -> Self {
        Self::new(table, Kind::Check { key })
    }

    /// Changes nothing and demands nothing: in a transaction it meets whoever else is writing the
    /// item.
    #[must_use]
    pub fn meet(table: Table, key: Key) -> Self {
        let mut write = Self::check(table, key);
        let name = write.name("pk");
        write
            .conditions
            .push(format!("(attribute_exists({name}) OR attribute_not_exists({name}))"));
        write
    }

    #[must_use]
    pub fn set(mut self, name: &str, value: AttributeValue) -> Self {
        let name = self.name(name);
        let value = self.value(value);
        if let Kind::Update { set, .. } = &mut self.kind {
            set.push([&name, " = ", &value].concat());
        }
        self
    }
    #[must_use]
    pub fn set_text(self, name: &str, text: impl Into<String>) -> Self {
        self.set(name, AttributeValue::S(text.into()))
    }
    #[must_use]
    pub fn set_number(self, name: &str, number: impl Into<i64>) -> Self {
        self.set(name, AttributeValue::N(number.into().to_string()))
    }
    /// Sets every attribute of `item` but the keys.
    #[must_use]
    pub fn set_all(mut self, item: Item) -> Self {
        // In the order of their names: the same change is the same request, to the byte.
        let mut item: Vec<_> = item.into_iter().collect();
        item.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        self.names.reserve(item.len());
        self.values.reserve(item.len());
        for (name, value) in item {
            if name != "pk" && name != "sk" {
                self = self.set(&name, value);
            }
        }
        self
    }
    /// Sets each of these attributes.
    #[must_use]
    pub(crate) fn set_each(mut self, values: Vec<(&'static str, AttributeValue)>) -> Self {
        // And for the conditions: growing on the way costs more.
        self.names.reserve(values.len() + CONDITIONS_USUAL);
        self.values.reserve(values.len() + CONDITIONS_USUAL);
        values.into_iter().fold(self, |write, (name, value)| write.set(name, value))
    }
    /// Adds to a number (0 when absent).
    #[must_use]
    pub fn add(self, name: &str, number: i64) -> Self {
        self.add_value(name, AttributeValue::N(number.to_string()))
    }
    /// Adds a number to a number, or a set to a set.
    #[must_use]
    pub fn add_value(mut self, name: &str, value: AttributeValue) -> Self {
        let value = self.value(value);
        let name = self.name(name);
        if let Kind::Update { add, .. } = &mut self.kind {
            add.push(format!("{name} {value}"));
        }
        self
    }
    /// Adds one member to a set of texts (empty when absent).
    #[must_use]
    pub fn add_text(self, name: &str, text: impl Into<String>) -> Self {
        self.add_value(name, AttributeValue::Ss(vec![text.into()]))
    }
    /// Takes one member out of a set of texts.
    #[must_use]
    pub fn delete_text(mut self, name: &str, text: impl Into<String>) -> Self {
        let value = self.value(AttributeValue::Ss(vec![text.into()]));
        let name = self.name(name);
        if let Kind::Update { delete, .. } = &mut self.kind {
            delete.push(format!("{name} {value}"));
        }
        self
    }
    #[must_use]
    pub fn remove(mut self, name: &str) -> Self {
        let name = self.name(name);
        if let Kind::Update { remove, .. } = &mut self.kind {
            remove.push(name);
        }
        self
    }

    #[must_use]
    pub fn if_absent(mut self, name: &str) -> Self {
        let name = self.name(name);
        self.conditions.push(format!("attribute_not_exists({name})"));
        self
    }
    #[must_use]
    pub fn if_present(mut self, name: &str) -> Self {
        let name = self.name(name);
        self.conditions.push(format!("attribute_exists({name})"));
        self
    }
    /// `name operator value`, the operator one of `=`, `<>`, `<`, `<=`, `>`, `>=`.
    #[must_use]
    pub fn when(mut self, name: &str, operator: &str, value: AttributeValue) -> Self {
        let name = self.name(name);
        let value = self.value(value);
        self.conditions.push([&name, " ", operator, " ", &value].concat());
        self
    }
    #[must_use]
    pub fn when_number(self, name: &str, operator: &str, number: impl Into<i64>) -> Self {
        self.when(name, operator, AttributeValue::N(number.into().to_string()))
    }
    #[must_use]
    pub fn when_text(self, name: &str, operator: &str, text: impl Into<String>) -> Self {
        self.when(name, operator, AttributeValue::S(text.into()))
    }
    /// Holds when the attribute is absent or `name operator number`.
    #[must_use]
    pub fn when_absent_or(mut self, name: &str, operator: &str, number: impl Into<i64>) -> Self {
        let value = self.value(AttributeValue::N(number.into().to_string()));
        let name = self.name(name);
        self.conditions
            .push(format!("(attribute_not_exists({name}) OR {name} {operator} {value})"));
        self
    }

    fn name(&mut self, name: &str) -> String {
        let placeholder = ["#", name].concat();
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = [":v", &self.values.len().to_string()].concat();
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// What is told of it when nobody named it.
    pub(crate) const fn unnamed(&self) -> Label {
        let kind = match self.kind {
            Kind::Put { .. } => "put",
            Kind::Update { .. } => "update",
            Kind::Delete { .. } => "delete",
            Kind::Check { .. } => "check",
        };
        Label::Unnamed(Unnamed { kind, table: self.table })
    }

    pub(crate) fn condition_expression(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    pub(crate) fn update_expression(&self) -> Option<String> {
        let Kind::Update { set, add, delete, remove, .. } = &self.kind else { return None };
        let clause = |word: &str, parts: &[String]| {
            (!parts.is_empty()).then(|| format!("{word} {}", parts.join(", ")))
        };
        let clauses = [
            clause("SET", set),
            clause("ADD", add),
            clause("DELETE", delete),
            clause("REMOVE", remove),
        ];
        let text = clauses.into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(crate) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    /// Names and values behind their placeholders, given away rather than copied.
    pub(crate) fn into_placeholders(self) -> (Option<Names>, Option<Values>) {
        let Self { names, values, .. } = self;
        ((!names.is_empty()).then_some(names), (!values.is_empty()).then_some(values))
    }
}

type Names = HashMap<String, String>;
type Values = HashMap<String, AttributeValue>;
