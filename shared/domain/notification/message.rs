//! The life of an outside message: `waiting → sending(lease) → sent | failed`, `waiting → skipped`.
//!
//! A claim is fenced by the attempt's number: what an attempt records holds only while it is still
//! the newest one. An SMS or a mail has no idempotency key, so a process that dies between the
//! provider's acceptance and our record, or an answer that gets lost, leads to one more message;
//! nothing else does.

use kernel::{Instant, Span, UserId, seoul_day};

/// How long an attempt keeps others out. Longer than the sender may run, so that an attempt
/// whose lease has ended is over.
pub const LEASE: Span = Span::seconds(60);
/// A message still waiting after this long has lost its event and is called again.
pub const WAITING_MAX: Span = Span::minutes(20);
/// How long a finished row is kept for a look back.
pub const DONE_KEPT: Span = Span::days(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    Sms,
    Email,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Waiting,
    /// An attempt runs, until its lease ends.
    Sending,
    /// The provider took it.
    Sent,
    /// The newest attempt failed.
    Failed,
    /// There is nowhere to send it to.
    Skipped,
}

/// One message to one phone or mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub channel: Channel,
    pub recipient: UserId,
    /// E-mails only.
    pub subject: String,
    pub text: String,
    pub created_at: Instant,
    /// After this it is of no use any more and is not sent.
    pub useful_until: Instant,
    pub state: State,
    /// How many attempts have begun. Fences what an attempt records.
    pub attempts: u32,
    /// When it may (again) be claimed without an event; `None` once it is finished.
    pub due_at: Option<Instant>,
    /// Why the newest attempt failed, without the recipient's number or address.
    pub reason: Option<String>,
    pub sent_at: Option<Instant>,
}

/// What is to be sent, before it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub channel: Channel,
    pub recipient: UserId,
    pub subject: String,
    pub text: String,
    pub useful_until: Instant,
}

/// What becomes of a message, from the state it was decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub state: State,
    pub attempts: u32,
    /// `None`: finished.
    pub due_at: Option<Instant>,
    pub reason: Option<String>,
    pub sent_at: Option<Instant>,
}

/// Why a message is not to be sent now, by precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRejection {
    #[error("it is finished")]
    Finished,
    #[error("it is not due before {due_at}")]
    NotDue { due_at: Instant },
    #[error("it is of no use any more")]
    TooLate,
}

impl Channel {
    pub const ALL: &[Self] = &[Self::Sms, Self::Email];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|channel| channel.as_str() == text)
    }
}

impl State {
    pub const ALL: &[Self] =
        &[Self::Waiting, Self::Sending, Self::Sent, Self::Failed, Self::Skipped];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

impl Draft {
    /// The message that waits from `now` on.
    #[must_use]
    pub fn waiting(self, now: Instant) -> Message {
        let Self { channel, recipient, subject, text, useful_until } = self;
        Message {
            channel,
            recipient,
            subject,
            text,
            created_at: now,
            useful_until,
            state: State::Waiting,
            attempts: 0,
            due_at: Some(now + WAITING_MAX),
            reason: None,
            sent_at: None,
        }
    }
}

impl Message {
    /// The message after `change`.
    #[must_use]
    pub fn after(&self, change: Change) -> Self {
        let Change { state, attempts, due_at, reason, sent_at } = change;
        Self { state, attempts, due_at, reason, sent_at, ..self.clone() }
    }

    fn finished(&self, state: State, reason: Option<String>) -> Change {
        Change { state, attempts: self.attempts, due_at: None, reason, sent_at: None }
    }
}

/// Begins an attempt. A waiting message may be claimed at once; a failed or abandoned one when
/// it is due.
pub fn claim(message: &Message, now: Instant) -> Result<Change, ClaimRejection> {
    let Some(due_at) = message.due_at else { return Err(ClaimRejection::Finished) };
    if message.state != State::Waiting && now < due_at {
        return Err(ClaimRejection::NotDue { due_at });
    }
    if now >= message.useful_until {
        return Err(ClaimRejection::TooLate);
    }
    Ok(Change {
        state: State::Sending,
        attempts: message.attempts.saturating_add(1),
        due_at: Some(now + LEASE),
        reason: None,
        sent_at: None,
    })
}

/// The provider took the claimed message.
#[must_use]
pub fn complete(claimed: &Message, now: Instant) -> Change {
    Change { sent_at: Some(now), ..claimed.finished(State::Sent, None) }
}

/// The attempt failed; the next sweep tries again.
#[must_use]
pub fn fail(claimed: &Message, reason: String, now: Instant) -> Change {
    Change { due_at: Some(now), ..claimed.finished(State::Failed, Some(reason)) }
}

/// Today's budget is spent: no attempt is begun before the next day in Seoul.
#[must_use]
pub fn defer(message: &Message, now: Instant) -> Change {
    let reason = format!("the {} budget of {} is spent", message.channel.as_str(), seoul_day(now));
    Change { due_at: Some(next_day(now)), ..message.finished(State::Failed, Some(reason)) }
}

/// There is nowhere to send it to.
#[must_use]
pub fn skip(message: &Message, reason: &str) -> Change {
    message.finished(State::Skipped, Some(reason.to_owned()))
}

/// It was not sent while it was of use.
#[must_use]
pub fn expire(message: &Message) -> Change {
    let newest = message.reason.as_deref().unwrap_or("no attempt was recorded");
    message.finished(State::Failed, Some(format!("given up; {newest}")))
}

/// The next midnight in Seoul.
fn next_day(now: Instant) -> Instant {
    const DAY_MS: i64 = Span::days(1).as_millis();
    const OFFSET_MS: i64 = Span::hours(9).as_millis();
    let days = (now.millis() + OFFSET_MS).div_euclid(DAY_MS);
    Instant::from_millis((days + 1) * DAY_MS - OFFSET_MS)
}

#[cfg(test)]
mod tests;
