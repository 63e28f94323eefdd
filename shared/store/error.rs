//! What can go wrong between us and DynamoDB.

use std::error::Error;

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    types::error::TransactionCanceledException,
};

use kernel::causes;

use crate::{Corrupt, Item, Label};

/// A call that has no answer, or none that can be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, conflicting or out of reach: the same call may go through later.
    #[error("the table is busy: {0}")]
    Busy(String),
    /// A row does not read as what it should be.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// A fault of ours: a malformed request, a missing table or permission.
    #[error("the table refused the call: {0}")]
    Refused(String),
}

/// Why a write or transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A condition did not hold.
    #[error("the condition of {label} does not hold")]
    Condition {
        /// Which write.
        label: Label,
        /// The item as it stands, when there is one.
        item: Option<Item>,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommitError {
    /// Whether it is this write whose condition did not hold.
    #[must_use]
    pub fn is_condition_of(&self, write: impl Into<Label>) -> bool {
        matches!(self, Self::Condition { label, .. } if *label == write.into())
    }
}

const BUSY_CODES: &[&str] = &[
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TransactionConflictException",
    "TransactionInProgressException",
    "InternalServerError",
    "ServiceUnavailable",
];

/// Sorts an SDK error: worth trying again, or not.
pub(crate) fn sort<E>(error: &SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let text = causes(error);
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            StoreError::Busy(text)
        }
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            let server_fault = service.raw().status().as_u16() >= 500;
            if server_fault || BUSY_CODES.contains(&code) {
                StoreError::Busy(text)
            } else {
                StoreError::Refused(text)
            }
        }
        _ => StoreError::Refused(text),
    }
}

/// The first failed condition of a cancelled transaction, or the reason it should be tried again.
/// `labels`: of its writes, in their order, which is that of the reasons.
pub(crate) fn cancelled(
    error: &TransactionCanceledException,
    labels: impl Iterator<Item = Label>,
) -> CommitError {
    let reasons = error.cancellation_reasons();
    for (reason, label) in reasons.iter().zip(labels) {
        if reason.code() == Some("ConditionalCheckFailed") {
            return CommitError::Condition { label, item: reason.item().cloned() };
        }
    }
    let codes: Vec<_> = reasons.iter().filter_map(|reason| reason.code()).collect();
    let text = codes.join(", ");
    let fault = codes.contains(&"ValidationError");
    CommitError::Store(if fault { StoreError::Refused(text) } else { StoreError::Busy(text) })
}
