//! Sessions: one log-in on one device, and the one refresh token that is good now.

use std::cmp::Reverse;

use kernel::{Instant, SessionId, Span, UserId};

use super::change::ChangeError;
use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Key, Label, Query, Store, StoreError,
    Table, Transaction, Write, keys, label::AccountWrite,
};

/// The most sessions that one transaction ends: those refreshed last. The epoch ends the others at
/// their next refresh, and nobody has eighty tokens of one quarter of an hour.
const ENDED_AT_ONCE: usize = 80;

/// A family of refresh tokens, of which the newest alone is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    /// Hex SHA-256 of the good token.
    pub token_hash: String,
    /// The account's epoch when it began.
    pub epoch: u32,
    pub created_at: Instant,
    pub expires: Instant,
}

/// Whose session, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionOf {
    pub user: UserId,
    pub session: SessionId,
}

/// The good token of a session given up for the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub user: UserId,
    pub session: SessionId,
    /// Hex SHA-256 of the token that was shown.
    pub shown: String,
    /// Hex SHA-256 of the token that follows.
    pub next: String,
    /// The account's epoch now.
    pub epoch: u32,
    /// How long the next token lives.
    pub life: Span,
}

/// What became of a [`Rotation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    Done,
    /// The token shown was good once: somebody else has used it.
    Reused,
    /// The session expired, was revoked, or is of an earlier epoch.
    Over,
}

pub(super) fn creation(session: &Session) -> Write {
    let item = ItemWriter::under(&keys::session(session.user, session.id))
        .text("tokenHash", session.token_hash.as_str())
        .number("epoch", session.epoch)
        .text("createdAt", session.created_at.to_string())
        .instant("until", session.expires)
        .number("ttl", session.expires.seconds())
        .item();
    Write::create(Table::Session, item)
}

pub(super) fn into_epoch(user: UserId, session: SessionId, epoch: u32) -> Write {
    let write = Write::update(Table::Session, keys::session(user, session));
    write.set_number("epoch", epoch).if_absent("over").if_present("pk")
}

/// Marks a session as over. The mark stays until no access token of it can be good, and then goes
/// with the row.
pub(super) fn end(key: Key, access_token_life: Span, now: Instant) -> Write {
    Write::update(Table::Session, key)
        .set_number("over", now.millis())
        .set_number("ttl", (now + access_token_life).seconds() + 1)
        .if_present("pk")
}

/// Whether a session was ended before its time.
#[expect(clippy::unnecessary_wraps, reason = "one of the decoders")]
pub(crate) fn is_over(session: &Item) -> Result<bool, Corrupt> {
    Ok(session.contains_key("over"))
}

impl Store {
    /// Begins a session, while the account is of the epoch that the log-in was judged by.
    pub async fn session_create(&self, session: &Session) -> Result<(), ChangeError> {
        let account = Write::check(Table::Identity, keys::account(session.user)).when_number(
            "epoch",
            "=",
            session.epoch,
        );
        let transaction = Transaction::new()
            .write_as(AccountWrite::Session, creation(session))
            .write_as(AccountWrite::Account, account);
        match self.commit(transaction).await {
            Ok(()) => Ok(()),
            // Our own write went through and only its answer was lost.
            Err(CommitError::Condition { item: Some(item), .. })
                if ItemReader(&item).maybe_text("tokenHash") == Some(&session.token_hash) =>
            {
                Ok(())
            }
            Err(CommitError::Condition { label, .. }) => Err(match label {
                Label::Account(AccountWrite::Session) => ChangeError::SessionOver,
                _ => ChangeError::Stale,
            }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Rotates in one conditional write, so that of two equal requests at most one succeeds.
    pub async fn session_rotate(
        &self,
        rotation: &Rotation,
        now: Instant,
    ) -> Result<Rotated, StoreError> {
        let expires = now + rotation.life;
        let write = Write::update(Table::Session, keys::session(rotation.user, rotation.session))
            .set_text("tokenHash", rotation.next.as_str())
            .set_number("until", expires.millis())
            .set_number("ttl", expires.seconds())
            .when_text("tokenHash", "=", rotation.shown.as_str())
            .when_number("until", ">", now.millis())
            .when_number("epoch", "=", rotation.epoch)
            .if_absent("over");
        let item = match self.write(write).await {
            Ok(()) => return Ok(Rotated::Done),
            Err(CommitError::Condition { item, .. }) => item,
            Err(CommitError::Store(error)) => return Err(error),
        };
        let Some(item) = item else { return Ok(Rotated::Over) };
        if is_over(&item)? {
            return Ok(Rotated::Over);
        }
        Ok(match ItemReader(&item).text("tokenHash")? {
            // Our own write went through and only its answer was lost.
            stands if stands == rotation.next => Rotated::Done,
            stands if stands == rotation.shown => Rotated::Over,
            _ => Rotated::Reused,
        })
    }

    /// Ends a session: none of its tokens is good any more for what reads the session, and its
    /// access token dies within its life of `access_token_life`. Repeats safely.
    pub async fn session_revoke(
        &self,
        session: SessionOf,
        access_token_life: Span,
        now: Instant,
    ) -> Result<(), StoreError> {
        let SessionOf { user, session } = session;
        match self.write(end(keys::session(user, session), access_token_life, now)).await {
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// The sessions of `user` from before `epoch` that were refreshed last, but `kept`, as they
    /// stand.
    pub(super) async fn sessions_before(
        &self,
        user: UserId,
        epoch: u32,
        kept: SessionId,
    ) -> Result<Vec<Key>, StoreError> {
        let kept = keys::session(user, kept);
        let all = Query::of(Table::Session, keys::user(user), 100).consistent();
        let all = all.prefix(keys::SESSION_PREFIX);
        let mut others: Vec<(i64, Key)> = Vec::new();
        let mut page = self.query(all.clone()).await?;
        loop {
            for item in page.items.iter().filter(|item| !item.contains_key("over")) {
                let row = ItemReader(item);
                let Some(key) = Key::of(item).filter(|key| *key != kept) else { continue };
                if row.number("epoch")? < i64::from(epoch) {
                    others.push((row.number("until")?, key));
                }
            }
            let Some(next) = page.next else { break };
            page = self.query(all.clone().after(Some(next))).await?;
        }
        others.sort_by_key(|(until, _)| Reverse(*until));
        Ok(others.into_iter().take(ENDED_AT_ONCE).map(|(_, key)| key).collect())
    }
}
