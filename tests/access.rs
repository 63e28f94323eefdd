//! The authorization matrix: every route, every kind of caller, and whose things are whose. What is
//! right is written out in [`table`] and [`foreign`]; nothing here reads it off the declaration
//! that the host enforces.

mod bodies;
mod fixture;
mod foreign;
mod table;

use std::collections::BTreeSet;

use domain::identity::Role;
use kernel::{Id, SessionId, Span};
use serde_json::json;
use testkit::{Reply, RequestBuilder, TestApp};

use crate::support::{NO_ID, filled, routes};
use table::TABLE;

/// How a caller says who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Nobody,
    /// What an `Authorization: Bearer` header brings.
    Bearer(Token),
    /// What a browser's cookie brings, and its CSRF header.
    Cookie(Token, Csrf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Garbage,
    /// Of an hour ago, with every role.
    Expired,
    /// Signed with another key, with every role.
    Forged,
    Of(Role),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Csrf {
    Right,
    Missing,
    /// The right one of another session.
    OfAnother,
}

/// The answers by which a caller is turned away because of who they are.
const TURNED_AWAY: [&str; 4] = ["unauthenticated", "token-invalid", "forbidden", "csrf-required"];

const IN: &str = "";
const NOBODY: &str = "unauthenticated";
const BAD: &str = "token-invalid";
const ROLE: &str = "forbidden";
const CSRF: &str = "csrf-required";

/// How each caller is turned away from routes for anybody, for the signed in, for inspectors and
/// for admins: first from reading, then from writing.
#[rustfmt::skip]
const DUE: &[(Caller, [&str; 4], [&str; 4])] = &[
    (Caller::Nobody, [IN, NOBODY, NOBODY, NOBODY], [IN, NOBODY, NOBODY, NOBODY]),
    (Caller::Bearer(Token::Garbage), [BAD, BAD, BAD, BAD], [BAD, BAD, BAD, BAD]),
    (Caller::Bearer(Token::Expired), [BAD, BAD, BAD, BAD], [BAD, BAD, BAD, BAD]),
    (Caller::Bearer(Token::Forged), [BAD, BAD, BAD, BAD], [BAD, BAD, BAD, BAD]),
    (Caller::Bearer(Token::Of(Role::User)), [IN, IN, ROLE, ROLE], [IN, IN, ROLE, ROLE]),
    (Caller::Bearer(Token::Of(Role::Inspector)), [IN, IN, IN, ROLE], [IN, IN, IN, ROLE]),
    (Caller::Bearer(Token::Of(Role::Admin)), [IN, IN, ROLE, IN], [IN, IN, ROLE, IN]),
    // A stale cookie is nobody's: the browser sends it by itself.
    (Caller::Cookie(Token::Garbage, Csrf::Right), [IN, NOBODY, NOBODY, NOBODY], [IN, NOBODY, NOBODY, NOBODY]),
    (Caller::Cookie(Token::Expired, Csrf::Right), [IN, NOBODY, NOBODY, NOBODY], [IN, NOBODY, NOBODY, NOBODY]),
    (Caller::Cookie(Token::Forged, Csrf::Right), [IN, NOBODY, NOBODY, NOBODY], [IN, NOBODY, NOBODY, NOBODY]),
    (Caller::Cookie(Token::Of(Role::User), Csrf::Right), [IN, IN, ROLE, ROLE], [IN, IN, ROLE, ROLE]),
    (Caller::Cookie(Token::Of(Role::Inspector), Csrf::Right), [IN, IN, IN, ROLE], [IN, IN, IN, ROLE]),
    (Caller::Cookie(Token::Of(Role::Admin), Csrf::Right), [IN, IN, ROLE, IN], [IN, IN, ROLE, IN]),
    (Caller::Cookie(Token::Of(Role::User), Csrf::Missing), [IN, IN, ROLE, ROLE], [CSRF, CSRF, CSRF, CSRF]),
    (Caller::Cookie(Token::Of(Role::Admin), Csrf::Missing), [IN, IN, ROLE, IN], [CSRF, CSRF, CSRF, CSRF]),
    (Caller::Cookie(Token::Of(Role::User), Csrf::OfAnother), [IN, IN, ROLE, ROLE], [CSRF, CSRF, CSRF, CSRF]),
    (Caller::Cookie(Token::Of(Role::Inspector), Csrf::OfAnother), [IN, IN, IN, ROLE], [CSRF, CSRF, CSRF, CSRF]),
];

const ACCESS_COOKIE: &str = "__Host-jangteo-access";

/// Like `POST /v1/auctions`, of every route.
fn known() -> BTreeSet<String> {
    routes().into_iter().map(|(_, http)| format!("{http:?}")).collect()
}

#[test]
fn every_route_has_a_line_and_every_line_a_route() {
    let listed: Vec<&str> = TABLE.iter().map(|(route, _)| *route).collect();
    let unique: BTreeSet<String> = listed.iter().map(|route| (*route).to_owned()).collect();
    assert_eq!(unique.len(), listed.len(), "a route has two lines");
    let known = known();
    let without: Vec<_> = known.difference(&unique).collect();
    assert!(without.is_empty(), "say in tests/access/table.rs who may call {without:#?}");
    let stale: Vec<_> = unique.difference(&known).collect();
    assert!(stale.is_empty(), "there is no such route: {stale:#?}");
}

#[tokio::test]
async fn every_route_lets_in_exactly_whom_it_names() {
    let app = TestApp::start(&registry::functions()).await;
    let mut wrong = Vec::new();
    for (route, open) in TABLE {
        let (method, path) = route.split_once(' ').unwrap();
        for (caller, reads, writes) in DUE {
            let due = if method == "GET" { reads } else { writes }[open.column()];
            let reply = call(&app, request_of(&app, method, path), *caller).await;
            let code = if reply.status() < 400 { String::new() } else { reply.code() };
            let turned_away = if TURNED_AWAY.contains(&code.as_str()) { code.as_str() } else { IN };
            if turned_away != due || reply.status() >= 500 {
                let status = reply.status();
                wrong.push(format!("{route} by {caller:?}: {status} {code}, due \"{due}\""));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.leave_unchecked(); // routes were called with ids that nothing has
}

/// A request whose ids nothing has.
fn request_of(app: &TestApp, method: &str, path: &str) -> RequestBuilder {
    let request = RequestBuilder::new(app.router(), method, &filled(path, NO_ID));
    if method == "GET" { request } else { request.key("matrix").json(json!({})) }
}

async fn call(app: &TestApp, request: RequestBuilder, caller: Caller) -> Reply {
    let request = match caller {
        Caller::Nobody => request,
        Caller::Bearer(token) => request.bearer(&minted(app, token).text),
        Caller::Cookie(token, csrf) => {
            let token = minted(app, token);
            let request = request.header("cookie", &format!("{ACCESS_COOKIE}={}", token.text));
            let of = match csrf {
                Csrf::Right => Some(token.session),
                Csrf::OfAnother => Some(fresh(app)),
                Csrf::Missing => None,
            };
            match of.map(|session| app.app.keys.csrf_token(session).unwrap()) {
                Some(csrf) => request.header("x-csrf-token", &csrf),
                None => request,
            }
        }
    };
    request.send().await
}

/// A token as it is sent, and the session that it names.
struct Minted {
    text: String,
    session: SessionId,
}

fn minted(app: &TestApp, token: Token) -> Minted {
    let session = fresh(app);
    let all = [Role::User, Role::Inspector, Role::Admin];
    let text = match token {
        Token::Garbage => Ok("garbage".to_owned()),
        Token::Expired => {
            let an_hour_ago = app.now() - Span::hours(1);
            app.app.keys.access_token(fresh(app), session, &all, an_hour_ago)
        }
        Token::Forged => {
            let mut config = app.app.config.clone();
            config.secrets.signing = Some(platform::secrets::Ring::of([0x11; 32]));
            let keys = platform::Keys::new(&config).unwrap();
            keys.access_token(fresh(app), session, &all, app.now())
        }
        Token::Of(role) => {
            let roles = BTreeSet::from([Role::User, role]).into_iter().collect::<Vec<_>>();
            app.app.keys.access_token(fresh(app), session, &roles, app.now())
        }
    };
    Minted { text: text.unwrap(), session }
}

fn fresh<T>(app: &TestApp) -> Id<T> {
    Id::from_uuid(app.app.entropy.uuid(app.now()))
}
