//! A dispute in its trade's item, and the statements beside it.

use domain::trade::{
    Actor, Complaint, Dispute, FreightPayer, GoingBack, ProviderRefund, RefundEnd, RefundOffer,
    Ruling, Statement, StatementCount, Trade, Verdict,
};
use kernel::TradeId;

use super::parts::{instant, map, map_of, one_of, shipment, small, write_shipment};
use crate::{Corrupt, Item, ItemReader, ItemWriter, keys};

pub(super) fn write(mut item: ItemWriter, trade: &Trade) -> ItemWriter {
    if let Some(dispute) = &trade.dispute {
        item = item.value("dispute", map_of(write_dispute(dispute)));
    }
    if let Some(GoingBack { parcel, arrived_at, doubted_at }) = &trade.going_back {
        let mut map = write_shipment(parcel);
        if let Some(at) = arrived_at {
            map = map.instant("arrivedAt", *at);
        }
        if let Some(at) = doubted_at {
            map = map.instant("doubtedAt", *at);
        }
        item = item.value("goingBack", map_of(map));
    }
    if let Some(ProviderRefund { payment, amount, end }) = trade.provider_refund {
        let mut map = ItemWriter::default().id("payment", payment).won("amount", amount);
        if let Some(RefundEnd { in_wallet, at }) = end {
            map = map.number("inWallet", i64::from(in_wallet)).instant("at", at);
        }
        item = item.value("providerRefund", map_of(map));
    }
    item.won("refunded", trade.refunded.some())
}

pub(super) fn read_provider_refund(row: ItemReader<'_>) -> Result<Option<ProviderRefund>, Corrupt> {
    let Some(row) = map(row, "providerRefund") else { return Ok(None) };
    let end = |at| Ok::<_, Corrupt>(RefundEnd { in_wallet: row.number("inWallet")? == 1, at });
    Ok(Some(ProviderRefund {
        payment: row.id("payment")?,
        amount: row.won("amount")?,
        end: instant(row, "at").map(end).transpose()?,
    }))
}

fn write_dispute(dispute: &Dispute) -> ItemWriter {
    let Dispute { complaint, at, delivered, statements, offer, ruling } = dispute;
    let mut map = ItemWriter::default()
        .text("complaint", complaint.as_str())
        .instant("at", *at)
        .number("delivered", i64::from(*delivered))
        .number("buyerStatements", statements.buyer)
        .number("sellerStatements", statements.seller);
    if let Some(RefundOffer { by, amount, at }) = offer {
        let offer = ItemWriter::default().text("by", by.as_str()).won("amount", *amount);
        map = map.value("offer", map_of(offer.instant("at", *at)));
    }
    if let Some(Ruling { verdict, note, at }) = ruling {
        let ruling = ItemWriter::default()
            .text("verdict", verdict.as_str())
            .text("note", note.as_str())
            .instant("at", *at);
        let ruling = match verdict.freight() {
            Some(payer) => ruling.text("freight", payer.as_str()),
            None => ruling,
        };
        map = map.value("ruling", map_of(ruling));
    }
    map
}

pub(super) fn read(row: ItemReader<'_>) -> Result<Option<Dispute>, Corrupt> {
    let Some(row) = map(row, "dispute") else { return Ok(None) };
    let statements = StatementCount {
        buyer: small(row, "buyerStatements")?,
        seller: small(row, "sellerStatements")?,
    };
    Ok(Some(Dispute {
        complaint: one_of(row, "complaint", Complaint::parse)?,
        at: row.instant("at")?,
        delivered: row.number("delivered")? == 1,
        statements,
        offer: map(row, "offer").map(read_offer).transpose()?,
        ruling: map(row, "ruling").map(read_ruling).transpose()?,
    }))
}

fn read_offer(row: ItemReader<'_>) -> Result<RefundOffer, Corrupt> {
    let by = one_of(row, "by", Actor::parse)?;
    Ok(RefundOffer { by, amount: row.won("amount")?, at: row.instant("at")? })
}

fn read_ruling(row: ItemReader<'_>) -> Result<Ruling, Corrupt> {
    let verdict = match row.text("verdict")? {
        "complete" => Verdict::Complete,
        "return" => Verdict::Return { freight: one_of(row, "freight", FreightPayer::parse)? },
        "refund" => Verdict::Refund,
        other => return Err(Corrupt(format!("verdict {other}"))),
    };
    Ok(Ruling { verdict, note: row.text("note")?.to_owned(), at: row.instant("at")? })
}

pub(super) fn read_going_back(row: ItemReader<'_>) -> Result<Option<GoingBack>, Corrupt> {
    let Some(row) = map(row, "goingBack") else { return Ok(None) };
    Ok(Some(GoingBack {
        parcel: shipment(row)?,
        arrived_at: instant(row, "arrivedAt"),
        doubted_at: instant(row, "doubtedAt"),
    }))
}

pub(super) fn statement(trade: TradeId, statement: &Statement) -> Item {
    let Statement { number, by, text, at } = statement;
    ItemWriter::under(&keys::statement(trade, *number))
        .number("number", *number)
        .text("by", by.as_str())
        .text("text", text.as_str())
        .instant("at", *at)
        .item()
}

pub(super) fn read_statement(item: &Item) -> Result<Statement, Corrupt> {
    let row = ItemReader(item);
    Ok(Statement {
        number: small(row, "number")?,
        by: one_of(row, "by", Actor::parse)?,
        text: row.text("text")?.parse().map_err(|_| Corrupt("a statement".to_owned()))?,
        at: row.instant("at")?,
    })
}
