//! Tables as `store` wants them: on demand, restorable, kept when the stack goes.

use store::Table;

use super::{
    names::{parent_name, table_logical_id},
    parts::TemplateEntry,
};
use crate::yaml::{Node, list, map, plain};

pub(super) fn resource(table: Table) -> TemplateEntry {
    let indexes: Vec<u8> = (1..=table.indexes()).collect();
    let index_names =
        indexes.iter().flat_map(|index| [format!("gsi{index}pk"), format!("gsi{index}sk")]);
    let names = ["pk".to_owned(), "sk".to_owned()].into_iter().chain(index_names);
    let stream = map([("StreamViewType", plain("NEW_AND_OLD_IMAGES"))]);
    let properties = map([
        ("TableName", parent_name(table.name())),
        ("BillingMode", plain("PAY_PER_REQUEST")),
        // Neither a deployment that replaces it nor a person in a console takes the data with it.
        ("DeletionProtectionEnabled", plain("true")),
        ("AttributeDefinitions", list(names.map(text_attribute))),
        ("KeySchema", key_schema("pk", "sk")),
    ])
    .maybe("GlobalSecondaryIndexes", (!indexes.is_empty()).then(|| list(indexes.iter().map(index))))
    .maybe("StreamSpecification", table.streams().then_some(stream))
    .with("TimeToLiveSpecification", on(&[("AttributeName", "ttl"), ("Enabled", "true")]))
    .with("PointInTimeRecoverySpecification", on(&[("PointInTimeRecoveryEnabled", "true")]))
    .with("SSESpecification", on(&[("SSEEnabled", "true")]));
    let node = map([
        ("Type", plain("AWS::DynamoDB::Table")),
        ("DeletionPolicy", plain("Retain")),
        ("UpdateReplacePolicy", plain("Retain")),
        ("Properties", properties),
    ]);
    (table_logical_id(table), node)
}

fn on(settings: &[(&str, &str)]) -> Node {
    map(settings.iter().map(|(name, value)| (*name, plain(*value))))
}

fn text_attribute(name: String) -> Node {
    map([("AttributeName", plain(name)), ("AttributeType", plain("S"))])
}

fn key_schema(pk: &str, sk: &str) -> Node {
    let part =
        |name: &str, kind: &str| map([("AttributeName", plain(name)), ("KeyType", plain(kind))]);
    list([part(pk, "HASH"), part(sk, "RANGE")])
}

fn index(number: &u8) -> Node {
    map([
        ("IndexName", plain(format!("gsi{number}"))),
        ("KeySchema", key_schema(&format!("gsi{number}pk"), &format!("gsi{number}sk"))),
        ("Projection", map([("ProjectionType", plain("ALL"))])),
    ])
}
