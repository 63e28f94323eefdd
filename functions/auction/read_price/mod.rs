//! The live price as one small answer that a shared cache may keep for a second: what a crowd is
//! served from, at the cost of one reader.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::auction::{Head, Status};
use http::{HeaderMap, StatusCode, header};
use kernel::{AuctionId, codes};
use platform::{Access, App, Function, Grant, Http, Now, Path, Problem};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::{
    live::{LivePrice, Mark},
    memory::Heads,
    refusal,
};

const PATH: &str = "/v1/auctions/{auctionId}/price";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "read_price",
    Http::get(PATH, || routes!(handle))
        .access(Access::Public)
        .problems(&[codes::AUCTION_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Auction).get()]);

/// What an edge may keep (`rules.md`, "Auction").
const KEPT: &str = "public, max-age=1";

/// Shows the live price
///
/// The same body as the data of the stream's events, the same for everybody, and good for a second
/// in any cache: this is how a crowd is served. A body may be older than one seen before: a client
/// keeps the one with the greater `epoch`, then `sequence`. The `ETag` changes with what is pushed,
/// not with `now`.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("auctionId" = String, Path, format = Uuid, description = "The auction"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` that was read"),
    ),
    responses(
        (
            status = 200,
            body = LivePrice,
            description = "The price",
            headers(
                ("ETag" = String, description = "Like `W/\"0-7-1\"`"),
                ("Cache-Control" = String, description = "`public, max-age=1`"),
            ),
        ),
        (status = 304, description = "Nothing has changed since"),
    )
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path(auction): Path<AuctionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let read = app.store.auction_head(auction, Read::Eventual).await?;
    let read = read.ok_or_else(|| refusal::not_found(auction))?;
    let heads = app.memory::<Heads>();
    let known = heads.get(auction, now).map(|(head, _)| head);
    let head = newest(read, known);
    heads.put(&head, now);
    let mark = Mark::of(&head, now);
    let etag = format!("W/\"{mark}\"");
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == etag.as_str());
    let kept = [(header::ETAG, etag), (header::CACHE_CONTROL, KEPT.to_owned())];
    if unchanged {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, axum::Json(LivePrice::new(&head, now))).into_response())
}

/// An eventually consistent read may be older than the one before it.
fn newest(read: Head, known: Option<Head>) -> Head {
    let age = |head: &Head| (head.epoch, head.sequence, head.status != Status::Open);
    match known {
        Some(known) if age(&known) > age(&read) => known,
        _ => read,
    }
}

#[cfg(test)]
mod tests;
