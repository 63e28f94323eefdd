//! `cargo xtask verify-auction <export.json>`: recomputes chain, winner and price from what
//! `GET /v1/auctions/{id}/ledger` answered, trusting nothing but the rules.

use std::path::Path;

use anyhow::{Context, bail};
use domain::auction::{
    BidderTag, EntryKind, Hash, Salt, Terms,
    ledger::{FORMAT, Line},
    verify::{Opened, Verdict, verify},
};
use kernel::{AuctionId, BidId, Instant, UserId, Won};
use serde::Deserialize;

/// The export. Unknown members are ignored: what matters is recomputed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    format: String,
    terms: ExportTerms,
    status: String,
    price: Won,
    leader: Option<String>,
    chain: String,
    entries: Vec<ExportEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportTerms {
    auction_id: AuctionId,
    seller_id: UserId,
    start_price: Won,
    increment: Option<Won>,
    buy_now_price: Option<Won>,
    starts_at: Instant,
    scheduled_end: Instant,
    reserve: Option<Won>,
    reserve_salt: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportEntry {
    sequence: u32,
    epoch: u32,
    kind: String,
    bid_id: BidId,
    bidder: String,
    amount: Won,
    maximum_commitment: String,
    maximum: Option<Won>,
    salt: Option<String>,
    received_at: Instant,
    price: Won,
    leader: Option<String>,
    ends_at: Instant,
    hash: String,
}

/// Prints the verdict, or fails naming the first entry that does not fit.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let [path] = arguments else { bail!("usage: cargo xtask verify-auction <export.json>") };
    let text = std::fs::read_to_string(Path::new(path)).with_context(|| path.clone())?;
    println!("{}", check(&text)?);
    Ok(())
}

/// The verdict on an export as text.
pub fn check(text: &str) -> anyhow::Result<String> {
    let export: Export = serde_json::from_str(text).context("not a ledger export")?;
    if export.format != FORMAT {
        bail!("format {} is not {FORMAT}", export.format);
    }
    if matches!(export.status.as_str(), "open" | "scheduled") {
        bail!("the auction is still {}: maximums are revealed at its end", export.status);
    }
    let (terms, salt) = terms(&export.terms)?;
    let lines = export.entries.iter().map(opened).collect::<anyhow::Result<Vec<_>>>()?;
    let verdict = verify(&terms, salt, &lines)?;
    compare(&export, &verdict)?;
    Ok(summary(&export, &verdict))
}

fn terms(raw: &ExportTerms) -> anyhow::Result<(Terms, Salt)> {
    let reserve = raw.reserve.context("terms: the reserve is not revealed")?;
    let salt = raw.reserve_salt.as_ref().context("terms: the reserve's salt is missing")?;
    let terms = Terms {
        auction: raw.auction_id,
        seller: raw.seller_id,
        start_price: raw.start_price,
        increment: raw.increment,
        reserve: (reserve > Won::ZERO).then_some(reserve),
        buy_now: raw.buy_now_price,
        starts_at: raw.starts_at,
        scheduled_end: raw.scheduled_end,
    };
    Ok((terms, salt.parse().context("terms: the reserve's salt")?))
}

fn opened(raw: &ExportEntry) -> anyhow::Result<Opened> {
    let at = || format!("entry {}", raw.sequence);
    let tag = |text: &String| text.parse::<BidderTag>().with_context(at);
    let line = Line {
        sequence: raw.sequence,
        epoch: raw.epoch,
        kind: kind(&raw.kind).with_context(at)?,
        bid: raw.bid_id,
        tag: tag(&raw.bidder)?,
        amount: raw.amount,
        maximum_commitment: raw.maximum_commitment.parse().with_context(at)?,
        received_at: raw.received_at,
        price: raw.price,
        leader: raw.leader.as_ref().map(tag).transpose()?,
        ends_at: raw.ends_at,
        hash: raw.hash.parse::<Hash>().with_context(at)?,
    };
    let maximum = raw.maximum.context("its maximum is not revealed").with_context(at)?;
    let salt = raw.salt.as_ref().context("its salt is missing").with_context(at)?;
    Ok(Opened { line, maximum, salt: salt.parse().with_context(at)? })
}

fn kind(text: &str) -> anyhow::Result<EntryKind> {
    match (text, text.strip_prefix("void-")) {
        ("bid", _) => Ok(EntryKind::Bid),
        ("buy-now", _) => Ok(EntryKind::BuyNow),
        (_, Some(sequence)) => Ok(EntryKind::Void { sequence: sequence.parse()? }),
        (other, None) => bail!("there is no kind {other}"),
    }
}

/// What the export claims of the outcome must be what its entries amount to.
fn compare(export: &Export, verdict: &Verdict) -> anyhow::Result<()> {
    let leader = verdict.leader.map(|tag| tag.to_string());
    let due = match (verdict.sold_by_buy_now, verdict.reserve_met) {
        (true, _) => "sold-buy-now",
        (false, true) => "won",
        (false, false) => "unsold",
    };
    if export.status != due && export.status != "cancelled" {
        bail!("the outcome: it should be {due}, not {}", export.status);
    }
    if export.price != verdict.price {
        bail!("the price: it should be {}, not {}", verdict.price, export.price);
    }
    if export.leader != leader {
        bail!("the leader: it should be {leader:?}, not {:?}", export.leader);
    }
    if export.chain != verdict.chain.to_string() {
        bail!("the last entries are missing: the chain ends elsewhere");
    }
    Ok(())
}

fn summary(export: &Export, verdict: &Verdict) -> String {
    let entries = export.entries.len();
    let auction = export.terms.auction_id;
    let outcome = match (&export.leader, export.status.as_str()) {
        (Some(leader), "won" | "sold-buy-now") => {
            format!("won by {leader} at {} won", verdict.price)
        }
        (_, status) => status.to_owned(),
    };
    format!("auction {auction}: {entries} entries verified, {outcome}")
}
