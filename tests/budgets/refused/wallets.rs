//! Payout accounts that the bank does not know, and money that is not free to leave.

use kernel::UserId;
use serde_json::{Value, json};

use crate::{
    budgets::{
        book::Book,
        fixture::{ADMIN, Stage},
    },
    support::NO_ID,
};

const ACCOUNT: &str = "/v1/me/payout-account";

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let anna = stage.member("anna").await;
    let account = |number: &str| -> Value {
        json!({ "bankCode": "088", "accountNumber": number, "holder": "소라" })
    };
    for (outcome, number) in [
        ("409 payout-account-unverified", "110-234-569999"),
        ("201", "110-234-567890"),
        ("409 payout-account-exists", "110-234-567891"),
    ] {
        let request = stage.post(anna, ACCOUNT, account(number));
        stage.ask(outcome, request).await;
    }
    let request = stage.by(anna, stage.app.put(ACCOUNT)).json(account("110-234-569999"));
    stage.ask("409 payout-account-unverified", request).await;
    stage.earn(anna, 1_000).await;
    owes(&mut stage, anna, 300).await;
    let request = stage.post(anna, "/v1/wallet/withdrawals", json!({ "amount": 701 }));
    stage.ask("409 penalty-due", request).await;
    let none = format!("/v1/wallet/withdrawals/{NO_ID}/cancel");
    let request = stage.post(anna, &none, json!({}));
    stage.ask("404 withdrawal-not-found", request).await;
    let staff = stage.member("staff").await;
    let none = format!("/v1/admin/users/{anna}/withdrawals/{NO_ID}/cancel");
    let request = stage.post_as(ADMIN, staff, &none, json!({ "reason": "도용 신고" }));
    stage.ask("404 withdrawal-not-found", request).await;
    stage.end()
}

/// So much `who` owes to somebody they let down.
pub async fn owes(stage: &mut Stage, who: UserId, amount: i64) {
    let injured = stage.member("injured").await;
    stage.app.owe(who, injured, amount).await;
}
