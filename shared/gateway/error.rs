//! What can come of a call to a provider.

use domain::payment::Decline;

/// Why a call did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// The provider refused, for good; nothing happened.
    #[error("declined: {}", .0.as_str())]
    Declined(Decline),
    /// This call, or one to the same effect, was answered before: read what came of it.
    #[error("done already")]
    AlreadyDone,
    /// The provider knows no such payment.
    #[error("not found at the provider")]
    NotFound,
    /// No answer, or none that says whether it happened.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// The provider does not accept us, or our settings make no request; nothing happened.
    #[error("our settings do not work with the provider: {0}")]
    Misconfigured(String),
}
