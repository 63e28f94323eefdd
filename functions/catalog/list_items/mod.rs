//! Products: newest, with a tag, or found by a part of a name.

use axum::extract::State;
use domain::{
    catalog::{CatalogItem, Tag},
    search::Term,
};
use kernel::codes;
use platform::{
    Access, App, Function, Grant, Http, PageRequest, Paged, Problem, QueryString, Reply, Secret,
    parse,
};
use serde::Deserialize;
use store::{Page, Table};
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{problems, view::CatalogItemView};

const PATH: &str = "/v1/catalog";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "list_items",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[codes::INVALID_CURSOR, codes::TAG_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Catalog).get().query().batch_get()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListItems {
    /// Only items with this tag, the one tagged last first. Not together with `search`.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[param(value_type = Option<String>, max_length = 20, example = "sneaker")]
    tag: Option<Tag>,
    /// Only items whose names or model number contain this, 2 to 50 characters.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[param(value_type = Option<String>, min_length = 2, max_length = 50, example = "덩크")]
    search: Option<Term>,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// Lists and searches the products of the catalogue
///
/// Newest first; with `tag` the one tagged last. A page may hold fewer than `limit`, even none:
/// only `nextCursor: null` ends a list. A search finds an item moments after it was written.
#[utoipa::path(
    get,
    path = PATH,
    params(ListItems),
    responses((status = 200, body = Paged<CatalogItemView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    QueryString(query): QueryString<ListItems>,
) -> Result<Reply, Problem> {
    let ListItems { tag, search, limit, cursor } = query;
    let scope = format!("catalog-list-items#{tag:?}#{search:?}");
    let request = PageRequest::parse(&app, scope, limit.as_deref(), cursor.as_deref())?;
    let after = request.after.clone();
    let page = match (tag, search) {
        (None, None) => app.store.catalog_newest(request.limit, after).await?,
        (Some(tag), None) => tagged(&app, &tag, &request).await?,
        (None, Some(term)) => app.store.catalog_search(&term, request.limit, after).await?,
        (Some(_), Some(_)) => {
            let detail = "Give either tag or search.";
            return Err(Problem::field("query/search", "invalid", detail));
        }
    };
    Reply::ok(&request.render(&app, page.map(|row| CatalogItemView::from(&row)))?)
}

/// The items with a tag. Whether there is such a tag is asked only when nothing has it.
async fn tagged(app: &App, tag: &Tag, request: &PageRequest) -> Result<Page<CatalogItem>, Problem> {
    let page = app.store.catalog_tagged(tag, request.limit, request.after.clone()).await?;
    if page.items.is_empty() && !app.store.tag_exists(tag).await? {
        return Err(problems::tag_not_found());
    }
    Ok(page)
}

#[cfg(test)]
mod tests;
