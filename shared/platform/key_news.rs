//! How a container learns of keys that came after its start.
//!
//! Rotation publishes a key before it is used, and containers look again more often than that. What
//! turns up all the same (a token or a seal of a key that is not here) makes a container look at
//! once, but once a minute at most, so that nobody can make it look at every request.

use std::time::Duration;

use http::HeaderMap;
use kernel::Instant;
use serde_json::json;
use store::{Read, public_keys::PublicKeys};

use crate::{
    Failure, Problem,
    app::Inner,
    current::work_as_container,
    keys::{kept, union},
    recognition::access_token,
    renewal::Renewal,
    retry::Policy,
    secrets::SecretSource,
};

/// How long a request or a start waits for what only keeps up to date.
const LOOK_MAX: Duration = Duration::from_secs(1);
/// Two who publish at once: the slower one looks again.
const PUBLISH: Policy = Policy::named("publish-keys", 5);

impl Inner {
    /// Tells the keys the time, and looks again at what is too old. A look that fails leaves what
    /// is known as it is.
    pub(crate) async fn renew(&self, now: Instant) {
        self.keys.tick(now);
        let Renewal { source, secrets, row, .. } = &self.renewal;
        if row.has_succeeded()
            && row.is_due(false, now)
            && let Err(failure) = Box::pin(self.read_row(now)).await
        {
            self.warn(now, "the public keys could not be read again", failure);
        }
        let Some(source) = source else { return };
        if secrets.is_due(self.keys.has_missed(), now) {
            Box::pin(work_as_container(self.read_secrets(source, now))).await;
        }
    }

    async fn read_secrets(&self, source: &SecretSource, now: Instant) {
        self.renewal.secrets.begin(now);
        let renewed = match tokio::time::timeout(LOOK_MAX, source.read(now)).await {
            Ok(Ok(secrets)) => self.keys.replace(&secrets).map_err(Failure::from),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Failure::new("no answer in time")),
        };
        match renewed {
            Ok(()) => self.secrets_are_read(now).await,
            Err(failure) => self.warn(now, "the secrets could not be read again", failure),
        }
    }

    /// What is signed from now on must be verified by everybody. Where the keys could not be
    /// published, the next look comes in a minute.
    pub(crate) async fn secrets_are_read(&self, now: Instant) {
        self.renewal.secrets.begin(now);
        if self.renewal.publishes {
            let published = tokio::time::timeout(LOOK_MAX, self.publish_keys(now)).await;
            let published = published.unwrap_or_else(|_| Err(Failure::new("no answer in time")));
            if let Err(failure) = published {
                return self.warn(now, "the public keys could not be published", failure);
            }
        }
        self.renewal.secrets.succeed(now);
    }

    /// Reads the row of public keys when the request's token names a key that is not here; answers
    /// whether it did. Without the row nobody can say whose the token is: that is no refusal.
    pub(crate) async fn meet_key(
        &self,
        headers: &HeaderMap,
        now: Instant,
    ) -> Result<bool, Problem> {
        let token = access_token(headers);
        let foreign = token.is_some_and(|token| self.keys.is_foreign(token));
        if !foreign || self.renewal.row.is_new(now) {
            return Ok(false);
        }
        let read = Box::pin(self.read_row(now)).await;
        read.map(|()| true).map_err(Problem::try_again)
    }

    async fn read_row(&self, now: Instant) -> Result<(), Failure> {
        self.renewal.row.begin(now);
        self.public_keys(Read::Eventual).await?;
        self.renewal.row.succeed(now);
        Ok(())
    }

    /// The public keys of row and container together; the container knows them from here on.
    pub async fn public_keys(&self, read: Read) -> Result<PublicKeys, Failure> {
        let row = self.store.public_keys_read(read).await?;
        self.keys.learn(&row.keys)?;
        Ok(PublicKeys { keys: union(row.keys, &self.keys.public()), revision: row.revision })
    }

    /// Sees to it that the row has every public key that this container knows, and none that went
    /// out of use long ago.
    pub async fn publish_keys(&self, now: Instant) -> Result<(), Failure> {
        let mut attempts = PUBLISH.attempts();
        while attempts.again() {
            let row = self.store.public_keys_read(Read::Consistent).await?;
            let due = kept(union(row.keys.clone(), &self.keys.public()), now);
            if due == row.keys || self.store.public_keys_replace(due, row.revision).await? {
                self.keys.learn(&row.keys)?;
                return Ok(());
            }
        }
        Err(attempts.exhausted().into())
    }

    pub(crate) fn warn(&self, now: Instant, what: &str, failure: Failure) {
        self.log.line(&json!({
            "level": "warn",
            "time": now.to_string(),
            "function": self.renewal.function,
            "warning": format!("{what}: {failure}"),
        }));
    }
}

#[cfg(test)]
mod tests;
