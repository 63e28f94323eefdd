//! Lists: `?limit=20&cursor=…` in, `{ items, nextCursor }` out.

use axum::extract::FromRequestParts;
use http::request::Parts;
use kernel::codes;
use serde::{Deserialize, Serialize};
use store::{Page, PageOf, Position};
use utoipa::{IntoParams, ToSchema};

use crate::{App, Problem, Secret, extract::QueryString, function::Function};

pub const PAGE_SIZE_DEFAULT: u32 = 20;
pub const PAGE_SIZE_MAX: u32 = 100;
/// No cursor of ours is longer.
const CURSOR_CHARS_MAX: usize = 2_000;

/// Which page a client asks for. Take `QueryString<PageQuery>` apart with [`PageRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    pub limit: u32,
    pub after: Option<Position>,
    scope: String,
}

/// The query parameters of every list without filters.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<String>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// In which order a list for staff is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListOrder {
    #[default]
    Newest,
    Oldest,
}

/// A page on the wire.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Paged<T> {
    pub items: Vec<T>,
    /// Ask with it for the next page; null on the last.
    pub next_cursor: Option<String>,
}

impl PageRequest {
    /// Checks limit and cursor. `scope` names route and filter: a cursor of another scope is
    /// forged.
    pub fn parse(
        app: &App,
        scope: String,
        limit: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<Self, Problem> {
        // Not only with the second page: a list that cannot make a cursor is found by its first
        // test.
        app.keys.admit(Secret::Sealing)?;
        let limit = match limit {
            None => PAGE_SIZE_DEFAULT,
            Some(text) => parse_limit(text)?,
        };
        let after = cursor.map(|cursor| open(app, &scope, cursor)).transpose()?;
        Ok(Self { limit, after, scope })
    }

    /// The page of a list that is read in this order. The order belongs into the scope.
    #[must_use]
    pub fn ordered(&self, order: ListOrder) -> PageOf {
        let newest_first = order == ListOrder::Newest;
        PageOf { newest_first, limit: self.limit, after: self.after.clone() }
    }

    /// The wire form of `page`, with the cursor to the next one.
    pub fn render<T>(&self, app: &App, page: Page<T>) -> Result<Paged<T>, Problem> {
        let next_cursor = page.next.map(|next| seal(app, &self.scope, &next)).transpose()?;
        Ok(Paged { items: page.items, next_cursor })
    }
}

fn parse_limit(text: &str) -> Result<u32, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse::<u32>().ok().filter(|_| digits);
    limit.filter(|limit| (1..=PAGE_SIZE_MAX).contains(limit)).ok_or_else(|| {
        Problem::field("query/limit", "invalid", format!("limit must be 1 to {PAGE_SIZE_MAX}"))
    })
}

/// A position names rows, and rows name accounts: it travels encrypted, for this list alone.
fn seal(app: &App, scope: &str, position: &Position) -> Result<String, Problem> {
    let payload = serde_json::to_vec(position).map_err(Problem::internal)?;
    app.keys.encrypt(Secret::Sealing, &purpose(scope), &payload, app.entropy.nonce())
}

fn open(app: &App, scope: &str, cursor: &str) -> Result<Position, Problem> {
    let forged = || {
        let detail = "Use a nextCursor of this list.";
        let mut problem = Problem::field("query/cursor", "invalid", detail);
        problem.code = codes::INVALID_CURSOR;
        problem
    };
    if cursor.len() > CURSOR_CHARS_MAX {
        return Err(forged());
    }
    let payload = app.keys.decrypt(Secret::Sealing, &purpose(scope), cursor).ok_or_else(forged)?;
    serde_json::from_slice(&payload).map_err(|_| forged())
}

fn purpose(scope: &str) -> String {
    format!("cursor#{scope}")
}

/// A list without filters: the scope is the function, and the caller when there is one.
impl FromRequestParts<App> for PageRequest {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let QueryString(query) = QueryString::<PageQuery>::from_request_parts(parts, app).await?;
        let function = parts.extensions.get::<&'static Function>().map(|function| function.id());
        let caller = parts.extensions.get::<crate::Caller>().map(|caller| caller.user.to_string());
        let path = parts.uri.path();
        let scope =
            format!("{}#{}#{path}", function.unwrap_or_default(), caller.unwrap_or_default());
        Self::parse(app, scope, query.limit.as_deref(), query.cursor.as_deref())
    }
}
