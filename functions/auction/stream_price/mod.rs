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
use domain::auction::{Head, Status};
use futures::stream;
use http::{HeaderMap, HeaderValue, header};
use kernel::{AuctionId, Instant, Span, codes};
use platform::{Access, App, Function, Grant, Http, Now, Path, Problem};
use serde_json::json;
use store::{Read, Table};
use utoipa_axum::routes;

use crate::{closing::close_if_due, refusal, view::StatusView};

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
.timeout_s(630);

/// Two pushes a second at most (`rules.md`, "Auction").
const POLL_EVERY: Span = Span::millis(500);
/// Then the client is asked to connect again.
const STREAM_LIFE: Span = Span::minutes(10);
/// A comment this often keeps proxies from closing a quiet stream.
const KEEP_ALIVE_EVERY: Span = Span::seconds(15);

/// Where a client stands: `epoch-sequence-end`. Every visible change makes it greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    epoch: u32,
    sequence: u32,
    over: bool,
}

struct Feed {
    app: App,
    auction: AuctionId,
    began: Instant,
    spoke: Instant,
    sent: Option<Mark>,
    /// The client resumed: its last mark is not to be repeated.
    resumed: bool,
    done: bool,
    first: bool,
}

/// Streams the live price
///
/// `init` comes first with the price of this moment, then a `price` event per change, at most two a
/// second, never a lower price within an epoch. `end` tells the outcome; after ten minutes
/// `reconnect` asks to connect again. With `Last-Event-ID` nothing older is repeated. After an
/// admin
/// voids a bid, a new `init` states the corrected price.
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
    let head = app.store.auction_head(auction, Read::Eventual).await?;
    head.ok_or_else(|| refusal::not_found(auction))?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let sent = last.and_then(Mark::parse);
    let resumed = sent.is_some();
    let feed =
        Feed { app, auction, began: now, spoke: now, sent, resumed, done: false, first: true };
    let events = stream::unfold(feed, |mut feed| async {
        let chunk = feed.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(chunk)), feed))
    });
    let kind = HeaderValue::from_static("text/event-stream; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(events)).into_response())
}

impl Mark {
    fn of(head: &Head) -> Self {
        Self { epoch: head.epoch, sequence: head.sequence, over: head.status != Status::Open }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let epoch = parts.next()?.parse().ok()?;
        let sequence = parts.next()?.parse().ok()?;
        let over = match parts.next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        Some(Self { epoch, sequence, over })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.epoch, self.sequence, u8::from(self.over))
    }
}

impl Feed {
    /// The next chunk to send; `None` when the stream is over.
    async fn next(&mut self) -> Option<String> {
        if self.done {
            return None;
        }
        loop {
            if !std::mem::take(&mut self.first) {
                self.app.clock.sleep(POLL_EVERY).await;
            }
            let now = self.app.clock.now();
            if now.since(self.began) >= STREAM_LIFE {
                self.done = true;
                return Some("retry: 1000\nevent: reconnect\ndata: {}\n\n".to_owned());
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

    async fn look(&self, now: Instant) -> Result<Option<Head>, store::StoreError> {
        match self.app.store.auction_head(self.auction, Read::Eventual).await? {
            Some(head) => close_if_due(&self.app, head, now).await.map(Some),
            None => Ok(None),
        }
    }

    /// The event that brings the client from what was sent to `head`; none when there is no news.
    fn tell(&mut self, head: &Head, now: Instant) -> Option<String> {
        let mark = Mark::of(head);
        let corrected = self.sent.is_some_and(|sent| sent.epoch < mark.epoch);
        let name = match self.sent {
            None => "init",
            // A client that was already told the end connects again: it is told once more and let
            // go.
            Some(sent) if sent == mark && mark.over && self.resumed => "end",
            Some(sent) if sent >= mark => return None,
            Some(_) if mark.over => "end",
            Some(_) if corrected => "init",
            Some(_) => "price",
        };
        self.sent = Some(mark);
        self.done = name == "end";
        let data = json!({
            "auctionId": head.terms.auction,
            "status": StatusView::of(head, now),
            "price": head.price,
            "minimumNextBid": head.minimum_next_bid(),
            "bidCount": head.bid_count,
            "leader": head.lead.map(|lead| lead.tag.to_string()),
            "endsAt": head.ends_at,
            "epoch": head.epoch,
            "sequence": head.sequence,
        });
        let event = format!("id: {mark}\nevent: {name}\ndata: {data}\n\n");
        // Whoever connects after the end is told so at once, after the state.
        if name == "init" && mark.over {
            self.done = true;
            return Some(format!("{event}id: {mark}\nevent: end\ndata: {data}\n\n"));
        }
        Some(event)
    }
}

#[cfg(test)]
mod tests;
