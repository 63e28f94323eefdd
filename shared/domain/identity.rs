//! Accounts.

/// What an account may do beyond trading for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    User,
    /// Receives and inspects goods.
    Inspector,
    Admin,
}

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
}
