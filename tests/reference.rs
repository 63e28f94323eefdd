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
        let docs = serde_json::to_value(http.router().into_openapi()).unwrap();
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

/// `payment_method_id` stood in the reference where the API takes `paymentMethodId`.
#[test]
fn every_field_and_query_parameter_is_in_camel_case() {
    let mut odd = Vec::new();
    let is_odd = |name: &str| name.contains(['_', '-']) || name.starts_with(char::is_uppercase);
    visit(&openapi(), &mut |node| {
        let fields = node["properties"].as_object().into_iter().flat_map(|fields| fields.keys());
        odd.extend(fields.filter(|name| is_odd(name)).cloned());
        if let (Some(name), true) = (node["name"].as_str(), node["in"] == "query") {
            odd.extend(Some(name.to_owned()).filter(|name| is_odd(name)));
        }
    });
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn every_id_in_a_path_is_a_uuid_and_no_parameter_or_body_is_null() {
    let document = openapi();
    let mut faults = Vec::new();
    for (function, http) in routes() {
        let operation = operation(&document, http);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            if parameter["in"] == "path" && name.ends_with("Id") && schema["format"] != "uuid" {
                faults.push(format!("{}: {name} is {schema}", function.id()));
            }
            if schema.to_string().contains("\"null\"") {
                faults.push(format!("{}: {name} may be null", function.id()));
            }
        }
        if operation["requestBody"].to_string().contains("\"null\"") {
            faults.push(format!("{}: the body may be null", function.id()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn what_clients_send_is_said_as_strictly_as_it_is_checked() {
    let document = openapi();
    let schemas = &document["components"]["schemas"];
    let field = |schema: &str, name: &str| schemas[schema]["properties"][name].clone();
    let option = field("AddOption", "option");
    assert_eq!(option["enum"].as_array().unwrap().len(), 24);
    assert_eq!(field("PlaceOrder", "option")["enum"], option["enum"]);
    let depth = &document["paths"]["/v1/catalog/{itemId}/options/{option}/depth"]["get"];
    assert_eq!(depth["parameters"][1]["schema"]["enum"], option["enum"]);
    let price = field("BuyNow", "limitPrice");
    let limits = [&price["minimum"], &price["maximum"], &price["multipleOf"]];
    assert_eq!(limits, [1_000_i64, 970_000_000_000, 1_000]);
    let amount = field("PlaceBid", "maxAmount");
    assert_eq!([&amount["minimum"], &amount["maximum"]], [0, 1_000_000_000_000_i64]);
    // A handler's narrower limits stay.
    let amount = field("BeginTopUp", "amount");
    assert_eq!([&amount["minimum"], &amount["maximum"]], [1, 100_000_000]);
    assert_eq!(field("RolesRequest", "roles")["items"]["enum"].as_array().unwrap().len(), 3);
    for variant in schemas["FundingChoice"]["oneOf"].as_array().unwrap() {
        assert_eq!(variant["additionalProperties"], false, "{variant}");
    }
    // Answers hold masked numbers.
    assert!(field("PayoutAccountView", "accountNumber")["pattern"].is_null());
}

#[test]
fn one_schema_name_means_one_schema() {
    let mut seen: BTreeMap<String, (String, Value)> = BTreeMap::new();
    for function in registry::functions() {
        let Some(http) = function.http() else { continue };
        let docs = serde_json::to_value(http.router().into_openapi()).unwrap();
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
