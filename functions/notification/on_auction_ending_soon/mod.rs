//! Queue, AuctionEndingSoon — tells everybody who watches the auction, once each.

use domain::notification::auction_ending_soon;
use events::{AuctionEndingSoon, Envelope, Event};
use futures::{TryStreamExt, stream};
use kernel::Span;
use platform::{App, Failure, Function, FunctionName, Grant, Queue, Service, queue::Message};
use serde::{Deserialize, Serialize};
use store::{Position, Read, Table};

use crate::notify::notify;

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_auction_ending_soon",
    "Tells who watches an auction that it ends soon",
    Queue::new(|app, message| Box::pin(handle(app, message)))
        .events(&[AuctionEndingSoon::KIND])
        .batch_size(1),
)
.grants(&[Grant::table(Table::Auction).get().query(), Grant::table(Table::Notification).put()])
.services(&[Service::OwnQueue])
.timeout_s(30);

/// How many watchers one call reads …
const PAGE: u32 = 100;
/// … how many of them are told side by side …
const CONCURRENCY: usize = 16;
/// … and how many pages one message reads. The rest is another message's.
const PAGES_MAX: u32 = 5;

/// What one message leaves to the next.
#[derive(Debug, Serialize, Deserialize)]
struct WatchersLeft {
    event: Envelope,
    after: Position,
}

/// Apart from `handle`: [`FUNCTION`] holds that one, so the compiler would turn in a circle.
const fn own_queue() -> FunctionName {
    FUNCTION.full_name()
}

/// A notice is a row under an id that follows from event and watcher: a repetition adds none.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, mut position) = match message.json::<WatchersLeft>() {
        Ok(WatchersLeft { event, after }) => (event, Some(after)),
        Err(_) => (message.event::<AuctionEndingSoon>()?.0, None),
    };
    let soon: AuctionEndingSoon = event.open()?;
    let head = app.store.auction_head(soon.auction_id, Read::Eventual).await?;
    if head.is_none_or(|head| head.is_over(message.now)) {
        return Ok(()); // bought or cancelled meanwhile
    }
    for _ in 0..PAGES_MAX {
        let page = app.store.watchers(soon.auction_id, PAGE, position).await?;
        let notice = auction_ending_soon(soon.auction_id, &soon.title, soon.ends_at);
        stream::iter(page.items.into_iter().map(Ok))
            .try_for_each_concurrent(CONCURRENCY, |watcher| {
                notify(&app, &event, watcher, notice.clone())
            })
            .await?;
        match page.next {
            Some(next) => position = Some(next),
            None => return Ok(()),
        }
    }
    match position {
        Some(after) => {
            let left = WatchersLeft { event, after };
            Ok(app.publisher.send(own_queue(), &left, Span::millis(0)).await?)
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
