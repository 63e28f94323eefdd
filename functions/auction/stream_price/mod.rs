//! The live price as Server-Sent Events.
//!
//! The function polls the head twice a second, which coalesces any bid rate to two pushes a second
//! and needs no connection table. What it sends never goes back: an older read is skipped.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::auction::Head;
use futures::stream;
use http::{HeaderMap, HeaderValue, header};
use kernel::{AuctionId, Instant, Span, codes};
use platform::{Access, App, Function, Grant, Http, Now, Path, Problem};
use serde_json::json;
use store::{Read, StoreError, Table};
use utoipa_axum::routes;

use crate::{
    closing::close_if_due,
    live::{LivePrice, Mark, Phase},
    refusal,
};

const PATH: &str = "/v1/auctions/{auctionId}/stream";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "stream_price",
    Http::get(PATH, || routes!(handle))
        .access(Access::Public)
        .streamed()
        .problems(&[codes::AUCTION_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Auction).get().update()])
.memory_mb(128)
.timeout_s(30);

/// Two pushes a second at most (`rules.md`, "Auction").
const POLL_EVERY: Span = Span::millis(500);
/// Then the client is asked to connect again. Nobody notices a viewer who leaves: a stream holds
/// its Lambda this long at most, and a last read that is slow still ends within 25 s.
const STREAM_LIFE: Span = Span::seconds(24);
/// A comment this often keeps proxies from closing a quiet stream.
const KEEP_ALIVE_EVERY: Span = Span::seconds(15);

struct Feed {
    app: App,
    auction: AuctionId,
    began: Instant,
    spoke: Instant,
    /// What `init` tells, until it is told.
    first: Option<Head>,
    sent: Mark,
    done: bool,
}

/// Streams the live price
///
/// `init` comes first, always, with the state of this moment; then `open` when a scheduled auction
/// begins, and `price` per change, at most two events a second, never a lower price within an
/// epoch. After an admin voids a bid, a new `init` states the corrected price. `end` tells the
/// outcome; of an auction that is over it follows at once. After 24 seconds `reconnect` asks to
/// connect again: with `Last-Event-ID` (a browser sends it by itself) the new stream begins with
/// nothing older than that event. Every event's data has the server's `now`.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("auctionId" = String, Path, format = Uuid, description = "The auction"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event received"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String, description = "Events")
    )
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path(auction): Path<AuctionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let seen = last.and_then(Mark::parse);
    let head = read(&app, auction, seen, now).await?;
    let head = head.ok_or_else(|| refusal::not_found(auction))?;
    // A close that cannot be written now is written by whoever looks next.
    let head = close_if_due(&app, head.clone(), now).await.unwrap_or(head);
    let sent = Mark::of(&head, now);
    let feed = Feed { app, auction, began: now, spoke: now, first: Some(head), sent, done: false };
    let events = stream::unfold(feed, |mut feed| async {
        let chunk = feed.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(chunk)), feed))
    });
    let kind = HeaderValue::from_static("text/event-stream; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(events)).into_response())
}

/// The head, not older than what the client has seen. A mark ahead of the auction is nobody's, and
/// the state as it stands is the answer to it, too.
async fn read(
    app: &App,
    auction: AuctionId,
    seen: Option<Mark>,
    now: Instant,
) -> Result<Option<Head>, StoreError> {
    let head = app.store.auction_head(auction, Read::Eventual).await?;
    match (&head, seen) {
        (Some(old), Some(seen)) if Mark::of(old, now) < seen => {
            app.store.auction_head(auction, Read::Consistent).await
        }
        _ => Ok(head),
    }
}

impl Feed {
    /// The next chunk to send; `None` when the stream is over.
    async fn next(&mut self) -> Option<String> {
        if self.done {
            return None;
        }
        if let Some(head) = self.first.take() {
            return Some(self.begin(&head));
        }
        loop {
            let left = (self.began + STREAM_LIFE).since(self.app.clock.now());
            self.app.clock.sleep(POLL_EVERY.min(left)).await;
            let now = self.app.clock.now();
            if now.since(self.began) >= STREAM_LIFE {
                self.done = true;
                let data = json!({ "now": now });
                return Some(format!("retry: 1000\nevent: reconnect\ndata: {data}\n\n"));
            }
            // A poll that fails is made up for by the next one.
            if let Ok(Some(head)) = self.look(now).await
                && let Some(event) = self.tell(&head, now)
            {
                self.spoke = now;
                return Some(event);
            }
            if now.since(self.spoke) >= KEEP_ALIVE_EVERY {
                self.spoke = now;
                return Some(": still here\n\n".to_owned());
            }
        }
    }

    async fn look(&self, now: Instant) -> Result<Option<Head>, StoreError> {
        match self.app.store.auction_head(self.auction, Read::Eventual).await? {
            Some(head) => close_if_due(&self.app, head, now).await.map(Some),
            None => Ok(None),
        }
    }

    /// The state, and of an auction that is over its end.
    fn begin(&mut self, head: &Head) -> String {
        let init = event("init", head, self.began);
        self.done = self.sent.phase == Phase::Over;
        if self.done { init + &event("end", head, self.began) } else { init }
    }

    /// The event that brings the client from what was sent to `head`; none when there is no news.
    fn tell(&mut self, head: &Head, now: Instant) -> Option<String> {
        let mark = Mark::of(head, now);
        if mark <= self.sent {
            return None;
        }
        let opened = self.sent.phase == Phase::Scheduled && mark.sequence == self.sent.sequence;
        let name = match mark.phase {
            Phase::Over => "end",
            _ if mark.epoch > self.sent.epoch => "init",
            Phase::Open if opened => "open",
            Phase::Open | Phase::Scheduled => "price",
        };
        self.sent = mark;
        self.done = name == "end";
        Some(event(name, head, now))
    }
}

fn event(name: &str, head: &Head, now: Instant) -> String {
    let mark = Mark::of(head, now);
    let data = json!(LivePrice::new(head, now));
    format!("id: {mark}\nevent: {name}\ndata: {data}\n\n")
}

#[cfg(test)]
mod tests;
