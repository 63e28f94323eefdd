//! The export as JSON. What is not known is refused: a member that nobody reads proves nothing.

use std::fmt;

use anyhow::{Context, bail};
use domain::auction::{
    BidderTag, EntryKind, Hash, Salt, Terms,
    ledger::{FORMAT, Line},
    verify::Opened,
};
use kernel::{AuctionId, BidId, Instant, UserId, Won};
use serde::Deserialize;

/// One page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Export {
    pub format: String,
    pub terms: ExportTerms,
    pub status: ExportStatus,
    pub price: Won,
    pub leader: Option<String>,
    pub ends_at: Instant,
    pub epoch: u32,
    pub chain: String,
    pub statement: String,
    pub entries: Vec<ExportEntry>,
    pub next_cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ExportStatus {
    Scheduled,
    Open,
    Ended,
    Won,
    SoldBuyNow,
    Unsold,
    Cancelled,
}

/// What the server signed of a page's head.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Statement {
    pub typ: String,
    pub auction_id: AuctionId,
    pub status: ExportStatus,
    pub sequence: u32,
    pub epoch: u32,
    pub chain: String,
    pub price: Won,
    pub leader: Option<String>,
    pub ends_at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExportTerms {
    pub auction_id: AuctionId,
    seller_id: UserId,
    start_price: Won,
    increment: Option<Won>,
    buy_now_price: Option<Won>,
    starts_at: Instant,
    scheduled_end: Instant,
    soft_close: bool,
    reserve_commitment: String,
    reserve: Option<Won>,
    reserve_salt: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExportEntry {
    pub sequence: u32,
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

/// The pages of one export, complete.
pub(super) fn read(texts: &[&str]) -> anyhow::Result<Vec<Export>> {
    let mut pages: Vec<Export> = Vec::new();
    for text in texts {
        let page: Export = serde_json::from_str(text).context("not a ledger export")?;
        if page.format != FORMAT {
            bail!("format {} is not {FORMAT}", page.format);
        }
        if let Some(before) = pages.last() {
            let number = pages.len() + 1;
            if before.next_cursor.is_none() {
                bail!("page {number}: there is none after the last");
            }
            if before.terms.public() != page.terms.public() {
                bail!("page {number}: its terms are not those of the page before");
            }
        }
        pages.push(page);
    }
    if pages.last().is_some_and(|page| page.next_cursor.is_some()) {
        bail!("pages are missing: ask for the next with cursor=<nextCursor>");
    }
    Ok(pages)
}

impl ExportStatus {
    pub(super) const fn is_sale(self) -> bool {
        matches!(self, Self::Won | Self::SoldBuyNow)
    }

    /// Whether a bid can still follow; one in time may, a moment after the end.
    pub(super) const fn is_running(self) -> bool {
        matches!(self, Self::Scheduled | Self::Open | Self::Ended)
    }
}

impl fmt::Display for ExportStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheduled => "scheduled",
            Self::Open => "open",
            Self::Ended => "ended",
            Self::Won => "won",
            Self::SoldBuyNow => "sold-buy-now",
            Self::Unsold => "unsold",
            Self::Cancelled => "cancelled",
        })
    }
}

impl ExportTerms {
    /// Without what a sale opens.
    fn public(&self) -> Self {
        Self { reserve: None, reserve_salt: None, ..self.clone() }
    }

    pub(super) const fn tells(&self) -> bool {
        self.reserve.is_some() || self.reserve_salt.is_some()
    }

    pub(super) fn commitment(&self) -> anyhow::Result<Hash> {
        self.reserve_commitment.parse().context("terms: the reserve's commitment")
    }

    pub(super) fn sealed(&self) -> Terms {
        Terms {
            auction: self.auction_id,
            seller: self.seller_id,
            start_price: self.start_price,
            increment: self.increment,
            reserve: None,
            buy_now: self.buy_now_price,
            starts_at: self.starts_at,
            scheduled_end: self.scheduled_end,
            soft_close: self.soft_close,
        }
    }

    pub(super) fn opened(&self) -> anyhow::Result<(Terms, Salt)> {
        let reserve = self.reserve.context("terms: the reserve is not revealed")?;
        let salt = self.reserve_salt.as_ref().context("terms: the reserve's salt is missing")?;
        let salt: Salt = salt.parse().context("terms: the reserve's salt")?;
        if domain::auction::ledger::commitment(salt, reserve) != self.commitment()? {
            bail!("terms: the revealed reserve is not the one committed to");
        }
        let reserve = (reserve > Won::ZERO).then_some(reserve);
        Ok((Terms { reserve, ..self.sealed() }, salt))
    }
}

impl ExportEntry {
    pub(super) const fn tells(&self) -> bool {
        self.maximum.is_some() || self.salt.is_some()
    }

    pub(super) fn opened(&self) -> anyhow::Result<Opened> {
        let at = || format!("entry {}", self.sequence);
        let maximum = self.maximum.with_context(|| at() + ": its maximum is not revealed")?;
        let salt = self.salt.as_ref().with_context(|| at() + ": its salt is missing")?;
        Ok(Opened { line: self.line()?, maximum, salt: salt.parse().with_context(at)? })
    }

    pub(super) fn line(&self) -> anyhow::Result<Line> {
        let at = || format!("entry {}", self.sequence);
        let tag = |text: &String| text.parse::<BidderTag>().with_context(at);
        Ok(Line {
            sequence: self.sequence,
            epoch: self.epoch,
            kind: kind(&self.kind).with_context(at)?,
            bid: self.bid_id,
            tag: tag(&self.bidder)?,
            amount: self.amount,
            maximum_commitment: self.maximum_commitment.parse().with_context(at)?,
            received_at: self.received_at,
            price: self.price,
            leader: self.leader.as_ref().map(tag).transpose()?,
            ends_at: self.ends_at,
            hash: self.hash.parse::<Hash>().with_context(at)?,
        })
    }
}

fn kind(text: &str) -> anyhow::Result<EntryKind> {
    match (text, text.strip_prefix("void-")) {
        ("bid", _) => Ok(EntryKind::Bid),
        ("buy-now", _) => Ok(EntryKind::BuyNow),
        (_, Some(sequence)) => Ok(EntryKind::Void { sequence: sequence.parse()? }),
        (other, None) => bail!("there is no kind {other}"),
    }
}
