//! Names that at most one account holds.

use crate::identity::{Email, InvalidEmail, InvalidPhone, Nickname, Phone};

/// A name that its account holds alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    Email(Email),
    Phone(Phone),
    Nickname(Nickname),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    Email,
    Phone,
    Nickname,
}

impl Claim {
    #[must_use]
    pub const fn kind(&self) -> ClaimKind {
        match self {
            Self::Email(_) => ClaimKind::Email,
            Self::Phone(_) => ClaimKind::Phone,
            Self::Nickname(_) => ClaimKind::Nickname,
        }
    }

    /// The one spelling under which the name is held: `Minji` and `minji` are the same.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::Email(email) => email.as_str().to_owned(),
            Self::Phone(phone) => phone.as_str().to_owned(),
            Self::Nickname(nickname) => nickname.as_str().to_lowercase(),
        }
    }

    /// An e-mail or a phone number, whichever the text is: what people log in with.
    pub fn login(text: &str) -> Result<Self, InvalidLogin> {
        if text.contains('@') {
            let email: Result<Email, InvalidEmail> = text.parse();
            email.map(Self::Email).map_err(|_| InvalidLogin)
        } else {
            let phone: Result<Phone, InvalidPhone> = text.parse();
            phone.map(Self::Phone).map_err(|_| InvalidLogin)
        }
    }
}

/// Neither an e-mail nor a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is neither an e-mail nor a phone number")]
pub struct InvalidLogin;

impl ClaimKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Nickname => "nickname",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one_claim() {
        let nickname = |text: &str| Claim::Nickname(text.parse().unwrap()).canonical();
        assert_eq!(nickname(" MinJi "), nickname("minji"));
        assert_ne!(nickname("minji"), nickname("min ji"));
        let login = |text: &str| Claim::login(text).unwrap();
        assert_eq!(login("A@B.com"), login("a@b.COM"));
        assert_eq!(login("010-1234-5678"), login("01012345678"));
        assert_ne!(login("a@b.com").kind(), login("01012345678").kind());
        for bad in ["", "minji", "a@b", "0212345678"] {
            assert_eq!(Claim::login(bad), Err(InvalidLogin), "{bad}");
        }
    }
}
