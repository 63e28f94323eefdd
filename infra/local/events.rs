//! EventBridge: `PutEvents`, and the rules that route events into queues by their detail-type.

use kernel::{Instant, Span};
use serde_json::{Value, json};

use crate::{
    account::Account,
    names::{ACCOUNT, REGION},
    sqs::{self, NewMessage},
    state::State,
    wire::{Answer, ServiceError},
};

const ENTRIES_MAX: usize = 10;
const BYTES_MAX: usize = 262_144;

pub(crate) fn answer(account: &Account, operation: &str, body: &Value) -> Answer {
    if operation != "PutEvents" {
        let message = format!("the embedded cloud does not know EventBridge's {operation}");
        return Err(ServiceError::client("UnknownOperationException", message));
    }
    let entries = body.get("Entries").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if entries.is_empty() || entries.len() > ENTRIES_MAX {
        let message = "1 validation error detected: Value at 'entries' failed to satisfy \
                       constraint: Member must have length between 1 and 10";
        return Err(ServiceError::client("ValidationException", message));
    }
    if body.to_string().len() > BYTES_MAX {
        let message = "Total size of the entries in the request is over the limit.";
        return Err(ServiceError::client("ValidationException", message));
    }
    let now = account.clock.now();
    let results: Vec<_> = account
        .change(|state| entries.iter().map(|entry| put(account, state, entry, now)).collect());
    let failed = results.iter().filter(|result| result.get("ErrorCode").is_some()).count();
    Ok(json!({ "FailedEntryCount": failed, "Entries": results }))
}

/// Takes all events but one, which is named as not taken: the service's own failure. `None` when
/// there is none, or the request is refused as a whole.
pub(crate) fn partly(account: &Account, body: &Value) -> Option<Value> {
    let entries = body.get("Entries").and_then(Value::as_array)?;
    // Not always the first: which one follows from the request.
    let which = body.to_string().len().checked_rem(entries.len())?;
    let mut rest = body.clone();
    rest.get_mut("Entries")?.as_array_mut()?.remove(which);
    let mut results = match entries.len() {
        1 => Vec::new(),
        _ => {
            let answer = answer(account, "PutEvents", &rest).ok()?;
            answer.get("Entries")?.as_array()?.clone()
        }
    };
    let failed = json!({ "ErrorCode": "InternalFailure", "ErrorMessage": "on purpose" });
    results.insert(which, failed);
    let failed = results.iter().filter(|result| result.get("ErrorCode").is_some()).count();
    Some(json!({ "FailedEntryCount": failed, "Entries": results }))
}

/// Takes one event, or tells what is wrong with it.
fn put(account: &Account, state: &mut State, entry: &Value, now: Instant) -> Value {
    let member = |name: &str| entry.get(name).and_then(Value::as_str);
    let invalid = |code: &str, message: &str| json!({ "ErrorCode": code, "ErrorMessage": message });
    let (Some(source), Some(kind), Some(detail)) =
        (member("Source"), member("DetailType"), member("Detail"))
    else {
        let message = "Parameter Source, DetailType or Detail is not valid. Reason: missing.";
        return invalid("InvalidArgument", message);
    };
    let Ok(detail @ Value::Object(_)) = serde_json::from_str::<Value>(detail) else {
        return invalid("MalformedDetail", "Detail is malformed.");
    };
    let id = state.fresh_id();
    let text = now.to_string();
    // EventBridge tells whole seconds.
    let seconds = text.split('.').next().unwrap_or(&text);
    let event = json!({
        "version": "0",
        "id": id,
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": format!("{seconds}Z"),
        "region": REGION,
        "resources": entry.get("Resources").cloned().unwrap_or_else(|| json!([])),
        "detail": detail,
    });
    let event = event.to_string();
    let delay = Span::millis(0);
    let new = NewMessage { body: &event, attributes: Value::Null, sent_at: now, delay };
    for queue in account.wiring.queues_of_event(kind) {
        sqs::enqueue(account, state, queue, &new);
    }
    json!({ "EventId": id })
}
