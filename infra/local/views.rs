//! What the cloud holds, as JSON for a developer's eyes.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{
    cloud::Cloud,
    state::{Counts, Queue},
    wiring::dead_letter_queue,
};

/// How many messages of a queue are shown.
const BODIES_MAX: usize = 20;

pub(crate) async fn index() -> Json<Value> {
    Json(json!({
        "/_local/sms": "text messages sent, newest first",
        "/_local/emails": "e-mails sent, newest first",
        "/_local/queues": "queues and dead-letter queues",
        "/_local/schedules": "one-time schedules, rates, invocations waiting for another attempt",
        "/_local/failed": "stream records and invocations given up",
        "/_local/clock": "what time it is here; POST {\"advanceSeconds\": 3600} moves it on",
        "/_local/usage": "calls and request units so far",
    }))
}

pub(crate) async fn sms(State(cloud): State<Cloud>) -> Json<Value> {
    let mut sms = cloud.sms();
    sms.reverse();
    Json(json!(sms))
}

pub(crate) async fn emails(State(cloud): State<Cloud>) -> Json<Value> {
    let mut emails = cloud.emails();
    emails.reverse();
    Json(json!(emails))
}

pub(crate) async fn queues(State(cloud): State<Cloud>) -> Json<Value> {
    let account = &cloud.account;
    let now = account.clock.now();
    let view = |queue: &Queue| {
        let Counts { visible, in_flight, delayed } = queue.counts(now);
        let bodies = queue.messages.iter().take(BODIES_MAX).map(|message| {
            serde_json::from_str(&message.body)
                .unwrap_or_else(|_| Value::String(message.body.clone()))
        });
        let bodies: Vec<Value> = bodies.collect();
        json!({ "visible": visible, "inFlight": in_flight, "delayed": delayed, "bodies": bodies })
    };
    let rows = account.read(|state| {
        let rows = account.wiring.queues.iter().map(|consumer| {
            let dead = dead_letter_queue(&consumer.id);
            json!({
                "name": consumer.id,
                "function": consumer.id,
                "queue": state.queues.get(&consumer.id).map(view),
                "deadLetterQueue": state.queues.get(&dead).map(view),
            })
        });
        rows.collect::<Vec<_>>()
    });
    Json(Value::Array(rows))
}

pub(crate) async fn schedules(State(cloud): State<Cloud>) -> Json<Value> {
    let rows = cloud.account.read(|state| {
        let one_time = state.schedules.values().map(|schedule| {
            json!({
                "name": schedule.name,
                "group": schedule.group,
                "at": schedule.at,
                "function": schedule.function,
                "input": schedule.input,
                "completed": schedule.completed,
            })
        });
        json!({
            "oneTime": one_time.collect::<Vec<_>>(),
            "ratesLastFired": state.rates,
            "invocations": state.invocations,
        })
    });
    Json(rows)
}

pub(crate) async fn failed(State(cloud): State<Cloud>) -> Json<Value> {
    Json(json!(cloud.failed()))
}

pub(crate) async fn usage(State(cloud): State<Cloud>) -> Json<Value> {
    let usage = cloud.usage();
    let tables = usage.tables.iter().map(|((action, table), spent)| {
        json!({
            "action": action,
            "table": table.name(),
            "calls": spent.calls,
            "readUnits": spent.reads.to_string(),
            "writeUnits": spent.writes.to_string(),
        })
    });
    let tables: Vec<_> = tables.collect();
    Json(json!({ "calls": usage.actions, "tables": tables }))
}
