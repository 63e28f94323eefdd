//! What somebody owes for a penalty that could not be taken (`rules.md`, "Trade").

use kernel::{Instant, TradeId, UserId, Won};

use super::{
    account::{Account, Posting},
    movement::{Movement, MovementError, MovementKind},
    split::Split,
};

/// A debt. Nobody advances it: whom it is owed to has what was collected, when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debt {
    /// The cancelled trade.
    pub trade: TradeId,
    pub debtor: UserId,
    /// `None`: the platform, which had advanced it in the days when it did.
    pub creditor: Option<UserId>,
    pub left: Won,
    pub born_at: Instant,
}

/// What a collection takes, and leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    pub movement: Movement,
    pub amount: Won,
    pub after: Debt,
}

impl Debt {
    /// As much of it as the debtor's `free` money covers, spend-only money first; `None`: nothing.
    pub fn collect(&self, free: Split) -> Result<Option<Collection>, MovementError> {
        let taken = free.take_up_to(self.left);
        let amount = taken.total();
        let Some(left) = self.left.checked_sub(amount).filter(|_| amount > Won::ZERO) else {
            return Ok(None);
        };
        let repaid = Posting { account: Account::Penalty(self.debtor), amount: amount.get() };
        let mut postings: Vec<Posting> = taken.out_of(self.debtor).chain([repaid]).collect();
        if let Some(creditor) = self.creditor {
            postings.extend(taken.into(creditor));
            let account = Account::Claim(self.trade);
            postings.push(Posting { account, amount: -amount.get() });
        }
        let reason = format!("collected#{}#{}", self.trade, self.left);
        let movement = Movement::new(reason, MovementKind::PenaltyRepaid, postings)?;
        let movement = match self.creditor {
            Some(creditor) => movement.locking(creditor, Split::spend_only(taken.spend_only)),
            None => movement,
        };
        Ok(Some(Collection { movement, amount, after: Self { left, ..*self } }))
    }
}
