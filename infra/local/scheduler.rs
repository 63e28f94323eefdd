//! EventBridge Scheduler: one-time schedules that invoke a function.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use kernel::Instant;
use serde_json::{Value, json};

use crate::{
    account::Account,
    state::{OneTime, State},
    wire::{Answer, ServiceError, required},
};

const INVALID: &str = "ValidationException";
const NAME_LENGTH_MAX: usize = 64;
const DEFAULT_GROUP: &str = "default";

/// A REST request: what the path, the query and the body say.
pub(crate) struct Request<'a> {
    pub method: &'a Method,
    /// What follows `/schedules/`, decoded; empty for the collection.
    pub name: &'a str,
    pub query: &'a BTreeMap<String, String>,
    pub body: &'a Value,
}

/// What a request asks for, as IAM spells it.
pub(crate) const fn action(method: &Method, name: &str) -> &'static str {
    match (method, name.is_empty()) {
        (&Method::POST, _) => "scheduler:CreateSchedule",
        (&Method::PUT, _) => "scheduler:UpdateSchedule",
        (&Method::DELETE, _) => "scheduler:DeleteSchedule",
        (_, true) => "scheduler:ListSchedules",
        _ => "scheduler:GetSchedule",
    }
}

impl Request<'_> {
    fn key(&self) -> String {
        let named = self.query.get("groupName").map(String::as_str);
        let named = named.or_else(|| self.body.get("GroupName")?.as_str());
        format!("{}/{}", named.unwrap_or(DEFAULT_GROUP), self.name)
    }
}

pub(crate) fn answer(account: &Account, request: &Request<'_>) -> Answer {
    let key = request.key();
    match action(request.method, request.name) {
        "scheduler:CreateSchedule" => create(account, request, key),
        "scheduler:UpdateSchedule" => account.change(|state| {
            let old = state.schedules.get(&key).ok_or_else(not_found)?;
            let new = OneTime { created_at: old.created_at, ..read(account, request)? };
            let arn = account.names.schedule_arn(&new.group, &new.name);
            state.schedules.insert(key, new);
            Ok(json!({ "ScheduleArn": arn }))
        }),
        "scheduler:DeleteSchedule" => {
            let gone = account.change(|state| state.schedules.remove(&key));
            gone.map(|_| json!({})).ok_or_else(not_found)
        }
        "scheduler:GetSchedule" => account.read(|state| {
            let schedule = state.schedules.get(&key).ok_or_else(not_found)?;
            Ok(describe(account, schedule))
        }),
        _ => account.read(|state| Ok(list(account, state, request.query))),
    }
}

fn not_found() -> ServiceError {
    let message = "Schedule does not exist.";
    ServiceError::client("ResourceNotFoundException", message).status(StatusCode::NOT_FOUND)
}

fn create(account: &Account, request: &Request<'_>, key: String) -> Answer {
    let new = read(account, request)?;
    let token = |schedule: &OneTime| schedule.request.get("ClientToken").cloned();
    let arn = account.names.schedule_arn(&new.group, &new.name);
    account.change(|state| match state.schedules.get(&key) {
        // The same request again, which the SDK sends when an answer is lost.
        Some(old) if token(old).is_some() && token(old) == token(&new) => {
            Ok(json!({ "ScheduleArn": arn }))
        }
        Some(_) => {
            let message = format!("Schedule {} already exists.", new.name);
            let error = ServiceError::client("ConflictException", message);
            Err(error.status(StatusCode::CONFLICT))
        }
        None => {
            state.schedules.insert(key, new);
            Ok(json!({ "ScheduleArn": arn }))
        }
    })
}

/// A schedule from a request, or what is wrong with it.
fn read(account: &Account, request: &Request<'_>) -> Result<OneTime, ServiceError> {
    let Request { name, body, .. } = request;
    let invalid = |message: String| ServiceError::client(INVALID, message);
    let spelled = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > NAME_LENGTH_MAX || !name.chars().all(spelled) {
        return Err(invalid(format!("Invalid schedule name {name:?}.")));
    }
    let window = body.pointer("/FlexibleTimeWindow/Mode").and_then(Value::as_str);
    if window != Some("OFF") {
        return Err(invalid("the embedded cloud wants FlexibleTimeWindow OFF".into()));
    }
    let zone = body.get("ScheduleExpressionTimezone").and_then(Value::as_str);
    if zone.is_some_and(|zone| zone != "UTC") {
        return Err(invalid("the embedded cloud knows no zone but UTC".into()));
    }
    let expression = required(body, "ScheduleExpression", INVALID)?;
    let at = read_at(expression)
        .ok_or_else(|| invalid(format!("Invalid Schedule Expression {expression}.")))?;
    let target = body.get("Target").cloned().unwrap_or_default();
    let arn = required(&target, "Arn", INVALID)?;
    required(&target, "RoleArn", INVALID)?;
    let function = account.names.read_function_arn(arn);
    let function = function
        .filter(|id| account.wiring.functions.contains_key(*id))
        .ok_or_else(|| invalid(format!("there is no function {arn}")))?;
    let input = target.get("Input").and_then(Value::as_str).unwrap_or("{}");
    let input = serde_json::from_str(input)
        .map_err(|_| invalid("The function's input must be JSON.".into()))?;
    let group = body.get("GroupName").and_then(Value::as_str).unwrap_or(DEFAULT_GROUP);
    let after = body.get("ActionAfterCompletion").and_then(Value::as_str);
    Ok(OneTime {
        name: (*name).to_owned(),
        group: group.to_owned(),
        at,
        function: function.to_owned(),
        input,
        delete_after: after == Some("DELETE"),
        completed: false,
        created_at: account.clock.now(),
        request: (*body).clone(),
    })
}

/// `at(2026-11-21T09:00:00)`, UTC.
fn read_at(expression: &str) -> Option<Instant> {
    let text = expression.strip_prefix("at(")?.strip_suffix(')')?;
    if text.len() != "2026-11-21T09:00:00".len() {
        return None;
    }
    format!("{text}Z").parse().ok()
}

fn describe(account: &Account, schedule: &OneTime) -> Value {
    let mut answer = schedule.request.clone();
    if let Some(map) = answer.as_object_mut() {
        map.remove("ClientToken");
        map.insert("Name".into(), schedule.name.clone().into());
        map.insert("GroupName".into(), schedule.group.clone().into());
        map.insert(
            "Arn".into(),
            account.names.schedule_arn(&schedule.group, &schedule.name).into(),
        );
        map.insert("State".into(), "ENABLED".into());
        map.insert("CreationDate".into(), schedule.created_at.seconds().into());
    }
    answer
}

fn list(account: &Account, state: &State, query: &BTreeMap<String, String>) -> Value {
    // The SDK spells the group of this one operation `ScheduleGroup`.
    let group = query.get("ScheduleGroup");
    let prefix = query.get("NamePrefix").map_or("", String::as_str);
    let schedules = state.schedules.values().filter(|schedule| {
        group.is_none_or(|group| *group == schedule.group) && schedule.name.starts_with(prefix)
    });
    let rows = schedules.map(|schedule| {
        json!({
            "Name": schedule.name,
            "GroupName": schedule.group,
            "Arn": account.names.schedule_arn(&schedule.group, &schedule.name),
            "State": "ENABLED",
            "CreationDate": schedule.created_at.seconds(),
            "Target": { "Arn": schedule.request.pointer("/Target/Arn") },
        })
    });
    json!({ "Schedules": rows.collect::<Vec<_>>() })
}
