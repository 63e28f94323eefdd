//! One run of a scheduled job at a time, with leases that expire when a holder dies.

use kernel::{Instant, Span};
use uuid::Uuid;

use crate::{CommitError, Store, Table, Write, keys};

impl Store {
    /// Takes the lease of `job` for `span`. `false`: somebody else holds it.
    pub async fn lease_take(
        &self,
        job: &str,
        holder: Uuid,
        now: Instant,
        span: Span,
    ) -> Result<bool, CommitError> {
        let write = Write::update(Table::Operation, keys::lease(job))
            .set_text("holder", holder.to_string())
            .set_number("until", (now + span).millis())
            .when_absent_or("until", "<=", now.millis());
        match self.write(write).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives the lease back, if it is still this holder's.
    pub async fn lease_return(&self, job: &str, holder: Uuid) -> Result<(), CommitError> {
        let write = Write::delete(Table::Operation, keys::lease(job));
        match self.write(write.when_text("holder", "=", holder.to_string())).await {
            Err(CommitError::Condition { .. }) => Ok(()), // it expired and another took it
            answer => answer,
        }
    }
}
