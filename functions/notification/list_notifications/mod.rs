//! What the caller was told, newest first.

use axum::{Json, extract::State};
use kernel::{Instant, NotificationId, codes};
use platform::{
    App, Caller, Function, Grant, Http, PageQuery, PageRequest, Paged, Problem, Secret,
};
use serde::{Deserialize, Serialize};
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

const PATH: &str = "/v1/notifications";

pub const FUNCTION: Function = Function::endpoint(
    "notification",
    "list_notifications",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Notification).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// Something a user was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    #[schema(
        value_type = String,
        format = "uuid",
        example = "01938f3c-7e2a-7000-8000-000000000001"
    )]
    pub id: NotificationId,
    /// What it is about: `outbid`, `won`, `lost`, `sold`, `unsold`, `cancelled`, `welcome`, …
    #[schema(example = "outbid")]
    pub kind: String,
    #[schema(example = "더 높은 입찰이 있습니다")]
    pub title: String,
    #[schema(example = "현재가 12,500원. 11-21 18:30까지 다시 입찰할 수 있습니다.")]
    pub body: String,
    /// Where it leads, as a path.
    #[schema(example = "/auctions/01938f3c-7e2a-7000-8000-00000000000a")]
    pub link: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T09:00:00.000Z")]
    pub created_at: Instant,
    /// Null while unread.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    pub read_at: Option<Instant>,
}

/// Lists the caller's notifications, newest first
///
/// Notifications are added moments after what they tell of. Mark one as read with
/// `PUT /v1/notifications/{notificationId}/read`.
#[utoipa::path(
    get,
    path = PATH,
    params(PageQuery),
    responses((status = 200, description = "A page of notifications", body = Paged<Notification>)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<Notification>>, Problem> {
    let rows = app.store.notifications(caller.user, page.limit, page.after.clone()).await?;
    let shown = rows.try_map(|row| Ok::<_, Problem>(show(row)))?;
    page.render(&app, shown).map(Json)
}

fn show(row: store::notification::Notification) -> Notification {
    Notification {
        id: row.id,
        kind: row.notice.kind.as_str().to_owned(),
        title: row.notice.title,
        body: row.notice.body,
        link: row.notice.link,
        created_at: row.created_at,
        read_at: row.read_at,
    }
}

#[cfg(test)]
mod tests;
