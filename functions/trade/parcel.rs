//! What somebody says of a parcel.

use domain::trade::Shipment;
use platform::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

pub const CARRIER_CHARS_MAX: usize = 40;
pub const TRACKING_CHARS_MAX: usize = 40;

/// How the goods travel, as a request says it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parcel {
    /// 1 to 40 characters.
    #[schema(example = "CJ대한통운", max_length = 40)]
    carrier: String,
    /// 1 to 40 letters, digits and hyphens.
    #[schema(example = "688712345678", max_length = 40)]
    tracking_number: String,
}

/// The shipment of a parcel that can be.
pub fn shipment(parcel: &Parcel) -> Result<Shipment, Problem> {
    let carrier = parcel.carrier.trim();
    let number = parcel.tracking_number.trim();
    let length = carrier.chars().count();
    if !(1..=CARRIER_CHARS_MAX).contains(&length) || carrier.chars().any(char::is_control) {
        let detail = "The carrier must have 1 to 40 characters.";
        return Err(Problem::field("/carrier", "invalid", detail));
    }
    let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !(1..=TRACKING_CHARS_MAX).contains(&number.len()) || !plain {
        let detail = "A tracking number has 1 to 40 letters, digits and hyphens.";
        return Err(Problem::field("/trackingNumber", "invalid", detail));
    }
    Ok(Shipment { carrier: carrier.to_owned(), tracking_number: number.to_owned() })
}
