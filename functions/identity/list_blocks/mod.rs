//! Whom the caller has blocked.

use axum::{Json, extract::State};
use domain::identity::Account;
use kernel::{Instant, UserId, codes};
use platform::{App, Caller, Function, Grant, Http, PageRequest, Paged, Problem, Secret};
use serde::Serialize;
use store::{Page, Table, identity::Block};
use utoipa::ToSchema;
use utoipa_axum::routes;

const PATH: &str = "/v1/me/blocks";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "list_blocks",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Identity).query().batch_get()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// A user whom the caller has blocked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockedUser {
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    /// Null when the account is gone.
    #[schema(example = "수달")]
    nickname: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    blocked_at: Instant,
}

impl BlockedUser {
    pub(crate) fn new(block: &Block, account: Option<&Account>) -> Self {
        let nickname = account.map(|account| account.nickname.to_string());
        Self { user_id: block.user, nickname, blocked_at: block.blocked_at }
    }
}

/// For the reference.
pub(crate) fn example() -> serde_json::Value {
    serde_json::json!({
        "userId": "01a1fb67-1800-7541-aec8-90f8b746e41e",
        "nickname": "수달",
        "blockedAt": "2026-11-21T09:00:00.000Z",
    })
}

/// Lists whom the caller has blocked
///
/// In the order in which the blocked users joined.
#[utoipa::path(
    get,
    path = PATH,
    params(platform::PageQuery),
    responses((
        status = 200,
        description = "A page of blocked users",
        body = Paged<BlockedUser>,
        example = json!({ "items": [example()], "nextCursor": null }),
    )),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<BlockedUser>>, Problem> {
    let Page { items, next } =
        app.store.blocks_of(caller.user, page.limit, page.after.clone()).await?;
    let users: Vec<UserId> = items.iter().map(|block| block.user).collect();
    let accounts = app.store.users_find(&users).await?;
    let items = items.iter().zip(&accounts);
    let items = items.map(|(block, account)| BlockedUser::new(block, account.as_ref())).collect();
    page.render(&app, Page { items, next }).map(Json)
}

#[cfg(test)]
mod tests;
