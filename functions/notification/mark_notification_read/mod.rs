//! Marks one of the caller's notifications as read.

use axum::extract::State;
use http::StatusCode;
use kernel::{NotificationId, codes};
use platform::{App, Caller, Function, Grant, Http, Now, Path, Problem};
use store::Table;
use utoipa_axum::routes;

const PATH: &str = "/v1/notifications/{notificationId}/read";

pub const FUNCTION: Function = Function::endpoint(
    "notification",
    "mark_notification_read",
    Http::put(PATH, || routes!(handle)).problems(&[codes::NOTIFICATION_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Notification).update()])
.timeout_s(5);

/// Marks one of the caller's notifications as read
///
/// Takes no body. Marking it again changes nothing: the first time stays.
#[utoipa::path(
    put,
    path = PATH,
    params((
        "notificationId" = String, Path, format = "uuid", description = "The notification",
        example = "01938f3c-7e2a-7000-8000-000000000001",
    )),
    responses((status = 204, description = "It is read")),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Now(now): Now,
    Path(id): Path<NotificationId>,
) -> Result<StatusCode, Problem> {
    if app.store.notification_mark_read(caller.user, id, now).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = "You have no notification of this id.";
    Err(Problem::new(codes::NOTIFICATION_NOT_FOUND, detail))
}

#[cfg(test)]
mod tests;
