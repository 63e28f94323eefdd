use events::{Envelope, TradeCompleted};
use kernel::{Span, Won};
use serde_json::json;
use store::Table;
use testkit::TestApp;
use uuid::Uuid;

use crate::tests::fixture::{NOWHERE, completed, delete, edit, facts, item, show, start};

async fn trades_of(app: &TestApp, id: &str) -> serde_json::Value {
    show(app, id).await.expect(200).json()["completedTrades"].clone()
}

#[tokio::test]
async fn told_three_times_and_shuffled_every_trade_counts_once() {
    for seed in 0..3 {
        let app = start().await;
        let id = item(&app, json!({})).await;
        app.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        for trade in 0..6 {
            app.publish(&completed(&app, &id, trade)).await;
        }
        app.run_until_idle().await;
        app.clock.advance(Span::hours(1));
        app.publish(&completed(&app, &id, 2)).await;
        app.run_until_idle().await;
        assert_eq!(trades_of(&app, &id).await, 6);
        assert_eq!(app.rows().await.under(Table::Catalog, store::keys::COUNTED_PREFIX).len(), 6);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_batch_of_one_item_is_counted_side_by_side() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for trade in 0..10 {
        app.publish(&completed(&app, &id, trade)).await;
    }
    app.run_until_idle().await;
    assert_eq!(trades_of(&app, &id).await, 10);
}

#[tokio::test]
async fn a_count_is_no_new_version_and_survives_an_edit() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    app.publish(&completed(&app, &id, 1)).await;
    app.run_until_idle().await;
    edit(&app, &id, json!({ "nameKo": "조던" })).await.expect(200);
    app.publish(&completed(&app, &id, 2)).await;
    app.run_until_idle().await;
    let shown = show(&app, &id).await.json();
    assert_eq!((&shown["completedTrades"], &shown["version"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn sales_elsewhere_and_of_what_is_gone_count_for_nothing() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let auction = TradeCompleted { trade: facts(7), refunded: Won::ZERO, refunding: false };
    app.publish(&Envelope::new(Uuid::from_u128(1), app.now(), &auction)).await;
    app.publish(&completed(&app, NOWHERE, 8)).await;
    app.run_until_idle().await;
    assert_eq!(trades_of(&app, &id).await, 0);
    delete(&app, &id).await.expect(204);
    app.publish(&completed(&app, &id, 9)).await;
    app.run_until_idle().await;
    assert!(app.rows().await.under(Table::Catalog, store::keys::COUNTED_PREFIX).is_empty());
    assert_eq!(app.get("/v1/catalog/hot").send().await.json(), json!({ "items": [] }));
}

#[tokio::test]
async fn a_lost_answer_counts_once() {
    use local::{Fault, FaultKind};
    for lost in ["dynamodb:TransactWriteItems", "dynamodb:GetItem"] {
        let app = start().await;
        let id = item(&app, json!({})).await;
        app.cloud.faults().push(Fault::next(lost, FaultKind::TimeoutAfter));
        app.publish(&completed(&app, &id, 1)).await;
        app.run_until_idle().await;
        app.clock.advance(Span::minutes(5));
        app.run_until_idle().await;
        assert_eq!(trades_of(&app, &id).await, 1, "{lost}");
    }
}
