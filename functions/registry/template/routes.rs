//! The HTTP APIs: which routes each has, as the OpenAPI document that API Gateway imports.
//!
//! It is what SAM would write for an event on every function, but for the credentials: a role that
//! may start a context's functions takes the place of a permission on each of them, so that an
//! endpoint costs its stack two resources instead of three. A function is named by its ARN as
//! text, because it is in another stack; the API is made after all of them.

use std::collections::BTreeMap;

use platform::{Delivery, FALLBACK_PATH, Function, Http, Method};

use super::{
    names::{api_role_logical_id, function_arn, stack_logical_id},
    parts::TemplateEntry,
};
use crate::{
    CONTEXTS,
    yaml::{Node, list, map, plain, text},
};

/// An HTTP API of the deployment. There are two because API Gateway takes 300 integrations in one;
/// one address in front of both sends a path where [`Api::serves`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// `/v1`, what programs call.
    Api,
    /// Pages, their assets, and what only staff calls.
    Web,
}

/// Where staff's routes are.
const STAFF: &str = "/v1/admin/";
/// Staff's routes that were there before the second API: they keep theirs.
const STAFF_OF_API: &[&str] = &["/v1/admin/users/{userId}/audit"];
/// What both APIs serve: the answer to everything unknown, and what the page `/docs` draws, which
/// it reads from where it came from itself.
const OF_BOTH: &[&str] = &[FALLBACK_PATH, "/v1/openapi.json"];

impl Api {
    pub const ALL: &[Self] = &[Self::Api, Self::Web];

    /// The logical id in the parent.
    #[must_use]
    pub const fn logical_id(self) -> &'static str {
        match self {
            Self::Api => "HttpApi",
            Self::Web => "WebApi",
        }
    }

    /// Whether a route of this path stands in this API.
    #[must_use]
    pub fn serves(self, path: &str) -> bool {
        let staff = path.starts_with(STAFF) && !STAFF_OF_API.contains(&path);
        let of_api = !staff && (path.starts_with("/v1/") || path.starts_with("/.well-known/"));
        OF_BOTH.contains(&path) || of_api == (self == Self::Api)
    }

    /// The API's name: the title of its document.
    const fn title(self) -> &'static str {
        match self {
            Self::Api => "!Ref AWS::StackName",
            Self::Web => "!Sub ${AWS::StackName}-web",
        }
    }
}

/// A function with its route; nothing for one that no API serves. Streams have a URL of their own.
pub(super) fn routed(function: &'static Function) -> Option<(&'static Function, &'static Http)> {
    let http = function.http()?;
    (http.delivery != Delivery::Streamed).then_some((function, http))
}

/// The resource of an API. What the APIs have in common stands in the parent's `Globals`.
pub(super) fn api(api: Api, functions: &[&'static Function]) -> TemplateEntry {
    let stacks = CONTEXTS.iter().map(|context| plain(stack_logical_id(context.name)));
    let properties =
        map([("StageName", plain("$default")), ("DefinitionBody", definition(api, functions))]);
    let node = map([
        ("Type", plain("AWS::Serverless::HttpApi")),
        // No reference leads from the routes to the functions, so that the order must be said.
        ("DependsOn", list(stacks)),
        ("Properties", properties),
    ]);
    (api.logical_id().to_owned(), node)
}

fn definition(api: Api, functions: &[&'static Function]) -> Node {
    let mut paths: BTreeMap<&str, Vec<(String, Node)>> = BTreeMap::new();
    let routed = functions.iter().filter_map(|function| routed(function));
    for (function, http) in routed.filter(|(_, http)| api.serves(http.path)) {
        paths.entry(http.path).or_default().push((verb(http.method), operation(function, http)));
    }
    map([
        ("openapi", plain("3.0.1")),
        ("info", map([("title", plain(api.title())), ("version", text("1.0"))])),
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
    let role = api_role_logical_id(function.context);
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

/// Where API Gateway reaches a function.
fn invocations(function: &Function) -> Node {
    plain(format!(
        "!Sub arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/\
         {}/invocations",
        function_arn(function)
    ))
}

/// `auctionId` of `/v1/auctions/{auctionId}/bids`.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str) -> Node {
    map([("name", plain(name)), ("in", plain("path")), ("required", plain("true"))])
}
