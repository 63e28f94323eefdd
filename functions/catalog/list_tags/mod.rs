//! All tags, by name.

use axum::extract::State;
use kernel::codes;
use platform::{
    Access, App, Function, Grant, Http, PageQuery, PageRequest, Paged, Problem, Reply, Secret,
};
use store::Table;
use utoipa_axum::routes;

use crate::view::TagView;

const PATH: &str = "/v1/tags";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "list_tags",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Catalog).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// Lists all tags
///
/// By name.
#[utoipa::path(
    get,
    path = PATH,
    params(PageQuery),
    responses((status = 200, body = Paged<TagView>, description = "A page"))
)]
async fn handle(State(app): State<App>, request: PageRequest) -> Result<Reply, Problem> {
    let page = app.store.tags(request.limit, request.after.clone()).await?;
    Reply::ok(&request.render(&app, page.map(|row| TagView::from(&row)))?)
}

#[cfg(test)]
mod tests;
