//! What somebody says of a parcel.

use domain::carrier::{Carrier, TrackingNumber};
use platform::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

/// How the goods travel, as a request says it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parcel {
    #[schema(example = "kr.cjlogistics")]
    carrier: String,
    /// As the carrier printed it: 8 to 16 digits, as many as its numbers have. Spaces and hyphens
    /// are left out, full-width digits are digits. It may stand in one shipment only.
    #[schema(example = "6887-1234-5678", max_length = 40)]
    tracking_number: String,
}

impl Parcel {
    /// The number of a parcel that there can be.
    pub fn number(&self) -> Result<TrackingNumber, Problem> {
        number(&self.carrier, &self.tracking_number, "/carrier")
    }
}

/// A number that there can be; `pointer`: where the carrier stands.
pub fn number(carrier: &str, number: &str, pointer: &str) -> Result<TrackingNumber, Problem> {
    let Some(carrier) = Carrier::by_id(carrier) else {
        let ids: Vec<_> = Carrier::ALL.iter().map(|carrier| carrier.id()).collect();
        let detail = format!("The carrier must be one of {}.", ids.join(", "));
        return Err(Problem::field(pointer, "invalid", detail));
    };
    TrackingNumber::parse(carrier, number)
        .map_err(|error| Problem::field("/trackingNumber", "invalid", format!("{error}.")))
}
