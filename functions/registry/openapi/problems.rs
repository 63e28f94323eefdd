//! Problems in the API reference: one schema, one example per code, one response per status.

use std::collections::BTreeMap;

use kernel::{Instant, ProblemCode, codes};
use platform::{FieldError, Http, ProblemBody, http::common_problems};
use serde_json::Map;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, RefOr,
        content::Content,
        example::{Example, ExampleBuilder},
        path::Operation,
        response::Response,
    },
};

use super::document::{add_header, component};

const MEDIA_TYPE: &str = "application/problem+json";
/// 2026-11-21T00:00:00Z, for examples.
const EXAMPLE_MILLIS: i64 = 1_795_219_200_000;

/// The schema of a problem document, and an example for every code.
pub(super) fn add_components(components: &mut Components) {
    let mut schemas = Vec::new();
    <ProblemBody as ToSchema>::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    for problem in codes::all() {
        components.examples.insert(problem.code.to_owned(), RefOr::T(example(problem)));
    }
}

fn example(problem: &ProblemCode) -> Example {
    let fault = FieldError {
        pointer: "/amount".to_owned(),
        code: "invalid".to_owned(),
        detail: "Must be a positive integer.".to_owned(),
    };
    let document = ProblemBody {
        kind: format!("/problems/{}", problem.code),
        title: problem.title.to_owned(),
        status: problem.status,
        detail: format!("{}.", problem.title),
        instance: "/v1/…".to_owned(),
        code: problem.code.to_owned(),
        request_id: "019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11".to_owned(),
        timestamp: Instant::from_millis(EXAMPLE_MILLIS),
        errors: if *problem == codes::INVALID_REQUEST { vec![fault] } else { Vec::new() },
        members: Map::new(),
    };
    let value = serde_json::to_value(document).unwrap_or_default();
    ExampleBuilder::new().summary(problem.title).value(Some(value)).build()
}

/// One response per status that the route can fail with, its description listing the codes.
pub(super) fn add_responses(operation: &mut Operation, http: &Http) {
    for (status, problems) in problems_by_status(http) {
        let responses = &mut operation.responses.responses;
        let slot = responses.entry(status.to_string()).or_insert_with(|| Response::new("").into());
        if let RefOr::Ref(_) = slot {
            *slot = Response::new("").into();
        }
        if let RefOr::T(response) = slot {
            describe(response, status, &problems);
        }
    }
}

fn problems_by_status(http: &Http) -> BTreeMap<u16, Vec<ProblemCode>> {
    let mut groups: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for problem in http.problems.iter().copied().chain(common_problems(http)) {
        let group = groups.entry(problem.status).or_default();
        if !group.contains(&problem) {
            group.push(problem);
        }
    }
    groups
}

fn describe(response: &mut Response, status: u16, problems: &[ProblemCode]) {
    let line = |problem: &ProblemCode| format!("- `{}`: {}", problem.code, problem.title);
    let lines: Vec<String> = problems.iter().map(line).collect();
    let own = response.description.trim().to_owned();
    let list = lines.join("\n");
    response.description = if own.is_empty() { list } else { format!("{own}\n\n{list}") };
    if matches!(status, 429 | 503) {
        add_header(response, "Retry-After", "Whole seconds to wait.");
    }
    let slot = response.content.entry(MEDIA_TYPE.to_owned());
    let slot = slot.or_insert_with(|| {
        RefOr::T(Content::new(Some(component("schemas", &ProblemBody::name()))))
    });
    if let RefOr::T(content) = slot {
        for problem in problems {
            let name = problem.code.to_owned();
            content.examples.entry(name).or_insert_with(|| component("examples", problem.code));
        }
    }
}
