//! What the parts of a trade's item are written with, and read.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::trade::Shipment;
use kernel::Instant;

use crate::{Corrupt, ItemReader, ItemWriter};

pub(super) fn write_shipment(shipment: &Shipment) -> ItemWriter {
    let map = ItemWriter::default()
        .text("carrier", shipment.carrier.as_str())
        .text("trackingNumber", shipment.tracking_number.as_str());
    match shipment.scanned_at {
        Some(at) => map.instant("scannedAt", at),
        None => map,
    }
}

pub(super) fn map_of(writer: ItemWriter) -> AttributeValue {
    AttributeValue::M(writer.item())
}

pub(super) fn shipment(row: ItemReader<'_>) -> Result<Shipment, Corrupt> {
    Ok(Shipment {
        carrier: row.text("carrier")?.to_owned(),
        tracking_number: row.text("trackingNumber")?.to_owned(),
        scanned_at: instant(row, "scannedAt"),
    })
}

pub(super) fn map<'a>(row: ItemReader<'a>, name: &str) -> Option<ItemReader<'a>> {
    row.get(name).and_then(|value| value.as_m().ok()).map(ItemReader)
}

pub(super) fn instant(row: ItemReader<'_>, name: &str) -> Option<Instant> {
    row.maybe_number(name).map(Instant::from_millis)
}

pub(super) fn small(row: ItemReader<'_>, name: &str) -> Result<u8, Corrupt> {
    u8::try_from(row.number(name)?).map_err(|_| Corrupt(format!("number {name}")))
}

pub(super) fn one_of<T>(
    row: ItemReader<'_>,
    name: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<T, Corrupt> {
    let text = row.text(name)?;
    parse(text).ok_or_else(|| Corrupt(format!("{name} {text}")))
}
