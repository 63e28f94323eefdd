//! `cargo xtask verify-auction <export.json>`: recomputes chain, winner and price from what
//! `GET /v1/auctions/{id}/ledger` answered. With the server's public keys it also checks the signed
//! statement: entries cut off the end are found out by nothing else.

use std::path::Path;

use anyhow::{Context, bail};
use domain::auction::{
    BidderTag, EntryKind, Hash, Salt, Terms,
    ledger::{FORMAT, Line},
    verify::{Opened, Verdict, verify, verify_sealed},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
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
    statement: String,
    entries: Vec<ExportEntry>,
    next_cursor: Option<String>,
}

/// What the server signed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    typ: String,
    auction_id: AuctionId,
    status: String,
    sequence: u32,
    chain: String,
    price: Won,
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
    reserve_commitment: String,
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

const USAGE: &str = "\
usage: cargo xtask verify-auction <export.json>… [--jwks jwks.json]

  several files: the pages of one export, in order
  --jwks FILE    also check the server's signed statement, which a file that was cut cannot carry";

/// Prints the verdict, or fails naming the first entry that does not fit.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let mut words = arguments.iter();
    let mut pages = Vec::new();
    let mut jwks = None;
    while let Some(word) = words.next() {
        let path = if word == "--jwks" { words.next().context(USAGE)? } else { word };
        let text = std::fs::read_to_string(Path::new(path)).with_context(|| path.clone())?;
        if word == "--jwks" { jwks = Some(text) } else { pages.push(text) }
    }
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    println!("{}", check(&pages, jwks.as_deref())?);
    Ok(())
}

/// The verdict on an export (its pages in order) as text.
pub fn check(pages: &[&str], jwks: Option<&str>) -> anyhow::Result<String> {
    let export = join(pages)?;
    let signed = match jwks {
        Some(jwks) => {
            check_statement(&export, jwks)?;
            "signed by the server"
        }
        None => "signature not checked",
    };
    if !matches!(export.status.as_str(), "won" | "sold-buy-now") {
        return check_sealed(&export, signed);
    }
    let (terms, salt) = terms(&export.terms)?;
    let lines = export.entries.iter().map(opened).collect::<anyhow::Result<Vec<_>>>()?;
    let verdict = verify(&terms, salt, &lines)?;
    compare(&export, &verdict)?;
    Ok(summary(&export, &verdict, signed))
}

fn join(pages: &[&str]) -> anyhow::Result<Export> {
    let mut whole: Option<Export> = None;
    for page in pages {
        let page: Export = serde_json::from_str(page).context("not a ledger export")?;
        if page.format != FORMAT {
            bail!("format {} is not {FORMAT}", page.format);
        }
        match &mut whole {
            None => whole = Some(page),
            Some(whole) => {
                whole.entries.extend(page.entries);
                whole.next_cursor = page.next_cursor;
            }
        }
    }
    let whole = whole.context(USAGE)?;
    if whole.next_cursor.is_some() {
        bail!("pages are missing: ask for the next with cursor=<nextCursor>");
    }
    Ok(whole)
}

/// An auction that sold nothing keeps its maximums: order and chain are all there is to check.
fn check_sealed(export: &Export, signed: &str) -> anyhow::Result<String> {
    let terms = terms_sealed(&export.terms);
    let lines = export.entries.iter().map(line).collect::<anyhow::Result<Vec<_>>>()?;
    let reserve = export.terms.reserve_commitment.parse().context("terms: the reserve")?;
    let chain = verify_sealed(&terms, reserve, &lines)?;
    if export.chain != chain.to_string() {
        bail!("the last entries are missing: the chain ends elsewhere");
    }
    let entries = lines.len();
    let status = &export.status;
    let auction = terms.auction;
    Ok(format!("auction {auction}: chain of {entries} entries verified ({signed}), {status}"))
}

/// The server's own statement must say what the file says.
fn check_statement(export: &Export, jwks: &str) -> anyhow::Result<()> {
    let jwks: JwkSet = serde_json::from_str(jwks).context("not a JSON Web Key Set")?;
    let kid = decode_header(&export.statement).context("the statement")?.kid;
    let key = jwks.find(&kid.unwrap_or_default()).context("the statement is of another key")?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let claims: Statement = decode(&export.statement, &DecodingKey::from_jwk(key)?, &rules)
        .context("the statement's signature")?
        .claims;
    let stated = (claims.typ.as_str(), claims.auction_id, &claims.status, &claims.chain);
    let found = ("ledger-statement", export.terms.auction_id, &export.status, &export.chain);
    let entries = u32::try_from(export.entries.len()).unwrap_or(u32::MAX);
    if stated != found || claims.sequence != entries || claims.price != export.price {
        bail!("the server signed another ledger than this one");
    }
    Ok(())
}

fn terms(raw: &ExportTerms) -> anyhow::Result<(Terms, Salt)> {
    let reserve = raw.reserve.context("terms: the reserve is not revealed")?;
    let salt = raw.reserve_salt.as_ref().context("terms: the reserve's salt is missing")?;
    let reserve = (reserve > Won::ZERO).then_some(reserve);
    let terms = Terms { reserve, ..terms_sealed(raw) };
    Ok((terms, salt.parse().context("terms: the reserve's salt")?))
}

fn terms_sealed(raw: &ExportTerms) -> Terms {
    Terms {
        auction: raw.auction_id,
        seller: raw.seller_id,
        start_price: raw.start_price,
        increment: raw.increment,
        reserve: None,
        buy_now: raw.buy_now_price,
        starts_at: raw.starts_at,
        scheduled_end: raw.scheduled_end,
    }
}

fn opened(raw: &ExportEntry) -> anyhow::Result<Opened> {
    let at = || format!("entry {}", raw.sequence);
    let maximum = raw.maximum.context("its maximum is not revealed").with_context(at)?;
    let salt = raw.salt.as_ref().context("its salt is missing").with_context(at)?;
    Ok(Opened { line: line(raw)?, maximum, salt: salt.parse().with_context(at)? })
}

fn line(raw: &ExportEntry) -> anyhow::Result<Line> {
    let at = || format!("entry {}", raw.sequence);
    let tag = |text: &String| text.parse::<BidderTag>().with_context(at);
    Ok(Line {
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
    })
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
    if export.status != due {
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

fn summary(export: &Export, verdict: &Verdict, signed: &str) -> String {
    let entries = export.entries.len();
    let auction = export.terms.auction_id;
    let outcome = match (&export.leader, export.status.as_str()) {
        (Some(leader), "won" | "sold-buy-now") => {
            format!("won by {leader} at {} won", verdict.price)
        }
        (_, status) => status.to_owned(),
    };
    format!("auction {auction}: {entries} entries verified ({signed}), {outcome}")
}
