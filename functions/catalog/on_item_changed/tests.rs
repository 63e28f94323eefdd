use std::{collections::BTreeSet, sync::Arc};

use domain::search::Text;
use events::{CatalogItemChanged, Envelope};
use kernel::Span;
use serde_json::json;
use store::Table;
use testkit::TestApp;
use uuid::Uuid;

use crate::tests::fixture::{
    NOWHERE, add_option, at_once, delete, edit, index_rows, item, item_id, search, show, start,
};

/// The rows there are must be exactly those of the item as it is shown.
async fn assert_exact(app: &TestApp, id: &str) {
    let shown = show(app, id).await.expect(200).json();
    let texts = ["nameKo", "nameEn", "model"].map(|name| shown[name].as_str().unwrap());
    let text = Text::of(&texts);
    let rows = index_rows(app).await;
    let mut there = BTreeSet::new();
    for row in rows.iter().filter(|row| row["item"].as_s().unwrap() == id) {
        assert_eq!(row["text"].as_s().unwrap(), text.as_str());
        there.insert(row["pk"].as_s().unwrap().trim_start_matches("gram#").to_owned());
    }
    assert_eq!(there, text.bigrams());
}

fn changed(app: &TestApp, id: &str, version: u32) -> Envelope {
    let event = CatalogItemChanged { item_id: item_id(id), version };
    Envelope::new(app.app.entropy.uuid(app.now()), app.now(), &event)
}

#[tokio::test]
async fn a_new_name_is_found_and_the_old_one_is_not() {
    let app = start().await;
    let id = item(&app, json!({ "nameKo": "나이키 덩크", "nameEn": "Nike Dunk" })).await;
    assert_exact(&app, &id).await;
    edit(&app, &id, json!({ "nameKo": "나이키 조던" })).await.expect(200);
    // Before the index has followed, the old name leads nowhere already.
    assert!(search(&app, "덩크").await.is_empty());
    app.run_until_idle().await;
    assert_eq!(search(&app, "조던").await, [&*id]);
    assert!(search(&app, "덩크").await.is_empty());
    assert_eq!(search(&app, "dunk").await, [&*id]);
    assert_exact(&app, &id).await;
}

#[tokio::test]
async fn told_three_times_and_in_any_order_it_comes_to_the_same() {
    for seed in 0..3 {
        let app = start().await;
        app.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        let id = item(&app, json!({ "nameKo": "하나 둘" })).await;
        app.cloud.pause("catalog-on-item-changed");
        for name in ["셋 넷", "하나 둘", "다섯 여섯"] {
            edit(&app, &id, json!({ "nameKo": name })).await.expect(200);
        }
        app.run_until_idle().await;
        app.cloud.resume("catalog-on-item-changed");
        app.run_until_idle().await;
        assert_exact(&app, &id).await;
        // Long after, and of versions that were or will be.
        for version in [1, 3, 99] {
            app.publish(&changed(&app, &id, version)).await;
        }
        app.run_until_idle().await;
        assert_exact(&app, &id).await;
        delete(&app, &id).await.expect(204);
        app.publish(&changed(&app, &id, 2)).await;
        app.run_until_idle().await;
        assert!(index_rows(&app).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_and_workers_side_by_side_leave_the_last_name_alone() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for round in 0..10 {
        let replies = at_once(4, |number| {
            let (app, id) = (Arc::clone(&app), id.clone());
            async move {
                let name = format!("이름 {round} 번호 {number}");
                let reply = edit(&app, &id, json!({ "nameKo": name })).await;
                // Several deliveries at work on one item at a time.
                for _ in 0..3 {
                    app.store().catalog_index(item_id(&id)).await.unwrap();
                }
                reply
            }
        });
        assert!(replies.await.iter().all(|reply| reply.status() == 200));
    }
    app.run_until_idle().await;
    assert_exact(&app, &id).await;
}

#[tokio::test]
async fn the_longest_names_take_several_transactions_and_come_and_go_whole() {
    let app = start().await;
    let long = |from: u32| -> String {
        (from..from + 100).map(|code| char::from_u32(0xac00 + code).unwrap()).collect()
    };
    let model: String = ('0'..='9').chain('a'..='z').collect();
    let extra = json!({ "nameKo": long(0), "nameEn": long(200), "model": model });
    let id = item(&app, extra).await;
    assert_eq!(index_rows(&app).await.len(), 99 + 99 + 35);
    assert_exact(&app, &id).await;
    edit(&app, &id, json!({ "nameKo": long(400), "nameEn": long(600) })).await.expect(200);
    app.run_until_idle().await;
    assert_exact(&app, &id).await;
    delete(&app, &id).await.expect(204);
    app.run_until_idle().await;
    assert!(index_rows(&app).await.is_empty());
}

#[tokio::test]
async fn a_call_that_fails_anywhere_is_made_good_by_the_next_delivery() {
    use local::{Fault, FaultKind};
    for call in ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:TransactWriteItems"] {
        for kind in [FaultKind::Throttle, FaultKind::TimeoutAfter] {
            for skipped in 0..3 {
                let app = start().await;
                app.expect_failures();
                let id = item(&app, json!({ "nameKo": "하나 둘" })).await;
                app.cloud.pause("catalog-on-item-changed");
                edit(&app, &id, json!({ "nameKo": "셋 넷" })).await.expect(200);
                app.run_until_idle().await;
                app.cloud.resume("catalog-on-item-changed");
                app.cloud
                    .faults()
                    .push(Fault::next(call, kind).nth(skipped + 1).on(Table::Catalog));
                app.run_until_idle().await;
                for _ in 0..3 {
                    app.clock.advance(Span::minutes(4));
                    app.run_until_idle().await;
                }
                assert_exact(&app, &id).await;
            }
        }
    }
}

#[tokio::test]
async fn what_is_found_the_same_way_is_written_once() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let writes = |app: &TestApp| {
        let usage = app.cloud.usage();
        usage.calls("dynamodb:TransactWriteItems") + usage.calls("dynamodb:UpdateItem")
    };
    let before = writes(&app);
    for version in [1, 1, 2] {
        app.publish(&changed(&app, &id, version)).await;
    }
    app.run_until_idle().await;
    assert_eq!(writes(&app), before);
    add_option(&app, &id, "270").await.expect(201);
    app.run_until_idle().await;
    assert_exact(&app, &id).await;
}

#[tokio::test]
async fn an_item_that_never_was_has_no_rows() {
    let app = start().await;
    app.publish(&changed(&app, NOWHERE, 1)).await;
    app.run_until_idle().await;
    assert!(app.rows().await.table(Table::Catalog).is_empty());
    let odd = Envelope { kind: "Other".to_owned(), ..changed(&app, NOWHERE, 1) };
    assert!(odd.open::<CatalogItemChanged>().is_err());
    assert_ne!(odd.id, Uuid::nil());
}
