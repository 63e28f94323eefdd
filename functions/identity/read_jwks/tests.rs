use serde_json::json;

use crate::tests::fixture::start;

#[tokio::test]
async fn shows_the_public_key_alone() {
    let app = start().await;
    let reply = app.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(reply.header("cache-control"), Some("public, max-age=3600"));
    let key = &reply.json()["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"]),
        (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"))
    );
    assert_eq!(key["x"].as_str().unwrap().len(), 43);
    assert_eq!(key.get("d"), None);
}
