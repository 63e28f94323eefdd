//! What staff did.

use axum::{Json, extract::State};
use domain::identity::Role;
use kernel::{Instant, UserId, codes};
use platform::{
    Access, App, Function, Grant, Http, Now, PageRequest, Paged, Problem, QueryString, Secret,
};
use serde::{Deserialize, Serialize};
use store::{
    Page, Table,
    staff::{StaffAct, month_of},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

const PATH: &str = "/v1/admin/staff-acts";

pub const FUNCTION: Function = Function::endpoint(
    "operation",
    "list_staff_acts",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Role(Role::Admin))
        .problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Operation).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// One act of a member of staff, as it was noted with it. Nothing changes it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffActView {
    #[schema(value_type = String, format = Uuid)]
    id: uuid::Uuid,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    #[schema(value_type = String, format = Uuid)]
    by: UserId,
    /// The function that did it.
    #[schema(example = "auction-cancel-auction")]
    what: String,
    /// To what: a kind and an id.
    #[schema(example = "auction#01938f3c-7e2a-7000-8000-00000000000a")]
    whom: String,
    why: Option<String>,
    before: String,
    after: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListStaffActs {
    /// A month in Seoul, like `2026-11`; this one by default.
    #[param(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    month: Option<String>,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// Lists what staff did
///
/// For admins: who did what to what, why, and what it was before and after; newest first, a month
/// at a time. Entries are written with the acts and never changed.
#[utoipa::path(
    get,
    path = PATH,
    params(ListStaffActs),
    responses((status = 200, body = Paged<StaffActView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    QueryString(query): QueryString<ListStaffActs>,
) -> Result<Json<Paged<StaffActView>>, Problem> {
    let month = query.month.unwrap_or_else(|| month_of(now));
    if !is_month(&month) {
        return Err(Problem::field("query/month", "invalid", "month must be like 2026-11"));
    }
    let scope = format!("operation-list-staff-acts#{month}");
    let request = PageRequest::parse(&app, scope, query.limit.as_deref(), query.cursor.as_deref())?;
    let Page { items, next } =
        app.store.staff_acts(&month, request.limit, request.after.clone()).await?;
    let items = items.into_iter().map(StaffActView::from).collect();
    request.render(&app, Page { items, next }).map(Json)
}

/// Four digits, a dash, `01` to `12`.
fn is_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else { return false };
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month)
}

impl From<StaffAct> for StaffActView {
    fn from(act: StaffAct) -> Self {
        let StaffAct { id, at, by, what, whom, why, before, after } = act;
        Self { id, at, by, what, whom, why, before, after }
    }
}

#[cfg(test)]
mod tests;
