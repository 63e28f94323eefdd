//! `events/<function>/<case>.json`: real invocation payloads, which every function must accept.

use std::{collections::BTreeSet, fs, path::PathBuf};

use platform::{Function, Trigger};
use serde_json::Value;
use testkit::TestApp;

use crate::support::{openapi, operation, root};

/// The cases of a function, sorted.
fn cases(id: &str) -> Vec<(PathBuf, Value)> {
    let Ok(entries) = fs::read_dir(root().join("events").join(id)) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        (path, value)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_folder_of_events_belongs_to_a_function() {
    let ids: BTreeSet<String> =
        registry::functions().into_iter().map(|function| function.id()).collect();
    for entry in fs::read_dir(root().join("events")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(ids.contains(&name), "events/{name}");
    }
}

#[tokio::test]
async fn every_function_accepts_its_events() {
    let document = openapi();
    let mut faults = Vec::new();
    for function in registry::functions() {
        let id = function.id();
        let cases = cases(&id);
        if cases.is_empty() {
            faults.push(format!("{id} has no event in events/{id}/"));
        }
        for (path, payload) in cases {
            if let Err(fault) = replay(function, payload, &document).await {
                faults.push(format!("{}: {fault}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Invokes `function` on an empty product as Lambda would.
async fn replay(
    function: &'static Function,
    payload: Value,
    document: &Value,
) -> Result<(), String> {
    let app = TestApp::start(&registry::functions()).await;
    app.leave_unchecked(); // the event tells of things that this product has never seen
    let header = payload.pointer("/headers/authorization").and_then(Value::as_str);
    let signed_in = header.is_some_and(|header| header.starts_with("Bearer "));
    let answer =
        app.invoke(&function.id(), payload).await.map_err(|failure| failure.to_string())?;
    let breaches = app.app.breaches();
    if !breaches.is_empty() {
        return Err(breaches.join(", "));
    }
    match &function.trigger {
        Trigger::Http(http) => {
            let status = answer["statusCode"].as_u64().unwrap_or_default();
            let listed = &operation(document, http)["responses"][status.to_string()];
            let documented = http.path == platform::FALLBACK_PATH || listed.is_object();
            let known = status != 401 || !signed_in;
            let fine = (200..500).contains(&status) && documented && known;
            if fine { Ok(()) } else { Err(answer.to_string()) }
        }
        Trigger::Queue(_) | Trigger::Stream(_) => {
            let failures = answer["batchItemFailures"].as_array().map_or(0, Vec::len);
            if failures == 0 { Ok(()) } else { Err(format!("{answer} {:?}", app.log_lines())) }
        }
        Trigger::Schedule(_) => Ok(()),
    }
}
