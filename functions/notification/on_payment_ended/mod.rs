//! Queue, PaymentDone, PaymentFailed, PaymentCancelled — tells a payer what became of a payment.

use domain::{
    notification::{
        account_unsupported, charge_failed, paid_into_wallet, payment_failed, payment_returned,
        refunded, top_up_cancelled, topped_up,
    },
    payment::Decline,
};
use events::{Event, PaymentCancelled, PaymentDone, PaymentFailed, PaymentLanding};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

use crate::notify::notify;

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_payment_ended",
    "Tells a payer what became of a payment",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[
        PaymentDone::KIND,
        PaymentFailed::KIND,
        PaymentCancelled::KIND,
    ]),
)
.grants(&[Grant::table(Table::Notification).put()])
.timeout_s(20);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    if let Ok((event, PaymentFailed { payment, reason })) = message.event::<PaymentFailed>() {
        let text = match Decline::parse(&reason) {
            Some(Decline::TradeClosed) => payment_returned,
            Some(Decline::MethodUnsupported) => account_unsupported,
            _ if payment.is_charge => charge_failed,
            _ => payment_failed,
        };
        let notice = text(payment.payment_id, payment.amount);
        return notify(&app, &event, payment.user_id, notice).await;
    }
    if let Ok((event, cancelled)) = message.event::<PaymentCancelled>() {
        let PaymentCancelled { payment, amount, in_wallet, .. } = cancelled;
        let notice = match payment.trade_id {
            None => top_up_cancelled(payment.payment_id, amount),
            Some(_) => refunded(payment.payment_id, amount, in_wallet),
        };
        return notify(&app, &event, payment.user_id, notice).await;
    }
    let (event, PaymentDone { payment, landed }) = message.event::<PaymentDone>()?;
    let id = payment.payment_id;
    let amount = payment.amount;
    let notice = match (landed, payment.trade_id) {
        // The trade tells its buyer that it is paid.
        (PaymentLanding::Trade, _) => return Ok(()),
        (PaymentLanding::Wallet, None) => topped_up(id, amount),
        (PaymentLanding::Wallet, Some(_)) => paid_into_wallet(id, amount),
    };
    notify(&app, &event, payment.user_id, notice).await
}

#[cfg(test)]
mod tests;
