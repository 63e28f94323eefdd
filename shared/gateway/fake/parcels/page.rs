//! The page on which a person moves parcels.

use std::fmt::Write as _;

use axum::{
    Form,
    extract::State,
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::carrier::{Carrier, TrackingNumber};
use http::StatusCode;
use serde::Deserialize;

use super::{
    Parcels,
    book::{Book, FakeParcel, NoticeMode, ParcelName, ParcelStep},
};
use crate::fake::html::{document, escaped};

/// How many answers to notices are shown.
const SENT_MAX: usize = 10;

/// A button that was pressed.
#[derive(Deserialize)]
pub(super) struct Pressed {
    #[serde(default)]
    carrier: String,
    #[serde(default)]
    number: String,
    press: String,
}

pub(super) async fn list(State(parcels): State<Parcels>) -> Html<String> {
    Html(document("Delivery Tracker (local)", &parcels.read(body)))
}

pub(super) async fn pressed(
    State(parcels): State<Parcels>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let Pressed { carrier, number, press } = pressed;
    if let Some(mode) = NoticeMode::ALL.iter().find(|mode| mode.press() == press) {
        parcels.set_mode(*mode);
    } else if press == "hasten" {
        parcels.hasten();
    } else {
        // What is no number is on no parcel.
        let known = Carrier::by_id(&carrier);
        let number = known.and_then(|carrier| TrackingNumber::parse(carrier, &number).ok());
        let Some(number) = number else {
            return (StatusCode::BAD_REQUEST, "no such carrier, or not its number").into_response();
        };
        if !press_on(&parcels, &carrier, number.digits(), &press) {
            return (StatusCode::BAD_REQUEST, "there is no such button").into_response();
        }
    }
    parcels.send_notices().await;
    Redirect::to(&parcels.base).into_response()
}

/// Presses a button of one parcel, if there is such a button.
fn press_on(parcels: &Parcels, carrier: &str, number: &str, press: &str) -> bool {
    let name = ParcelName::new(carrier, number);
    let flip = |flag: fn(&FakeParcel) -> bool| {
        !parcels.read(|book| book.parcels.get(&name).is_some_and(flag))
    };
    match press {
        "add" => parcels.write(|book| {
            let _there = book.parcel(&name);
        }),
        "silence" => parcels.silence(carrier, number, flip(|parcel| parcel.is_silent)),
        "mix-up" => parcels.mix_up(carrier, number, flip(|parcel| parcel.is_mixed_up)),
        press => {
            let mut steps = ParcelStep::ALL.iter();
            let Some(step) = steps.find(|step| step.line().press == press) else { return false };
            parcels.step(carrier, number, *step);
        }
    }
    true
}

// Writing to a string cannot fail.
fn body(book: &Book) -> String {
    let mut html = String::new();
    for (name, parcel) in &book.parcels {
        one(&mut html, book, name, parcel);
    }
    if book.parcels.is_empty() {
        html.push_str("<p>No parcel was handed in yet.</p>");
    }
    html.push_str("<h2>Another parcel</h2><form method=\"post\"><select name=\"carrier\">");
    for carrier in Carrier::ALL {
        let _ok = write!(html, "<option value=\"{}\">{}</option>", carrier.id(), carrier.name());
    }
    html.push_str("</select> <input name=\"number\" placeholder=\"tracking number\"> ");
    button(&mut html, "add", "add");
    html.push_str("</form><h2>Notices</h2><form method=\"post\"><p>");
    for mode in NoticeMode::ALL {
        let label = if *mode == book.mode { "✓ " } else { "" };
        button(&mut html, mode.press(), &format!("{label}{}", mode.press()));
    }
    let late = book.late.len();
    let _ok = write!(html, "</p><p>{late} late or not taken ");
    button(&mut html, "hasten", "send them now");
    html.push_str("</p></form><ul>");
    for sent in book.sent.iter().rev().take(SENT_MAX) {
        let _ok = write!(html, "<li>{}</li>", escaped(sent));
    }
    html.push_str("</ul>");
    html
}

fn one(html: &mut String, book: &Book, name: &ParcelName, parcel: &FakeParcel) {
    let ParcelName { carrier, number } = name;
    let known = Carrier::by_id(carrier).map(Carrier::name).unwrap_or(carrier);
    let _ok = write!(html, "<h2>{} {}</h2><ul>", escaped(known), escaped(number));
    for event in &parcel.events {
        let name = escaped(&event.name);
        let _ok = write!(html, "<li>{} {name} ({})</li>", event.at, event.code);
    }
    for watch in book.watches.iter().filter(|watch| watch.of == *name) {
        let _ok = write!(html, "<li>watched until {}</li>", watch.until);
    }
    html.push_str("</ul><form method=\"post\"><p>");
    hidden(html, "carrier", carrier);
    hidden(html, "number", number);
    for step in ParcelStep::ALL {
        button(html, step.line().press, step.line().label);
    }
    let silence = if parcel.is_silent { "✓ silence" } else { "silence" };
    button(html, "silence", silence);
    let mixed_up = if parcel.is_mixed_up { "✓ belongs to another" } else { "belongs to another" };
    button(html, "mix-up", mixed_up);
    html.push_str("</p></form>");
}

fn hidden(html: &mut String, name: &str, text: &str) {
    let text = escaped(text);
    let _ok = write!(html, "<input type=\"hidden\" name=\"{name}\" value=\"{text}\">");
}

fn button(html: &mut String, press: &str, label: &str) {
    let _ok = write!(html, "<button name=\"press\" value=\"{press}\">{label}</button> ");
}
