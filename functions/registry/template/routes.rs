//! The HTTP API's routes, as the OpenAPI document that API Gateway imports.
//!
//! It is what SAM would write for an event on every function, but for the credentials: a role that
//! may start a context's functions takes the place of a permission on each of them, so that an
//! endpoint costs the stack two resources instead of three.

use std::collections::BTreeMap;

use platform::{Delivery, FALLBACK_PATH, Function, Http, Method};

use super::roles;
use crate::yaml::{Node, list, map, plain, text};

/// A function with its route; nothing for one that the API does not serve. Streams have a URL of
/// their own.
pub(super) fn routed(function: &'static Function) -> Option<(&'static Function, &'static Http)> {
    let http = function.http()?;
    (http.delivery != Delivery::Streamed).then_some((function, http))
}

/// `DefinitionBody` of the API.
pub(super) fn definition(functions: &[&'static Function]) -> Node {
    let mut paths: BTreeMap<&str, Vec<(String, Node)>> = BTreeMap::new();
    for (function, http) in functions.iter().filter_map(|function| routed(function)) {
        paths.entry(http.path).or_default().push((verb(http.method), operation(function, http)));
    }
    map([
        ("openapi", plain("3.0.1")),
        // The title is the API's name.
        ("info", map([("title", plain("!Ref AWS::StackName")), ("version", text("1.0"))])),
        ("paths", map(paths.into_iter().map(|(path, operations)| (path, map(operations))))),
    ])
}

/// How OpenAPI spells a method.
fn verb(method: Method) -> String {
    match method {
        Method::Any => "x-amazon-apigateway-any-method".to_owned(),
        method => method.as_str().to_lowercase(),
    }
}

fn operation(function: &Function, http: &Http) -> Node {
    let role = roles::api_logical_id(function.context);
    let integration = map([
        ("type", plain("aws_proxy")),
        ("httpMethod", plain("POST")),
        ("payloadFormatVersion", text("2.0")),
        ("uri", invocations(function)),
        ("credentials", plain(format!("!GetAtt {role}.Arn"))),
    ]);
    let parameters: Vec<Node> = parameters(http.path).map(parameter).collect();
    map([("x-amazon-apigateway-integration", integration)])
        .maybe("isDefaultRoute", (http.path == FALLBACK_PATH).then(|| plain("true")))
        .maybe("parameters", (!parameters.is_empty()).then(|| list(parameters)))
        .with("responses", plain("{}"))
}

/// Where API Gateway reaches a function. `sam local` knows functions by this spelling.
fn invocations(function: &Function) -> Node {
    plain(format!(
        "!Sub arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/\
         ${{{}.Arn}}/invocations",
        function.logical_id()
    ))
}

/// `auctionId` of `/v1/auctions/{auctionId}/bids`.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str) -> Node {
    map([("name", plain(name)), ("in", plain("path")), ("required", plain("true"))])
}
