use testkit::TestApp;

use crate::FUNCTIONS;

#[tokio::test]
async fn the_document_is_served_as_it_is_checked_in() {
    let app = TestApp::start(FUNCTIONS).await;
    let reply = app.get("/v1/openapi.json").send().await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let document = reply.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        document["paths"]["/v1/openapi.json"]["get"]["operationId"],
        "operation-show-openapi"
    );
}
