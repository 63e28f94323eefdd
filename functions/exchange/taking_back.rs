//! Ending an open order that somebody else than its owner ends: staff, or a debt.

use domain::exchange::{End, Order};
use kernel::{Instant, OrderId};
use platform::{
    App, Caller, Problem,
    retry::Policy,
    staff::{self, Changed},
};
use store::{CommitError, Label, Read, Transaction};

/// How often an order that is repriced meanwhile is looked at again.
const CANCEL: Policy = Policy::named("cancel-user-order", 8);

/// A member of staff, and why.
pub struct ByStaff<'a> {
    pub caller: &'a Caller,
    pub why: &'a str,
}

/// Who ends orders, and when. `by`: absent for a rule.
pub struct TakingBack<'a> {
    pub app: &'a App,
    pub by: Option<ByStaff<'a>>,
    pub now: Instant,
}

impl TakingBack<'_> {
    /// Whether the order was still open and is not any more.
    pub async fn end(&self, id: OrderId) -> Result<bool, Problem> {
        let mut attempts = CANCEL.attempts();
        while attempts.again() {
            // The index lags behind: what stands in the table decides.
            let Some(order) = self.app.store.order(id, Read::Consistent).await? else {
                return Ok(false);
            };
            let Ok(after) = order.end(End::Cancelled, self.now) else { return Ok(false) };
            match self.app.store.commit(self.transaction(&order, &after)?).await {
                Ok(()) => return Ok(true),
                // Somebody met it, or it ended otherwise, or was repriced.
                Err(CommitError::Condition { label: Label::Order(_), .. }) => {}
                Err(CommitError::Condition { label, .. }) => {
                    return Err(Problem::internal(format!("an open order's end met {label}")));
                }
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(attempts.exhausted().into())
    }

    fn transaction(&self, order: &Order, after: &Order) -> Result<Transaction, Problem> {
        let ending = Transaction::new().order_end(order, after, self.now);
        let ending = ending.map_err(Problem::internal)?;
        let Some(ByStaff { caller, why }) = self.by else { return Ok(ending) };
        let changed = Changed {
            whom: format!("order#{}", order.id),
            why: Some(why.to_owned()),
            before: order.state.as_str().to_owned(),
            after: after.state.as_str().to_owned(),
        };
        Ok(ending.staff_act(&staff::act(self.app, caller, changed, self.now))?)
    }
}
