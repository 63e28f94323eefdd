use kernel::Span;
use serde_json::Value;
use store::{Transaction, staff::StaffAct};
use testkit::TestApp;

const PATH: &str = "/v1/admin/staff-acts";

async fn noted(app: &TestApp, what: &str) -> StaffAct {
    let act = StaffAct {
        id: app.app.entropy.uuid(app.now()),
        at: app.now(),
        by: app.admin().id,
        what: what.to_owned(),
        whom: "auction#1".to_owned(),
        why: Some("사기".to_owned()),
        before: "open".to_owned(),
        after: "cancelled".to_owned(),
    };
    let transaction = Transaction::new().staff_act(&act).unwrap();
    app.store().commit(transaction).await.unwrap();
    act
}

#[tokio::test]
async fn a_month_is_read_newest_first_page_by_page() {
    let app = TestApp::start(crate::FUNCTIONS).await;
    let admin = app.admin();
    for n in 0..3 {
        noted(&app, &format!("act-{n}")).await;
        app.advance(Span::seconds(1)).await;
    }
    let get = |query: String| app.get(&format!("{PATH}{query}")).bearer(&admin.token).send();
    let first = get("?limit=2".to_owned()).await.expect(200).json();
    let whats = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["what"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(whats(&first), ["act-2", "act-1"]);
    assert_eq!(first["items"][0]["why"], "사기");
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = get(format!("?limit=2&cursor={cursor}")).await.expect(200).json();
    assert_eq!((whats(&second), &second["nextCursor"]), (vec!["act-0".to_owned()], &Value::Null));
    let other = get("?month=2026-10".to_owned()).await.expect(200).json();
    assert_eq!(other["items"], Value::Array(vec![]));
    let foreign = get(format!("?month=2026-10&cursor={cursor}")).await;
    foreign.expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn an_entry_is_never_written_over() {
    let app = TestApp::start(crate::FUNCTIONS).await;
    let act = noted(&app, "once").await;
    let again = StaffAct { what: "twice".to_owned(), ..act };
    let transaction = Transaction::new().staff_act(&again).unwrap();
    app.store().commit(transaction).await.unwrap_err();
}

#[tokio::test]
async fn admins_alone_and_months_alone() {
    let app = TestApp::start(crate::FUNCTIONS).await;
    let admin = app.admin();
    let minji = app.signed_in("minji");
    app.get(PATH).send().await.expect_problem(401, "unauthenticated");
    app.get(PATH).bearer(&minji.token).send().await.expect_problem(403, "forbidden");
    for bad in ["", "2026", "2026-13", "2026-00", "26-11", "2026-1", "2026-11-01", "%00", "11-2026"]
    {
        let reply = app.get(&format!("{PATH}?month={bad}")).bearer(&admin.token).send().await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "query/month", "{bad}");
    }
}
