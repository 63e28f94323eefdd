//! What somebody says of a parcel.

use domain::trade::Shipment;
use platform::Problem;

pub const CARRIER_CHARS_MAX: usize = 40;
pub const TRACKING_CHARS_MAX: usize = 40;

/// The parcel of a request's `carrier` and `trackingNumber`.
pub fn shipment(carrier: &str, number: &str) -> Result<Shipment, Problem> {
    let (carrier, number) = (carrier.trim(), number.trim());
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
