//! Queue, UserSignedUp — welcomes a new user, by mail too when there is an address.

use domain::notification::{Channel, Draft, welcome, welcome_email};
use events::{Event, MessageWaiting, UserSignedUp};
use kernel::Span;
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::{Table, keys};

use crate::notify::{notify, queue_message};

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_user_signed_up",
    "Welcomes a new user, by mail too when there is an address",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[UserSignedUp::KIND]),
)
.grants(&[
    Grant::table(Table::Identity).get(),
    Grant::table(Table::Notification).put(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[MessageWaiting::KIND])
.timeout_s(20);

/// A welcome later than this would only surprise.
const USEFUL_FOR: Span = Span::days(7);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, signed_up) = message.event::<UserSignedUp>()?;
    let user = signed_up.user_id;
    notify(&app, &event, user, welcome(&signed_up.nickname)).await?;
    let contact = app.store.user_contact(user).await?;
    if contact.is_none_or(|contact| contact.email.is_none()) {
        return Ok(());
    }
    let (subject, text) = welcome_email(&signed_up.nickname);
    let useful_until = event.occurred_at + USEFUL_FOR;
    let draft = Draft { channel: Channel::Email, recipient: user, subject, text, useful_until };
    queue_message(&app, keys::welcome_message(user), draft, message.now).await
}

#[cfg(test)]
mod tests;
