//! The context's problems, worded once.

use domain::identity::ClaimKind;
use kernel::{ProblemCode, codes};
use platform::Problem;
use store::identity::ChangeError;

/// One text for every wrong log-in: it must not tell what was wrong.
pub fn wrong_credentials() -> Problem {
    Problem::new(codes::WRONG_CREDENTIALS, "There is no account with these credentials.")
}

pub fn refresh_token_invalid() -> Problem {
    Problem::new(codes::REFRESH_TOKEN_INVALID, "Log in again.")
}

pub fn user_not_found() -> Problem {
    Problem::new(codes::USER_NOT_FOUND, "No user has this id.")
}

pub fn taken(kind: ClaimKind) -> Problem {
    let code = taken_code(kind);
    Problem::new(code, format!("Another account has this {}.", kind.as_str()))
}

const fn taken_code(kind: ClaimKind) -> ProblemCode {
    match kind {
        ClaimKind::Email => codes::EMAIL_TAKEN,
        ClaimKind::Phone => codes::PHONE_TAKEN,
        ClaimKind::Nickname => codes::NICKNAME_TAKEN,
    }
}

pub fn stale() -> Problem {
    Problem::new(codes::STALE_VERSION, "The account is no longer at the version in If-Match.")
}

/// For a change whose caller does not say which version it is for.
pub fn change(error: ChangeError) -> Problem {
    match error {
        ChangeError::Taken(kind) => taken(kind),
        ChangeError::Stale => Problem::try_again("the account was changed meanwhile"),
        ChangeError::SessionOver => Problem::session_over(),
        ChangeError::Store(error) => error.into(),
    }
}
