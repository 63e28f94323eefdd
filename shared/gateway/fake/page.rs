//! The pages a payer sees.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Html,
    routing::get,
};

use super::{
    Providers,
    html::{document, escaped},
};

/// Asks whether to pay; `fields` travel along.
pub(super) fn checkout(who: &str, name: &str, won: i64, fields: &[(&str, &str)]) -> String {
    let buttons = [
        ("pay", "결제하기 (pay)"),
        ("refuse", "거절될 카드로 결제 (pay, the card is refused)"),
        ("cancel", "취소 (break off)"),
    ];
    asking(who, &format!("{name} {won} won"), fields, &buttons)
}

/// Asks a question with these buttons as answers; `fields` travel along.
pub(super) fn asking(
    who: &str,
    what: &str,
    fields: &[(&str, &str)],
    buttons: &[(&str, &str)],
) -> String {
    let mut body = format!("<p>{}</p><form method=\"post\">", escaped(what));
    for (name, text) in fields {
        let text = escaped(text);
        // Writing to a string cannot fail.
        let _ok = write!(body, "<input type=\"hidden\" name=\"{name}\" value=\"{text}\">");
    }
    for (press, label) in buttons {
        let _ok = write!(body, "<p><button name=\"press\" value=\"{press}\">{label}</button></p>");
    }
    body.push_str("</form>");
    document(&format!("{who} (local)"), &body)
}

/// `url` with `query` behind it.
pub(super) fn with_query(url: &str, query: &[(&str, &str)]) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    format!("{url}{sign}{query}")
}

/// `/{payment}/{outcome}`: what a shop's own page would do with what the payer brought back.
pub(super) fn returned(providers: Providers) -> Router {
    Router::new().route("/{payment}/{outcome}", get(show)).with_state(providers)
}

async fn show(
    State(providers): State<Providers>,
    Path((payment, outcome)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Html<String> {
    // The marketplace is the one whose `/_local` this is.
    let api = providers.base.trim_end_matches("/_local");
    let (payment, outcome) = (escaped(&payment), escaped(&outcome));
    let value = |name: &str| query.get(name).map(|text| escaped(text));
    if let Some(key) = value("authKey") {
        return Html(document("Card", &registration(api, &key)));
    }
    let body = match (value("paymentKey"), value("pg_token")) {
        (Some(key), _) => {
            let amount = value("amount").unwrap_or_default();
            format!("{{\"paymentKey\":\"{key}\",\"amount\":{amount}}}")
        }
        (_, Some(token)) => format!("{{\"pgToken\":\"{token}\"}}"),
        _ => return Html(document(&format!("Payment {outcome}"), "<p>Nothing was paid.</p>")),
    };
    let text = format!(
        "<p>The payer agreed. Now confirm:</p><pre>curl -sX POST \
         {api}/v1/payments/{payment}/confirm \\\n  -H \"authorization: Bearer $TOKEN\" \
         -H 'content-type: application/json' \\\n  -H \"idempotency-key: confirm-{payment}\" \
         -d '{body}'</pre>"
    );
    Html(document(&format!("Payment {outcome}"), &text))
}

/// How the card that somebody just agreed to is registered.
fn registration(api: &str, auth_key: &str) -> String {
    format!(
        "<p>The owner agreed. Now register the card:</p><pre>curl -sX POST \
         {api}/v1/me/payment-methods \\\n  -H \"authorization: Bearer $TOKEN\" \
         -H 'content-type: application/json' \\\n  -H \"idempotency-key: {auth_key}\" \
         -d '{{\"authKey\":\"{auth_key}\",\"password\":\"271828\"}}'</pre>"
    )
}
