//! What an account may do.

use std::str::FromStr;

/// What an account may do beyond trading for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    User,
    /// Receives and inspects goods.
    Inspector,
    Admin,
}

/// A text that names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role must be user, inspector or admin")]
pub struct InvalidRole;

impl Role {
    pub const ALL: &[Self] = &[Self::User, Self::Inspector, Self::Admin];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Inspector => "inspector",
            Self::Admin => "admin",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text)
    }

    /// The roles an account really has when given `roles`: each once, in order, and always
    /// [`Role::User`], because nobody stops being a user.
    #[must_use]
    pub fn settle(roles: &[Self]) -> Vec<Self> {
        let held = |role: &Self| *role == Self::User || roles.contains(role);
        Self::ALL.iter().copied().filter(held).collect()
    }
}

impl FromStr for Role {
    type Err = InvalidRole;
    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Self::parse(text).ok_or(InvalidRole)
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Role::*};

    #[test]
    fn everybody_stays_a_user() {
        assert_eq!(Role::settle(&[]), [User]);
        assert_eq!(Role::settle(&[Admin, Admin]), [User, Admin]);
        assert_eq!(Role::settle(&[Admin, User, Inspector]), [User, Inspector, Admin]);
    }

    #[test]
    fn has_one_spelling() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
        for bad in ["", "Admin", "ADMIN", " admin", "seller", "root"] {
            assert!(bad.parse::<Role>().is_err(), "{bad}");
        }
    }
}
