//! The wallet, and money to the bank.

use domain::identity::Role;
use kernel::{Span, UserId};
use serde_json::json;

use super::{
    book::Book,
    fixture::{ADMIN, Stage},
};

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let anna = stage.member("anna").await;
    stage.earn(anna, 100_000).await;
    let account = json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "소라" });
    stage.ask("201", stage.post(anna, "/v1/me/payout-account", account.clone())).await;
    let token = stage.app.token(anna, &[Role::User]);
    let request = stage.app.put("/v1/me/payout-account").bearer(&token).json(account);
    stage.ask("200", request).await;
    stage.ask("200", stage.get(anna, "/v1/me/payout-account")).await;
    for (outcome, amount) in [("201", 40_000), ("409 insufficient-balance", 90_000)] {
        let request = stage.post(anna, "/v1/wallet/withdrawals", json!({ "amount": amount }));
        let reply = stage.ask(outcome, request).await;
        if let Some(path) = reply.header("location") {
            let request = stage.get(anna, path);
            stage.ask("200", request).await;
        }
    }
    for path in ["/v1/wallet", "/v1/wallet/entries", "/v1/wallet/withdrawals"] {
        stage.ask("200", stage.get(anna, path)).await;
    }
    let admin = stage.app.admin();
    let path = format!("/v1/admin/users/{anna}/audit");
    let request = stage.app.get(&path).bearer(&admin.token);
    stage.ask("200", request).await;
    stopped(&mut stage, anna).await;
    for list in ["withdrawals?state=done", "payments?status=done", "trades?state=completed"] {
        let request = stage.by_admin(stage.app.get(&format!("/v1/admin/{list}")));
        stage.ask("200 a page", request).await;
    }
    let request = stage.by_admin(stage.app.get("/v1/admin/trades?overdue=true"));
    stage.ask("200 overdue", request).await;
    stage.run_after(Span::minutes(30), "wallet-sweep-withdrawals").await;
    stage.end()
}

/// Withdrawals that are stopped before the bank hears of them.
async fn stopped(stage: &mut Stage, anna: UserId) {
    const WORKER: &str = "wallet-on-withdrawal-requested";
    let staff = stage.member("staff").await;
    stage.app.cloud.pause(WORKER);
    for by_staff in [false, true] {
        let request = stage.post(anna, "/v1/wallet/withdrawals", json!({ "amount": 1_000 }));
        let path = stage.ask("201", request).await.header("location").unwrap().to_owned();
        for outcome in ["200", "409 withdrawal-not-requested"] {
            let request = if by_staff {
                let id = path.rsplit('/').next().unwrap();
                let path = format!("/v1/admin/users/{anna}/withdrawals/{id}/cancel");
                stage.post_as(ADMIN, staff, &path, json!({ "reason": "도용 신고" }))
            } else {
                stage.post(anna, &format!("{path}/cancel"), json!({}))
            };
            stage.ask(outcome, request).await;
        }
    }
    stage.app.cloud.resume(WORKER);
    stage.name_runs(&[(WORKER, "done, stopped before")]);
    stage.follow().await;
    stage.name_runs(&[]);
}
