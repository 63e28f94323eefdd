//! Accounts and the names they hold.

use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::identity::{Account, Claim, Role, Swap};
use events::Envelope;
use kernel::{Instant, SessionId, Span, UserId};
use serde::{Deserialize, Serialize};

use super::{
    change::ChangeError,
    session::{self, Session},
};
use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Label, Read, Store, StoreError, Table,
    Transaction, Write, from_item, keys, label::AccountWrite, staff::StaffAct, to_item,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    nickname: String,
    roles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    created_at: Instant,
    version: u32,
    epoch: u32,
}

/// Where somebody can be reached outside, and under which name.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// Digits only, like `01012345678`.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub nickname: String,
}

/// The one session that outlives a change of password, e-mail or phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staying {
    pub session: SessionId,
    /// How long an access token of the others may still be good.
    pub access_token_life: Span,
    pub now: Instant,
}

impl Store {
    /// Creates an account with its names, its first session and the event that tells of it.
    pub async fn user_create(
        &self,
        account: &Account,
        first: &Session,
        event: &Envelope,
    ) -> Result<(), ChangeError> {
        let mut transaction = Transaction::new();
        for claim in account.claims() {
            let name = AccountWrite::Name(claim.kind());
            transaction = transaction.write_as(name, take(&claim, account.id));
        }
        let create = Write::create(Table::Identity, item(account)?);
        let transaction = transaction
            .write_as(AccountWrite::Account, create)
            .write_as(AccountWrite::Session, session::creation(first))
            .event(event);
        match self.commit(transaction).await {
            Ok(()) => Ok(()),
            // The first try went through and only its answer was lost: the id is ours alone.
            Err(CommitError::Condition { item, .. }) if is_held_by(item.as_ref(), account.id) => {
                Ok(())
            }
            Err(CommitError::Condition {
                label: Label::Account(AccountWrite::Name(kind)), ..
            }) => Err(ChangeError::Taken(kind)),
            Err(CommitError::Condition { .. }) => Err(ChangeError::Stale),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Replaces `before` by `after`, together with the names that change hands. When the epoch
    /// rises, the session of `staying` is taken along into the new one: it alone stays.
    pub async fn user_change(
        &self,
        before: &Account,
        after: &Account,
        swaps: &[Swap],
        staying: Staying,
    ) -> Result<(), ChangeError> {
        let account = Write::put(Table::Identity, item(after)?);
        let account = account.when_number("version", "=", before.version);
        let mut transaction = Transaction::new().write_as(AccountWrite::Account, account);
        for Swap { taken, released } in swaps {
            let name = AccountWrite::Name(taken.kind());
            transaction = transaction.write_as(name, take(taken, after.id));
            if let Some(released) = released {
                let old = AccountWrite::OldName(released.kind());
                transaction = transaction.write_as(old, release(released, after.id));
            }
        }
        if before.epoch != after.epoch {
            let Staying { session, access_token_life, now } = staying;
            for other in self.sessions_before(after.id, after.epoch, session).await? {
                let end = session::end(other, access_token_life, now);
                transaction = transaction.write_as(AccountWrite::OtherSession, end);
            }
            let session = session::into_epoch(after.id, session, after.epoch);
            transaction = transaction.write_as(AccountWrite::Session, session);
        }
        match self.commit(transaction).await {
            Ok(()) if before.epoch != after.epoch => self.end_strays(after, staying).await,
            Ok(()) => Ok(()),
            Err(CommitError::Condition { label, .. }) => Err(match label {
                Label::Account(AccountWrite::Name(kind)) => ChangeError::Taken(kind),
                Label::Account(AccountWrite::Session) => ChangeError::SessionOver,
                _ => ChangeError::Stale,
            }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Ends the sessions that began between the look at them and the change; none begins later.
    /// Waiting for a moment without a log-in would let whoever knows the old password keep it.
    async fn end_strays(&self, account: &Account, staying: Staying) -> Result<(), ChangeError> {
        let Staying { session, access_token_life, now } = staying;
        for stray in self.sessions_before(account.id, account.epoch, session).await? {
            match self.write(session::end(stray, access_token_life, now)).await {
                Ok(()) | Err(CommitError::Condition { .. }) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    pub async fn user_find(&self, user: UserId, read: Read) -> Result<Option<Account>, StoreError> {
        let item = self.get(Table::Identity, &keys::account(user), read).await?;
        Ok(item.map(account).transpose()?)
    }

    /// Several accounts, eventually consistent, in the order asked; at most 100.
    pub async fn users_find(&self, users: &[UserId]) -> Result<Vec<Option<Account>>, StoreError> {
        let keys = users.iter().map(|id| (Table::Identity, keys::account(*id)));
        self.read_all(keys, account).await
    }

    /// Who holds a name.
    pub async fn claim_holder(&self, claim: &Claim) -> Result<Option<UserId>, StoreError> {
        let item = self.get(Table::Identity, &keys::claim(claim), Read::Consistent).await?;
        let Some(item) = item else { return Ok(None) };
        let holder = ItemReader(&item).text("user")?.parse();
        Ok(Some(holder.map_err(|_| Corrupt("a claim names no user".to_owned()))?))
    }

    /// Gives a user whose account was read these roles, and notes who did. `false`: it was changed
    /// meanwhile.
    pub async fn roles_change(
        &self,
        before: &Account,
        roles: &[Role],
        act: &StaffAct,
    ) -> Result<bool, StoreError> {
        let write = roles_write(before.id, roles).when_number("version", "=", before.version);
        let transaction = Transaction::new().write_as(AccountWrite::Account, write);
        match self.commit(transaction.staff_act(act)?).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_of(AccountWrite::Account) => Ok(false),
            Err(CommitError::Condition { label, .. }) => {
                Err(StoreError::Refused(format!("a change of roles met {label}")))
            }
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Gives a user these roles in the name of whoever has the tables; `None` when there is no
    /// such user.
    pub async fn set_roles(
        &self,
        user: UserId,
        roles: &[Role],
    ) -> Result<Option<Account>, StoreError> {
        match self.write_returning(roles_write(user, roles).if_present("pk")).await {
            Ok(item) => Ok(Some(account(item)?)),
            Err(CommitError::Condition { .. }) => Ok(None),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Where to reach a user outside the product.
    pub async fn user_contact(&self, user: UserId) -> Result<Option<Contact>, StoreError> {
        let item = self.get(Table::Identity, &keys::account(user), Read::Consistent).await?;
        let row: Option<Row> = item.map(from_item).transpose()?;
        Ok(row.map(|Row { phone, email, nickname, .. }| Contact { phone, email, nickname }))
    }
}

/// Logs must not hold numbers and addresses.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(…)")
    }
}

fn roles_write(user: UserId, roles: &[Role]) -> Write {
    let texts = roles.iter().map(|role| AttributeValue::S(role.as_str().to_owned())).collect();
    let write = Write::update(Table::Identity, keys::account(user));
    write.set("roles", AttributeValue::L(texts)).add("version", 1)
}

fn take(claim: &Claim, user: UserId) -> Write {
    let item = ItemWriter::under(&keys::claim(claim)).text("user", user.to_string()).item();
    Write::create(Table::Identity, item)
}

fn release(claim: &Claim, user: UserId) -> Write {
    let delete = Write::delete(Table::Identity, keys::claim(claim));
    delete.when_text("user", "=", user.to_string())
}

fn is_held_by(claim: Option<&Item>, user: UserId) -> bool {
    claim.is_some_and(|item| ItemReader(item).maybe_text("user") == Some(&user.to_string()))
}

fn item(account: &Account) -> Result<Item, StoreError> {
    let row = Row {
        id: account.id,
        email: account.email.as_ref().map(|email| email.as_str().to_owned()),
        phone: account.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        nickname: account.nickname.as_str().to_owned(),
        roles: account.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        password_hash: account.password_hash.clone(),
        created_at: account.created_at,
        version: account.version,
        epoch: account.epoch,
    };
    Ok(to_item(&keys::account(account.id), &row)?)
}

fn account(item: Item) -> Result<Account, Corrupt> {
    let row: Row = from_item(item)?;
    Ok(Account {
        id: row.id,
        email: row.email.map(|text| stored(&text, "email")).transpose()?,
        phone: row.phone.map(|text| stored(&text, "phone")).transpose()?,
        nickname: stored(&row.nickname, "nickname")?,
        roles: row.roles.iter().map(|text| stored(text, "role")).collect::<Result<_, _>>()?,
        password_hash: row.password_hash,
        created_at: row.created_at,
        version: row.version,
        epoch: row.epoch,
    })
}

/// The text is not repeated: the error goes to the log.
fn stored<T: FromStr>(text: &str, what: &str) -> Result<T, Corrupt> {
    text.parse().map_err(|_| Corrupt(format!("a stored {what} is not one")))
}
