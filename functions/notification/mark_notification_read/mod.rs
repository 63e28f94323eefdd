//! PUT /v1/notifications/{notificationId}/read — marks one of the caller's notifications as read.

use axum::extract::State;
use http::StatusCode;
use kernel::{NotificationId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Path,
    Problem, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

pub const FUNCTION: Function = Function {
    context: "notification",
    name: "mark_notification_read",
    summary: "Marks one of the caller's notifications as read",
    trigger: Trigger::Http(Http {
        method: Method::Put,
        path: "/v1/notifications/{notificationId}/read",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::NOTIFICATION_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Notification, &["dynamodb:UpdateItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Marks one of the caller's notifications as read
///
/// Takes no body. Marking it again changes nothing: the first time stays.
#[utoipa::path(
    put,
    path = "/v1/notifications/{notificationId}/read",
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
