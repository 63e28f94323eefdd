use serde_json::{Value, json};
use store::Table;

use super::*;
use crate::tamper::{Deed, Tamper};

fn bid() -> Value {
    json!({
        "TableName": "jangteo-auction",
        "Key": { "pk": { "S": "head#1" }, "sk": { "S": "-" } },
        "UpdateExpression": "SET #p = :v0, #e = :v1",
        "ConditionExpression": "#q = :v2 AND #st = :v3 AND #e > :v4",
        "ExpressionAttributeNames": { "#p": "p", "#e": "e", "#q": "q", "#st": "st" },
        "ExpressionAttributeValues": {
            ":v0": { "N": "500" }, ":v1": { "N": "9" }, ":v2": { "N": "3" },
            ":v3": { "S": "o" }, ":v4": { "N": "7" },
        },
    })
}

fn transaction() -> Value {
    json!({ "TransactItems": [
        { "Put": {
            "TableName": "jangteo-wallet",
            "Item": { "pk": { "S": "journal#release#1" }, "sk": { "S": "-" }, "n": { "N": "4" } },
            "ConditionExpression": "attribute_not_exists(#pk)",
            "ExpressionAttributeNames": { "#pk": "pk" },
        } },
        { "Update": {
            "TableName": "jangteo-wallet",
            "Key": { "pk": { "S": "wallet#1" }, "sk": { "S": "-" } },
            "UpdateExpression": "SET #a = :v2 ADD #moves :v0, #available :v1",
            "ConditionExpression":
                "#available >= :v3 AND (attribute_not_exists(#total) OR #total <= :v4)",
            "ExpressionAttributeNames": {
                "#moves": "moves", "#available": "available", "#total": "total", "#a": "a",
            },
            "ExpressionAttributeValues": {
                ":v0": { "N": "1" }, ":v1": { "N": "-20" }, ":v2": { "N": "5" },
                ":v3": { "N": "20" }, ":v4": { "N": "99" },
            },
        } },
    ] })
}

const HEAD: Target = Target::update(Table::Auction, "head#");
const BALANCE: Target = Target::update(Table::Wallet, "wallet#").sk("-");

#[test]
fn a_clause_goes_with_the_names_and_values_that_only_it_used() {
    let mut body = bid();
    let changed = edit("dynamodb:UpdateItem", &mut body, &HEAD, |write| unguard(write, "q"));
    assert_eq!(changed, 1);
    assert_eq!(body["ConditionExpression"], "#st = :v3 AND #e > :v4");
    assert_eq!(body["ExpressionAttributeNames"].get("#q"), None);
    assert_eq!(body["ExpressionAttributeValues"].get(":v2"), None);
    // The end is also what the update sets: its name stays, its condition's value goes.
    edit("dynamodb:UpdateItem", &mut body, &HEAD, |write| unguard(write, "e"));
    assert_eq!(body["ConditionExpression"], "#st = :v3");
    assert_eq!(body["ExpressionAttributeNames"]["#e"], "e");
    assert_eq!(body["ExpressionAttributeValues"].get(":v4"), None);
    edit("dynamodb:UpdateItem", &mut body, &HEAD, |write| unguard(write, "st"));
    assert_eq!(body.get("ConditionExpression"), None);
}

#[test]
fn a_bug_beside_another_write_leaves_requests_alone_that_lack_it() {
    const RELEASE: Target = Target::put(Table::Wallet, "journal#").holding("release#");
    const HOLD: Target = Target::put(Table::Wallet, "journal#").holding("hold#");
    const LOOSE: Tamper = Tamper::Unguard(BALANCE, &["available"]);
    for (beside, deed) in [(RELEASE, Deed::Changed), (HOLD, Deed::Untouched)] {
        let mut body = transaction();
        let tamper = Tamper::Beside(beside, &LOOSE);
        assert_eq!(tamper.strike("dynamodb:TransactWriteItems", &mut body), deed);
        assert_eq!(body == transaction(), deed == Deed::Untouched, "{beside:?}");
    }
}

#[test]
fn nothing_changes_that_is_not_meant() {
    let others = [
        Target::update(Table::Wallet, "head#"),
        Target::put(Table::Auction, "head#"),
        Target::update(Table::Auction, "auction#"),
        HEAD.sk("line#"),
        HEAD.holding("\"#rc\""),
    ];
    for target in others {
        let mut body = bid();
        let changed = edit("dynamodb:UpdateItem", &mut body, &target, |write| unguard(write, "*"));
        assert_eq!((changed, &body), (0, &bid()), "{target:?}");
    }
    // A clause that is not there is not missed.
    let mut body = bid();
    let changed = edit("dynamodb:UpdateItem", &mut body, &HEAD, |write| unguard(write, "s"));
    assert_eq!((changed, body), (0, bid()));
}

#[test]
fn a_clause_in_parentheses_is_one() {
    let mut body = transaction();
    let action = "dynamodb:TransactWriteItems";
    assert_eq!(edit(action, &mut body, &BALANCE, |write| unguard(write, "total")), 1);
    let write = &body["TransactItems"][1]["Update"];
    assert_eq!(write["ConditionExpression"], "#available >= :v3");
    assert_eq!(write["ExpressionAttributeNames"].get("#total"), None);
    assert_eq!(edit(action, &mut body, &BALANCE, |write| unguard(write, "available")), 1);
    assert_eq!(body["TransactItems"][1]["Update"].get("ConditionExpression"), None);
}

#[test]
fn an_operator_is_turned() {
    let mut body = bid();
    let turned = |write: &mut Value| compare(write, "e", ">", ">=");
    assert_eq!(edit("dynamodb:UpdateItem", &mut body, &HEAD, turned), 1);
    assert_eq!(body["ConditionExpression"], "#q = :v2 AND #st = :v3 AND #e >= :v4");
    assert_eq!(edit("dynamodb:UpdateItem", &mut body, &HEAD, turned), 0);
}

#[test]
fn numbers_are_found_where_they_are_set_added_or_put() {
    let mut body = transaction();
    let action = "dynamodb:TransactWriteItems";
    let twice = |name: &'static str| move |write: &mut Value| renumber(write, name, |n| n * 2);
    assert_eq!(edit(action, &mut body, &BALANCE, twice("available")), 1);
    assert_eq!(edit(action, &mut body, &BALANCE, twice("a")), 1);
    assert_eq!(edit(action, &mut body, &BALANCE, twice("b")), 0);
    let values = &body["TransactItems"][1]["Update"]["ExpressionAttributeValues"];
    assert_eq!((&values[":v1"]["N"], &values[":v2"]["N"]), (&json!("-40"), &json!("10")));
    let entry = Target::put(Table::Wallet, "journal#");
    assert_eq!(edit(action, &mut body, &entry, twice("n")), 1);
    assert_eq!(body["TransactItems"][0]["Put"]["Item"]["n"]["N"], "8");
}

#[test]
fn bytes_are_blanked_where_they_are_set() {
    let mut body = bid();
    body["UpdateExpression"] = "SET #p = :v0, #e = :v1, #rk = :v5".into();
    body["ExpressionAttributeNames"]["#rk"] = "rk".into();
    body["ExpressionAttributeValues"][":v5"] = json!({ "B": "AAAA" });
    let action = "dynamodb:UpdateItem";
    assert_eq!(edit(action, &mut body, &HEAD, |write| blank(write, "p")), 0);
    assert_eq!(edit(action, &mut body, &HEAD, |write| blank(write, "rk")), 1);
    assert_eq!(body["ExpressionAttributeValues"][":v5"]["B"], "");
    assert_eq!(edit(action, &mut body, &HEAD, |write| blank(write, "rk")), 0, "it is none already");
}

#[test]
fn a_wish_for_consistency_is_taken_from_the_reads_that_are_meant() {
    let query = || {
        json!({ "TableName": "jangteo-exchange", "ConsistentRead": true,
        "ExpressionAttributeValues": { ":pk": { "S": "book#1" } } })
    };
    let mut body = query();
    assert!(!relax(&mut body, "\"head#"));
    assert_eq!(body, query());
    assert!(relax(&mut body, "\"book#"));
    assert_eq!(body.get("ConsistentRead"), None);
    assert!(!relax(&mut body, "\"book#"));
    let keys = json!([{ "pk": { "S": "head#1" } }]);
    let mut batch = json!({ "RequestItems": {
        "jangteo-auction": { "ConsistentRead": true, "Keys": keys },
    } });
    assert!(relax(&mut batch, "\"head#"));
    assert_eq!(batch["RequestItems"]["jangteo-auction"].get("ConsistentRead"), None);
}

#[test]
fn writes_are_left_out_of_their_transaction() {
    let mut body = transaction();
    let release = Target::any(Table::Wallet, "").holding("release#");
    assert!(is_any("dynamodb:TransactWriteItems", &body, &release));
    assert!(!is_all("dynamodb:TransactWriteItems", &body, &release));
    assert_eq!(omit(&mut body, &release), 1);
    assert_eq!(body["TransactItems"].as_array().unwrap().len(), 1);
    assert!(is_all("dynamodb:TransactWriteItems", &body, &BALANCE));
    assert!(is_all("dynamodb:UpdateItem", &bid(), &HEAD));
}

#[test]
fn attributes_are_left_out_of_what_is_put() {
    let mut body = transaction();
    let entry = Target::put(Table::Wallet, "journal#");
    let stripped = edit("dynamodb:TransactWriteItems", &mut body, &entry, |w| strip(w, "n"));
    assert_eq!(stripped, 1);
    assert_eq!(body["TransactItems"][0]["Put"]["Item"].get("n"), None);
}
