//! The invariants of `invariants.md` that apply to what exists so far.

use domain::auction::{
    Head, Salt, Status,
    verify::{Opened, verify},
};
use events::AuctionOutcome;
use kernel::Instant;
use store::{
    ItemReader, Table,
    auction::{AuctionRow, LedgerRow},
};

use crate::{rows::Rows, start::START};

/// No row was written with a time to live that had passed before its test began: DynamoDB would
/// delete it as soon as it stands.
pub(crate) fn check_lives(rows: &Rows) {
    let began: Instant = START.parse().unwrap();
    for table in Table::ALL {
        for item in rows.table(*table) {
            let ttl = ItemReader(item).maybe_number("ttl");
            assert!(
                ttl.is_none_or(|ttl| ttl >= began.seconds()),
                "born dead in {table:?}: {item:?}"
            );
        }
    }
}

/// I4–I7, I15 and I16 for auctions. `recorded`: the test ran the bid recorder, so history must be
/// there.
pub(crate) fn check(rows: &Rows, recorded: bool) {
    let auctions = rows.auctions();
    let heads = rows.heads();
    assert_eq!(auctions.len(), heads.len(), "I16: auctions without head, or heads without auction");
    for head in heads {
        let auction = head.terms.auction;
        let row = auctions.get(&auction).unwrap_or_else(|| panic!("I16: no row for {auction}"));
        let ledger = rows.ledger(auction);
        if recorded {
            check_history(&head, row, &ledger);
        }
    }
}

fn check_history(head: &Head, row: &AuctionRow, ledger: &[LedgerRow]) {
    let auction = head.terms.auction;
    let sequences: Vec<u32> = ledger.iter().map(|row| row.entry.sequence).collect();
    let due: Vec<u32> = (1..=head.sequence).collect();
    assert_eq!(sequences, due, "I7: history of {auction} is not complete");
    let salt: Salt = row.reserve_salt.parse().unwrap();
    let lines: Vec<Opened> = ledger
        .iter()
        .map(|row| Opened {
            line: row.entry.line(auction),
            maximum: row.entry.maximum,
            salt: row.entry.salt,
        })
        .collect();
    // Replays every entry by the rules: I4 (price), I5 (in time) and I15 (edges) in one.
    let verdict = verify(&head.terms, salt, &lines)
        .unwrap_or_else(|broken| panic!("I4–I7, I15, I17: ledger of {auction}: {broken}"));
    assert_eq!(verdict.price, head.price, "I14: price of {auction}");
    assert_eq!(verdict.leader, head.lead.map(|lead| lead.tag), "I14: leader of {auction}");
    assert_eq!(verdict.chain, head.chain, "I14: chain of {auction}");
    assert_eq!(verdict.bid_count, head.bid_count, "I14: bid count of {auction}");
    check_outcome(head, row, verdict.reserve_met);
}

/// I6: exactly one outcome, the one that the ledger gives.
fn check_outcome(head: &Head, row: &AuctionRow, reserve_met: bool) {
    let auction = head.terms.auction;
    let outcome = match head.status {
        Status::Open => None,
        Status::Won => Some(AuctionOutcome::Won),
        Status::SoldBuyNow => Some(AuctionOutcome::SoldBuyNow),
        Status::Unsold => Some(AuctionOutcome::Unsold),
        Status::Cancelled => Some(AuctionOutcome::Cancelled),
    };
    let told = row.closing.as_ref().map(|closing| closing.outcome);
    assert_eq!(told, outcome, "I6: outcome of {auction}");
    if matches!(head.status, Status::Won | Status::Unsold) {
        assert_eq!(head.status == Status::Won, reserve_met, "I6: {auction} against the reserve");
    }
    let winner = row.closing.as_ref().and_then(|closing| closing.winner.as_ref());
    let sold = matches!(head.status, Status::Won | Status::SoldBuyNow);
    let leader = head.lead.filter(|_| sold).map(|lead| (lead.bidder, head.price));
    assert_eq!(
        winner.map(|winner| (winner.user_id, winner.price)),
        leader,
        "I6: winner of {auction}"
    );
}
