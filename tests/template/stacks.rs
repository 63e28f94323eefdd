//! The nested stacks hang on the parent by what it hands them, and on nothing else.

use std::{collections::BTreeSet, fs};

use super::{PARENT, Resource, resource, resources, resources_of, section, stacks};
use crate::support::root;

/// The names at `depth` spaces from the margin.
fn names(text: &str, depth: usize) -> BTreeSet<&str> {
    let own = text.lines().filter_map(|line| line.strip_prefix(&" ".repeat(depth)));
    let own = own.filter(|line| !line.starts_with([' ', '#']));
    own.filter_map(|line| Some(line.split_once(':')?.0)).collect()
}

fn applications() -> Vec<Resource> {
    let all = resources_of(PARENT).into_iter();
    all.filter(|own| own.kind == "AWS::Serverless::Application").collect()
}

#[test]
fn every_stack_is_in_the_parent_once() {
    let applications = applications();
    let mut places: Vec<&str> =
        applications.iter().flat_map(|own| own.names("Location: ", "")).collect();
    places.sort_unstable();
    assert_eq!(places, stacks());
}

#[test]
fn a_stack_is_handed_exactly_what_it_takes() {
    for own in applications() {
        let (_, given) = own.text.split_once("      Parameters:\n").unwrap();
        let given = names(given, 8);
        let declared = section(own.names("Location: ", "")[0], "Parameters");
        assert_eq!(given, names(&declared, 2), "{}", own.id);
        assert!(own.has("Prefix: !Ref AWS::StackName"), "{}", own.id);
        for list in own.names("AllowedOrigins: ", "") {
            assert_eq!(list, "!Join [',', !Ref AllowedOrigins]", "a nested stack takes text");
        }
    }
}

#[test]
fn a_stack_is_not_named_by_what_cloudformation_calls_it() {
    for stack in stacks() {
        let text = fs::read_to_string(root().join(&stack)).unwrap();
        assert!(!text.contains("AWS::StackName"), "{stack}");
    }
}

#[test]
fn no_two_templates_have_an_id_in_common() {
    let resources = resources();
    let ids: BTreeSet<&str> = resources.iter().map(|own| own.id.as_str()).collect();
    assert_eq!(ids.len(), resources.len());
}

/// No reference leads from an API to the functions that it starts.
#[test]
fn the_apis_are_made_after_every_stack() {
    let applications = applications();
    let due: Vec<&str> = applications.iter().map(|own| own.id.as_str()).collect();
    for api in registry::Api::ALL {
        let api = resource(api.logical_id());
        let (_, after) = api.text.split_once("    DependsOn:\n").unwrap();
        let after = after.lines().map_while(|line| line.strip_prefix("      - "));
        assert_eq!(after.collect::<Vec<_>>(), due, "{}", api.id);
    }
}

#[test]
fn what_a_first_deployment_needs_is_in_samconfig() {
    let settings = fs::read_to_string(root().join("samconfig.toml")).unwrap();
    let capabilities = "capabilities = \"CAPABILITY_IAM CAPABILITY_AUTO_EXPAND\"\n";
    assert!(settings.contains(capabilities), "nested stacks ask for it");
}
