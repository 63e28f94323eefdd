//! The money of a trade. Every movement has one reason per trade, so that it happens once.

use kernel::{PaymentId, Won};

use super::{aggregate::Trade, fields::Cancellation};
use crate::ledger::{Account, Between, Movement, MovementError, MovementKind, Posting};

/// The buyer's money, into escrow: from the wallet, or from what the provider took.
pub(super) fn payment(
    trade: &Trade,
    payment: Option<PaymentId>,
) -> Result<Movement, MovementError> {
    let from = match payment {
        None => Account::Available(trade.agreement.buyer),
        Some(_) => Account::Provider,
    };
    let accounts = Between { from, to: Account::Escrow(trade.id) };
    let reason = format!("trade-payment#{}", trade.id);
    Movement::transfer(reason, MovementKind::TradePayment, trade.total(), accounts)
}

/// From what was held when the order was placed, into escrow; the rest is the buyer's again.
pub(super) fn capture(trade: &Trade, held: Won) -> Result<Movement, MovementError> {
    let buyer = trade.agreement.buyer;
    let total = trade.total().get();
    let postings = [
        (Account::Held(buyer), -held.get()),
        (Account::Escrow(trade.id), total),
        (Account::Available(buyer), held.get() - total),
    ];
    let postings = postings.into_iter().filter(|(_, amount)| *amount != 0);
    let postings = postings.map(|(account, amount)| Posting { account, amount }).collect();
    let reason = format!("trade-payment#{}", trade.id);
    Movement::new(reason, MovementKind::TradePayment, postings)
}

/// All of it back to the buyer.
pub(super) fn refund(trade: &Trade) -> Result<Movement, MovementError> {
    let accounts =
        Between { from: Account::Escrow(trade.id), to: Account::Available(trade.agreement.buyer) };
    let reason = format!("refund#{}", trade.id);
    Movement::transfer(reason, MovementKind::Refund, trade.total(), accounts)
}

/// The price to the seller, the fees to the platform; `debt` (what the seller owes for penalties)
/// is kept back as far as the seller's share goes.
pub fn settlement(trade: &Trade, debt: Won) -> Result<Movement, MovementError> {
    let seller = trade.agreement.seller;
    let total = trade.total().get();
    let share = trade.agreement.price.get() - trade.seller_fee.get();
    let repaid = debt.get().min(share);
    let postings = [
        (Account::Escrow(trade.id), -total),
        (Account::Available(seller), share - repaid),
        (Account::Revenue, total - share),
        (Account::Penalty(seller), repaid),
    ];
    let postings = postings.into_iter().filter(|(_, amount)| *amount != 0);
    let postings = postings.map(|(account, amount)| Posting { account, amount }).collect();
    Movement::new(format!("settlement#{}", trade.id), MovementKind::Settlement, postings)
}

/// The seller's penalty to the buyer: the platform advances it, the next settlements repay it.
pub fn penalty(
    trade: &Trade,
    cancellation: &Cancellation,
) -> Result<Option<Movement>, MovementError> {
    if cancellation.penalty == Won::ZERO {
        return Ok(None);
    }
    let agreement = &trade.agreement;
    let accounts = Between {
        from: Account::Penalty(agreement.seller),
        to: Account::Available(agreement.buyer),
    };
    let reason = format!("penalty#{}", trade.id);
    Movement::transfer(reason, MovementKind::Penalty, cancellation.penalty, accounts).map(Some)
}
