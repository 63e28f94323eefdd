//! The MD5 digests by which SQS clients check what was stored.

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) fn of_text(text: &str) -> String {
    format!("{:x}", md5::compute(text))
}

/// The digest of `MessageAttributes` as the wire has them; `None` when there are none.
/// Binary values are digested in their base64 form, which AWS decodes first.
pub(super) fn of_attributes(attributes: &Value) -> Option<String> {
    let sorted: BTreeMap<_, _> = attributes.as_object()?.iter().collect();
    if sorted.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    for (name, attribute) in sorted {
        let member = |member: &str| attribute.get(member).and_then(Value::as_str);
        put(&mut bytes, name);
        put(&mut bytes, member("DataType").unwrap_or_default());
        let (mark, value) = match (member("StringValue"), member("BinaryValue")) {
            (None, Some(binary)) => (2, binary),
            (text, _) => (1, text.unwrap_or_default()),
        };
        bytes.push(mark);
        put(&mut bytes, value);
    }
    Some(format!("{:x}", md5::compute(bytes)))
}

fn put(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(text.as_bytes());
}
