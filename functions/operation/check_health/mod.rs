//! Whether the product can do its work: it answers, and its tables do.

use axum::{Json, extract::State};
use platform::{Access, App, Function, Grant, Http, Problem};
use serde::Serialize;
use store::{Read, Table, keys};
use utoipa::ToSchema;
use utoipa_axum::routes;

const PATH: &str = "/v1/health";

pub const FUNCTION: Function = Function::endpoint(
    "operation",
    "check_health",
    Http::get(PATH, || routes!(handle)).access(Access::Public),
)
.grants(&[Grant::table(Table::Operation).get()])
.timeout_s(3);

/// The service is up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: anything else is a problem document.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version that answers.
    #[schema(example = "0.1.0")]
    version: &'static str,
    checks: Checks,
}

/// What was tried for this answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checks {
    /// A row was read from a table.
    #[schema(example = "ok")]
    table: &'static str,
}

/// Tells whether the service and its tables answer
///
/// Reads one row, so the answer is about this moment and not about a cache. When the tables cannot
/// be reached the answer is `try-again` with status 503.
#[utoipa::path(
    get,
    path = PATH,
    responses((status = 200, description = "Everything answers", body = Health)),
)]
async fn handle(State(app): State<App>) -> Result<Json<Health>, Problem> {
    // The row need not exist: what is tested is the way there.
    let key = keys::lease("health");
    let row = app.store.get(Table::Operation, &key, Read::Eventual).await;
    row.map_err(Problem::try_again)?;
    let version = env!("CARGO_PKG_VERSION");
    Ok(Json(Health { status: "ok", version, checks: Checks { table: "ok" } }))
}

#[cfg(test)]
mod tests;
