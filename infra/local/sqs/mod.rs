//! SQS: standard queues, at least once, with redrive to dead-letter queues.

mod digest;

use kernel::{Instant, Span};
use serde_json::{Map, Value, json};

use crate::{
    account::Account,
    fault::Upset,
    state::{Message, State},
    wire::{Answer, ServiceError, number, required},
};

/// The longest delay SQS accepts, in seconds.
const DELAY_SECONDS_MAX: i64 = 900;
/// The longest visibility timeout SQS accepts, in seconds.
const VISIBILITY_SECONDS_MAX: i64 = 43_200;
const BATCH_ENTRIES_MAX: usize = 10;
const BODY_BYTES_MAX: usize = 1_048_576;

const MISSING: &str = "com.amazonaws.sqs#MissingRequiredParameterException";
const INVALID: &str = "com.amazonaws.sqs#InvalidParameterValueException";

/// Answers one SQS operation.
pub(crate) fn answer(account: &Account, operation: &str, body: &Value) -> Answer {
    if operation == "GetQueueUrl" {
        return queue_url(account, body);
    }
    let url = required(body, "QueueUrl", MISSING)?;
    let name = account.names.read_queue_url(url).unwrap_or(url).to_owned();
    let now = account.clock.now();
    account.change(|state| {
        if !state.queues.contains_key(&name) {
            return Err(no_queue());
        }
        match operation {
            "SendMessage" => send(account, state, &name, body, now),
            "SendMessageBatch" => batch(body, |entry| send(account, state, &name, entry, now)),
            "ReceiveMessage" => receive(account, state, &name, body, now),
            "DeleteMessage" => delete(state, &name, body),
            "DeleteMessageBatch" => batch(body, |entry| delete(state, &name, entry)),
            "ChangeMessageVisibility" => hide(state, &name, body, now),
            "GetQueueAttributes" => attributes(account, state, &name, now),
            "PurgeQueue" => {
                if let Some(queue) = state.queues.get_mut(&name) {
                    queue.messages.clear();
                }
                Ok(json!({}))
            }
            other => Err(ServiceError::client(
                "com.amazonaws.sqs#UnsupportedOperation",
                format!("the embedded cloud does not know SQS's {other}"),
            )
            .query_code("AWS.SimpleQueueService.UnsupportedOperation")),
        }
    })
}

/// A message on its way into a queue.
pub(crate) struct NewMessage<'a> {
    pub body: &'a str,
    /// `MessageAttributes` as the wire has them, or null.
    pub attributes: Value,
    pub sent_at: Instant,
    pub delay: Span,
}

/// Puts a message (in as many copies as the knobs say) into a queue that exists.
/// Answers its id; `None` when there is no such queue.
pub(crate) fn enqueue(
    account: &Account,
    state: &mut State,
    name: &str,
    new: &NewMessage<'_>,
) -> Option<String> {
    let id = state.fresh_id();
    let copies = account.knobs(|knobs| knobs.message_copies.max(1));
    if copies > 1 {
        account.faults.note(Upset::MessageCopied);
    }
    for _ in 0..copies {
        let sequence = state.fresh_sequence();
        state.queues.get_mut(name)?.messages.push(Message {
            id: id.clone(),
            sequence,
            body: new.body.to_owned(),
            attributes: new.attributes.clone(),
            sent_at: new.sent_at,
            first_received_at: None,
            visible_at: new.sent_at + new.delay,
            receives: 0,
        });
    }
    Some(id)
}

/// Receives from a queue and moves what was received too often to its dead-letter queue.
pub(crate) fn take(
    account: &Account,
    state: &mut State,
    name: &str,
    max: usize,
    visibility: Option<Span>,
) -> Vec<Message> {
    let now = account.clock.now();
    let shuffle = account.knobs(|knobs| knobs.shuffle);
    let Some(queue) = state.queues.get_mut(name) else {
        return Vec::new();
    };
    let visibility = visibility.unwrap_or(queue.visibility());
    let received = queue.receive(now, max, visibility, shuffle);
    if !received.batch.is_sorted_by_key(|message| message.sequence) {
        account.faults.note(Upset::QueueShuffled);
    }
    let target = queue.redrive.as_ref().map(|redrive| redrive.dead_letter_queue.clone());
    let target = target.and_then(|target| state.queues.get_mut(&target));
    if let Some(target) = target {
        target.messages.extend(received.dead.into_iter().map(|message| {
            tracing::warn!(queue = name, message = message.id, "moved to the dead-letter queue");
            Message { receives: 0, ..message }
        }));
    }
    received.batch
}

fn no_queue() -> ServiceError {
    let message = "The specified queue does not exist.";
    ServiceError::client("com.amazonaws.sqs#QueueDoesNotExist", message)
        .query_code("AWS.SimpleQueueService.NonExistentQueue")
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::client(INVALID, message).query_code("InvalidParameterValue")
}

fn queue_url(account: &Account, body: &Value) -> Answer {
    let full = required(body, "QueueName", MISSING)?;
    let name = full.strip_prefix(&account.names.prefix).unwrap_or(full);
    let known = account.read(|state| state.queues.contains_key(name));
    let url = account.names.queue_url(name);
    if known { Ok(json!({ "QueueUrl": url })) } else { Err(no_queue()) }
}

fn send(account: &Account, state: &mut State, name: &str, entry: &Value, now: Instant) -> Answer {
    let body = required(entry, "MessageBody", MISSING)?;
    let delay = number(entry, "DelaySeconds").unwrap_or(0);
    if !(0..=DELAY_SECONDS_MAX).contains(&delay) {
        return Err(invalid(format!(
            "Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be \
             >= 0 and <= {DELAY_SECONDS_MAX}."
        )));
    }
    if body.is_empty() || body.len() > BODY_BYTES_MAX {
        return Err(invalid("One or more parameters are invalid. Reason: Message body."));
    }
    let attributes = entry.get("MessageAttributes").cloned().unwrap_or_default();
    let mut answer = json!({ "MD5OfMessageBody": digest::of_text(body) });
    if let (Some(digest), Some(map)) = (digest::of_attributes(&attributes), answer.as_object_mut())
    {
        map.insert("MD5OfMessageAttributes".into(), digest.into());
    }
    let new = NewMessage { body, attributes, sent_at: now, delay: Span::seconds(delay) };
    let id = enqueue(account, state, name, &new).ok_or_else(no_queue)?;
    if let Some(map) = answer.as_object_mut() {
        map.insert("MessageId".into(), id.into());
    }
    Ok(answer)
}

fn receive(account: &Account, state: &mut State, name: &str, body: &Value, now: Instant) -> Answer {
    let max = number(body, "MaxNumberOfMessages").unwrap_or(1);
    let max = usize::try_from(max).ok().filter(|max| (1..=BATCH_ENTRIES_MAX).contains(max));
    let max = max.ok_or_else(|| invalid("MaxNumberOfMessages must be between 1 and 10"))?;
    let visibility = number(body, "VisibilityTimeout").map(Span::seconds);
    let batch = take(account, state, name, max, visibility);
    let messages: Vec<_> = batch.iter().map(|message| wire_message(message, now)).collect();
    Ok(if messages.is_empty() { json!({}) } else { json!({ "Messages": messages }) })
}

fn wire_message(message: &Message, now: Instant) -> Value {
    let mut wire = json!({
        "MessageId": message.id,
        "ReceiptHandle": message.receipt(),
        "Body": message.body,
        "MD5OfBody": digest::of_text(&message.body),
        "Attributes": system_attributes(message, now),
    });
    let digest = digest::of_attributes(&message.attributes);
    if let (Some(digest), Some(map)) = (digest, wire.as_object_mut()) {
        map.insert("MessageAttributes".into(), message.attributes.clone());
        map.insert("MD5OfMessageAttributes".into(), digest.into());
    }
    wire
}

fn system_attributes(message: &Message, now: Instant) -> Value {
    json!({
        "ApproximateReceiveCount": message.receives.to_string(),
        "ApproximateFirstReceiveTimestamp":
            message.first_received_at.unwrap_or(now).millis().to_string(),
        "SentTimestamp": message.sent_at.millis().to_string(),
        "SenderId": crate::names::ACCOUNT,
    })
}

/// The record by which Lambda hands a message to a function.
pub(crate) fn lambda_record(account: &Account, queue: &str, message: &Message) -> Value {
    // The event spells the attributes' members in lower case where the API capitalises them.
    let lower = |attribute: &Value| -> Map<String, Value> {
        let members = attribute.as_object().into_iter().flatten();
        members
            .map(|(name, value)| {
                let (first, rest) = name.split_at_checked(1).unwrap_or((name, ""));
                (format!("{}{rest}", first.to_lowercase()), value.clone())
            })
            .collect()
    };
    let attributes = message.attributes.as_object().into_iter().flatten();
    let attributes: Map<String, Value> =
        attributes.map(|(name, value)| (name.clone(), Value::Object(lower(value)))).collect();
    json!({
        "messageId": message.id,
        "receiptHandle": message.receipt(),
        "body": message.body,
        "attributes": system_attributes(message, message.sent_at),
        "messageAttributes": attributes,
        "md5OfBody": digest::of_text(&message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": account.names.queue_arn(queue),
        "awsRegion": crate::names::REGION,
    })
}

fn delete(state: &mut State, name: &str, entry: &Value) -> Answer {
    let receipt = required(entry, "ReceiptHandle", MISSING)?;
    if let Some(queue) = state.queues.get_mut(name) {
        queue.delete(receipt);
    }
    Ok(json!({}))
}

fn hide(state: &mut State, name: &str, body: &Value, now: Instant) -> Answer {
    let receipt = required(body, "ReceiptHandle", MISSING)?;
    let seconds = number(body, "VisibilityTimeout").unwrap_or(-1);
    if !(0..=VISIBILITY_SECONDS_MAX).contains(&seconds) {
        return Err(invalid("VisibilityTimeout must be between 0 and 43200 seconds"));
    }
    let queue = state.queues.get_mut(name).ok_or_else(no_queue)?;
    if queue.hide_until(receipt, now + Span::seconds(seconds)) {
        Ok(json!({}))
    } else {
        let code = "com.amazonaws.sqs#MessageNotInflight";
        Err(ServiceError::client(code, "The message is not in flight.")
            .query_code("AWS.SimpleQueueService.MessageNotInflight"))
    }
}

fn attributes(account: &Account, state: &State, name: &str, now: Instant) -> Answer {
    let queue = state.queues.get(name).ok_or_else(no_queue)?;
    let counts = queue.counts(now);
    let mut attributes = json!({
        "QueueArn": account.names.queue_arn(name),
        "ApproximateNumberOfMessages": counts.visible.to_string(),
        "ApproximateNumberOfMessagesNotVisible": counts.in_flight.to_string(),
        "ApproximateNumberOfMessagesDelayed": counts.delayed.to_string(),
        "VisibilityTimeout": queue.visibility_seconds.to_string(),
        "DelaySeconds": "0",
    });
    if let (Some(redrive), Some(map)) = (&queue.redrive, attributes.as_object_mut()) {
        let policy = json!({
            "deadLetterTargetArn": account.names.queue_arn(&redrive.dead_letter_queue),
            "maxReceiveCount": redrive.max_receive_count,
        });
        map.insert("RedrivePolicy".into(), policy.to_string().into());
    }
    Ok(json!({ "Attributes": attributes }))
}

/// Runs `act` on every entry; each fails on its own.
fn batch(body: &Value, mut act: impl FnMut(&Value) -> Answer) -> Answer {
    let entries = body.get("Entries").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if entries.is_empty() {
        let code = "com.amazonaws.sqs#EmptyBatchRequest";
        return Err(ServiceError::client(code, "There should be at least one entry.")
            .query_code("AWS.SimpleQueueService.EmptyBatchRequest"));
    }
    if entries.len() > BATCH_ENTRIES_MAX {
        let code = "com.amazonaws.sqs#TooManyEntriesInBatchRequest";
        return Err(ServiceError::client(code, "Maximum number of entries per request are 10.")
            .query_code("AWS.SimpleQueueService.TooManyEntriesInBatchRequest"));
    }
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        let id = entry.get("Id").cloned().unwrap_or_default();
        match act(entry) {
            Ok(Value::Object(mut done)) => {
                done.insert("Id".into(), id);
                successful.push(Value::Object(done));
            }
            Ok(_) => successful.push(json!({ "Id": id })),
            Err(error) => failed.push(json!({
                "Id": id,
                "SenderFault": !error.status.is_server_error(),
                "Code": error.query_code.unwrap_or(error.code),
                "Message": error.message,
            })),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}
