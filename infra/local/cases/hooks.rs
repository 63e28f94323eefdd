use super::*;
use crate::{Fault, FaultKind, Sabotage};

async fn put(bench: &Bench, sk: &str) {
    let put = bench.dynamo().put_item().table_name("jangteo-auction").item("pk", text("A"));
    let put = put.item("sk", text(sk)).item("gsi1pk", text("I")).item("gsi1sk", text(sk));
    put.send().await.unwrap();
}

/// How many items the index has.
async fn listed(bench: &Bench) -> i32 {
    let query = bench.dynamo().query().table_name("jangteo-auction").index_name("gsi1");
    let query = query.key_condition_expression("gsi1pk = :pk");
    query.expression_attribute_values(":pk", text("I")).send().await.unwrap().count()
}

#[tokio::test]
async fn a_stale_index_is_what_it_was_some_writes_ago() {
    let bench = Bench::new();
    bench.cloud.keep_index_copy(2).unwrap();
    for sk in ["1", "2", "3"] {
        put(&bench, sk).await;
    }
    bench.cloud.faults().push(Fault::next("dynamodb:Query", FaultKind::StaleIndex));
    assert_eq!(listed(&bench).await, 1);
    assert_eq!(listed(&bench).await, 3);
}

#[tokio::test]
async fn a_saboteur_changes_what_the_service_sees() {
    let bench = Bench::new();
    bench.cloud.sabotage(|action, body| {
        let skip = action == "dynamodb:PutItem" && body["Item"]["sk"]["S"] == "skipped";
        if body["Item"]["sk"]["S"] == "changed" {
            body["Item"]["gsi1pk"]["S"] = json!("J");
        }
        if skip { Sabotage::Skip } else { Sabotage::None }
    });
    for sk in ["kept", "skipped", "changed"] {
        put(&bench, sk).await;
    }
    assert_eq!(listed(&bench).await, 1);
}

#[tokio::test]
async fn a_failed_condition_can_be_told_as_success() {
    let bench = Bench::new();
    put(&bench, "taken").await;
    let create = || {
        let put = bench.dynamo().put_item().table_name("jangteo-auction").item("pk", text("A"));
        put.item("sk", text("taken")).condition_expression("attribute_not_exists(pk)").send()
    };
    assert!(create().await.is_err());
    bench.cloud.sabotage(|_, _| Sabotage::Swallow);
    assert!(create().await.is_ok());
    // Nothing was written all the same.
    assert_eq!(listed(&bench).await, 1);
}
