//! What `wallet` tells: withdrawals.

use kernel::{UserId, WithdrawalId};
use serde::{Deserialize, Serialize};

use crate::envelope::Event;

/// Money is held and is to be sent to its user's bank account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalRequested {
    pub withdrawal_id: WithdrawalId,
    pub user_id: UserId,
}
impl Event for WithdrawalRequested {
    const KIND: &'static str = "WithdrawalRequested";
}
