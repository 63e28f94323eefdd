//! What a word means wherever a client writes it: the closed sets, limits and spellings that the
//! rules' own types check, in the reference as well, taken from the rules where they are constants.
//!
//! Only what clients send is dressed: answers may hold masked numbers and older words.

use std::collections::BTreeSet;

use domain::{
    carrier::Carrier,
    catalog::ItemOption,
    exchange::{EXPIRY_DAYS, PRICE_MAX, PRICE_STEP, views::Bucket},
    identity::Role,
    withdrawal::BANKS,
};
use kernel::Won;
use serde_json::Value;
use utoipa::{
    Number,
    openapi::{
        Components, KnownFormat, OpenApi, Ref, RefOr, Schema, SchemaFormat,
        path::Operation,
        schema::{AdditionalProperties, ArrayItems, Object, SchemaType, Type},
    },
};

use super::document::operations_mut;

/// What may stand under a name.
enum Word {
    /// One of these and nothing else.
    Among(Vec<Value>),
    /// A spelling, as an ECMA-262 expression.
    Spelled(&'static str),
    /// An e-mail address.
    Email,
    /// Several of a spelling, each once.
    EachSpelled(&'static str),
    /// Several of these.
    EachAmong(Vec<Value>),
    /// Won up to the limit of an amount, unless the handler says less.
    Amount,
    /// A price of the exchange.
    Price,
}

const KEY: &str = "^[!-~]{1,200}$";
/// Not blank.
const TEXT: &str = "\\S";
/// Without control characters.
const VISIBLE: &str = r"^[^\x00-\x1F\x7F-\x9F]*$";
/// Not blank, and without control characters.
const LINE: &str =
    concat!(r"^[^\x00-\x1F\x7F-\x9F]*", r"[^\s\x00-\x1F\x7F-\x9F]", r"[^\x00-\x1F\x7F-\x9F]*$");
/// The same without a slash.
const TAG: &str =
    concat!(r"^[^/\x00-\x1F\x7F-\x9F]*", r"[^/\s\x00-\x1F\x7F-\x9F]", r"[^/\x00-\x1F\x7F-\x9F]*$");
/// Digits, ASCII or full-width, between whatever looks like a space or a hyphen.
const TRACKING_NUMBER: &str = concat!(
    r"^[ \u00A0\u3000\u2010-\u2015\u2212\uFF0D-]*",
    r"([0-9\uFF10-\uFF19][ \u00A0\u3000\u2010-\u2015\u2212\uFF0D-]*){8,16}$",
);

fn word(name: &str) -> Option<Word> {
    Some(match name {
        "option" => Word::Among(ItemOption::all().map(|option| option.as_str().into()).collect()),
        "bankCode" => Word::Among(BANKS.iter().map(|bank| bank.code.into()).collect()),
        "expiresInDays" => Word::Among(EXPIRY_DAYS.iter().map(|days| (*days).into()).collect()),
        "bucket" => Word::Among(Bucket::ALL.iter().map(|bucket| bucket.as_str().into()).collect()),
        "provider" => Word::Among(vec!["toss".into(), "kakaopay".into()]),
        "X-Token-Delivery" => Word::Among(vec!["body".into(), "cookie".into()]),
        "roles" => Word::EachAmong(Role::ALL.iter().map(|role| role.as_str().into()).collect()),
        "images" | "photos" => Word::EachSpelled(KEY),
        "paymentKey" | "pgToken" => Word::Spelled(KEY),
        "authKey" => Word::Spelled("^[!-~]{1,300}$"),
        "accountNumber" => Word::Spelled("^-*([0-9]-*){10,16}$"),
        "model" => Word::Spelled("^[A-Za-z0-9/.-][A-Za-z0-9/. -]{0,39}$"),
        "phone" => Word::Spelled("^01[016-9][ -]?[0-9]{3,4}[ -]?[0-9]{4}$"),
        "carrier" | "carrierId" => {
            Word::Among(Carrier::ALL.iter().map(|carrier| carrier.id().into()).collect())
        }
        "trackingNumber" => Word::Spelled(TRACKING_NUMBER),
        "If-Match" => Word::Spelled("^(\\*|\"[0-9]{1,9}\")$"),
        "title" | "nameKo" | "nameEn" | "recipient" | "line1" | "holder" => Word::Spelled(LINE),
        "line2" => Word::Spelled(VISIBLE),
        "reason" | "notes" => Word::Spelled(TEXT),
        "tag" | "name" => Word::Spelled(TAG),
        "email" => Word::Email,
        "price" | "limitPrice" => Word::Price,
        "amount" | "maxAmount" | "startPrice" | "increment" | "reservePrice" | "buyNowPrice"
        | "releasePrice" => Word::Amount,
        _ => return None,
    })
}

/// Says of every parameter and of every field of a body what its word allows.
pub(super) fn dress(document: &mut OpenApi) {
    let mut named = Vec::new();
    for operation in document.paths.paths.values_mut().flat_map(operations_mut) {
        dress_parameters(operation);
        let content = operation.request_body.iter_mut().flat_map(|body| match body {
            RefOr::T(body) => body.content.values_mut().collect(),
            RefOr::Ref(_) => Vec::new(),
        });
        for content in content {
            if let RefOr::T(content) = content
                && let Some(schema) = &mut content.schema
            {
                never_null_body(schema);
                walk(schema, &mut named);
            }
        }
    }
    if let Some(components) = &mut document.components {
        dress_components(components, named);
    }
}

fn dress_parameters(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let Some(RefOr::T(schema)) = &mut parameter.schema else { continue };
        if let Schema::Object(object) = schema {
            never_null(object);
        }
        if let Some(word) = word(&parameter.name) {
            apply(word, schema);
        }
    }
}

/// A parameter that may be left out is not one that may be null.
fn never_null(object: &mut Object) {
    if let SchemaType::Array(types) = &mut object.schema_type {
        types.retain(|kind| *kind != Type::Null);
        if let [only] = types.as_slice() {
            object.schema_type = SchemaType::Type(only.clone());
        }
    }
}

/// Nor is a body: `null` is no way to send none.
fn never_null_body(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(choice)) = schema else { return };
    choice.items.retain(|item| match item {
        RefOr::T(Schema::Object(object)) => object.schema_type != SchemaType::Type(Type::Null),
        _ => true,
    });
    if let [only] = choice.items.as_slice() {
        *schema = only.clone();
    }
}

fn dress_components(components: &mut Components, mut due: Vec<String>) {
    let mut seen = BTreeSet::new();
    while let Some(name) = due.pop() {
        if seen.insert(name.clone())
            && let Some(schema) = components.schemas.get_mut(&name)
        {
            walk(schema, &mut due);
        }
    }
}

/// Dresses the fields below `schema` and names the schemas that it refers to.
fn walk(schema: &mut RefOr<Schema>, named: &mut Vec<String>) {
    match schema {
        RefOr::Ref(reference) => named.extend(name_of(reference)),
        RefOr::T(Schema::Object(object)) => {
            for (name, field) in &mut object.properties {
                if let (Some(word), RefOr::T(field)) = (word(name), &mut *field) {
                    apply(word, field);
                }
                walk(field, named);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                walk(items, named);
            }
        }
        RefOr::T(Schema::OneOf(choice)) => {
            for item in &mut choice.items {
                closed(item);
                walk(item, named);
            }
        }
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(|item| walk(item, named)),
        RefOr::T(_) => {}
    }
}

/// Variants refuse unknown fields as structs do; only of structs the derive says so.
fn closed(variant: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(object)) = variant
        && !object.properties.is_empty()
    {
        let none = AdditionalProperties::FreeForm(false);
        object.additional_properties.get_or_insert_with(|| Box::new(none));
    }
}

fn name_of(reference: &Ref) -> Option<String> {
    reference.ref_location.strip_prefix("#/components/schemas/").map(str::to_owned)
}

fn apply(word: Word, schema: &mut Schema) {
    match (word, schema) {
        (Word::Among(values), Schema::Object(object)) => object.enum_values = Some(values),
        (Word::Spelled(pattern), Schema::Object(object)) => {
            object.pattern = Some(pattern.to_owned());
        }
        (Word::Email, Schema::Object(object)) => {
            object.format = Some(SchemaFormat::KnownFormat(KnownFormat::Email));
        }
        (Word::Amount, Schema::Object(object)) => {
            object.minimum.get_or_insert_with(|| number(Won::ZERO));
            object.maximum.get_or_insert_with(|| number(Won::MAX));
        }
        (Word::Price, Schema::Object(object)) => {
            object.minimum = Some(number(PRICE_STEP));
            object.maximum = Some(number(PRICE_MAX));
            object.multiple_of = Some(number(PRICE_STEP));
            object.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
        }
        (Word::EachSpelled(pattern), Schema::Array(array)) => {
            array.unique_items = true;
            apply_to_items(Word::Spelled(pattern), &mut array.items);
        }
        (Word::EachAmong(values), Schema::Array(array)) => {
            apply_to_items(Word::Among(values), &mut array.items);
        }
        _ => {}
    }
}

fn apply_to_items(word: Word, items: &mut ArrayItems) {
    if let ArrayItems::RefOrSchema(items) = items
        && let RefOr::T(schema) = &mut **items
    {
        apply(word, schema);
    }
}

fn number(won: Won) -> Number {
    isize::try_from(won.get()).map_or(Number::Int(isize::MAX), Number::Int)
}
