//! What no comparison with another engine shows: numbers, and what lies outside the grammar.

use std::sync::Arc;

use kernel::Instant;
use serde_json::{Value as Json, json};

use super::{
    Memory,
    number::{NotANumber, Number},
    units::item_size,
    value::read_attributes,
};
use crate::{VirtualClock, dynamo::Engine};

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn numbers_are_written_plainly() {
    let cases = [
        ("0", "0"),
        ("-0", "0"),
        ("007", "7"),
        ("+5", "5"),
        ("1.500", "1.5"),
        ("0.0001", "0.0001"),
        ("-.5", "-0.5"),
        ("1e3", "1000"),
        ("12.5E-3", "0.0125"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "9223372036854775808"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ];
    for (text, written) in cases {
        assert_eq!(number(text).to_string(), written, "{text}");
    }
}

#[test]
fn what_is_no_number_is_told() {
    let cases = [
        ("", NotANumber::Malformed),
        ("-", NotANumber::Malformed),
        ("1x", NotANumber::Malformed),
        ("1e", NotANumber::Malformed),
        ("1.2.3", NotANumber::Malformed),
        ("123456789012345678901234567890123456789", NotANumber::TooManyDigits),
        ("1e126", NotANumber::TooLarge),
        ("1e-131", NotANumber::TooSmall),
    ];
    for (text, fault) in cases {
        assert_eq!(Number::parse(text), Err(fault), "{text}");
    }
}

#[test]
fn sums_are_exact() {
    let cases = [
        ("1", "2", "3"),
        ("9223372036854775807", "1", "9223372036854775808"),
        ("-9223372036854775808", "-1", "-9223372036854775809"),
        ("0.1", "0.2", "0.3"),
        ("1.5", "-1.5", "0"),
        ("100", "-0.01", "99.99"),
        ("99999999999999999999", "1", "100000000000000000000"),
        ("-5", "7.25", "2.25"),
    ];
    for (a, b, sum) in cases {
        assert_eq!(number(a).plus(&number(b)).unwrap(), number(sum), "{a} + {b}");
        assert_eq!(number(sum).minus(&number(b)).unwrap(), number(a), "{sum} - {b}");
    }
    let far = number("1e100").plus(&number("1"));
    assert_eq!(far, Err(NotANumber::TooManyDigits));
}

#[test]
fn numbers_are_in_order() {
    let ordered = ["-1e20", "-10", "-1.5", "-1", "-0.001", "0", "0.001", "1", "1.5", "10", "1e20"];
    let mut numbers: Vec<_> = ordered.iter().rev().map(|text| number(text)).collect();
    numbers.sort();
    assert_eq!(numbers, ordered.map(number));
}

#[test]
fn an_item_weighs_what_dynamodb_says() {
    let cases = [
        (json!({ "pk": { "S": "한" } }), 2 + 3),
        (json!({ "n": { "N": "42" } }), 1 + 2),
        (json!({ "n": { "N": "-42" } }), 1 + 3),
        (json!({ "n": { "N": "42000" } }), 1 + 2),
        (json!({ "n": { "N": "1.5" } }), 1 + 3),
        (json!({ "n": { "N": "0" } }), 1 + 1),
        (json!({ "b": { "B": "AAAA" } }), 1 + 3),
        (json!({ "f": { "BOOL": true }, "z": { "NULL": true } }), 2 + 2),
        (json!({ "l": { "L": [] } }), 1 + 3),
        (json!({ "l": { "L": [{ "S": "ab" }, { "N": "1" }] } }), 1 + 3 + 3 + 3),
        (json!({ "m": { "M": { "key": { "S": "v" } } } }), 1 + 3 + 1 + 3 + 1),
        (json!({ "s": { "SS": ["ab", "c"] } }), 1 + 3),
    ];
    for (item, bytes) in cases {
        assert_eq!(item_size(&read_attributes(item.clone()).unwrap()), bytes, "{item}");
    }
}

/// An engine with one table, `t`, keyed by `pk` and `sk`.
fn engine() -> Memory {
    let memory = Memory::new(Arc::new(VirtualClock::new(Instant::from_millis(0))));
    let part = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let text = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let table = json!({
        "TableName": "t",
        "KeySchema": [part("pk", "HASH"), part("sk", "RANGE")],
        "AttributeDefinitions": [text("pk"), text("sk")],
    });
    memory.call("CreateTable", table).unwrap();
    memory
}

fn update(expression: &str) -> Json {
    json!({
        "TableName": "t",
        "Key": { "pk": { "S": "p" }, "sk": { "S": "s" } },
        "UpdateExpression": expression,
        "ExpressionAttributeNames": { "#a": "a", "#b": "b" },
        "ExpressionAttributeValues": { ":v": { "N": "2" } },
        "ReturnValues": "ALL_NEW",
    })
}

#[test]
fn an_update_sees_the_item_before_it() {
    let memory = engine();
    memory.call("UpdateItem", update("SET #a = :v, #b = if_not_exists(#b, :v)")).unwrap();
    let answer = memory.call("UpdateItem", update("SET #a = #b + :v, #b = #a - :v")).unwrap();
    assert_eq!(answer["Attributes"]["a"]["N"], "4");
    assert_eq!(answer["Attributes"]["b"]["N"], "0");
}

#[test]
fn what_lies_outside_the_grammar_is_refused_by_name() {
    let memory = engine();
    for expression in ["SET #a.#b = :v", "SET #a[0] = :v, #b = :v", "SET #a = sin(#b, :v)"] {
        let refusal = memory.call("UpdateItem", update(expression)).unwrap_err();
        assert_eq!(refusal.code, "ValidationException", "{expression}");
        assert!(refusal.message.contains("does not know") || refusal.message.contains("sin"));
    }
    let refusal = memory.call("ListTables", json!({})).unwrap_err();
    assert!(refusal.message.contains("ListTables"), "{refusal}");
}
