//! What a page says of the whole auction, against the entries that it sums up.
//!
//! Pages are read one after the other, and bids land meanwhile: a page's head sums up the entries
//! that were there when it was read, which its chain tells; only the last page's sums up all.

use anyhow::{Context, bail};
use domain::auction::{
    EntryKind,
    ledger::{Line, genesis_sealed},
};
use jsonwebtoken::dangerous::insecure_decode;
use kernel::{Instant, Won};

use super::export::{Export, ExportStatus, ExportTerms, Statement};

/// What an auction amounts to after so many entries.
struct Moment {
    chain: String,
    price: Won,
    leader: Option<String>,
    ends_at: Instant,
    epoch: u32,
    bought: bool,
}

/// Every page's head, of entries that hold together.
pub(super) fn check(pages: &[Export], lines: &[Line]) -> anyhow::Result<()> {
    let Some(first) = pages.first() else { return Ok(()) };
    let moments = moments(&first.terms, lines)?;
    let mut told = 0;
    for (number, page) in (1..).zip(pages) {
        let at = if pages.len() > 1 { format!("page {number}: ") } else { String::new() };
        told += page.entries.len();
        let claims = Claims { page, at: &at, stated: stated(page, &at)? };
        let covered = claims.covered(&moments)?;
        if covered < told || (number == pages.len() && covered != lines.len()) {
            bail!("entry {}: it comes after what {at}the head sums up", covered + 1);
        }
        claims.hold(&moments, covered)?;
    }
    Ok(())
}

/// The state before the first entry, and after each.
fn moments(terms: &ExportTerms, lines: &[Line]) -> anyhow::Result<Vec<Moment>> {
    let sealed = terms.sealed();
    let mut moments = vec![Moment {
        chain: genesis_sealed(&sealed, terms.commitment()?).to_string(),
        price: sealed.start_price,
        leader: None,
        ends_at: sealed.scheduled_end,
        epoch: 0,
        bought: false,
    }];
    moments.extend(lines.iter().map(|line| {
        let bought = line.kind == EntryKind::BuyNow;
        Moment {
            chain: line.hash.to_string(),
            price: line.price,
            leader: line.leader.map(|tag| tag.to_string()),
            // A purchase ends the auction, whatever its end was to be.
            ends_at: if bought { line.received_at } else { line.ends_at },
            epoch: line.epoch,
            bought,
        }
    }));
    Ok(moments)
}

/// The statement's words, whoever wrote them.
fn stated(page: &Export, at: &str) -> anyhow::Result<Statement> {
    let token = insecure_decode::<Statement>(&page.statement);
    Ok(token.with_context(|| format!("{at}the statement cannot be read"))?.claims)
}

/// A page's head and its statement.
struct Claims<'a> {
    page: &'a Export,
    /// How the page is called.
    at: &'a str,
    stated: Statement,
}

impl Claims<'_> {
    /// How many entries the head sums up. What it sums up and is not there is named.
    fn covered(&self, moments: &[Moment]) -> anyhow::Result<usize> {
        let Self { page, at, stated } = self;
        let entries = moments.len().saturating_sub(1);
        let sequence = usize::try_from(stated.sequence)?;
        if sequence > entries {
            bail!(
                "entry {}: it is missing, of the {sequence} that {at}the server stated",
                entries + 1
            );
        }
        let covered = moments.iter().position(|moment| moment.chain == page.chain);
        let covered =
            covered.with_context(|| format!("{at}the chain: no entry here has that hash"))?;
        if covered != sequence {
            bail!("{at}the statement is of {sequence} entries, the head of {covered}");
        }
        Ok(covered)
    }

    /// The head against the entries that it sums up, then the statement against the head.
    fn hold(&self, moments: &[Moment], covered: usize) -> anyhow::Result<()> {
        let Self { page, at, stated } = self;
        let moment = moments.get(covered).context("no such moment")?;
        let claims = [
            ("the price", moment.price.to_string(), page.price.to_string()),
            ("the leader", name(moment.leader.as_ref()), name(page.leader.as_ref())),
            ("the end", moment.ends_at.to_string(), page.ends_at.to_string()),
            ("the epoch", moment.epoch.to_string(), page.epoch.to_string()),
        ];
        if let Some((what, due, found)) = claims.into_iter().find(|(_, due, found)| due != found) {
            bail!("{at}{what}: it should be {due}, not {found}");
        }
        let status = page.status;
        let more = covered + 1 < moments.len();
        let begun = covered > 0 && status == ExportStatus::Scheduled;
        if begun || (more && !status.is_running()) {
            bail!("{at}the status: what is {status} takes no entry");
        }
        if moment.bought != (status == ExportStatus::SoldBuyNow) {
            bail!("{at}the status: the last entry says otherwise than {status}");
        }
        let auctions =
            [page.terms.auction_id, stated.auction_id].map(|auction| auction.to_string());
        let [auction, other] = auctions;
        let words = [
            ("type", "ledger-statement".to_owned(), stated.typ.clone()),
            ("auction", auction, other),
            ("status", status.to_string(), stated.status.to_string()),
            ("chain", page.chain.clone(), stated.chain.clone()),
            ("price", page.price.to_string(), stated.price.to_string()),
            ("leader", name(page.leader.as_ref()), name(stated.leader.as_ref())),
            ("end", page.ends_at.to_string(), stated.ends_at.to_string()),
            ("epoch", page.epoch.to_string(), stated.epoch.to_string()),
        ];
        if let Some((what, due, found)) = words.into_iter().find(|(_, due, found)| due != found) {
            bail!("{at}the {what}: {due} in the file, {found} in the server's statement");
        }
        Ok(())
    }
}

fn name(tag: Option<&String>) -> String {
    tag.map_or_else(|| "nobody".to_owned(), String::clone)
}
