//! One spelling rules: folder, handler, operation id, Lambda name, events folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use platform::{FunctionName, Service, Trigger};

use crate::support::root;

/// Lambda's limit on a function's name, less what a stack's own name may take.
const ID_CHARS_MAX: usize = 64 - 20;

/// Fails when `texts` holds one twice.
#[track_caller]
fn assert_unique(texts: impl IntoIterator<Item = String>) {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    assert!(counts.is_empty(), "more than once: {counts:?}");
}

#[test]
fn ids_routes_and_logical_ids_are_unique() {
    let functions = registry::functions();
    assert_unique(functions.iter().map(|function| function.id()));
    assert_unique(functions.iter().map(|function| function.logical_id()));
    assert_unique(functions.iter().filter_map(|function| {
        let http = function.http()?;
        Some(format!("{} {}", http.method.as_str(), shape(http.path)))
    }));
}

/// Two paths of one shape would be the same route: names of parameters do not tell them apart.
fn shape(path: &str) -> String {
    crate::support::filled(path, "{}")
}

#[test]
fn names_are_spelled_as_their_places_want_them() {
    for context in registry::CONTEXTS {
        for function in context.functions.iter() {
            let id = function.id();
            assert_eq!(function.context, context.name, "{id}");
            assert!(id.len() <= ID_CHARS_MAX, "{id} is too long for a Lambda name");
            let snake = function.name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            assert!(snake, "{id}: the name must be verb_noun");
            let summary = function.summary();
            assert!(!summary.ends_with('.'), "{id}: a summary has no full stop");
            assert!(!summary.is_empty() && summary.len() <= 120, "{id}");
        }
    }
}

#[test]
fn paths_are_kebab_case_with_camel_case_parameters() {
    for (function, http) in crate::support::routes() {
        for part in http.path.split('/').skip(1) {
            let name = part.trim_start_matches('{').trim_end_matches('}');
            let parameter = name.len() != part.len();
            let fits = |c: char| match c {
                'a'..='z' | '0'..='9' => true,
                'A'..='Z' => parameter,
                '-' | '.' => !parameter,
                _ => false,
            };
            assert!(!name.is_empty() && name.chars().all(fits), "{}: {part}", function.id());
        }
    }
}

#[test]
fn every_function_has_its_folder_and_every_folder_its_function() {
    let mut folders = BTreeSet::new();
    for context in registry::CONTEXTS {
        for entry in fs::read_dir(root().join("functions").join(context.name)).unwrap() {
            let path = entry.unwrap().path();
            let module = fs::read_to_string(path.join("mod.rs")).unwrap_or_default();
            if module.contains("pub const FUNCTION: Function") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                folders.insert(format!("{}/{name}", context.name));
            }
        }
    }
    let functions = registry::functions().into_iter();
    let named: BTreeSet<String> =
        functions.map(|function| format!("{}/{}", function.context, function.name)).collect();
    assert_eq!(folders, named);
}

#[test]
fn every_context_folder_is_in_the_registry() {
    let entries = fs::read_dir(root().join("functions")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let folders: BTreeSet<String> = names.filter(|name| name != "registry").collect();
    let listed: BTreeSet<String> =
        registry::CONTEXTS.iter().map(|context| context.name.to_owned()).collect();
    assert_eq!(folders, listed);
}

#[test]
fn a_queue_that_is_granted_has_a_consumer() {
    let functions = registry::functions();
    let consumed: BTreeSet<FunctionName> = functions
        .iter()
        .filter(|function| matches!(function.trigger, Trigger::Queue(_)))
        .map(|function| function.full_name())
        .collect();
    for function in &functions {
        for service in function.services {
            let queue = match service {
                Service::Queue(consumer) => *consumer,
                Service::OwnQueue => function.full_name(),
                _ => continue,
            };
            assert!(consumed.contains(&queue), "{}: {queue}", function.id());
        }
    }
}

#[test]
fn a_grant_grants_something() {
    for function in registry::functions() {
        let grants = function.grants.iter();
        let empty = grants.filter(|grant| grant.actions().next().is_none());
        assert_eq!(empty.count(), 0, "{}", function.id());
    }
}
