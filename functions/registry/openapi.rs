//! The API reference, read off the functions.
//!
//! A handler's own `#[utoipa::path]` says what it takes and gives. What the rest of `FUNCTION`
//! implies (who may call, the idempotency header, the problems) is added here, so that it cannot
//! be forgotten or contradict the host.

mod document;
mod problems;
mod words;

use domain::identity::Role;
use platform::{Access, CookieNames, FALLBACK_PATH, Function, Http, IdempotencyRule, Method};
use utoipa::openapi::{
    Components, Info, OpenApi, Paths, RefOr, Required, Server, Tag,
    extensions::ExtensionsBuilder,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
    schema::{ObjectBuilder, Type},
    security::{
        ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
    },
    tag::TagBuilder,
};

use self::document::add_header;
use crate::CONTEXTS;

/// How a client says who it is.
const BEARER: &str = "bearer";
const COOKIE: &str = "cookie";
const CSRF: &str = "csrf";
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

const DESCRIPTION: &str = "\
Person-to-person trade: auctions, and what surrounds them.

- Money is whole won, written as an integer. Instants are RFC 3339 in UTC. Ids are strings.
- Errors are `application/problem+json` (RFC 9457) with a stable `code`; titles come in English or \
Korean by `Accept-Language`.
- Unknown request fields are refused. Numbers are integers, written as integers.
- Lists answer `items` and `nextCursor`; pass the cursor back as `?cursor=` until it is null.
- Requests that move money or goods need an `Idempotency-Key`: the same key with the same body \
gets the stored answer again.";

/// The whole API. Two calls give equal documents.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut document = OpenApi::new(info(), Paths::new());
    let mut components = Components::new();
    for function in crate::functions() {
        let Some(http) = function.http() else { continue };
        let docs = http.router().into_openapi();
        components.schemas.extend(docs.components.unwrap_or_default().schemas);
        let mut paths = docs.paths;
        if let Some(item) = paths.paths.get_mut(http.path)
            && let Some(operation) = operation_of(item, http.method)
        {
            complete(operation, function, http);
        }
        if http.path != FALLBACK_PATH {
            document.paths.merge(paths);
        }
    }
    problems::add_components(&mut components);
    add_security_schemes(&mut components);
    document.components = Some(components);
    words::dress(&mut document);
    document.servers = Some(vec![Server::new("/")]);
    document.tags = Some(tags());
    document
}

fn info() -> Info {
    let mut info = Info::new("Jangteo", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    info
}

fn tags() -> Vec<Tag> {
    let tag = |context: &crate::Context| {
        TagBuilder::new().name(context.name).description(Some(context.summary)).build()
    };
    let answers = |context: &&crate::Context| {
        context.functions.iter().any(|function| function.http().is_some())
    };
    CONTEXTS.iter().filter(answers).map(tag).collect()
}

pub(crate) const fn operation_of(item: &mut PathItem, method: Method) -> Option<&mut Operation> {
    match method {
        Method::Get => item.get.as_mut(),
        Method::Post => item.post.as_mut(),
        Method::Put => item.put.as_mut(),
        Method::Patch => item.patch.as_mut(),
        Method::Delete => item.delete.as_mut(),
        Method::Any => None,
    }
}

fn complete(operation: &mut Operation, function: &Function, http: &Http) {
    operation.operation_id = Some(function.id());
    operation.tags = Some(vec![function.context.to_owned()]);
    operation.description = Some(description(operation, http.access));
    operation.security = Some(security(http));
    operation.extensions =
        Some(ExtensionsBuilder::new().add("x-access", access_name(http.access)).build());
    if http.idempotency != IdempotencyRule::Natural {
        let required = http.idempotency == IdempotencyRule::Required;
        let parameters = operation.parameters.get_or_insert_default();
        parameters.retain(|parameter| !is_idempotency_key(parameter));
        parameters.push(RefOr::T(idempotency_key(required)));
    }
    add_success_headers(operation, http);
    problems::add_responses(operation, http);
}

/// The handler's own words, and who may call.
fn description(operation: &mut Operation, access: Access) -> String {
    let parts = [operation.description.take().unwrap_or_default(), who_may_call(access)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// `public`, `user`, `role:admin`.
fn access_name(access: Access) -> String {
    match access {
        Access::Public => "public".to_owned(),
        Access::User => "user".to_owned(),
        Access::Role(role) => format!("role:{}", role.as_str()),
    }
}

fn who_may_call(access: Access) -> String {
    match access {
        Access::Public => "Anyone may call this; a token, when sent, must be valid.".to_owned(),
        Access::User => "Needs a signed-in user.".to_owned(),
        Access::Role(Role::User) => "Needs the role `user`.".to_owned(),
        Access::Role(role) => format!("Needs the role `{}`.", role.as_str()),
    }
}

fn security(http: &Http) -> Vec<SecurityRequirement> {
    let nothing: [&str; 0] = [];
    let bearer = SecurityRequirement::new(BEARER, nothing);
    let cookie = SecurityRequirement::new(COOKIE, nothing);
    let cookie = match http.method {
        Method::Get => cookie,
        _ => cookie.add(CSRF, nothing),
    };
    match http.access {
        Access::Public => vec![SecurityRequirement::default(), bearer, cookie],
        Access::User | Access::Role(_) => vec![bearer, cookie],
    }
}

fn add_security_schemes(components: &mut Components) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token from log-in or refresh; it lives 15 minutes."))
        .build();
    let cookie = "The same token in a Secure, HttpOnly, SameSite=Strict cookie.";
    let csrf = "With cookies, unsafe requests echo the value of the CSRF cookie here.";
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    components.add_security_scheme(
        COOKIE,
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            CookieNames::ACCESS,
            cookie,
        ))),
    );
    components.add_security_scheme(
        CSRF,
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            CookieNames::CSRF_HEADER,
            csrf,
        ))),
    );
}

fn is_idempotency_key(parameter: &RefOr<Parameter>) -> bool {
    match parameter {
        RefOr::T(parameter) => parameter.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY),
        RefOr::Ref(_) => false,
    }
}

fn idempotency_key(required: bool) -> Parameter {
    let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
    let key = key.max_length(Some(64)).pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY)
        .parameter_in(ParameterIn::Header)
        .required(if required { Required::True } else { Required::False })
        .description(Some(
            "1 to 64 visible ASCII characters, kept 7 days per user and route. The same key with \
             the same body gets the stored answer; with another body, 422.",
        ))
        .schema(Some(key))
        .example(Some("b7c1f0de-2f6b-4f0e-9a36-0d4c8f1f7a55".into()))
        .build()
}

/// Headers that success answers carry by the product's conventions.
fn add_success_headers(operation: &mut Operation, http: &Http) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if status == "201" {
            add_header(response, "Location", "The path of what was created.");
        }
        if http.idempotency != IdempotencyRule::Natural && status.starts_with('2') {
            let text = "`true` when this is the stored answer to an earlier request.";
            add_header(response, "Idempotency-Replayed", text);
        }
    }
}
