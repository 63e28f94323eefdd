//! Queue, MessageWaiting — sends one text message or e-mail.
//!
//! Guaranteed: a message is not sent again once it is recorded as sent, and never twice at once.
//! SNS and SES know no idempotency key, so when the process dies, or the answer is lost, between
//! their acceptance and our record, the recipient may get it once more for each lost record.

use domain::notification::{
    Channel, ClaimRejection, Message, claim, complete, defer, expire, fail, international, redact,
    skip,
};
use events::{Event, MessageWaiting};
use messaging::{Email, PublishError, Sms};
use platform::{App, Failure, Function, Grant, Queue, Service, queue};
use store::{Table, notification::Claim};

pub const FUNCTION: Function = Function::queue(
    "notification",
    "send_message",
    "Sends one text message or e-mail",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[MessageWaiting::KIND]),
)
.grants(&[Grant::table(Table::Identity).get(), Grant::table(Table::Notification).get().update()])
.services(&[Service::Sms, Service::EmailIdentity])
// Less than an attempt's lease: whoever finds the lease ended knows that the holder is gone.
.timeout_s(30);

async fn handle(app: App, call: queue::Message) -> Result<(), Failure> {
    let (_, MessageWaiting { message: name }) = call.event::<MessageWaiting>()?;
    let store = &app.store;
    let now = call.now;
    let Some(seen) = store.message(&name, now).await? else { return Ok(()) };
    let attempt = match claim(&seen, now) {
        Ok(attempt) => attempt,
        Err(ClaimRejection::TooLate) => {
            return Ok(store.message_change(&name, &seen, &expire(&seen), now).await?);
        }
        Err(ClaimRejection::Finished | ClaimRejection::NotDue { .. }) => return Ok(()),
    };
    let address = match address(&app, &seen).await? {
        Ok(address) => address,
        Err(reason) => {
            return Ok(store.message_change(&name, &seen, &skip(&seen, reason), now).await?);
        }
    };
    match store.message_claim(&name, &seen, &attempt, budget(&app, seen.channel), now).await? {
        Claim::Taken => {}
        Claim::Overtaken => return Ok(()),
        Claim::OverBudget => {
            return Ok(store.message_change(&name, &seen, &defer(&seen, now), now).await?);
        }
    }
    let claimed = seen.after(attempt);
    // A refusal is recorded, not thrown: the sweep repeats it, and the queue goes on.
    let outcome = match send(&app, &claimed, &address).await {
        Ok(()) => complete(&claimed, now),
        Err(error) => fail(&claimed, redact(&error.to_string()), now),
    };
    Ok(store.message_change(&name, &claimed, &outcome, now).await?)
}

/// Where to send it, or why there is nowhere.
async fn address(app: &App, message: &Message) -> Result<Result<String, &'static str>, Failure> {
    let contact = app.store.user_contact(message.recipient).await?;
    let Some(contact) = contact else { return Ok(Err("no such user")) };
    Ok(match message.channel {
        Channel::Email => contact.email.ok_or("no e-mail address"),
        Channel::Sms => match contact.phone {
            Some(phone) => international(&phone).ok_or("not a mobile number"),
            None => Err("no phone"),
        },
    })
}

fn budget(app: &App, channel: Channel) -> i64 {
    match channel {
        Channel::Sms => app.config.sms_daily_max,
        Channel::Email => app.config.email_daily_max,
    }
}

async fn send(app: &App, message: &Message, address: &str) -> Result<(), PublishError> {
    let Message { subject, text, .. } = message;
    match message.channel {
        Channel::Sms => app.publisher.sms(&Sms { phone: address, text }).await,
        Channel::Email => app.publisher.email(&Email { to: address, subject, text }).await,
    }
}

#[cfg(test)]
mod tests;
