//! The API reference says everything about every route.

use std::collections::{BTreeMap, BTreeSet};

use platform::{FALLBACK_PATH, Method, http::common_problems};
use serde_json::Value;

use crate::support::{openapi, operation, routes};

#[test]
fn it_lists_exactly_the_routes() {
    let document = openapi();
    let mut listed = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            listed.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let routes = routes();
    let due: BTreeSet<String> =
        routes.iter().map(|(_, http)| format!("{} {}", http.method.as_str(), http.path)).collect();
    assert_eq!(listed, due);
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn a_handlers_own_contract_names_its_functions_route() {
    for function in registry::functions() {
        let Some(http) = function.http() else { continue };
        let docs = serde_json::to_value((http.routes)().into_openapi()).unwrap();
        let paths = docs["paths"].as_object().cloned().unwrap_or_default();
        if http.path == FALLBACK_PATH {
            assert!(paths.is_empty());
            assert_eq!(http.method, Method::Any);
            continue;
        }
        let method = http.method.as_str().to_lowercase();
        assert_eq!(paths.keys().collect::<Vec<_>>(), [http.path], "{}", function.id());
        let methods: Vec<&String> = paths[http.path].as_object().unwrap().keys().collect();
        assert_eq!(methods, [&method], "{}", function.id());
    }
}

#[test]
fn every_operation_says_what_it_does_and_what_can_go_wrong() {
    let document = openapi();
    let mut faults = Vec::new();
    for (function, http) in routes() {
        let operation = operation(&document, http);
        let mut fault = |text: String| faults.push(format!("{}: {text}", function.id()));
        if operation["operationId"] != function.id() {
            fault(format!("operationId {}", operation["operationId"]));
        }
        for member in ["summary", "description"] {
            if operation[member].as_str().is_none_or(|text| text.trim().len() < 10) {
                fault(format!("no {member}"));
            }
        }
        if operation["summary"].as_str().is_some_and(|text| text.ends_with('.')) {
            fault("a summary has no full stop".to_owned());
        }
        let responses = operation["responses"].as_object().unwrap();
        if !responses.keys().any(|status| status.starts_with('2')) {
            fault("no success".to_owned());
        }
        for problem in http.problems.iter().copied().chain(common_problems(http)) {
            let response = &responses[&problem.status.to_string()];
            let media = &response["content"]["application/problem+json"];
            let listed = response["description"].as_str().unwrap().contains(problem.code);
            if !listed || media["examples"][problem.code].is_null() || media["schema"].is_null() {
                fault(format!("{} has no example", problem.code));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_success_with_a_body_has_a_schema_and_every_parameter_a_description() {
    let document = openapi();
    let mut faults = Vec::new();
    for (function, http) in routes() {
        let operation = operation(&document, http);
        for (status, response) in operation["responses"].as_object().unwrap() {
            for (kind, media) in response["content"].as_object().into_iter().flatten() {
                if media["schema"].is_null() {
                    faults.push(format!("{}: {status} {kind} has no schema", function.id()));
                }
            }
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in &parameters {
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                faults.push(format!("{}: parameter {}", function.id(), parameter["name"]));
            }
        }
        let in_path = |name: &str| {
            parameters
                .iter()
                .any(|parameter| parameter["in"] == "path" && parameter["name"] == name)
        };
        let names = http.path.split('/').filter_map(|part| part.strip_prefix('{'));
        for name in names.filter_map(|name| name.strip_suffix('}')) {
            if !in_path(name) {
                faults.push(format!("{}: {name} is not declared", function.id()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi();
    let mut broken = Vec::new();
    visit(&document, &mut |node| {
        let Some(target) = node["$ref"].as_str() else { return };
        let found = document.pointer(target.trim_start_matches('#'));
        if found.is_none() {
            broken.push(target.to_owned());
        }
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

fn visit(node: &Value, see: &mut impl FnMut(&Value)) {
    see(node);
    match node {
        Value::Object(members) => members.values().for_each(|child| visit(child, see)),
        Value::Array(items) => items.iter().for_each(|child| visit(child, see)),
        _ => {}
    }
}

#[test]
fn one_schema_name_means_one_schema() {
    let mut seen: BTreeMap<String, (String, Value)> = BTreeMap::new();
    for function in registry::functions() {
        let Some(http) = function.http() else { continue };
        let docs = serde_json::to_value((http.routes)().into_openapi()).unwrap();
        let schemas = docs["components"]["schemas"].as_object().cloned().unwrap_or_default();
        for (name, schema) in schemas {
            let id = function.id();
            let (first, known) =
                seen.entry(name.clone()).or_insert_with(|| (id.clone(), schema.clone()));
            assert_eq!(*known, schema, "{name} differs between {first} and {id}");
        }
    }
}

#[test]
fn two_calls_give_equal_documents() {
    assert_eq!(registry::openapi().to_json().unwrap(), registry::openapi().to_json().unwrap());
}
