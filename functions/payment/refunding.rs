//! What a provider took for a trade that gives it back, all or a part of it (`rules.md`, "Trade"):
//! out of escrow once the provider has it back, or has refused it for good.

use domain::{
    payment::{Payment, Truth},
    trade::{RefundEnd, provider_refund},
};
use events::PaymentCancelled;
use kernel::Instant;
use platform::{App, Problem};
use store::Transaction;

use crate::ending::{committed, event, facts};

/// Ends the refund under way. `in_wallet`: the provider does not take it, and it is the buyer's to
/// spend. Whoever was faster did it by the same truth; a trade that has moved the next look meets.
pub async fn end(
    app: &App,
    payment: &Payment,
    truth: &Truth,
    in_wallet: bool,
    now: Instant,
) -> Result<(), Problem> {
    let lost = |what: &str| Problem::internal(format!("payment {}: {what}", payment.id));
    let trade = payment.purpose.trade().ok_or_else(|| lost("a refund of no trade"))?;
    let trade = app.store.trade(trade).await?.ok_or_else(|| lost("its trade vanished"))?;
    let Some(refund) = trade.provider_refund.filter(|refund| refund.payment == payment.id) else {
        return Err(lost("its trade gives nothing back"));
    };
    let movement = provider_refund(&trade, refund, in_wallet).map_err(Problem::internal)?;
    let after = payment.end_cancel(!in_wallet);
    let transaction = Transaction::new().payment(payment, &after).movement(&movement, now);
    let end = RefundEnd { in_wallet, at: now };
    let Some(transaction) = transaction.trade_refund_end(&trade, end) else { return Ok(()) };
    let told = PaymentCancelled {
        payment: facts(payment),
        amount: refund.amount,
        total: after.cancelled,
        in_wallet,
    };
    let transaction = transaction.payment_answer(payment.id, &truth.answer, now);
    committed(app, transaction.event(&event(app, &told, now))).await.map(|_| ())
}
