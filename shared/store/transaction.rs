//! A command's whole effect, all or nothing.

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::error::TransactionCanceledException,
    types::{
        ConditionCheck, Delete, Put, ReturnConsumedCapacity,
        ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem, Update,
    },
};
use events::Envelope;

use crate::{
    CommitError, Label, Store, StoreError, Write,
    error::{cancelled, sort},
    meter, outbox,
    retry::Policy,
    write::Kind,
};

/// State, idempotency record and outbox rows that become true together.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    writes: Vec<Labelled>,
}

#[derive(Clone, Debug)]
struct Labelled {
    label: Label,
    write: Write,
}

/// What became of a transaction that is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    Done,
    /// It met another one, and nothing has happened: what it was decided on may be old.
    Met,
}

/// An attempt that was not told to be done.
struct Refused {
    /// It met another transaction, and nothing has happened.
    met: bool,
    error: CommitError,
}

/// Whether nothing but another transaction stands in the way.
fn met(reasons: &TransactionCanceledException, error: &CommitError) -> bool {
    let mut codes = reasons.cancellation_reasons().iter().filter_map(|reason| reason.code());
    matches!(error, CommitError::Store(StoreError::Busy(_)))
        && codes.any(|code| code == "TransactionConflict")
}

/// A transaction that met another one, before the caller is told.
const COMMIT: Policy = Policy::named("commit", 8).with_backoff(8, 128);

impl Transaction {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Whether nothing is written by it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
    /// Adds a write under the name by which [`CommitError::Condition`] tells that its condition
    /// does not hold.
    #[must_use]
    pub fn write_as(mut self, label: impl Into<Label>, write: Write) -> Self {
        self.writes.push(Labelled { label: label.into(), write });
        self
    }
    /// Adds writes that mean the same when their conditions fail.
    #[must_use]
    pub fn writes_as(
        mut self,
        label: impl Into<Label>,
        writes: impl IntoIterator<Item = Write>,
    ) -> Self {
        let label = label.into();
        self.writes.extend(writes.into_iter().map(|write| Labelled { label, write }));
        self
    }
    /// Adds a write whose failure nobody tells from another's.
    #[must_use]
    pub fn write(self, write: Write) -> Self {
        let label = write.unnamed();
        self.write_as(label, write)
    }
    #[must_use]
    pub fn writes(self, writes: impl IntoIterator<Item = Write>) -> Self {
        writes.into_iter().fold(self, Self::write)
    }
    /// Tells the other contexts, if and only if the rest commits.
    #[must_use]
    pub fn event(self, envelope: &Envelope) -> Self {
        self.write_as(Label::Event, outbox::row(envelope))
    }
}

impl Store {
    /// Commits everything or nothing. Meeting another transaction, or no answer, is tried again a
    /// few
    /// times under one token: a commit whose answer was lost is not applied twice, nor mistaken for
    /// a failed condition.
    pub async fn commit(&self, transaction: Transaction) -> Result<(), CommitError> {
        self.commit_unless(transaction, |_| false).await.map(|_| ())
    }

    /// Commits everything or nothing, and leaves it to the caller to decide again when it met
    /// another transaction: the same writes are not sent again then. Without an answer they are,
    /// under one token; `Busy` says that nobody knows.
    pub async fn commit_or_meet(&self, transaction: Transaction) -> Result<Committed, CommitError> {
        self.commit_unless(transaction, |refused| refused.met).await
    }

    /// Tries under one token until there is an answer, or `enough`.
    async fn commit_unless(
        &self,
        transaction: Transaction,
        enough: fn(&Refused) -> bool,
    ) -> Result<Committed, CommitError> {
        let items = transaction.writes.iter().map(|part| self.transact_item(&part.write));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let token = uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes());
        let token = token.into_uuid().to_string();
        let mut attempts = COMMIT.attempts();
        let mut last = attempts.exhausted().into();
        let mut is_known = true;
        while attempts.again() {
            let refused = match self.transact(&transaction, items.clone(), &token).await {
                Ok(()) => return Ok(Committed::Done),
                Err(refused) => refused,
            };
            // What it met may be its own first attempt, of which nobody was told.
            if enough(&refused) && is_known {
                return Ok(Committed::Met);
            }
            let is_busy = matches!(refused.error, CommitError::Store(StoreError::Busy(_)));
            let is_over = !is_busy || enough(&refused);
            is_known &= refused.met;
            last = refused.error;
            if is_over {
                break;
            }
            attempts.pause(|| fastrand::u16(..)).await;
        }
        // The last one's own words say more than that there were so many.
        Err(last)
    }

    async fn transact(
        &self,
        transaction: &Transaction,
        items: Vec<TransactWriteItem>,
        token: &str,
    ) -> Result<(), Refused> {
        let request = self.client.transact_write_items().set_transact_items(Some(items));
        let request = request.client_request_token(token);
        let answer = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
        match answer {
            Ok(answer) => {
                meter::count_write(answer.consumed_capacity());
                Ok(())
            }
            Err(error) => {
                meter::count_write(&[]);
                match error.as_service_error() {
                    Some(TransactWriteItemsError::TransactionCanceledException(reasons)) => {
                        let labels = transaction.writes.iter().map(|part| part.label);
                        let error = cancelled(reasons, labels);
                        Err(Refused { met: met(reasons, &error), error })
                    }
                    _ => Err(Refused { met: false, error: sort(&error).into() }),
                }
            }
        }
    }

    fn transact_item(&self, write: &Write) -> Result<TransactWriteItem, StoreError> {
        let table = self.table_name(write.table);
        let condition = write.condition_expression();
        let names = write.names();
        let values = write.values();
        let refused =
            |error: aws_sdk_dynamodb::error::BuildError| StoreError::Refused(error.to_string());
        let item = TransactWriteItem::builder();
        let item = match &write.kind {
            Kind::Put { item: row } => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(row.clone()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(refused)?,
            ),
            Kind::Update { key, .. } => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key.item()))
                    .set_update_expression(write.update_expression())
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(refused)?,
            ),
            Kind::Delete { key } => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key.item()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(refused)?,
            ),
            Kind::Check { key } => item.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key.item()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(refused)?,
            ),
        };
        Ok(item.build())
    }
}
