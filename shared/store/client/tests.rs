use std::sync::{Arc, Mutex};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion,
    http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
        http_client_fn,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use aws_types::region::Region;

use super::*;

/// An address and its headers.
type Request = (String, Vec<(String, String)>);

/// Keeps the address and the headers of what is sent, and answers an empty object.
#[derive(Clone, Debug, Default)]
struct Sent(Arc<Mutex<Vec<Request>>>);

impl HttpConnector for Sent {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.0.lock().unwrap().push((request.uri().to_owned(), headers));
        let answer = HttpResponse::new(200_u16.try_into().unwrap(), SdkBody::from("{}"));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

async fn sent(endpoint: Option<&str>) -> Vec<Request> {
    let sent = Sent::default();
    let connector = SharedHttpConnector::new(sent.clone());
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("ap-northeast-2"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            None,
            None,
            "test",
        )))
        .http_client(http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| {
            connector.clone()
        }));
    sdk.set_endpoint_url(endpoint.map(str::to_owned));
    let client = client(&sdk.build());
    client.get_item().table_name("first").send().await.unwrap();
    client.delete_item().table_name("second").send().await.unwrap();
    let sent = sent.0.lock().unwrap();
    sent.clone()
}

#[tokio::test]
async fn calls_go_where_the_rules_say() {
    let own = sent(None).await;
    assert_eq!(own.len(), 2);
    for (uri, _) in own {
        assert_eq!(uri, "https://dynamodb.ap-northeast-2.amazonaws.com/");
    }
    for (uri, _) in sent(Some("http://127.0.0.1:8000")).await {
        assert_eq!(uri, "http://127.0.0.1:8000/");
    }
}

#[tokio::test]
async fn calls_carry_what_dynamodb_needs_and_little_else() {
    for (_, mut headers) in sent(None).await {
        headers.sort();
        let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let needed = ["amz-sdk-invocation-id", "authorization", "content-length", "content-type"];
        assert_eq!(names, [&needed[..], &["x-amz-date", "x-amz-target"]].concat());
        // Region and service are right without the endpoint's word for them.
        let (_, signature) = headers.iter().find(|(name, _)| name == "authorization").unwrap();
        assert!(signature.contains("/ap-northeast-2/dynamodb/aws4_request,"), "{signature}");
    }
}
