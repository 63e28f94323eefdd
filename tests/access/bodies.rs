//! What each route with an id in its path is sent: right for whoever may.

use serde_json::{Value, json};

use super::fixture::World;
use crate::{budgets::exchange::fixture::Trader, support::parcel};

/// The body with which `by` calls `route`, where it takes one.
pub fn body(world: &World, by: &Trader, route: &str) -> Option<Value> {
    let (method, path) = route.split_once(' ').unwrap();
    let last = path.rsplit('/').next().unwrap();
    let body = match (method, last) {
        ("GET" | "DELETE", _) | ("PUT", "{auctionId}" | "{userId}" | "read" | "{tag}") => {
            return None;
        }
        (_, "bids") => json!({ "amount": 30_000 }),
        ("POST", "void" | "buy-now" | "receive" | "decline") => json!({}),
        (_, "hand-over") => json!({ "code": "123456" }),
        ("POST", "renew") => json!({}),
        (_, "deliver") => json!({ "reason": "택배사 서면 확인" }),
        ("POST", "consent" | "consent-refusal") => json!({}),
        (_, "cancel") if path.starts_with("/v1/payments") => {
            json!({ "amount": 1_000, "reason": "변심" })
        }
        (_, "cancel") if path.starts_with("/v1/exchange") => json!({}),
        (_, "cancel") if path.starts_with("/v1/wallet") => json!({}),
        (_, "cancel") => json!({ "reason": "변심" }),
        (_, "price") => json!({ "price": 6_000, "confirm": true }),
        (_, "confirm") if path.starts_with("/v1/payments") => {
            json!({ "paymentKey": world.payment_key, "amount": 30_000 })
        }
        (_, "confirm") => json!({}),
        (_, "dispute") => json!({ "complaint": "damaged", "text": "깨졌습니다" }),
        (_, "statements" | "objection") => json!({ "text": "봉인한 사진이 있습니다" }),
        (_, "refund-offers" | "refund") => json!({ "amount": 1_000 }),
        (_, "ruling") => json!({ "verdict": "complete", "reason": "사진과 같습니다" }),
        (_, "ship" | "forward" | "send-back") => parcel(),
        (_, "inspection") => json!({
            "grade": "pass_at_95", "checklistVersion": 3, "notes": "밑창에 작은 오염",
            "photos": ["inspection/front.jpg"],
        }),
        (_, "pay") => json!({ "addressId": by.address }),
        (_, "payments") => json!({ "provider": "toss", "addressId": by.address }),
        (_, "options") => json!({ "option": "280" }),
        ("PATCH", "{itemId}") => json!({ "nameKo": "에어 조던 하나" }),
        (_, "roles") => json!({ "roles": ["user"] }),
        _ => panic!("what is sent to {route}?"),
    };
    Some(body)
}
