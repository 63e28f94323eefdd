use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{create_tag, encoded, ids, item, link, search, start, walk};

#[tokio::test]
async fn newest_first_page_by_page() {
    let app = start().await;
    assert!(walk(&app, "/v1/catalog", 10).await.is_empty());
    let mut due = Vec::new();
    for _ in 0..5 {
        app.clock.advance(Span::millis(1));
        due.insert(0, item(&app, json!({})).await);
    }
    for limit in [1, 2, 4, 5, 100] {
        assert_eq!(ids(&walk(&app, "/v1/catalog", limit).await), due, "by {limit}");
    }
    let page = app.get("/v1/catalog").send().await.expect(200).json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["nextCursor"]), (5, &Value::Null));
}

#[tokio::test]
async fn finds_a_part_of_either_name_or_the_model_number() {
    let app = start().await;
    let dunk =
        json!({ "nameKo": "나이키 덩크 로우", "nameEn": "Nike Dunk Low", "model": "DD1391" });
    let jordan =
        json!({ "nameKo": "나이키 에어 조던", "nameEn": "NIKE Air Jordan", "model": "CZ0790" });
    let cotton = json!({ "nameKo": "100% 면_티", "nameEn": "Cotton  Tee", "model": "T.1/2" });
    let mut all = Vec::new();
    for shoe in [dunk, jordan, cotton] {
        app.clock.advance(Span::millis(1));
        all.push(item(&app, shoe).await);
    }
    let [dunk, jordan, cotton] = [0, 1, 2].map(|at| all[at].as_str());
    for (term, due) in [
        ("나이키", vec![jordan, dunk]),
        ("이키", vec![jordan, dunk]),
        ("키 덩", vec![dunk]),
        ("NIKE", vec![jordan, dunk]),
        ("nike  dunk", vec![dunk]),
        ("dd13", vec![dunk]),
        ("조던", vec![jordan]),
        ("던 ni", vec![]),
        ("cotton tee", vec![cotton]),
        ("0%", vec![cotton]),
        ("_티", vec![cotton]),
        ("%%", vec![]),
        ("t.1/2", vec![cotton]),
        ("나%키", vec![]),
        ("나이커", vec![]),
        ("👟👟", vec![]),
        (&*"가".repeat(50), vec![]),
    ] {
        assert_eq!(search(&app, term).await, due, "{term}");
    }
}

#[tokio::test]
async fn a_search_walks_past_pages_without_a_hit() {
    let app = start().await;
    let mut due = Vec::new();
    for number in 0..9 {
        app.clock.advance(Span::millis(1));
        let name = if number % 4 == 0 { "덩크 하이" } else { "덩크 로우" };
        let id = item(&app, json!({ "nameKo": name })).await;
        if number % 4 == 0 {
            due.insert(0, id);
        }
    }
    let path = format!("/v1/catalog?search={}", encoded("덩크 하이"));
    for limit in [1, 2, 3, 100] {
        assert_eq!(ids(&walk(&app, &path, limit).await), due, "by {limit}");
    }
    let page = app.get(&format!("{path}&limit=3")).send().await.expect(200).json();
    assert_eq!((page["items"].as_array().unwrap().len(), page["nextCursor"].is_null()), (1, false));
}

#[tokio::test]
async fn a_tag_that_there_is_not_is_said_to_be_missing() {
    let app = start().await;
    create_tag(&app, "sneaker").await.expect(201);
    assert!(walk(&app, "/v1/catalog?tag=sneaker", 10).await.is_empty());
    app.get("/v1/catalog?tag=boots").send().await.expect_problem(404, "tag-not-found");
    let id = item(&app, json!({})).await;
    link(&app, &id, "sneaker").await.expect(204);
    assert_eq!(ids(&walk(&app, "/v1/catalog?tag=%20SNEAKER", 10).await), [&*id]);
}

#[tokio::test]
async fn bad_questions() {
    let app = start().await;
    let long = format!("search={}", encoded(&"가".repeat(51)));
    for (query, pointer) in [
        ("limit=0", "query/limit"),
        ("limit=-1", "query/limit"),
        ("limit=101", "query/limit"),
        ("limit=1.5", "query/limit"),
        ("limit=aaa", "query/limit"),
        ("limit=99999999999", "query/limit"),
        ("search=", "query/search"),
        ("search=a", "query/search"),
        ("search=%EA%B0%80", "query/search"),
        ("search=%20a%20", "query/search"),
        (&*long, "query/search"),
        ("tag=", "query/tag"),
        ("tag=a%2Fb", "query/tag"),
        ("tag=aaaaaaaaaaaaaaaaaaaaa", "query/tag"),
        ("tag=a&search=ab", "query/search"),
        ("sort=price", "query/sort"),
        ("q=dunk", "query/q"),
    ] {
        let reply = app.get(&format!("/v1/catalog?{query}")).send().await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let app = start().await;
    for tag in ["a", "b"] {
        create_tag(&app, tag).await.expect(201);
    }
    for _ in 0..3 {
        let id = item(&app, json!({ "nameKo": "덩크 로우" })).await;
        link(&app, &id, "a").await.expect(204);
        link(&app, &id, "b").await.expect(204);
    }
    let lists = ["", "tag=a&", "tag=b&", "search=dunk&", "search=low&"];
    for list in lists {
        let page = app.get(&format!("/v1/catalog?{list}limit=1")).send().await.expect(200).json();
        let cursor = page["nextCursor"].as_str().unwrap().to_owned();
        for other in lists {
            let reply = app.get(&format!("/v1/catalog?{other}cursor={cursor}")).send().await;
            if other == list {
                assert_eq!(reply.expect(200).json()["items"].as_array().unwrap().len(), 2);
            } else {
                reply.expect_problem(400, "invalid-cursor");
            }
        }
        for bad in ["", "x", "====", &"A".repeat(3_000), &cursor[..20], &cursor[1..]] {
            let reply = app.get(&format!("/v1/catalog?{list}cursor={bad}")).send().await;
            reply.expect_problem(400, "invalid-cursor");
        }
    }
}
