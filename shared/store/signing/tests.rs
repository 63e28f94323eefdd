use std::time::Duration;

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_types::body::SdkBody;

use super::*;

const URI: &str = "https://dynamodb.ap-northeast-2.amazonaws.com/";
const TARGET: &str = "DynamoDB_20120810.UpdateItem";

fn signer(region: &'static str) -> Signer {
    SigningScheme::new(&Region::from_static(region)).0
}

fn call(uri: &str, body: &str) -> HttpRequest {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").unwrap();
    request.set_uri(uri.to_owned()).unwrap();
    let headers = request.headers_mut();
    headers.insert("content-type", "application/x-amz-json-1.0");
    headers.insert("x-amz-target", TARGET);
    headers.insert("content-length", body.len().to_string());
    request
}

fn credentials(secret: &str, token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", secret, token.map(str::to_owned), None, "test")
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// What the SDK's signer makes of the same request and the same headers.
fn by_the_sdk(
    region: &str,
    request: &HttpRequest,
    credentials: &Credentials,
    time: SystemTime,
) -> Vec<(String, String)> {
    let identity = credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("dynamodb")
        .time(time)
        .settings(SigningSettings::default());
    let params = SigningParams::V4(params.build().unwrap());
    let headers = request.headers().iter().filter(|(name, _)| *name != "content-length");
    let body = SignableBody::Bytes(request.body().bytes().unwrap());
    let signable = SignableRequest::new("POST", request.uri(), headers, body).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    let added = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
    added.collect()
}

#[test]
fn every_signature_is_the_one_that_the_sdk_makes() {
    let (seoul, tokyo) = (signer("ap-northeast-2"), signer("ap-northeast-1"));
    let long = "가".repeat(5_000);
    let bodies = ["{}", "", "{\"TableName\":\"jangteo-auction\"}", &long];
    let uris = [URI, "http://127.0.0.1:8000/", "http://localhost:4566"];
    // The kept key is made anew when the day changes; and, as the last day is the first again, also
    // when nothing but the secret does.
    let times = [at(1_900_000_000), at(1_900_000_001), at(1_900_086_400), at(0), at(1_900_000_000)];
    let holders = [
        credentials("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None),
        credentials("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Some("IQoJb3JpZ2luX2VjE//w==")),
        credentials("another", None),
    ];
    let mut compared = 0;
    for (name, signer) in [("ap-northeast-2", &seoul), ("ap-northeast-1", &tokyo)] {
        for (body, uri) in bodies.iter().flat_map(|body| uris.map(|uri| (body, uri))) {
            for (time, holder) in holders.iter().flat_map(|h| times.each_ref().map(|t| (t, h))) {
                let request = call(uri, body);
                let ours = signer.sign(&request, holder, *time).unwrap();
                let theirs = by_the_sdk(name, &request, holder, *time);
                let mut expected =
                    vec![(DATE, ours.date.as_str()), ("authorization", &ours.authorization)];
                expected.extend(holder.session_token().map(|token| (TOKEN, token)));
                let mut theirs: Vec<_> =
                    theirs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                expected.sort_unstable();
                theirs.sort_unstable();
                assert_eq!(theirs, expected, "{uri} {body}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 2 * 4 * 3 * 5 * 3);
}

#[test]
fn the_signed_headers_are_those_that_count() {
    let signed = signer("ap-northeast-2")
        .sign(&call(URI, "{}"), &credentials("secret", Some("token")), at(1_900_000_000))
        .unwrap();
    assert_eq!(signed.date, "20300317T174640Z");
    let start = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20300317/ap-northeast-2/dynamodb/\
        aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;\
        x-amz-target, Signature=";
    let signature = signed.authorization.strip_prefix(start).unwrap();
    assert_eq!(signature.len(), 64);
}

#[test]
fn what_a_first_signature_left_is_replaced() {
    let (signer, holder) = (signer("ap-northeast-2"), credentials("secret", Some("token")));
    let fresh = signer.sign(&call(URI, "{}"), &holder, at(1_900_000_000)).unwrap();
    let mut again = call(URI, "{}");
    again.headers_mut().insert(DATE, "20000101T000000Z");
    again.headers_mut().insert(TOKEN, "old");
    again.headers_mut().insert("authorization", "old");
    let again = signer.sign(&again, &holder, at(1_900_000_000)).unwrap();
    assert_eq!(again.authorization, fresh.authorization);
}

#[test]
fn odd_requests_are_left_to_the_sdk() {
    let (signer, holder) = (signer("ap-northeast-2"), credentials("secret", None));
    let mut odd = Vec::new();
    for uri in [
        "https://host/path",
        "https://host/?query",
        "https://host:443/",
        "http://host:80/",
        "https://user@host/",
        "/",
    ] {
        odd.push(call(uri, "{}"));
    }
    let mut get = call(URI, "{}");
    get.set_method("GET").unwrap();
    odd.push(get);
    let mut spaces = call(URI, "{}");
    spaces.headers_mut().insert("x-amz-note", "two  spaces");
    odd.push(spaces);
    let mut twice = call(URI, "{}");
    twice.headers_mut().append("x-amz-target", TARGET);
    odd.push(twice);
    for request in odd {
        assert!(signer.sign(&request, &holder, at(1_900_000_000)).is_none(), "{request:?}");
    }
    let before = UNIX_EPOCH - Duration::from_secs(1);
    assert!(signer.sign(&call(URI, "{}"), &holder, before).is_none());
    assert!(signer.sign(&call(URI, "{}"), &holder, at(1_900_000_000)).is_some());
}
