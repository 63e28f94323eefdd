//! Sessions: one log-in on one device, and the one refresh token that is good now.

use kernel::{Instant, SessionId, Span, UserId};

use crate::{CommitError, ItemReader, ItemWriter, Store, StoreError, Table, Write, keys};

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
    Write::create(Table::Identity, item)
}

pub(super) fn into_epoch(user: UserId, session: SessionId, epoch: u32) -> Write {
    let write = Write::update(Table::Identity, keys::session(user, session));
    write.set_number("epoch", epoch).if_present("pk")
}

impl Store {
    pub async fn session_create(&self, session: &Session) -> Result<(), CommitError> {
        match self.write(creation(session)).await {
            Err(CommitError::Condition { item: Some(item), .. })
                if ItemReader(&item).maybe_text("tokenHash") == Some(&session.token_hash) =>
            {
                Ok(()) // our own write went through and only its answer was lost
            }
            answer => answer,
        }
    }

    /// Rotates in one conditional write, so that of two equal requests at most one succeeds.
    pub async fn session_rotate(
        &self,
        rotation: &Rotation,
        now: Instant,
    ) -> Result<Rotated, StoreError> {
        let expires = now + rotation.life;
        let write = Write::update(Table::Identity, keys::session(rotation.user, rotation.session))
            .set_text("tokenHash", rotation.next.as_str())
            .set_number("until", expires.millis())
            .set_number("ttl", expires.seconds())
            .when_text("tokenHash", "=", rotation.shown.as_str())
            .when_number("until", ">", now.millis())
            .when_number("epoch", "=", rotation.epoch);
        let item = match self.write(write).await {
            Ok(()) => return Ok(Rotated::Done),
            Err(CommitError::Condition { item, .. }) => item,
            Err(CommitError::Store(error)) => return Err(error),
        };
        let Some(item) = item else { return Ok(Rotated::Over) };
        Ok(match ItemReader(&item).text("tokenHash")? {
            // Our own write went through and only its answer was lost.
            stands if stands == rotation.next => Rotated::Done,
            stands if stands == rotation.shown => Rotated::Over,
            _ => Rotated::Reused,
        })
    }

    /// Ends a session: none of its refresh tokens is good any more. Repeats safely.
    pub async fn session_revoke(&self, user: UserId, session: SessionId) -> Result<(), StoreError> {
        let write = Write::delete(Table::Identity, keys::session(user, session)).if_present("pk");
        match self.write(write).await {
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }
}
