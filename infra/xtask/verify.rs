//! `cargo xtask verify-auction <export.json>…`: recomputes chain, winner and price from what
//! `GET /v1/auctions/{id}/ledger` answered, and reads every member of it.
//!
//! The entries are judged first, so that whatever was changed among them is named; then each page's
//! head is held against the entries that it sums up, and the server's statement against the head.
//! With the server's public keys the statement's signature is checked, too: whoever holds the file
//! can forge everything else.

mod export;
mod heads;

use std::path::Path;

use anyhow::{Context, bail};
use domain::auction::{
    ledger::Line,
    verify::{Opened, Verdict, verify, verify_sealed},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};

use export::{Export, ExportEntry, ExportStatus, Statement};

const USAGE: &str = "\
usage: cargo xtask verify-auction <export.json>… [--jwks jwks.json]

  several files: the pages of one export, in order
  --jwks FILE    also check the signature of the server's statement";

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
    let pages = export::read(pages)?;
    let last = pages.last().context(USAGE)?;
    let entries: Vec<&ExportEntry> = pages.iter().flat_map(|page| &page.entries).collect();
    let lines = entries.iter().map(|entry| entry.line()).collect::<anyhow::Result<Vec<Line>>>()?;
    let verdict = if last.status.is_sale() {
        Some(replay(&pages, last, &entries)?)
    } else {
        check_sealed(&pages, last, &lines)?;
        None
    };
    heads::check(&pages, &lines)?;
    let found = verdict.map(|verdict| outcome(last, &verdict)).transpose()?;
    let signed = match jwks {
        Some(jwks) => {
            pages.iter().try_for_each(|page| check_signature(page, jwks))?;
            "signed by the server"
        }
        None => "signature not checked",
    };
    let auction = last.terms.auction_id;
    let count = lines.len();
    Ok(match found {
        Some(found) => format!("auction {auction}: {count} entries verified ({signed}), {found}"),
        None => {
            let status = last.status;
            format!("auction {auction}: chain of {count} entries verified ({signed}), {status}")
        }
    })
}

/// Replays the rules on what a sale has opened.
fn replay(pages: &[Export], last: &Export, entries: &[&ExportEntry]) -> anyhow::Result<Verdict> {
    for (number, page) in (1..).zip(pages) {
        // No fault of anybody's: it ended between the two readings.
        if !page.status.is_sale() {
            bail!("page {number} was read before the auction had sold: read it again");
        }
    }
    let (terms, salt) = last.terms.opened()?;
    let opened = entries.iter().map(|entry| entry.opened());
    let opened = opened.collect::<anyhow::Result<Vec<Opened>>>()?;
    Ok(verify(&terms, salt, &opened)?)
}

/// Who won at what price, if that is what the file says.
fn outcome(last: &Export, verdict: &Verdict) -> anyhow::Result<String> {
    let due = due(verdict);
    if last.status != due {
        bail!("the outcome: it should be {due}, not {}", last.status);
    }
    let winner = verdict.leader.context("nobody has won")?;
    Ok(format!("won by {winner} at {} won", verdict.price))
}

const fn due(verdict: &Verdict) -> ExportStatus {
    match (verdict.sold_by_buy_now, verdict.reserve_met) {
        (true, _) => ExportStatus::SoldBuyNow,
        (false, true) => ExportStatus::Won,
        (false, false) => ExportStatus::Unsold,
    }
}

/// An auction that sold nothing keeps its maximums: what is public is all there is to check, and
/// what claims to be a maximum or a reserve is nobody's.
fn check_sealed(pages: &[Export], last: &Export, lines: &[Line]) -> anyhow::Result<()> {
    let reserve = last.terms.commitment()?;
    verify_sealed(&last.terms.sealed(), reserve, lines)?;
    for page in pages {
        let status = page.status;
        if let Some(entry) = page.entries.iter().find(|entry| entry.tells()) {
            bail!("entry {}: nothing opens its maximum while it is {status}", entry.sequence);
        }
        if page.terms.tells() {
            bail!("terms: nothing opens the reserve while it is {status}");
        }
    }
    Ok(())
}

fn check_signature(page: &Export, jwks: &str) -> anyhow::Result<()> {
    let jwks: JwkSet = serde_json::from_str(jwks).context("not a JSON Web Key Set")?;
    let kid = decode_header(&page.statement).context("the statement")?.kid;
    let key = jwks.find(&kid.unwrap_or_default()).context("the statement is of another key")?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    decode::<Statement>(&page.statement, &DecodingKey::from_jwk(key)?, &rules)
        .context("the statement: the server did not sign it")?;
    Ok(())
}
