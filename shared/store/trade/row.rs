//! A trade as an item, and back.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    carrier::TrackingNumber,
    ledger::Split,
    trade::{
        Actor, Agreement, Cancellation, CardBid, Claim, DeliveryNote, Funding, Grade, Handover,
        History, Inspection, LiableParty, Match, Paid, Reason, Source, State, Trade, Variant,
    },
};
use kernel::{Id, Instant, TradeId};

use super::{
    dispute,
    parts::{instant, map, map_of, one_of, shipment, small, write_shipment},
};
use crate::{
    Corrupt, Item, ItemReader, ItemWriter,
    identity::{read_address, write_address},
    keys,
};

pub(super) fn item(trade: &Trade) -> Item {
    let Trade { agreement, .. } = trade;
    let order = keys::trade_order(trade.id, trade.created_at);
    let mut item = ItemWriter::under(&keys::trade(trade.id))
        .text("gsi1pk", keys::trades_sold(agreement.seller))
        .text("gsi1sk", order.as_str())
        .text("gsi2pk", keys::trades_bought(agreement.buyer))
        .text("gsi2sk", order)
        .text("id", trade.id.to_string())
        .text("source", agreement.source.as_str())
        .text("variant", agreement.variant.as_str())
        .text("seller", agreement.seller.to_string())
        .text("buyer", agreement.buyer.to_string())
        .text("title", agreement.title.as_str())
        .won("price", agreement.price)
        .won("sellerFee", trade.seller_fee)
        .won("buyerFee", trade.buyer_fee)
        .text("state", trade.state.as_str())
        .number("version", trade.version)
        .instant("createdAt", trade.created_at)
        .instant("since", trade.since)
        .number("reminded", trade.reminded)
        .value("history", history(trade));
    if let Source::Auction { auction, round } = agreement.source {
        item = item.text("auction", auction.to_string()).number("round", round);
    }
    if let Source::Exchange(matched) = agreement.source {
        item = item.value("match", map_of(write_match(matched)));
    }
    if let Some(deadline) = trade.deadline {
        item = item.instant("deadline", deadline);
    }
    if let Some(due) = trade.due() {
        let (day, at) = keys::trades_due(trade.id, due);
        item = item.text("gsi3pk", day).text("gsi3sk", at);
    }
    let (list, at) = keys::trade_listed(trade.id, trade.state.as_str(), trade.since);
    item = item.text("gsi5pk", list).text("gsi5sk", at);
    if trade.in_centres_hands() {
        let (state, at) = keys::trades_inspected(trade.id, trade.state.as_str(), trade.since);
        item = item.text("gsi4pk", state).text("gsi4sk", at);
    }
    if let Some(claim) = trade.claim {
        item = item.text("claim", claim.payment.to_string()).instant("claimedAt", claim.at);
    }
    if trade.card_refused {
        item = item.number("refused", 1);
    }
    if let Some(at) = trade.settled_at {
        item = item.instant("settledAt", at);
    }
    parts(item, trade).item()
}

/// That a number stands in a shipment of this trade. Which of its two the trade says.
pub(super) fn tracking(number: &TrackingNumber, trade: TradeId, now: Instant) -> Item {
    ItemWriter::under(&keys::tracking(number)).id("trade", trade).instant("at", now).item()
}

/// What a trade has only from some state on, each in a map of its own.
fn parts(mut item: ItemWriter, trade: &Trade) -> ItemWriter {
    if let Some(paid) = trade.paid {
        let map = ItemWriter::default().instant("at", paid.at).won("earned", paid.earned.some());
        item = item.value("paid", map_of(maybe_id(map, "payment", paid.payment)));
    }
    if let Some(address) = &trade.address {
        item = item.value("address", map_of(write_address(ItemWriter::default(), address)));
    }
    if let Some(note) = &trade.note {
        item = item.text("note", note.as_str());
    }
    if let Some(Handover { code, wrong }) = trade.meeting {
        let map = ItemWriter::default().number("code", code).number("wrong", wrong);
        item = item.value("meeting", map_of(map));
    }
    for (name, shipment) in [("shipment", &trade.shipment), ("forwarding", &trade.forwarding)] {
        if let Some(shipment) = shipment {
            item = item.value(name, map_of(write_shipment(shipment)));
        }
    }
    if let Some(inspection) = &trade.inspection {
        item = item.value("inspection", map_of(write_inspection(inspection)));
    }
    if let Some(cancellation) = &trade.cancellation {
        let mut map = ItemWriter::default()
            .text("reason", cancellation.reason.as_str())
            .text("fault", cancellation.fault.as_str())
            .won("penalty", cancellation.penalty)
            .instant("at", cancellation.at);
        if let Some(note) = &cancellation.note {
            map = map.text("note", note.as_str());
        }
        item = item.value("cancellation", map_of(map));
    }
    dispute::write(item, trade)
}

fn write_match(matched: Match) -> ItemWriter {
    let map = ItemWriter::default()
        .id("item", matched.item)
        .text("option", matched.option.as_str())
        .id("buy", matched.buy)
        .id("sell", matched.sell)
        .number("again", i64::from(matched.rebuy_if_failed))
        .won("deposit", matched.deposit.total())
        .won("depositEarned", matched.deposit.earned.some());
    match matched.funding {
        Funding::Wallet { held } => {
            map.won("held", held.total()).won("heldEarned", held.earned.some())
        }
        Funding::Card { method, bid: None } => map.id("card", method),
        Funding::Card { method, bid: Some(CardBid { price, deposit }) } => map
            .id("card", method)
            .won("bid", price)
            .won("bidDeposit", deposit.total())
            .won("bidDepositEarned", deposit.earned.some()),
    }
}

/// An amount, and how much of it is earned: unsaid, nothing.
fn read_split(row: ItemReader<'_>, name: &str, earned: &str) -> Result<Option<Split>, Corrupt> {
    let Some(total) = row.maybe_won(name)? else { return Ok(None) };
    Ok(Some(Split::of(total, row.maybe_won(earned)?.unwrap_or_default())))
}

fn read_match(row: ItemReader<'_>) -> Result<Match, Corrupt> {
    let funding = match read_split(row, "held", "heldEarned")? {
        Some(held) => Funding::Wallet { held },
        None => Funding::Card { method: row.id("card")?, bid: card_bid(row)? },
    };
    let option = row.text("option")?.parse().map_err(|_| Corrupt("option".to_owned()))?;
    Ok(Match {
        item: row.id("item")?,
        option,
        buy: row.id("buy")?,
        sell: row.id("sell")?,
        funding,
        rebuy_if_failed: row.number("again")? == 1,
        deposit: read_split(row, "deposit", "depositEarned")?.unwrap_or_default(),
    })
}

fn card_bid(row: ItemReader<'_>) -> Result<Option<CardBid>, Corrupt> {
    let Some(price) = row.maybe_won("bid")? else { return Ok(None) };
    Ok(Some(CardBid {
        price,
        deposit: read_split(row, "bidDeposit", "bidDepositEarned")?.unwrap_or_default(),
    }))
}

fn write_inspection(inspection: &Inspection) -> ItemWriter {
    let photos = inspection.photos.iter().map(|photo| AttributeValue::S(photo.clone())).collect();
    let map = ItemWriter::default()
        .id("inspector", inspection.inspector)
        .number("checklist", inspection.checklist)
        .text("grade", inspection.grade.as_str())
        .value("photos", AttributeValue::L(photos));
    match &inspection.notes {
        Some(notes) => map.text("notes", notes.as_str()),
        None => map,
    }
}

fn read_inspection(row: ItemReader<'_>) -> Result<Inspection, Corrupt> {
    let photos = row.get("photos").and_then(|value| value.as_l().ok());
    let photo = |value: &AttributeValue| {
        value.as_s().cloned().map_err(|_| Corrupt("a photo that is no text".to_owned()))
    };
    Ok(Inspection {
        inspector: row.id("inspector")?,
        checklist: row.count("checklist")?,
        grade: one_of(row, "grade", Grade::parse)?,
        notes: row.maybe_text("notes").map(str::to_owned),
        photos: photos.into_iter().flatten().map(photo).collect::<Result<_, _>>()?,
    })
}

fn maybe_id<T>(writer: ItemWriter, name: &str, id: Option<Id<T>>) -> ItemWriter {
    match id {
        Some(id) => writer.text(name, id.to_string()),
        None => writer,
    }
}

fn history(trade: &Trade) -> AttributeValue {
    let lines = trade.history.iter().map(|line| {
        let map = ItemWriter::default()
            .text("state", line.state.as_str())
            .instant("at", line.at)
            .text("by", line.by.as_str());
        map_of(map)
    });
    AttributeValue::L(lines.collect())
}

/// Whether it is the row of a trade in this state.
pub(super) fn is_in(item: &Item, state: State) -> bool {
    ItemReader(item).text("state").is_ok_and(|found| found == state.as_str())
}

/// Reads a trade from its item.
pub fn read(item: &Item) -> Result<Trade, Corrupt> {
    let row = ItemReader(item);
    Ok(Trade {
        id: id(row, "id")?,
        agreement: agreement(row)?,
        seller_fee: row.won("sellerFee")?,
        buyer_fee: row.won("buyerFee")?,
        state: one_of(row, "state", State::parse)?,
        version: row.count("version")?,
        created_at: row.instant("createdAt")?,
        since: row.instant("since")?,
        deadline: instant(row, "deadline"),
        reminded: small(row, "reminded")?,
        claim: match instant(row, "claimedAt") {
            Some(at) => Some(Claim { payment: id(row, "claim")?, at }),
            None => None,
        },
        card_refused: row.get("refused").is_some(),
        paid: map(row, "paid").map(paid).transpose()?,
        address: map(row, "address").map(|row| read_address(row.0)).transpose()?,
        note: read_note(row)?,
        meeting: map(row, "meeting").map(meeting).transpose()?,
        shipment: map(row, "shipment").map(shipment).transpose()?,
        inspection: map(row, "inspection").map(read_inspection).transpose()?,
        forwarding: map(row, "forwarding").map(shipment).transpose()?,
        dispute: dispute::read(row)?,
        going_back: dispute::read_going_back(row)?,
        refunded: row.maybe_won("refunded")?.unwrap_or_default(),
        provider_refund: dispute::read_provider_refund(row)?,
        cancellation: map(row, "cancellation").map(cancellation).transpose()?,
        settled_at: instant(row, "settledAt"),
        history: read_history(row)?,
    })
}

fn agreement(row: ItemReader<'_>) -> Result<Agreement, Corrupt> {
    let source = match row.text("source")? {
        "auction" => Source::Auction { auction: id(row, "auction")?, round: small(row, "round")? },
        "listing" => Source::Listing,
        "exchange" => {
            let matched = map(row, "match").ok_or_else(|| Corrupt("match".to_owned()))?;
            Source::Exchange(read_match(matched)?)
        }
        other => return Err(Corrupt(format!("source {other}"))),
    };
    Ok(Agreement {
        source,
        variant: one_of(row, "variant", Variant::parse)?,
        seller: id(row, "seller")?,
        buyer: id(row, "buyer")?,
        title: row.text("title")?.to_owned(),
        price: row.won("price")?,
    })
}

fn paid(row: ItemReader<'_>) -> Result<Paid, Corrupt> {
    let payment = row.maybe_text("payment").map(|_| id(row, "payment")).transpose()?;
    let earned = row.maybe_won("earned")?.unwrap_or_default();
    Ok(Paid { payment, at: row.instant("at")?, earned })
}

/// An order's too.
pub(crate) fn read_note(row: ItemReader<'_>) -> Result<Option<DeliveryNote>, Corrupt> {
    let note = row.maybe_text("note").map(str::parse).transpose();
    note.map_err(|_| Corrupt("a delivery note".to_owned()))
}

fn meeting(row: ItemReader<'_>) -> Result<Handover, Corrupt> {
    Ok(Handover { code: row.count("code")?, wrong: small(row, "wrong")? })
}

fn cancellation(row: ItemReader<'_>) -> Result<Cancellation, Corrupt> {
    Ok(Cancellation {
        reason: one_of(row, "reason", Reason::parse)?,
        note: row.maybe_text("note").map(str::to_owned),
        fault: one_of(row, "fault", LiableParty::parse)?,
        penalty: row.won("penalty")?,
        at: row.instant("at")?,
    })
}

fn read_history(row: ItemReader<'_>) -> Result<Vec<History>, Corrupt> {
    let list = row.get("history").and_then(|value| value.as_l().ok());
    let lines = list.into_iter().flatten().map(|value| {
        let map = value.as_m().map_err(|_| Corrupt("a history line that is no map".to_owned()))?;
        let line = ItemReader(map);
        Ok(History {
            state: one_of(line, "state", State::parse)?,
            at: line.instant("at")?,
            by: one_of(line, "by", Actor::parse)?,
        })
    });
    lines.collect()
}

fn id<T>(row: ItemReader<'_>, name: &str) -> Result<Id<T>, Corrupt> {
    row.text(name)?.parse().map_err(|_| Corrupt(format!("id {name}")))
}
