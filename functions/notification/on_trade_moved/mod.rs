//! Queue, TradeMoved, TradeCompleted, TradeCancelled, SaleFailed, PenaltyCollected — tells seller
//! and buyer how their trade goes on.

use domain::{
    notification::{Channel, Draft, Notice, WayBack, sale_failed},
    trade::Reason,
};
use events::{
    Envelope, Event, MessageWaiting, PenaltyCollected, SaleFailed, TradeCancelled, TradeCompleted,
    TradeFacts, TradeMoved, TradeStep,
};
use kernel::{Instant, Won};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::{Table, keys};

use crate::notify::{Notified, notify, notify_all, queue_message, sale};

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_trade_moved",
    "Tells seller and buyer how their trade goes on",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[
        TradeMoved::KIND,
        TradeCompleted::KIND,
        TradeCancelled::KIND,
        SaleFailed::KIND,
        PenaltyCollected::KIND,
    ]),
)
.grants(&[Grant::table(Table::Notification).put(), Grant::table(Table::Outbox).put()])
.tells(&[MessageWaiting::KIND])
.timeout_s(20);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    if let Ok((event, failed)) = message.event::<SaleFailed>() {
        let notice = sale_failed(failed.auction_id, &failed.title);
        return notify(&app, &event, failed.seller_id, notice).await;
    }
    if let Ok((event, cancelled)) = message.event::<TradeCancelled>() {
        return notify_all(&app, &event, about_cancelled(&cancelled)?).await;
    }
    if let Ok((event, completed)) = message.event::<TradeCompleted>() {
        return notify_all(&app, &event, about_completed(&completed)).await;
    }
    if let Ok((event, collected)) = message.event::<PenaltyCollected>() {
        return notify_all(&app, &event, about_collected(&collected)).await;
    }
    let (event, moved) = message.event::<TradeMoved>()?;
    if moved.step == TradeStep::PaymentReminded {
        text_buyer(&app, &event, &moved, message.now).await?;
    }
    notify_all(&app, &event, about(&moved)).await
}

/// Who is told what of a step.
fn about(moved: &TradeMoved) -> Vec<Notified> {
    let trade = &moved.trade;
    let sale = sale(trade, moved.until);
    let buyer = trade.buyer_id;
    let seller = trade.seller_id;
    match moved.step {
        // The end of the auction has told winner and seller.
        TradeStep::Opened if trade.round == 0 => Vec::new(),
        TradeStep::PickedUp | TradeStep::CodeRenewed | TradeStep::DecisionReminded => Vec::new(),
        TradeStep::Opened => vec![(buyer, sale.offered()), (seller, sale.offered_on())],
        TradeStep::PaymentReminded => vec![(buyer, sale.pay_soon())],
        TradeStep::ShipmentReminded => vec![(seller, sale.ship_soon())],
        TradeStep::MeetingReminded => to_both(trade, sale.meet_soon()),
        TradeStep::WrongCode => vec![(buyer, sale.wrong_code())],
        TradeStep::HandInReminded => vec![(seller, sale.hand_in_soon())],
        TradeStep::ConsentReminded => vec![(buyer, sale.consent_soon())],
        TradeStep::ConfirmationReminded => vec![(buyer, sale.confirm_soon())],
        TradeStep::Paid => vec![(buyer, sale.paid()), (seller, sale.to_ship())],
        TradeStep::Shipped => vec![(buyer, sale.shipped())],
        TradeStep::Received => to_both(trade, sale.received()),
        TradeStep::ConsentAsked => {
            vec![(buyer, sale.consent_asked()), (seller, sale.consent_awaited())]
        }
        TradeStep::Passed => to_both(trade, sale.passed()),
        TradeStep::Forwarded => vec![(buyer, sale.forwarded())],
        TradeStep::Delivered => vec![(buyer, sale.delivered()), (seller, sale.arrived())],
        TradeStep::Late => vec![(buyer, sale.late())],
        TradeStep::Disputed => vec![(buyer, sale.disputed()), (seller, sale.disputed_on())],
        TradeStep::Stated => to_both(trade, sale.stated()),
        TradeStep::RefundOffered => to_both(trade, sale.refund_offered()),
        TradeStep::ArrivedDisputed => to_both(trade, sale.arrived_disputed()),
        TradeStep::ReturnRuled => vec![(buyer, sale.send_back()), (seller, sale.return_awaited())],
        TradeStep::ReturnReminded => vec![(buyer, sale.send_back_soon())],
        TradeStep::SentBack => vec![(seller, sale.sent_back())],
        TradeStep::ArrivedBack => vec![(buyer, sale.return_arrived()), (seller, sale.came_back())],
        TradeStep::ObjectionReminded => vec![(seller, sale.object_soon())],
        TradeStep::Doubted => to_both(trade, sale.doubted()),
        TradeStep::Settled => vec![(seller, sale.settled())],
    }
}

fn to_both(trade: &TradeFacts, notice: Notice) -> Vec<Notified> {
    vec![(trade.buyer_id, notice.clone()), (trade.seller_id, notice)]
}

/// Whoever is paid in full is told so once the money is there.
fn about_completed(completed: &TradeCompleted) -> Vec<Notified> {
    let TradeCompleted { trade, refunded, refunding } = completed;
    if *refunded == Won::ZERO {
        return Vec::new();
    }
    let notice = sale(trade, None).partly_refunded(*refunded, way_back(*refunding));
    to_both(trade, notice)
}

const fn way_back(refunding: bool) -> WayBack {
    if refunding { WayBack::Provider } else { WayBack::Wallet }
}

fn about_cancelled(cancelled: &TradeCancelled) -> Result<Vec<Notified>, Failure> {
    let TradeCancelled { trade, reason, penalty, taken, paid, refunding, forfeited } = cancelled;
    let reason = Reason::parse(reason).ok_or_else(|| Failure::new(format!("reason {reason}")))?;
    let sale = sale(trade, None);
    let notice = sale.cancelled(reason, paid.then(|| way_back(*refunding)));
    if reason == Reason::PaymentDeclined {
        // What becomes of the ask, its own event tells.
        let seller = if *forfeited > Won::ZERO { sale.given_up(*forfeited) } else { notice };
        return Ok(vec![(trade.buyer_id, sale.declined(*forfeited)), (trade.seller_id, seller)]);
    }
    let mut told = to_both(trade, notice);
    if *penalty > Won::ZERO {
        if *taken > Won::ZERO {
            told.push((trade.buyer_id, sale.compensated(*taken)));
        }
        let left = penalty.checked_sub(*taken).unwrap_or_default();
        told.push((trade.seller_id, sale.penalized(*penalty, left)));
    }
    Ok(told)
}

fn about_collected(collected: &PenaltyCollected) -> Vec<Notified> {
    let PenaltyCollected { trade, debtor_id, amount, left } = collected;
    let sale = sale(trade, None);
    vec![(trade.buyer_id, sale.compensated(*amount)), (*debtor_id, sale.collected(*amount, *left))]
}

async fn text_buyer(
    app: &App,
    event: &Envelope,
    moved: &TradeMoved,
    now: Instant,
) -> Result<(), Failure> {
    let trade = &moved.trade;
    let draft = Draft {
        channel: Channel::Sms,
        recipient: trade.buyer_id,
        subject: String::new(),
        text: sale(trade, moved.until).pay_soon_sms(),
        useful_until: moved.until.unwrap_or(now),
    };
    let name = keys::payment_reminder_message(trade.trade_id, event.id);
    queue_message(app, name, draft, now).await
}

#[cfg(test)]
mod tests;
