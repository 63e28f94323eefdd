//! What holds in memory and in a folder: streams reach their functions, and transactions can meet.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use futures::future::join_all;

use super::{folder::Folder, *};

fn add(pk: &str) -> TransactWriteItem {
    let update = Update::builder()
        .table_name("jangteo-identity")
        .key("pk", text(pk))
        .key("sk", text("-"))
        .update_expression("ADD #v :one")
        .expression_attribute_names("#v", "value")
        .expression_attribute_values(":one", number(1));
    TransactWriteItem::builder().update(update.build().unwrap()).build()
}

/// Ten transactions over one item at once; how many are done, and what the item then says.
async fn meet(bench: &Bench) -> (usize, i64) {
    let dynamo = bench.dynamo();
    let send = |_| dynamo.transact_write_items().transact_items(add("A")).send();
    let done = join_all((0..10).map(send)).await;
    let refused = done.iter().filter_map(|answer| answer.as_ref().err());
    for error in refused {
        let error = error.as_service_error().unwrap();
        assert!(error.is_transaction_canceled_exception(), "{error:?}");
        assert!(format!("{error:?}").contains("TransactionConflict"), "{error:?}");
    }
    let items = bench.cloud.items(Table::Identity).unwrap();
    let value = items
        .iter()
        .find(|item| item["pk"]["S"] == "A")
        .map_or("0", |item| item["value"]["N"].as_str().unwrap());
    (done.iter().filter(|answer| answer.is_ok()).count(), value.parse().unwrap())
}

#[tokio::test]
async fn transactions_meet_only_where_a_test_wants_it() {
    let folder = Folder::new("meet");
    for engine in [DataPlace::Memory, DataPlace::Folder(folder.0.clone())] {
        let bench = Bench::with(engine);
        assert_eq!(meet(&bench).await, (10, 10));
        bench.cloud.adjust(|knobs| knobs.transaction_turns = 3);
        let (done, value) = meet(&bench).await;
        assert!((1..10).contains(&done), "{done} of ten went through");
        assert_eq!(value, 10 + i64::try_from(done).unwrap());
        // Nothing is kept: alone it goes through.
        let alone = bench.dynamo().transact_write_items().transact_items(add("A"));
        alone.send().await.unwrap();
    }
}

#[tokio::test]
async fn a_write_that_meets_a_transaction_is_refused() {
    let folder = Folder::new("refused");
    for engine in [DataPlace::Memory, DataPlace::Folder(folder.0.clone())] {
        let bench = Bench::with(engine);
        bench.cloud.adjust(|knobs| knobs.transaction_turns = 1_000);
        let dynamo = bench.dynamo();
        let transaction = dynamo.transact_write_items().transact_items(add("A")).send();
        let write = async {
            tokio::task::yield_now().await;
            let put = dynamo.put_item().table_name("jangteo-identity");
            put.item("pk", text("A")).item("sk", text("-")).send().await
        };
        let other = async {
            let put = dynamo.put_item().table_name("jangteo-identity");
            put.item("pk", text("B")).item("sk", text("-")).send().await
        };
        let (transaction, write, other) = futures::join!(transaction, write, other);
        transaction.unwrap();
        other.unwrap();
        let code = write.unwrap_err().into_service_error();
        let code = code.meta().code().map(str::to_owned);
        assert_eq!(code.as_deref(), Some("TransactionConflictException"));
    }
}

#[tokio::test]
async fn a_change_reaches_its_function_and_a_change_of_nothing_does_not() {
    let folder = Folder::new("streams");
    for engine in [DataPlace::Memory, DataPlace::Folder(folder.0.clone())] {
        let bench = Bench::with(engine);
        bench.put("auction", "AUCTION#1", "HEAD", 7).await;
        bench.put("auction", "AUCTION#1", "HEAD", 7).await;
        bench.put("auction", "AUCTION#1", "HEAD", 8).await;
        bench.cloud.run_until_idle().await;
        let calls = bench.script.calls("test-record-bids");
        let names: Vec<_> = calls
            .iter()
            .flat_map(|call| call["Records"].as_array().unwrap())
            .map(|record| record["eventName"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["INSERT", "MODIFY"]);
    }
}
