//! What several of these tests need.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use gateway::fake::ParcelStep;
use platform::{FALLBACK_PATH, Function, Http, Method};
use serde_json::{Value, json};
use testkit::{RequestBuilder, TestApp};

/// An id that nothing has.
pub const NO_ID: &str = "019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11";

/// A parcel whose number no other has.
pub fn parcel() -> Value {
    static SENT: AtomicU64 = AtomicU64::new(0);
    let number = 688_700_000_000 + SENT.fetch_add(1, Ordering::Relaxed);
    json!({ "carrier": "kr.cjlogistics", "trackingNumber": number.to_string() })
}

/// A parcel reaches its addressee, and whoever watches it is told.
pub async fn arrive(app: &TestApp, parcel: &Value) {
    let text = |name: &str| parcel[name].as_str().unwrap();
    for step in [ParcelStep::PickUp, ParcelStep::Deliver] {
        app.run_until_idle().await;
        app.parcels().step(text("carrier"), text("trackingNumber"), step);
        for request in app.parcel_notices() {
            request.send().await.expect(202);
        }
    }
    app.run_until_idle().await;
}

/// The workspace's folder.
pub fn root() -> PathBuf {
    xtask::root()
}

/// Every function with a route of its own.
pub fn routes() -> Vec<(&'static Function, &'static Http)> {
    let functions = registry::functions().into_iter();
    let routes = functions.filter_map(|function| Some((function, function.http()?)));
    routes.filter(|(_, http)| http.path != FALLBACK_PATH).collect()
}

/// The API reference as a client reads it.
pub fn openapi() -> Value {
    serde_json::to_value(registry::openapi()).unwrap()
}

/// The operation of a route in `openapi`.
pub fn operation<'a>(openapi: &'a Value, http: &Http) -> &'a Value {
    &openapi["paths"][http.path][http.method.as_str().to_lowercase()]
}

/// `path` with every parameter replaced by `value`.
pub fn filled(path: &str, value: &str) -> String {
    let fill = |part: &str| if part.starts_with('{') { value.to_owned() } else { part.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// What the query of a list must say before anything else of it is looked at.
pub fn needed(path: &str) -> &'static str {
    match path {
        path if path.ends_with("/depth") => "side=sell&",
        "/v1/admin/payments" => "status=done&",
        "/v1/admin/trades" => "state=completed&",
        "/v1/admin/withdrawals" => "state=done&",
        "/v1/trades" | "/v1/users/{userId}/trades" => "role=buyer&",
        _ => "",
    }
}

/// A request to `path` with the method of a route.
pub fn request(app: &TestApp, method: Method, path: &str) -> RequestBuilder {
    RequestBuilder::new(app.router(), method.as_str(), path)
}
