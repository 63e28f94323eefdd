use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::Headers,
};
use aws_smithy_types::body::SdkBody;

use super::*;

/// Keeps the headers of what is sent; its answers are old.
#[derive(Clone, Debug, Default)]
struct Frozen(Arc<Mutex<Vec<Headers>>>);

impl HttpConnector for Frozen {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.0.lock().unwrap().push(request.headers().clone());
        let mut answer = HttpResponse::new(200_u16.try_into().unwrap(), SdkBody::from("{}"));
        answer.headers_mut().insert("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        HttpConnectorFuture::ready(Ok(answer))
    }
}

#[tokio::test]
async fn an_answer_from_before_a_freeze_put_the_next_signature_into_the_past() {
    let frozen = Frozen::default();
    let connector = SharedHttpConnector::new(frozen.clone());
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = configured(
        Region::from_static("ap-northeast-2"),
        SharedCredentialsProvider::new(credentials),
        http_client_fn(move |_, _| connector.clone()),
        AttemptTimes::SHORT,
    )
    .build();
    let client = aws_sdk_dynamodb::Client::new(&config);
    for _ in 0..2 {
        client.get_item().table_name("any").send().await.unwrap();
    }
    for headers in frozen.0.lock().unwrap().iter() {
        let date = headers.get("x-amz-date").unwrap();
        assert!(!date.starts_with("1994"), "{date}");
    }
}
