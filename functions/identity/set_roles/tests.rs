use serde_json::json;

use crate::tests::fixture::{sign_up, start};

#[tokio::test]
async fn an_admin_sets_all_roles_at_once() {
    let app = start().await;
    let (admin, minji) = (app.admin(), sign_up(&app, "minji").await);
    let path = format!("/v1/users/{}/roles", minji.id);
    for (wanted, got) in [
        (json!(["inspector"]), json!(["user", "inspector"])),
        (json!(["user", "admin", "admin"]), json!(["user", "admin"])),
        (json!([]), json!(["user"])),
    ] {
        let put = app.put(&path).bearer(&admin.token).json(json!({ "roles": wanted }));
        assert_eq!(put.send().await.expect(200).json(), json!({ "id": minji.id, "roles": got }));
        let me = app.get("/v1/me").bearer(&minji.access).send().await;
        assert_eq!(me.json()["roles"], got);
    }
}

#[tokio::test]
async fn unknown_roles_and_users_are_refused() {
    let app = start().await;
    let (admin, minji) = (app.admin(), sign_up(&app, "minji").await);
    let path = format!("/v1/users/{}/roles", minji.id);
    for body in [
        json!({}),
        json!({ "roles": ["seller"] }),
        json!({ "roles": ["ADMIN"] }),
        json!({ "roles": [null] }),
        json!({ "roles": "admin" }),
        json!({ "roles": [], "userId": minji.id }),
    ] {
        let put = app.put(&path).bearer(&admin.token).json(body).send().await;
        put.expect_problem(400, "invalid-request");
    }
    let unknown = "/v1/users/01938f3c-7e2a-7000-8000-000000000001/roles";
    let put = app.put(unknown).bearer(&admin.token).json(json!({ "roles": [] })).send().await;
    put.expect_problem(404, "user-not-found");
}

#[tokio::test]
async fn others_may_not() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let path = format!("/v1/users/{}/roles", minji.id);
    let put = || app.put(&path).json(json!({ "roles": ["admin"] }));
    put().send().await.expect_problem(401, "unauthenticated");
    put().bearer(&minji.access).send().await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn what_changed_is_noted_with_it_and_nothing_else_is() {
    let app = start().await;
    let admin = app.admin();
    let minji = sign_up(&app, "minji").await;
    let put = |roles: serde_json::Value| {
        let path = format!("/v1/users/{}/roles", minji.id);
        app.put(&path).bearer(&admin.token).json(json!({ "roles": roles })).send()
    };
    put(json!(["inspector"])).await.expect(200);
    put(json!(["user", "inspector"])).await.expect(200); // is so already
    put(json!(["nonsense"])).await.expect(400);
    put(json!([])).await.expect(200);
    let acts = app.store().staff_acts(&store::staff::month_of(app.now()), 10, None).await.unwrap();
    let mut told: Vec<_> = acts.items.iter().map(|act| (&*act.before, &*act.after)).collect();
    told.sort_unstable();
    assert_eq!(told, [("user", "user inspector"), ("user inspector", "user")]);
    for act in &acts.items {
        assert_eq!((act.by, act.what.as_str()), (admin.id, "identity-set-roles"));
        assert_eq!(act.whom, format!("user#{}", minji.id));
    }
}
