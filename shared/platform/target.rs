//! What a request was about, for its log line: the ids in its path, and nothing else of it.

use serde_json::{Map, Value};
use uuid::Uuid;

/// The ids that `path` has where the route's `template` has a name, by these names. What is no id
/// is left out: whoever asks may have written anything there, an e-mail address or a phone number.
#[must_use]
pub fn named_ids(template: &str, path: &str) -> Map<String, Value> {
    let names = template.split('/').map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let named = names.zip(path.split('/')).filter_map(|(name, part)| {
        let id: Uuid = part.parse().ok()?;
        Some((name?.to_owned(), Value::String(id.to_string())))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "01938f3c-7e2a-7000-8000-00000000000a";

    #[test]
    fn ids_have_names_and_what_is_no_id_is_left_out() {
        let bid = "/v1/auctions/{auctionId}/bids/{bidId}/receipt";
        let tag = "/v1/catalog/{itemId}/tags/{tag}";
        let both = json!({ "auctionId": ID, "bidId": ID });
        for (template, path, due) in [
            (bid, format!("/v1/auctions/{ID}/bids/{ID}/receipt"), both),
            (bid, "/v1/auctions/minji@example.com/bids/01012345678/receipt".to_owned(), json!({})),
            (tag, format!("/v1/catalog/{ID}/tags/x"), json!({ "itemId": ID })),
            ("/v1/me", "/v1/me".to_owned(), json!({})),
            ("$default", format!("/v1/{ID}"), json!({})),
        ] {
            assert_eq!(Value::Object(named_ids(template, &path)), due, "{path}");
        }
    }
}
