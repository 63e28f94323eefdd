//! The provider's one door (tracker.delivery/docs/api-schema).

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::carrier::Carrier;
use http::{HeaderMap, StatusCode, header};
use kernel::{Instant, Span};
use serde_json::{Value, json};

use super::{
    Parcels,
    book::{Book, FakeEvent, FakeWatch, ParcelName},
    stand::{error, json_text},
};

/// Whoever signs in begins so.
const CREDENTIALS: &str = "TRACKQL-API-KEY local-";

pub(super) async fn asked(
    State(parcels): State<Parcels>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let is_known = sent.is_some_and(|sent| sent.starts_with(CREDENTIALS) && sent.contains(':'));
    if !is_known {
        return json_text(error("UNAUTHENTICATED", "unknown credentials").to_string());
    }
    let Ok(request) = serde_json::from_str::<Value>(&body) else {
        return (StatusCode::BAD_REQUEST, "POST body is not JSON").into_response();
    };
    let text = |pointer: &str| {
        let text = request.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let query = text("/query");
    if query.starts_with("mutation") && query.contains("registerTrackWebhook(input: $input)") {
        let of = ParcelName {
            carrier: text("/variables/input/carrierId"),
            number: text("/variables/input/trackingNumber"),
        };
        let url = text("/variables/input/callbackUrl");
        let until = text("/variables/input/expirationTime");
        let now = parcels.now();
        return parcels.play("watch", |book| watched(book, of, url, &until, now)).await;
    }
    if query.starts_with("query") && query.contains("track(carrierId: $carrierId") {
        let name = ParcelName {
            carrier: text("/variables/carrierId"),
            number: text("/variables/trackingNumber"),
        };
        let last = request.pointer("/variables/last").and_then(Value::as_u64);
        let last = last.and_then(|last| usize::try_from(last).ok()).unwrap_or(usize::MAX);
        return parcels.play("look-up", |book| looked_up(book, &name, last)).await;
    }
    let refused = error("GRAPHQL_VALIDATION_FAILED", "no such operation").to_string();
    (StatusCode::BAD_REQUEST, refused).into_response()
}

fn watched(book: &mut Book, of: ParcelName, url: String, until: &str, now: Instant) -> Value {
    if Carrier::by_id(&of.carrier).is_none() {
        return error("NOT_FOUND", "no such carrier");
    }
    let until = until.parse::<Instant>().ok().filter(|until| *until > now);
    let Some(until) = until.filter(|_| url.starts_with("http")) else {
        return error("BAD_REQUEST", "a bad address or time");
    };
    book.watch(FakeWatch { url, of, until });
    json!({ "data": { "registerTrackWebhook": true } })
}

fn looked_up(book: &Book, name: &ParcelName, last: usize) -> Value {
    if Carrier::by_id(&name.carrier).is_none() {
        return error("NOT_FOUND", "no such carrier");
    }
    if !is_number_of(&name.carrier, &name.number) {
        return error("BAD_REQUEST", "운송장 번호를 확인해 주세요.");
    }
    let parcel = book.parcels.get(name);
    let Some(parcel) = parcel.filter(|parcel| !parcel.events.is_empty()) else {
        return error("NOT_FOUND", "no such parcel");
    };
    let first = parcel.events.len().saturating_sub(last);
    let edges = parcel.events.iter().skip(first).map(|event| json!({ "node": node(event) }));
    let number = if parcel.is_mixed_up { another(&name.number) } else { name.number.clone() };
    json!({
        "data": {
            "track": {
                "trackingNumber": number,
                "lastEvent": parcel.events.last().map(node),
                "events": { "edges": edges.collect::<Vec<_>>() },
            },
        },
    })
}

/// In Seoul's time, as carriers tell it.
fn node(event: &FakeEvent) -> Value {
    let seoul = (event.at + Span::hours(9)).to_string().replace('Z', "+09:00");
    json!({ "time": seoul, "status": { "code": event.code, "name": event.name } })
}

/// What the provider itself refuses before it asks a carrier.
fn is_number_of(carrier: &str, number: &str) -> bool {
    let is_digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match carrier {
        "kr.cjlogistics" => is_digits && matches!(number.len(), 10 | 12),
        "kr.hanjin" => is_digits && matches!(number.len(), 12 | 14),
        "kr.lotte" => {
            let digits = number.parse::<u64>().unwrap_or_default();
            is_digits && number.len() == 12 && digits / 10 % 7 == digits % 10
        }
        "kr.logen" => is_digits,
        _ => true,
    }
}

/// The first digit is another one.
fn another(number: &str) -> String {
    let first = if number.starts_with('9') { '8' } else { '9' };
    std::iter::once(first).chain(number.chars().skip(1)).collect()
}
