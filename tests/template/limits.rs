//! What CloudFormation and API Gateway take, with room for what an operator adds. SAM's transform
//! comes first: what counts is what it makes.

use std::fs;

use registry::Api;

use super::{Resource, resource, resources_of, section, templates};
use crate::support::root;

/// Of the 500 resources that CloudFormation takes in a template.
const RESOURCES_MAX: usize = 450;
/// Of the dynamic references (`{{resolve:…}}`) that it takes in a template.
const DYNAMIC_MAX: usize = 60;
/// Of its megabyte.
const BYTES_MAX: usize = 900_000;
/// Of the 300 that API Gateway takes in an API.
const INTEGRATIONS_MAX: usize = 290;
/// What SAM writes for every function beside its own lines and the globals: the role with its
/// trust, tags, the place of the code.
const BYTES_A_FUNCTION: usize = 1_000;

#[test]
fn every_transformed_template_fits() {
    let mut most = 0;
    for template in templates() {
        let total: usize = resources_of(&template).iter().map(Resource::transformed).sum();
        println!("{total} of {RESOURCES_MAX} resources: {template}");
        assert!(total <= RESOURCES_MAX, "{template}: {total}: a second stack for what is new");
        most = most.max(total);
    }
    println!("{most} of {RESOURCES_MAX} resources");
}

#[test]
fn no_template_has_more_dynamic_references_than_cloudformation_takes() {
    for template in templates() {
        let functions = functions(&template);
        let text = fs::read_to_string(root().join(&template)).unwrap();
        let shared = section(&template, "Globals").matches("{{resolve:").count();
        let own = text.matches("{{resolve:").count() - shared;
        let total = own + functions * shared;
        assert!(total <= DYNAMIC_MAX, "{template}: {total}");
    }
}

#[test]
fn every_transformed_template_is_small_enough() {
    for template in templates() {
        let text = fs::read_to_string(root().join(&template)).unwrap();
        let globals = section(&template, "Globals").len();
        let total = text.len() + functions(&template) * (globals + BYTES_A_FUNCTION);
        println!("{} of {} kB: {template}", total / 1_000, BYTES_MAX / 1_000);
        assert!(total <= BYTES_MAX, "{template}: {total} bytes");
    }
}

#[test]
fn every_api_has_room_for_its_routes() {
    for own in Api::ALL {
        let api = resource(own.logical_id());
        let total = api.count("x-amazon-apigateway-integration:");
        println!("{total} of {INTEGRATIONS_MAX} integrations: {}", own.logical_id());
        assert!((1..=INTEGRATIONS_MAX).contains(&total), "{}: {total}", own.logical_id());
    }
}

fn functions(template: &str) -> usize {
    let resources = resources_of(template);
    resources.iter().filter(|own| own.kind == "AWS::Serverless::Function").count()
}
