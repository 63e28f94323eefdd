//! The ways of telling somebody something.

use domain::notification::{Draft, Notice, Sale, notice_id};
use events::{Envelope, MessageWaiting, TradeFacts};
use kernel::{Instant, UserId};
use platform::{App, Failure};
use store::notification::Notification;

/// A notice for a user.
pub type Notified = (UserId, Notice);

/// Adds a row to `user`'s notification centre: one per event, user and kind.
pub async fn notify(
    app: &App,
    event: &Envelope,
    user: UserId,
    notice: Notice,
) -> Result<(), Failure> {
    let created_at = event.occurred_at;
    let id = notice_id(event.id, created_at, user, notice.kind);
    let row = Notification { id, notice, created_at, read_at: None };
    Ok(app.store.notification_create(user, &row).await?)
}

/// Adds a row for each.
pub async fn notify_all(
    app: &App,
    event: &Envelope,
    notices: Vec<Notified>,
) -> Result<(), Failure> {
    for (user, notice) in notices {
        notify(app, event, user, notice).await?;
    }
    Ok(())
}

/// The trade of an event, for its texts.
pub const fn sale(trade: &TradeFacts, until: Option<Instant>) -> Sale<'_> {
    Sale { trade: trade.trade_id, title: trade.title.as_str(), price: trade.price, until }
}

/// Leaves a message for the sender: one per name, for ever.
pub async fn queue_message(
    app: &App,
    name: String,
    draft: Draft,
    now: Instant,
) -> Result<(), Failure> {
    let message = draft.waiting(now);
    let waiting = MessageWaiting { message: name };
    let event = Envelope::new(app.entropy.uuid(now), now, &waiting);
    Ok(app.store.message_create(&waiting.message, &message, &event).await?)
}
