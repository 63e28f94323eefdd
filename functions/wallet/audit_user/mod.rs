//! Recomputes a user's balances from the history.

use axum::{Json, extract::State};
use domain::{
    identity::Role,
    ledger::{Kept, UserAudit},
};
use kernel::{UserId, codes};
use platform::{Access, App, Function, Grant, Http, Path, Problem, retry::Policy};
use serde::Serialize;
use store::{Read, Table};
use utoipa::ToSchema;
use utoipa_axum::routes;

const PATH: &str = "/v1/admin/users/{userId}/audit";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "audit_user",
    Http::get(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .problems(&[codes::USER_NOT_FOUND]),
)
.grants(&[
    Grant::table(Table::Wallet).get().query().batch_get(),
    Grant::table(Table::Identity).get(),
])
.memory_mb(512)
.timeout_s(29);

/// As many entries as one batch read takes.
const PAGE_LINES: u32 = 100;
/// What fits into the function's time. `cargo xtask audit` knows no such end.
const PAGES_MAX: u32 = 100;
/// How often a wallet that moved meanwhile is read again.
const AUDIT: Policy = Policy::named("audit-user", 3);

/// What an audit of one user found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserAuditView {
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    /// How many lines of history were read.
    #[schema(example = 42)]
    lines: u64,
    /// False when the history is longer than one request can read: then only its newest lines were
    /// checked, each against the journal, and no balances.
    complete: bool,
    /// What the balance says.
    kept: Balances,
    /// What the history adds up to.
    recomputed: Balances,
    /// Empty when all is well.
    #[schema(example = json!([]))]
    differences: Vec<String>,
}

/// Won.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Balances {
    #[schema(example = 100_000)]
    spend_only: i64,
    #[schema(example = 25_000)]
    earned: i64,
    #[schema(example = 0)]
    held: i64,
    #[schema(example = 0)]
    owed: i64,
}

impl From<Kept> for Balances {
    fn from(kept: Kept) -> Self {
        let owed = kept.penalty.saturating_neg();
        Self { spend_only: kept.spend_only, earned: kept.earned, held: kept.held, owed }
    }
}

/// Recomputes a user's balances from the history and names every difference
///
/// Reads the whole history and the journal behind it, and compares with the balance. A wallet that
/// moves all the while is answered with 503.
#[utoipa::path(
    get,
    path = PATH,
    params(("userId" = String, Path, format = Uuid, description = "The user's id")),
    responses((status = 200, description = "What was found", body = UserAuditView)),
)]
async fn handle(
    State(app): State<App>,
    Path(user): Path<UserId>,
) -> Result<Json<UserAuditView>, Problem> {
    let mut attempts = AUDIT.attempts();
    while attempts.again() {
        let before = app.store.kept(user).await?;
        let (audit, complete) = Box::pin(read(&app, user)).await?;
        let Some(kept) = app.store.kept(user).await? else {
            return nothing(&app, user, audit, complete).await.map(Json);
        };
        if Some(kept) == before {
            return Ok(Json(render(user, audit, complete, kept)));
        }
    }
    Err(attempts.exhausted().into())
}

/// A user without a wallet: fine if there is such a user and no history.
async fn nothing(
    app: &App,
    user: UserId,
    audit: UserAudit,
    complete: bool,
) -> Result<UserAuditView, Problem> {
    if audit.lines() == 0 && app.store.user_find(user, Read::Eventual).await?.is_none() {
        return Err(Problem::new(codes::USER_NOT_FOUND, "There is no user of this id."));
    }
    Ok(render(user, audit, complete, Kept::default()))
}

async fn read(app: &App, user: UserId) -> Result<(UserAudit, bool), Problem> {
    let mut audit = UserAudit::new(user);
    let mut after = None;
    for _ in 0..PAGES_MAX {
        let page = app.store.wallet_lines(user, PAGE_LINES, after).await?;
        let reasons: Vec<&str> = page.items.iter().map(|line| &*line.reason).collect();
        let entries = app.store.journal_entries(&reasons).await?;
        for (line, entry) in page.items.iter().zip(&entries) {
            audit.add(line, entry.as_ref());
        }
        after = page.next;
        if after.is_none() {
            return Ok((audit, true));
        }
    }
    Ok((audit, false))
}

fn render(user: UserId, audit: UserAudit, complete: bool, kept: Kept) -> UserAuditView {
    let lines = audit.lines();
    let recomputed = audit.recomputed();
    let differences = audit.finish(complete.then_some(kept));
    UserAuditView {
        user_id: user,
        lines,
        complete,
        kept: kept.into(),
        recomputed: recomputed.into(),
        differences: differences.iter().map(ToString::to_string).collect(),
    }
}

#[cfg(test)]
mod tests;
