//! The APIs' routes: every function with a route once in the API that serves it, and a role that
//! may start it.

use platform::{Delivery, FALLBACK_PATH, Function, Http, Method, capitalize};

use registry::Api;

use super::{resource, resources};

/// The ARN of a function as text, up to what follows the deployment's prefix.
const FUNCTIONS: &str =
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-";
/// The longest ARN of a function (a name has at most 64 characters), with quotes and a comma.
const ARN_MAX: usize = "'arn:aws:lambda:ap-northeast-2:123456789012:function:',".len() + 64;
/// What IAM takes as the inline policies of one role.
const INLINE_MAX: usize = 10_240;
/// What such a policy says beside the functions, generously.
const FRAME_MAX: usize = 240;

/// One operation of an API's document.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    path: String,
    verb: String,
    function: String,
    role: String,
    parameters: Vec<String>,
}

/// What `line` says before `suffix`, if it stands exactly `depth` spaces from the margin.
fn entry<'a>(line: &'a str, depth: usize, suffix: &str) -> Option<&'a str> {
    let text = line.strip_prefix(&" ".repeat(depth))?;
    if text.starts_with([' ', '#']) { None } else { text.strip_suffix(suffix) }
}

fn routes(api: Api) -> Vec<Route> {
    let api = resource(api.logical_id());
    let (_, paths) = api.text.split_once("        paths:\n").unwrap();
    let (mut path, mut routes) = (String::new(), Vec::<Route>::new());
    for line in paths.lines() {
        if let Some(found) = entry(line, 10, ":") {
            found.clone_into(&mut path);
        } else if let Some(verb) = entry(line, 12, ":") {
            let (path, verb) = (path.clone(), verb.to_owned());
            let (function, role) = (String::new(), String::new());
            routes.push(Route { path, verb, function, role, parameters: Vec::new() });
        } else if let Some(route) = routes.last_mut() {
            let line = line.trim();
            if let Some(uri) = line.strip_prefix("uri: ") {
                route.function = invoked(uri);
            } else if let Some(role) = line.strip_prefix("credentials: !GetAtt ") {
                role.trim_end_matches(".Arn").clone_into(&mut route.role);
            } else if let Some(name) = line.strip_prefix("- name: ") {
                route.parameters.push(name.to_owned());
            }
        }
    }
    routes.sort();
    routes
}

/// The function of an integration, in a spelling that `sam local` understands.
fn invoked(uri: &str) -> String {
    let api = "!Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path";
    let arn = uri.strip_prefix(&format!("{api}/2015-03-31/functions/")).unwrap();
    let name = arn.strip_prefix(FUNCTIONS).unwrap();
    name.strip_suffix("/invocations").unwrap().to_owned()
}

fn routed() -> Vec<(&'static Function, &'static Http)> {
    let functions = registry::functions().into_iter();
    let routes = functions.filter_map(|function| Some((function, function.http()?)));
    routes.filter(|(_, http)| http.delivery != Delivery::Streamed).collect()
}

fn due(function: &Function, http: &Http) -> Route {
    let verb = match http.method {
        Method::Any => "x-amazon-apigateway-any-method".to_owned(),
        method => method.as_str().to_lowercase(),
    };
    let parts = http.path.split('/');
    let names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    Route {
        path: http.path.to_owned(),
        verb,
        function: function.id(),
        role: role(function.context),
        parameters: names.map(str::to_owned).collect(),
    }
}

fn role(context: &str) -> String {
    format!("{}ApiRole", capitalize(context))
}

#[test]
fn every_function_with_a_route_is_routed_once_in_every_api_that_serves_it() {
    let mut seen = 0;
    for own in Api::ALL.iter().copied() {
        let served = routed().into_iter().filter(|(_, http)| own.serves(http.path));
        let mut all: Vec<Route> = served.map(|(function, http)| due(function, http)).collect();
        all.sort();
        assert_eq!(routes(own), all);
        let api = resource(own.logical_id());
        for line in ["type: aws_proxy", "httpMethod: POST", "payloadFormatVersion: '2.0'"] {
            assert_eq!(api.count(line), all.len(), "{line}");
        }
        seen += all.len();
    }
    let twice = routed()
        .iter()
        .filter(|(_, http)| Api::ALL.iter().all(|api| api.serves(http.path)))
        .count();
    assert_eq!(seen, routed().len() + twice, "a route of no API");
    let events = resources().iter().map(|resource| resource.count("Type: HttpApi")).sum::<usize>();
    assert_eq!(events, 0, "SAM would write a second route and a permission");
}

#[test]
fn the_function_of_every_route_is_in_a_stack() {
    let names: Vec<String> = resources()
        .iter()
        .flat_map(|own| own.names("FunctionName: !Sub ${Prefix}-", ""))
        .map(str::to_owned)
        .collect();
    for route in Api::ALL.iter().flat_map(|api| routes(*api)) {
        let same = names.iter().filter(|name| **name == route.function).count();
        assert_eq!(same, 1, "{} {}: {}", route.verb, route.path, route.function);
    }
}

#[test]
fn what_no_route_takes_goes_to_the_default_route() {
    for api in Api::ALL {
        let api = resource(api.logical_id());
        assert_eq!(api.count("isDefaultRoute: true"), 1);
        let (_, route) = api.text.split_once(&format!("          {FALLBACK_PATH}:\n")).unwrap();
        let (route, _) = route.split_once("          /").unwrap();
        assert!(route.contains("isDefaultRoute: true"), "{route}");
    }
}

#[test]
fn the_apis_may_start_what_is_routed_and_nothing_else() {
    let resources = resources();
    let roles = resources.iter().filter(|own| own.has("Service: apigateway.amazonaws.com"));
    let mut named = 0;
    for own in roles {
        let functions = routed().into_iter().map(|(function, _)| function);
        let mut due: Vec<String> = functions
            .filter(|function| role(function.context) == own.id)
            .map(Function::id)
            .collect();
        due.sort();
        let mut may = own.names(&format!("- !Sub {FUNCTIONS}"), "");
        may.sort_unstable();
        assert_eq!(may, due, "{}", own.id);
        assert_eq!(own.names("Action: ", ""), ["sts:AssumeRole", "lambda:InvokeFunction"]);
        assert!(FRAME_MAX + may.len() * ARN_MAX <= INLINE_MAX, "{}: split the context", own.id);
        named += may.len();
    }
    assert_eq!(named, routed().len());
}
