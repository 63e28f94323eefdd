//! Tells whether an e-mail, phone number or nickname is free.

use axum::{Json, extract::State};
use domain::identity::{Claim, Email, Nickname, Phone};
use kernel::codes;
use platform::{Access, App, Function, Grant, Http, Problem, QueryString, parse};
use serde::{Deserialize, Serialize};
use store::Table;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{limits::Limits, problems};

const PATH: &str = "/v1/users/availability";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "check_availability",
    Http::get(PATH, || routes!(handle)).takes_query().access(Access::Public).problems(&[
        codes::EMAIL_TAKEN,
        codes::PHONE_TAKEN,
        codes::NICKNAME_TAKEN,
        codes::TOO_MANY_REQUESTS,
    ]),
)
.grants(&[Grant::table(Table::Identity).get(), Grant::table(Table::Operation).update()])
.timeout_s(5);

/// Exactly one name to ask about.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AvailabilityQuery {
    /// An e-mail.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[param(value_type = Option<String>, example = "minji@example.com")]
    email: Option<Email>,
    /// A Korean mobile number.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[param(value_type = Option<String>, example = "010-1234-5678")]
    phone: Option<Phone>,
    /// A nickname, in any spelling.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[param(value_type = Option<String>, example = "민지")]
    nickname: Option<Nickname>,
}

/// The name is free at this moment.
#[derive(Serialize, ToSchema)]
pub struct Availability {
    /// Always true: a taken name is a problem.
    available: bool,
}

/// Tells whether an e-mail, phone number or nickname is free
///
/// A taken name is answered 409 with the code that signing up with it would get. An answer holds
/// for the moment only: signing up decides. Limited to 30 a minute and network address.
#[utoipa::path(
    get,
    path = PATH,
    params(AvailabilityQuery),
    responses((
        status = 200,
        description = "It is free",
        body = Availability,
        example = json!({ "available": true }),
    )),
)]
async fn handle(
    State(app): State<App>,
    limits: Limits,
    QueryString(query): QueryString<AvailabilityQuery>,
) -> Result<Json<Availability>, Problem> {
    let claim = only(query)?;
    limits.availability().await?;
    match app.store.claim_holder(&claim).await? {
        None => Ok(Json(Availability { available: true })),
        Some(_) => Err(problems::taken(claim.kind())),
    }
}

fn only(query: AvailabilityQuery) -> Result<Claim, Problem> {
    match (query.email, query.phone, query.nickname) {
        (Some(email), None, None) => Ok(Claim::Email(email)),
        (None, Some(phone), None) => Ok(Claim::Phone(phone)),
        (None, None, Some(nickname)) => Ok(Claim::Nickname(nickname)),
        _ => {
            let detail = "Ask about exactly one of email, phone and nickname.";
            Err(Problem::field("query", "invalid", detail))
        }
    }
}

#[cfg(test)]
mod tests;
