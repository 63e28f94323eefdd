//! What the provider's answers mean. `[U]` marks what was read in no primary source: each such fact
//! stands in one line.
//!
//! The provider has no code for a parcel that went back or was lost: such events come as
//! `EXCEPTION`, `UNKNOWN`, or under the code of the scan, and only the carrier's name of the status
//! says it. The description is not asked: it holds names of branches, and there is a 반송동.

use domain::carrier::{ParcelState, Tracking, TrackingEvent, TrackingNumber};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::CarrierError;

#[cfg(test)]
mod tests;

/// More events than this are no parcel's; the newest count.
pub(super) const EVENTS_MAX: usize = 100;
/// Of a status, and of a code that an error quotes.
const NAME_CHARS_MAX: usize = 40;
/// `[U]` Carriers' names for being on the way back.
const RETURNED: &str = "반송";
/// `[U]` Calling that off.
const CALLED_OFF: &str = "취소";
/// `[U]` Carriers' name for a loss.
const LOST: &str = "분실";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TrackObject {
    tracking_number: String,
    events: Connection,
}

#[derive(Deserialize)]
struct Connection {
    edges: Vec<Option<Edge>>,
}

#[derive(Deserialize)]
struct Edge {
    node: Option<Node>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(default)]
    time: Option<String>,
    status: StatusObject,
}

#[derive(Deserialize)]
struct StatusObject {
    code: String,
    #[serde(default)]
    name: Option<String>,
}

/// The `data` of an answer without errors. Errors stand in the body, whatever the status.
pub(super) fn data(status: StatusCode, text: &str) -> Result<Value, CarrierError> {
    let body = serde_json::from_str::<Value>(text).ok();
    if let Some(errors) = body.as_ref().and_then(|body| body.get("errors")) {
        match errors {
            Value::Null => {}
            Value::Array(errors) if errors.is_empty() => {}
            Value::Array(errors) => return Err(sort(errors)),
            _ => return Err(not_understood("errors that are no list")),
        }
    }
    let told = format!("status {}", status.as_u16());
    match status.as_u16() {
        200..=299 => {}
        408 | 429 | 500..=599 => return Err(CarrierError::TryAgain(told)),
        401 | 403 => return Err(CarrierError::Refused(told)),
        _ => return Err(CarrierError::NotUnderstood(told)),
    }
    let body = body.ok_or_else(|| not_understood("an answer that is no JSON"))?;
    match body.get("data") {
        Some(data) if data.is_object() => Ok(data.clone()),
        _ => Err(not_understood("an answer without data")),
    }
}

/// Of several errors the one counts that says nothing of the number: the others may follow from it.
fn sort(errors: &[Value]) -> CarrierError {
    let of_number = |error: &CarrierError| {
        matches!(error, CarrierError::UnknownNumber | CarrierError::NotThisCarriers)
    };
    let sorted: Vec<CarrierError> = errors.iter().map(sort_one).collect();
    let first = sorted.iter().find(|error| !of_number(error)).or_else(|| sorted.first());
    first.cloned().unwrap_or_else(|| not_understood("an empty list of errors"))
}

fn sort_one(error: &Value) -> CarrierError {
    let text = |pointer| error.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let code = printable(text("/extensions/code"));
    // `[U]` It has the code of a refusal.
    if text("/message").to_lowercase().contains("rate limit") {
        return CarrierError::TryAgain("rate limit".to_owned());
    }
    match code.as_str() {
        "NOT_FOUND" => CarrierError::UnknownNumber,
        "BAD_REQUEST" => CarrierError::NotThisCarriers,
        "UNAUTHENTICATED" | "FORBIDDEN" => CarrierError::Refused(code),
        "INTERNAL" | "INTERNAL_SERVER_ERROR" => CarrierError::TryAgain(code),
        _ => CarrierError::NotUnderstood(format!("error {code}")),
    }
}

/// The parcel that was asked for, out of a look-up's `data`.
pub(super) fn tracking(mut data: Value, number: &TrackingNumber) -> Result<Tracking, CarrierError> {
    let track = data.get_mut("track").map(Value::take).unwrap_or_default();
    let track: TrackObject =
        serde_json::from_value(track).map_err(|_| not_understood("an unreadable parcel"))?;
    let told = TrackingNumber::parse(number.carrier(), &track.tracking_number);
    if told.as_ref() != Ok(number) {
        return Err(not_understood("another number's parcel"));
    }
    let nodes: Vec<Node> =
        track.events.edges.into_iter().flatten().filter_map(|edge| edge.node).collect();
    let surplus = nodes.len().saturating_sub(EVENTS_MAX);
    let events = nodes.into_iter().skip(surplus).map(event).collect();
    Ok(Tracking::new(number.clone(), events))
}

/// A time that nobody can read is no time: the other events still say where the parcel is.
fn event(node: Node) -> TrackingEvent {
    let name = printable(&node.status.name.unwrap_or_default());
    let at = node.time.and_then(|time| time.parse().ok());
    TrackingEvent { at, state: state(&node.status.code, &name), name }
}

/// A name makes of no state a delivery, and of a delivery one to the sender.
fn state(code: &str, name: &str) -> ParcelState {
    if name.contains(RETURNED) && !name.contains(CALLED_OFF) {
        return ParcelState::Returned;
    }
    match code {
        "EXCEPTION" | "UNKNOWN" if name.contains(LOST) => ParcelState::Lost,
        "INFORMATION_RECEIVED" => ParcelState::Announced,
        "AT_PICKUP" => ParcelState::PickedUp,
        "IN_TRANSIT" => ParcelState::InTransit,
        "OUT_FOR_DELIVERY" => ParcelState::OutForDelivery,
        "ATTEMPT_FAIL" => ParcelState::AttemptFailed,
        "AVAILABLE_FOR_PICKUP" => ParcelState::AwaitingPickup,
        "DELIVERED" => ParcelState::Delivered,
        "EXCEPTION" => ParcelState::Exception,
        // A code of next year's says nothing; it does not keep the others from being read.
        _ => ParcelState::Unknown,
    }
}

/// A text of theirs as far as it is kept and logged: short, and without what is not seen.
fn printable(text: &str) -> String {
    let seen = text.trim().chars().filter(|letter| !letter.is_control());
    seen.take(NAME_CHARS_MAX).collect()
}

fn not_understood(what: &str) -> CarrierError {
    CarrierError::NotUnderstood(what.to_owned())
}
