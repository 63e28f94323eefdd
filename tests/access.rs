//! The authorization matrix: every route, every kind of caller, exactly what `FUNCTION` says.

use domain::identity::Role;
use kernel::{Id, Span};
use platform::{Access, Http, Method};
use serde_json::json;
use testkit::TestApp;

use crate::support::{NO_ID, filled, request, routes};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Nobody,
    Garbage,
    Expired,
    Foreign,
    Holder(Role),
}

/// The answers by which a caller is turned away because of who they are.
const TURNED_AWAY: &[&str] = &["unauthenticated", "token-invalid", "forbidden", "csrf-required"];

#[tokio::test]
async fn every_route_lets_in_exactly_whom_it_names() {
    let app = TestApp::start(&registry::functions()).await;
    let mut wrong = Vec::new();
    for (function, http) in routes() {
        for who in everybody() {
            let reply = call(&app, http, who).await;
            let code = if reply.status() < 400 { String::new() } else { reply.code() };
            let turned_away = TURNED_AWAY.contains(&code.as_str()).then_some(code.as_str());
            let due = due(http.access, who);
            if turned_away != due || reply.status() >= 500 {
                let status = reply.status();
                wrong.push(format!("{} {who:?}: {status} {code}, due {due:?}", function.id()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.leave_unchecked(); // routes were called with ids that nothing has
}

fn everybody() -> Vec<Who> {
    let nobody = [Who::Nobody, Who::Garbage, Who::Expired, Who::Foreign];
    nobody.into_iter().chain(Role::ALL.iter().copied().map(Who::Holder)).collect()
}

/// How the route must turn `who` away, if at all.
fn due(access: Access, who: Who) -> Option<&'static str> {
    match (access, who) {
        // A token that is sent must be valid, even where none is needed.
        (_, Who::Garbage | Who::Expired | Who::Foreign) => Some("token-invalid"),
        (Access::Public, _) | (Access::User, Who::Holder(_)) => None,
        (_, Who::Nobody) => Some("unauthenticated"),
        (Access::Role(role), Who::Holder(held)) if role == held || role == Role::User => None,
        (Access::Role(_), Who::Holder(_)) => Some("forbidden"),
    }
}

async fn call(app: &TestApp, http: &Http, who: Who) -> testkit::Reply {
    let mut request = request(app, http.method, &filled(http.path, NO_ID));
    if http.method != Method::Get {
        request = request.key("matrix").json(json!({}));
    }
    match token(app, who) {
        Some(token) => request.bearer(&token).send().await,
        None => request.send().await,
    }
}

fn token(app: &TestApp, who: Who) -> Option<String> {
    let keys = &app.app.keys;
    match who {
        Who::Nobody => None,
        Who::Garbage => Some("garbage".to_owned()),
        Who::Expired => {
            let long_ago = app.now() - Span::minutes(16);
            let (user, session) = (Id::from_uuid(fresh(app)), Id::from_uuid(fresh(app)));
            Some(keys.access_token(user, session, &[Role::User, Role::Admin], long_ago).unwrap())
        }
        Who::Foreign => {
            let mut config = app.app.config.clone();
            config.signing_seed = "11".repeat(32);
            let keys = platform::Keys::new(&config).unwrap();
            let (user, session) = (Id::from_uuid(fresh(app)), Id::from_uuid(fresh(app)));
            Some(keys.access_token(user, session, &[Role::Admin], app.now()).unwrap())
        }
        Who::Holder(Role::User) => Some(app.token_with_roles(&[Role::User]).token),
        Who::Holder(role) => Some(app.token_with_roles(&[Role::User, role]).token),
    }
}

fn fresh(app: &TestApp) -> uuid::Uuid {
    app.app.entropy.uuid(app.now())
}
