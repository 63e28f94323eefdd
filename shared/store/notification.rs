//! The notification centre's rows; messages to phones and mailboxes, with their daily budget.

use domain::notification::{Change, Channel, DONE_KEPT, Kind, Message, Notice, State};
use events::Envelope;
use kernel::{Instant, NotificationId, Span, UserId, seoul_day};

use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Key, Page, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys,
};

pub use crate::label::MessageWrite;

/// How many due messages a sweep takes at a time.
const DUE_PAGE: u32 = 100;
/// How long a day's counter is kept.
const BUDGET_KEPT: Span = Span::days(7);

/// A row of somebody's notification centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub notice: Notice,
    pub created_at: Instant,
    /// `None`: unread.
    pub read_at: Option<Instant>,
}

/// How the start of an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The attempt is ours.
    Taken,
    /// Another attempt was faster.
    Overtaken,
    /// Today's budget is spent; nothing was changed.
    OverBudget,
}

impl Store {
    /// Adds a row for `user`. A row that is there already is left as it is.
    pub async fn notification_create(
        &self,
        user: UserId,
        notification: &Notification,
    ) -> Result<(), CommitError> {
        let Notification { id, notice, created_at, .. } = notification;
        let item = ItemWriter::under(&keys::notification(user, *id))
            .text("kind", notice.kind.as_str())
            .text("title", notice.title.as_str())
            .text("body", notice.body.as_str())
            .text("link", notice.link.as_str())
            .instant("createdAt", *created_at)
            .item();
        match self.write(Write::create(Table::Notification, item)).await {
            Err(CommitError::Condition { .. }) => Ok(()),
            answer => answer,
        }
    }

    /// A user's rows, newest first.
    pub async fn notifications(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Notification>, StoreError> {
        let query = Query::of(Table::Notification, keys::notifications_of(user), limit);
        let page = self.query(query.newest_first().after(after)).await?;
        Ok(page.try_map(|item| notification(&item))?)
    }

    /// Marks a row as read; the first time counts. `false`: the user has no such row.
    pub async fn notification_mark_read(
        &self,
        user: UserId,
        id: NotificationId,
        now: Instant,
    ) -> Result<bool, CommitError> {
        let write = Write::update(Table::Notification, keys::notification(user, id))
            .set_number("readAt", now.millis())
            .if_present("pk")
            .if_absent("readAt");
        match self.write(write).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { item, .. }) => Ok(item.is_some()),
            Err(error) => Err(error),
        }
    }

    /// Adds a message that waits, together with the event that calls the sender. A message of that
    /// name that is there already, in whatever state, is left as it is: that is what makes it one
    /// message, so an expired row that still stands counts too.
    pub async fn message_create(
        &self,
        name: &str,
        message: &Message,
        event: &Envelope,
    ) -> Result<(), CommitError> {
        let row = Write::create(Table::Notification, message_item(name, message));
        let transaction = Transaction::new().write_as(MessageWrite::Message, row).event(event);
        match self.commit(transaction).await {
            Err(error) if error.is_condition_of(MessageWrite::Message) => Ok(()),
            answer => answer,
        }
    }

    pub async fn message(&self, name: &str, now: Instant) -> Result<Option<Message>, StoreError> {
        let item = self.get(Table::Notification, &keys::message(name), Read::Consistent).await?;
        let expired = |item: &Item| {
            ItemReader(item).maybe_number("ttl").is_some_and(|ttl| ttl <= now.seconds())
        };
        let item = item.filter(|item| !expired(item));
        Ok(item.as_ref().map(read_message).transpose()?)
    }

    /// Begins the attempt that `change` describes and takes one of the day's `budget`, both or
    /// neither: the budget ends exactly at its last message, however many come at once.
    pub async fn message_claim(
        &self,
        name: &str,
        seen: &Message,
        change: &Change,
        budget: i64,
        now: Instant,
    ) -> Result<Claim, CommitError> {
        if budget < 1 {
            return Ok(Claim::OverBudget);
        }
        let counter = keys::budget(seen.channel.as_str(), &seoul_day(now));
        let spend = Write::update(Table::Notification, counter)
            .add("spent", 1)
            .set_number("ttl", (now + BUDGET_KEPT).seconds())
            .when_absent_or("spent", "<", budget);
        let claim = changed(name, seen, change, now);
        let transaction = Transaction::new()
            .write_as(MessageWrite::Message, claim)
            .write_as(MessageWrite::Budget, spend);
        match self.commit(transaction).await {
            Ok(()) => Ok(Claim::Taken),
            Err(error) if error.is_condition_of(MessageWrite::Message) => Ok(Claim::Overtaken),
            Err(error) if error.is_condition_of(MessageWrite::Budget) => Ok(Claim::OverBudget),
            Err(error) => Err(error),
        }
    }

    /// Records what became of a message. One that has moved on since `seen` is left as it is.
    pub async fn message_change(
        &self,
        name: &str,
        seen: &Message,
        change: &Change,
        now: Instant,
    ) -> Result<(), CommitError> {
        match self.write(changed(name, seen, change, now)).await {
            Err(CommitError::Condition { .. }) => Ok(()),
            answer => answer,
        }
    }

    /// The names of unfinished messages of one [`keys::unsent_shards`] that are due, oldest first.
    pub async fn messages_due(
        &self,
        shard: &str,
        now: Instant,
        after: Option<Position>,
    ) -> Result<Page<Result<String, Corrupt>>, StoreError> {
        let query = Query::of(Table::Notification, shard, DUE_PAGE).index(1).after(after);
        let page = self.query(query.between("0", keys::unsent_until(now))).await?;
        Ok(page.map(|item| {
            let name = Key::of(&item).and_then(|key| keys::message_name(&key).map(str::to_owned));
            name.ok_or_else(|| Corrupt("a message without a name".to_owned()))
        }))
    }
}

fn notification(item: &Item) -> Result<Notification, Corrupt> {
    let row = ItemReader(item);
    let id = row.text("sk")?.parse();
    Ok(Notification {
        id: id.map_err(|_| Corrupt("a notification's id".to_owned()))?,
        notice: Notice {
            kind: one_of("kind", row.text("kind")?, Kind::parse)?,
            title: row.text("title")?.to_owned(),
            body: row.text("body")?.to_owned(),
            link: row.text("link")?.to_owned(),
        },
        created_at: row.instant("createdAt")?,
        read_at: row.maybe_number("readAt").map(Instant::from_millis),
    })
}

/// A message as it is created: unfinished, never attempted.
fn message_item(name: &str, message: &Message) -> Item {
    let item = ItemWriter::under(&keys::message(name))
        .text("channel", message.channel.as_str())
        .id("recipient", message.recipient)
        .text("subject", message.subject.as_str())
        .text("text", message.text.as_str())
        .instant("createdAt", message.created_at)
        .instant("usefulUntil", message.useful_until)
        .text("state", message.state.as_str())
        .number("attempts", message.attempts);
    let Some(due) = message.due_at else { return item.item() };
    let (shard, at) = keys::unsent(name, due);
    item.instant("dueAt", due).text("gsi1pk", shard).text("gsi1sk", at).item()
}

fn read_message(item: &Item) -> Result<Message, Corrupt> {
    let row = ItemReader(item);
    Ok(Message {
        channel: one_of("channel", row.text("channel")?, Channel::parse)?,
        recipient: row.id("recipient")?,
        subject: row.text("subject")?.to_owned(),
        text: row.text("text")?.to_owned(),
        created_at: row.instant("createdAt")?,
        useful_until: row.instant("usefulUntil")?,
        state: one_of("state", row.text("state")?, State::parse)?,
        attempts: row.count("attempts")?,
        due_at: row.maybe_number("dueAt").map(Instant::from_millis),
        reason: row.maybe_text("reason").map(str::to_owned),
        sent_at: row.maybe_number("sentAt").map(Instant::from_millis),
    })
}

fn one_of<T>(what: &str, text: &str, parse: fn(&str) -> Option<T>) -> Result<T, Corrupt> {
    parse(text).ok_or_else(|| Corrupt(format!("{what} {text}")))
}

/// `change`, on condition that the message is still as it was `seen`.
fn changed(name: &str, seen: &Message, change: &Change, now: Instant) -> Write {
    let mut write = Write::update(Table::Notification, keys::message(name))
        .set_text("state", change.state.as_str())
        .set_number("attempts", change.attempts)
        .when_text("state", "=", seen.state.as_str())
        .when_number("attempts", "=", seen.attempts);
    write = match change.due_at {
        Some(due) => {
            let (shard, at) = keys::unsent(name, due);
            let write = write.set_number("dueAt", due.millis());
            write.set_text("gsi1pk", shard).set_text("gsi1sk", at)
        }
        None => {
            let write = write.remove("dueAt").remove("gsi1pk").remove("gsi1sk");
            write.set_number("ttl", (now + DONE_KEPT).seconds())
        }
    };
    write = match &change.reason {
        Some(reason) => write.set_text("reason", reason),
        None => write.remove("reason"),
    };
    match change.sent_at {
        Some(at) => write.set_number("sentAt", at.millis()),
        None => write,
    }
}
