//! Changes the caller's own account.

use axum::{extract::State, response::IntoResponse};
use domain::identity::{Account, Edit, Email, Nickname, Password, Phone, edit};
use kernel::{UserId, codes};
use platform::{
    ACCESS_TOKEN_LIFE, App, Caller, Function, Grant, Http, IfMatch, Json, Now, Problem, etag,
    parse, retry::Policy,
};
use serde::Deserialize;
use store::{
    Read, Table,
    identity::{ChangeError, Staying},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    limits::Limits,
    problems,
    view::{self, Me},
};

const PATH: &str = "/v1/me";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "edit_me",
    Http::patch(PATH, || routes!(handle)).problems(&[
        codes::USER_NOT_FOUND,
        codes::EMAIL_TAKEN,
        codes::PHONE_TAKEN,
        codes::NICKNAME_TAKEN,
        codes::STALE_VERSION,
        codes::WRONG_CREDENTIALS,
        codes::TOO_MANY_LOGIN_FAILURES,
    ]),
)
.grants(&[
    Grant::table(Table::Identity).get().put().delete(),
    Grant::table(Table::Session).query().update(),
    Grant::table(Table::Operation).update(),
])
.memory_mb(1024);

/// How often an edit is made again for an account that changed meanwhile.
const EDIT: Policy = Policy::named("edit-me", 4);

/// What is to be different; absent or null stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditMeRequest {
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20, example = "민지")]
    nickname: Option<Nickname>,
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, max_length = 254, example = "minji@example.com")]
    email: Option<Email>,
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "010-1234-5678")]
    phone: Option<Phone>,
    /// A new password; needs `currentPassword`.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, min_length = 8, max_length = 20)]
    password: Option<Password>,
    current_password: Option<String>,
}

/// Changes the caller's own account
///
/// All or nothing. With `If-Match` only the version that the caller saw is changed. A new password
/// needs the current one, guessed no more often than at log-in, and ends all other sessions. So
/// does
/// a new e-mail or phone: they are what the account is recovered and informed by.
#[utoipa::path(
    patch,
    path = PATH,
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that was read")),
    request_body = EditMeRequest,
    responses((
        status = 200,
        description = "The account as it is now",
        body = Me,
        headers(("ETag" = String, description = "The version, like `\"4\"`")),
        example = json!(view::example()),
    )),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    limits: Limits,
    IfMatch(expected): IfMatch,
    Json(request): Json<EditMeRequest>,
) -> Result<impl IntoResponse, Problem> {
    let account = load(&app, caller.user).await?;
    let password_hash = new_password(&app, &limits, &account, &request).await?;
    let EditMeRequest { nickname, email, phone, .. } = request;
    let session = caller.session;
    let staying = Staying { session, access_token_life: ACCESS_TOKEN_LIFE, now };
    let wanted = Edit { nickname, email, phone, password_hash };
    let account = change(&app, staying, account, &wanted, expected).await?;
    Ok((etag(account.version), axum::Json(Me::from(&account))))
}

async fn load(app: &App, user: UserId) -> Result<Account, Problem> {
    let account = app.store.user_find(user, Read::Consistent).await?;
    account.ok_or_else(problems::user_not_found)
}

/// The hash of the new password, when one is asked for. Whatever the account can be taken over by
/// (password, e-mail, phone) is changed only by somebody who knows the current password.
async fn new_password(
    app: &App,
    limits: &Limits,
    account: &Account,
    request: &EditMeRequest,
) -> Result<Option<String>, Problem> {
    let required = |field| Err(Problem::field(field, "required", "This field is required."));
    let names = request.email.is_some() || request.phone.is_some();
    let current = match (&request.password, &request.current_password) {
        (None, None) if !names => return Ok(None),
        (_, None) => return required("/currentPassword"),
        (None, Some(_)) if !names => return required("/password"),
        (_, Some(current)) => current,
    };
    let counted = account.id.to_string();
    let guess = limits.guess(&counted).await?;
    let hashing = app.config.hashing;
    if !hashing.verify(account.password_hash.as_deref(), current)? {
        return Err(problems::wrong_credentials());
    }
    guess.give_back().await;
    let new = request.password.as_ref();
    new.map(|new| hashing.hash(new.as_str(), app.entropy.random())).transpose()
}

/// Makes the edit, anew when somebody else was faster and the caller named no version.
async fn change(
    app: &App,
    staying: Staying,
    mut account: Account,
    wanted: &Edit,
    expected: Option<u32>,
) -> Result<Account, Problem> {
    let mut attempts = EDIT.attempts();
    while attempts.again() {
        let edited = edit(&account, wanted.clone(), expected);
        let (after, swaps) = edited.map_err(|_| problems::stale())?;
        if after == account {
            return Ok(after);
        }
        match app.store.user_change(&account, &after, &swaps, staying).await {
            Ok(()) => return Ok(after),
            Err(ChangeError::Stale) if expected.is_some() => return Err(problems::stale()),
            // The password that was verified may be the old one by now.
            Err(ChangeError::Stale) if wanted.password_hash.is_some() => break,
            Err(ChangeError::Stale) => account = load(app, account.id).await?,
            Err(error) => return Err(problems::change(error)),
        }
    }
    Err(attempts.exhausted().into())
}

#[cfg(test)]
mod tests;
