//! Answers of every form, good and bad.

use domain::carrier::{Carrier, ParcelState, TrackingNumber};
use http::StatusCode;
use kernel::Instant;
use serde_json::{Value, json};

use super::{EVENTS_MAX, data, tracking};
use crate::carrier::CarrierError::{
    NotThisCarriers, NotUnderstood, Refused, TryAgain, UnknownNumber,
};

const DIGITS: &str = "688712345678";
const START: &str = "2026-11-21T00:00:00Z";

fn number() -> TrackingNumber {
    TrackingNumber::parse(Carrier::CjLogistics, DIGITS).unwrap()
}

fn errors(codes: &[&str]) -> Value {
    let error = |code: &&str| json!({ "message": "no", "extensions": { "code": code } });
    json!({ "data": null, "errors": codes.iter().map(error).collect::<Vec<_>>() })
}

#[test]
fn errors_are_sorted_whatever_the_status() {
    let refused = |code: &str| Refused(code.to_owned());
    let again = |code: &str| TryAgain(code.to_owned());
    let odd = |what: &str| NotUnderstood(what.to_owned());
    let limit = json!({ "errors": [{
        "message": "Rate Limit Exceeded", "extensions": { "code": "FORBIDDEN" },
    }] });
    let long = json!({ "errors": [{ "extensions": { "code": "X".repeat(1_000) + "\n" } }] });
    for (body, sorted) in [
        (errors(&["NOT_FOUND"]), UnknownNumber),
        (errors(&["BAD_REQUEST"]), NotThisCarriers),
        (errors(&["UNAUTHENTICATED"]), refused("UNAUTHENTICATED")),
        (errors(&["FORBIDDEN"]), refused("FORBIDDEN")),
        (limit, again("rate limit")),
        (errors(&["INTERNAL"]), again("INTERNAL")),
        (errors(&["INTERNAL_SERVER_ERROR"]), again("INTERNAL_SERVER_ERROR")),
        (errors(&["NEXT_YEARS"]), odd("error NEXT_YEARS")),
        // Nobody looked for the number.
        (errors(&["NOT_FOUND", "INTERNAL"]), again("INTERNAL")),
        (errors(&["BAD_REQUEST", "FORBIDDEN"]), refused("FORBIDDEN")),
        (errors(&["NOT_FOUND", "NOT_FOUND"]), UnknownNumber),
        (json!({ "errors": [{}] }), odd("error ")),
        (json!({ "errors": [null] }), odd("error ")),
        (json!({ "errors": "NOT_FOUND" }), odd("errors that are no list")),
        (json!({ "errors": { "code": "NOT_FOUND" } }), odd("errors that are no list")),
        (long, odd(&format!("error {}", "X".repeat(40)))),
    ] {
        for status in [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::BAD_GATEWAY] {
            assert_eq!(data(status, &body.to_string()), Err(sorted.clone()), "{status} {body}");
        }
    }
}

#[test]
fn an_answer_without_errors_needs_data_and_a_success() {
    let empty = json!({ "data": {} }).to_string();
    let none = json!({ "data": {}, "errors": [] }).to_string();
    let null = json!({ "data": {}, "errors": null }).to_string();
    for body in [&empty, &none, &null] {
        assert_eq!(data(StatusCode::OK, body), Ok(json!({})), "{body}");
    }
    let told = |status: u16| format!("status {status}");
    for (status, sorted) in [
        (408, TryAgain(told(408))),
        (429, TryAgain(told(429))),
        (500, TryAgain(told(500))),
        (503, TryAgain(told(503))),
        (401, Refused(told(401))),
        (403, Refused(told(403))),
        (302, NotUnderstood(told(302))),
        (404, NotUnderstood(told(404))),
    ] {
        for body in [empty.as_str(), "", "<html>", "{\"data\":"] {
            let outcome = data(StatusCode::from_u16(status).unwrap(), body);
            assert_eq!(outcome, Err(sorted.clone()), "{status} {body}");
        }
    }
    for body in ["", "<html>", "{\"data\":{\"tra", "null", "[]", "7", "{}", "{\"data\":null}"] {
        let outcome = data(StatusCode::OK, body);
        assert!(matches!(outcome, Err(NotUnderstood(_))), "{body}: {outcome:?}");
    }
}

/// A look-up's `data` with these events.
fn track(nodes: &[Value]) -> Value {
    let edges: Vec<Value> = nodes.iter().map(|node| json!({ "node": node })).collect();
    json!({ "track": { "trackingNumber": DIGITS, "events": { "edges": edges } } })
}

fn node(code: &str, name: &str) -> Value {
    json!({ "time": START, "status": { "code": code, "name": name } })
}

#[test]
fn what_a_status_means() {
    use ParcelState::{
        Announced, AttemptFailed, AwaitingPickup, Delivered, Exception, InTransit, Lost,
        OutForDelivery, PickedUp, Returned, Unknown,
    };
    for (code, name, state) in [
        ("INFORMATION_RECEIVED", "접수", Announced),
        ("AT_PICKUP", "집하", PickedUp),
        ("IN_TRANSIT", "간선하차", InTransit),
        ("OUT_FOR_DELIVERY", "배달전", OutForDelivery),
        ("ATTEMPT_FAIL", "미배달", AttemptFailed),
        ("AVAILABLE_FOR_PICKUP", "보관", AwaitingPickup),
        ("DELIVERED", "배달완료", Delivered),
        ("EXCEPTION", "사고", Exception),
        ("UNKNOWN", "", Unknown),
        ("NEXT_YEARS", "배달완료", Unknown),
        ("", "", Unknown),
        ("delivered", "", Unknown),
        // Only the name says that a parcel went back, whatever the scan was.
        ("EXCEPTION", "반송", Returned),
        ("UNKNOWN", "반송 접수", Returned),
        ("IN_TRANSIT", "반송출고", Returned),
        ("DELIVERED", "반송완료", Returned),
        ("DELIVERED", "배달완료(반송)", Returned),
        ("EXCEPTION", "반송취소", Exception),
        ("IN_TRANSIT", "반송 취소", InTransit),
        // A customer's return service is another parcel.
        ("EXCEPTION", "반품취소", Exception),
        ("EXCEPTION", "분실", Lost),
        ("UNKNOWN", "화물분실", Lost),
        // A name makes nothing of a scan that has a code.
        ("DELIVERED", "분실 후 배달", Delivered),
        ("UNKNOWN", "배달완료", Unknown),
    ] {
        let told = tracking(track(&[node(code, name)]), &number()).unwrap();
        assert_eq!(told.events()[0].state, state, "{code} {name}");
    }
}

/// Whoever lives in 반송동 got parcels that were said to have gone back.
#[test]
fn the_name_of_a_place_returns_no_parcel() {
    let mut place = node("IN_TRANSIT", "도착");
    place["description"] = json!("도착 - 해운대반송우체국");
    place["location"] = json!({ "name": "해운대반송우체국" });
    let told = tracking(track(&[place]), &number()).unwrap();
    assert_eq!(told.state(), Some(ParcelState::InTransit));
}

#[test]
fn an_event_that_is_half_there_keeps_the_others_readable() {
    let odd = [
        node("AT_PICKUP", "집하"),
        json!(null),
        json!({ "status": { "code": "IN_TRANSIT" } }),
        json!({ "time": null, "status": { "code": "IN_TRANSIT", "name": null } }),
        json!({ "time": "Invalid DateTime", "status": { "code": "IN_TRANSIT", "name": "\u{7}" } }),
        json!({ "time": "1969-12-31T23:59:59Z", "status": { "code": "DELIVERED", "name": "x" } }),
    ];
    let told = tracking(track(&odd), &number()).unwrap();
    let times: Vec<_> = told.events().iter().map(|event| event.at.is_some()).collect();
    assert_eq!(times, [true, false, false, false, false]);
    assert_eq!(told.state(), Some(ParcelState::Delivered));
    // It proves nothing.
    assert_eq!(told.since(START.parse::<Instant>().unwrap()).state(), Some(ParcelState::PickedUp));
    let long = node("IN_TRANSIT", &"가".repeat(1_000));
    let told = tracking(track(&[long]), &number()).unwrap();
    assert_eq!(told.events()[0].name, "가".repeat(40));
}

#[test]
fn of_too_many_events_the_newest_count() {
    let mut nodes = vec![node("DELIVERED", "old"); 3];
    nodes.extend(vec![node("IN_TRANSIT", "new"); EVENTS_MAX]);
    let told = tracking(track(&nodes), &number()).unwrap();
    assert_eq!(told.events().len(), EVENTS_MAX);
    assert_eq!(told.state(), Some(ParcelState::InTransit));
}

#[test]
fn what_is_no_parcel_is_not_understood() {
    let ours = json!(DIGITS);
    let none = json!({ "edges": [] });
    for track in [
        json!(null),
        json!({}),
        json!("x"),
        json!({ "trackingNumber": ours }),
        json!({ "trackingNumber": ours, "events": null }),
        json!({ "trackingNumber": ours, "events": { "edges": null } }),
        json!({ "trackingNumber": ours, "events": { "edges": [{ "node": { "time": START } }] } }),
        json!({ "trackingNumber": ours, "events": { "edges": [{ "node": { "status": {} } }] } }),
        json!({ "trackingNumber": 688_712_345_678_i64, "events": none }),
        json!({ "trackingNumber": "", "events": none }),
        json!({ "trackingNumber": "688712345679", "events": none }),
        json!({ "events": none }),
    ] {
        let body = json!({ "track": track });
        let outcome = tracking(body.clone(), &number());
        assert!(matches!(outcome, Err(NotUnderstood(_))), "{body}: {outcome:?}");
    }
    // Our number as the carrier prints it, and nothing to tell yet.
    let printed = json!({ "track": { "trackingNumber": "6887-1234-5678", "events": none } });
    assert_eq!(tracking(printed, &number()).unwrap().state(), None);
}
