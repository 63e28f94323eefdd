use std::sync::Arc;

use domain::{catalog::ItemOption, exchange::Side};
use serde_json::{Value, json};
use store::Table;

use crate::tests::fixture::{
    NOWHERE, add_option, at_once, cancel, completed, count, create, create_tag, delete, edit,
    index_rows, item, link, only_admins, rest, search, show, start, walk,
};

#[tokio::test]
async fn a_deleted_item_is_nowhere_and_its_model_number_is_free() {
    let app = start().await;
    let id = item(&app, json!({ "model": "A-1" })).await;
    let other = item(&app, json!({ "nameKo": "조던" })).await;
    create_tag(&app, "sneaker").await.expect(201);
    for id in [&id, &other] {
        link(&app, id, "sneaker").await.expect(204);
    }
    assert_eq!(search(&app, "나이키").await, [&*id]);
    for (trade, id) in [(1, &id), (2, &other)] {
        app.publish(&completed(&app, id, trade)).await;
    }
    app.run_until_idle().await;
    let reply = delete(&app, &id).await.expect(204);
    assert_eq!(reply.text(), "");
    // At once, before the index has followed.
    assert!(search(&app, "나이키").await.is_empty());
    app.run_until_idle().await;
    show(&app, &id).await.expect_problem(404, "catalog-item-not-found");
    edit(&app, &id, json!({})).await.expect_problem(404, "catalog-item-not-found");
    delete(&app, &id).await.expect_problem(404, "catalog-item-not-found");
    link(&app, &id, "sneaker").await.expect_problem(404, "catalog-item-not-found");
    for path in ["/v1/catalog", "/v1/catalog?tag=sneaker"] {
        let there = walk(&app, path, 10).await;
        assert_eq!(crate::tests::fixture::ids(&there), [&*other], "{path}");
    }
    let hot = app.get("/v1/catalog/hot").send().await.expect(200).json();
    assert_eq!(crate::tests::fixture::ids(hot["items"].as_array().unwrap()), [&*other]);
    let rows = index_rows(&app).await;
    assert!(rows.iter().all(|row| row["item"].as_s().unwrap() == &other), "rows are left");
    create(&app, json!({ "model": "a-1" })).await.expect(201);
}

#[tokio::test]
async fn an_item_with_everything_is_deleted_in_one_transaction() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for option in ItemOption::all() {
        add_option(&app, &id, option.as_str()).await.expect(201);
    }
    for number in 0..10 {
        create_tag(&app, &format!("tag {number}")).await.expect(201);
        link(&app, &id, &format!("tag {number}")).await.expect(204);
    }
    delete(&app, &id).await.expect(204);
    let rows = app.rows().await;
    let left = rows.under(Table::Catalog, &format!("item#{id}"));
    assert!(left.iter().all(|row| !row["sk"].as_s().unwrap().starts_with("tag#")));
    assert!(rows.under(Table::Catalog, store::keys::MODEL_PREFIX).is_empty());
    let heads = rows.under(Table::Exchange, store::keys::EXCHANGE_HEAD_PREFIX);
    assert_eq!(heads.len(), 2 * ItemOption::all().count());
    assert!(heads.iter().all(|head| head.contains_key("closed")), "a book is still open");
}

#[tokio::test]
async fn an_order_on_any_option_and_side_stands_in_the_way_while_it_rests() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for option in ["260", "270", "ONESIZE"] {
        add_option(&app, &id, option).await.expect(201);
    }
    for (option, side) in [("260", Side::Sell), ("270", Side::Buy), ("ONESIZE", Side::Sell)] {
        let order = rest(&app, &id, option, side).await.unwrap();
        delete(&app, &id).await.expect_problem(409, "item-has-orders");
        show(&app, &id).await.expect(200);
        cancel(&app, order).await;
    }
    delete(&app, &id).await.expect(204);
    assert_eq!(rest(&app, &id, "260", Side::Buy).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_and_a_deletion_racing_do_not_both_get_through() {
    let app = start().await;
    for round in 0..12 {
        let id = item(&app, json!({ "model": format!("A-{round}") })).await;
        for option in ["260", "270"] {
            add_option(&app, &id, option).await.expect(201);
        }
        let placing = {
            let (app, id) = (Arc::clone(&app), id.clone());
            async move {
                // Later and later into the deletion.
                for _ in 0..round {
                    show(&app, &id).await;
                }
                rest(&app, &id, "270", Side::Sell).await
            }
        };
        #[expect(clippy::disallowed_methods, reason = "a test waits for its tasks")]
        let placing = tokio::spawn(placing);
        let reply = delete(&app, &id).await;
        match placing.await.unwrap() {
            Some(_) => {
                reply.expect_problem(409, "item-has-orders");
                show(&app, &id).await.expect(200);
            }
            None => {
                reply.expect(204);
                show(&app, &id).await.expect_problem(404, "catalog-item-not-found");
            }
        }
        app.run_until_idle().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_deletions_one_is_made() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let replies = at_once(5, |_| {
        let (app, id) = (Arc::clone(&app), id.clone());
        async move { delete(&app, &id).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 204), count(&replies, 404)), (1, 4));
    app.run_until_idle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_and_changes_racing_leave_nothing_half_done() {
    let app = start().await;
    create_tag(&app, "sneaker").await.expect(201);
    for round in 0..6 {
        let id = item(&app, json!({ "model": format!("A-{round}") })).await;
        let replies = at_once(4, |number| {
            let (app, id) = (Arc::clone(&app), id.clone());
            async move {
                match number {
                    0 => delete(&app, &id).await,
                    1 => add_option(&app, &id, "270").await,
                    2 => link(&app, &id, "sneaker").await,
                    _ => edit(&app, &id, json!({ "model": format!("B-{round}") })).await,
                }
            }
        });
        let replies = replies.await;
        assert_eq!(replies[0].status(), 204, "{}", replies[0].text());
        for reply in &replies[1..] {
            assert!([200, 201, 204, 404].contains(&reply.status()), "{}", reply.text());
        }
        app.run_until_idle().await;
    }
    assert!(app.rows().await.under(Table::Catalog, store::keys::MODEL_PREFIX).is_empty());
    assert_eq!(walk(&app, "/v1/catalog?tag=sneaker", 10).await, Vec::<Value>::new());
    assert!(index_rows(&app).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_deleted() {
    let app = start().await;
    delete(&app, "1").await.expect_problem(400, "invalid-request");
    delete(&app, NOWHERE).await.expect_problem(404, "catalog-item-not-found");
    let id = item(&app, json!({})).await;
    only_admins(&app, || app.delete(&format!("/v1/catalog/{id}"))).await;
    show(&app, &id).await.expect(200);
}
