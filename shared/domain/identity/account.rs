//! The account and how its owner changes it.

use kernel::{Instant, UserId};

use crate::identity::{Claim, Email, Nickname, Phone, Role};

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: UserId,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub nickname: Nickname,
    pub roles: Vec<Role>,
    /// As hashed; absent for who only comes through somebody else's log-in page.
    pub password_hash: Option<String>,
    pub created_at: Instant,
    /// Rises at every change.
    pub version: u32,
    /// Rises when the password changes: sessions of an earlier epoch are over.
    pub epoch: u32,
}

/// What the owner wants to be different; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub nickname: Option<Nickname>,
    /// A new password, as hashed.
    pub password_hash: Option<String>,
}

/// One name given up (if there was one) for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    pub released: Option<Claim>,
    pub taken: Claim,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditRejection {
    /// Somebody changed the account after the version that the owner saw.
    #[error("the account is now at version {current}")]
    Stale { current: u32 },
}

impl Account {
    /// The names it holds, in the order in which a conflict is told.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        let email = self.email.clone().map(Claim::Email);
        let phone = self.phone.clone().map(Claim::Phone);
        let nickname = Some(Claim::Nickname(self.nickname.clone()));
        [email, phone, nickname].into_iter().flatten().collect()
    }
}

/// The account after the edit and the names that change hands; the account itself when nothing is
/// different. `expected` is the version the owner saw, when told.
pub fn edit(
    account: &Account,
    edit: Edit,
    expected: Option<u32>,
) -> Result<(Account, Vec<Swap>), EditRejection> {
    if expected.is_some_and(|version| version != account.version) {
        return Err(EditRejection::Stale { current: account.version });
    }
    let mut after = account.clone();
    after.email = edit.email.or(after.email);
    after.phone = edit.phone.or(after.phone);
    after.nickname = edit.nickname.unwrap_or(after.nickname);
    if edit.password_hash.is_some() {
        after.password_hash = edit.password_hash;
        after.epoch = after.epoch.saturating_add(1);
    }
    if after != *account {
        after.version = after.version.saturating_add(1);
    }
    let swaps = swaps(account, &after);
    Ok((after, swaps))
}

fn swaps(before: &Account, after: &Account) -> Vec<Swap> {
    let held = before.claims();
    let of_kind = |claim: &Claim| held.iter().find(|old| old.kind() == claim.kind()).cloned();
    let mut swaps = Vec::new();
    for taken in after.claims() {
        let released = of_kind(&taken);
        // A new spelling of the same name changes no hands.
        if released.as_ref().map(Claim::canonical) != Some(taken.canonical()) {
            swaps.push(Swap { released, taken });
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;

    fn minji() -> Account {
        Account {
            id: Id::from_uuid(uuid::Uuid::from_u128(1)),
            email: Some("minji@example.com".parse().unwrap()),
            phone: None,
            nickname: "Minji".parse().unwrap(),
            roles: vec![Role::User],
            password_hash: Some("old".to_owned()),
            created_at: Instant::from_millis(0),
            version: 3,
            epoch: 1,
        }
    }

    fn nickname(text: &str) -> Edit {
        Edit { nickname: Some(text.parse().unwrap()), ..Edit::default() }
    }

    #[test]
    fn what_is_not_different_changes_nothing() {
        let same = Edit { email: minji().email, ..nickname("Minji") };
        for nothing in [Edit::default(), same] {
            assert_eq!(edit(&minji(), nothing, Some(3)), Ok((minji(), vec![])));
        }
    }

    #[test]
    fn a_new_name_is_swapped_for_the_old_one() {
        let (after, swaps) = edit(&minji(), nickname("수달"), None).unwrap();
        assert_eq!((after.version, after.epoch), (4, 1));
        let released = Some(Claim::Nickname("Minji".parse().unwrap()));
        let taken = Claim::Nickname("수달".parse().unwrap());
        assert_eq!(swaps, [Swap { released, taken }]);
    }

    #[test]
    fn a_first_phone_releases_nothing() {
        let phone: Phone = "01012345678".parse().unwrap();
        let first = Edit { phone: Some(phone.clone()), ..Edit::default() };
        let (_, swaps) = edit(&minji(), first, None).unwrap();
        assert_eq!(swaps, [Swap { released: None, taken: Claim::Phone(phone) }]);
    }

    #[test]
    fn another_spelling_of_the_same_name_is_no_swap() {
        let (after, swaps) = edit(&minji(), nickname("MINJI"), None).unwrap();
        assert_eq!((after.nickname.as_str(), after.version), ("MINJI", 4));
        assert_eq!(swaps, []);
    }

    #[test]
    fn a_new_password_ends_earlier_sessions() {
        let new = Edit { password_hash: Some("new".to_owned()), ..Edit::default() };
        let (after, swaps) = edit(&minji(), new, None).unwrap();
        assert_eq!((after.version, after.epoch, swaps), (4, 2, vec![]));
    }

    #[test]
    fn a_stale_version_is_refused() {
        for seen in [0, 2, 4] {
            let stale = EditRejection::Stale { current: 3 };
            assert_eq!(edit(&minji(), nickname("수달"), Some(seen)), Err(stale));
        }
    }
}
