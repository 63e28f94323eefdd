//! What is kept of a provider's answer: for whoever has to find out what happened, and no more.

use serde_json::Value;

/// A longer answer is cut.
pub const ANSWER_BYTES_MAX: usize = 16 * 1_024;

/// What stands in the place of a hidden value, and behind a cut.
const HIDDEN: &str = "…";

/// Fields that say who somebody is or how they are reached, that open something, or that are links
/// which do. Card numbers come masked.
const PRIVATE: &[&str] = &[
    "secret",
    "billingKey",
    "customerKey",
    "customerName",
    "customerEmail",
    "customerMobilePhone",
    "accountNumber",
    "holderName",
    "registrationNumber",
    "refundReceiveAccount",
    "mobilePhone",
    "cashReceipt",
    "cashReceipts",
    "receipt",
    "checkout",
];

/// The answer as text, without what is private, of at most [`ANSWER_BYTES_MAX`] bytes.
#[must_use]
pub fn kept(answer: &Value) -> String {
    let text = without_private(answer).to_string();
    if text.len() <= ANSWER_BYTES_MAX {
        return text;
    }
    let room = ANSWER_BYTES_MAX - HIDDEN.len();
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let (kept, _) = text.split_at(end);
    format!("{kept}{HIDDEN}")
}

fn without_private(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let hidden = PRIVATE.contains(&name.as_str()) && !value.is_null();
                let value = if hidden { HIDDEN.into() } else { without_private(value) };
                (name.clone(), value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(without_private).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_private_is_kept() {
        let answer = json!({
            "paymentKey": "tgen", "secret": "ps_x", "card": { "number": "1234****", "amount": 1 },
            "virtualAccount": {
                "accountNumber": "110-1", "customerName": "김민지", "dueDate": "2026-12-01",
                "refundReceiveAccount": null,
            },
            "cancels": [{ "cancelAmount": 1, "receipt": { "url": "https://x" } }],
        });
        let due = json!({
            "paymentKey": "tgen", "secret": "…", "card": { "number": "1234****", "amount": 1 },
            "virtualAccount": {
                "accountNumber": "…", "customerName": "…", "dueDate": "2026-12-01",
                "refundReceiveAccount": null,
            },
            "cancels": [{ "cancelAmount": 1, "receipt": "…" }],
        });
        assert_eq!(kept(&answer), due.to_string());
    }

    #[test]
    fn a_long_answer_is_cut_between_characters() {
        for shift in 0..4 {
            let long = format!("{}{}", "x".repeat(shift), "가".repeat(ANSWER_BYTES_MAX));
            let text = kept(&Value::String(long));
            assert!(text.len() <= ANSWER_BYTES_MAX && text.len() > ANSWER_BYTES_MAX - 8, "{shift}");
            assert!(text.ends_with("가…"));
        }
        let short = "x".repeat(ANSWER_BYTES_MAX - 2);
        assert_eq!(kept(&json!(short)), json!(short).to_string(), "it fits to the byte");
    }
}
