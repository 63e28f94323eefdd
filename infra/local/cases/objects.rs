use store::blobs::Blobs;

use super::*;

#[tokio::test]
async fn objects_are_put_read_replaced_and_deleted() {
    let bench = Bench::new();
    let blobs = Blobs::new(&bench.cloud.sdk_config(), "jangteo-undelivered");
    let now = Instant::from_millis(START);
    let key = "a/b c/시.json";
    assert_eq!(blobs.get(key, now).await.unwrap(), None);
    blobs.delete(key, now).await.unwrap();
    for body in [&b"one"[..], &[0, 255, 10]] {
        blobs.put(key, "application/json", body.to_vec(), now).await.unwrap();
        assert_eq!(blobs.get(key, now).await.unwrap().as_deref(), Some(body));
    }
    assert_eq!(bench.cloud.objects("undelivered").keys().collect::<Vec<_>>(), [key]);
    blobs.delete(key, now).await.unwrap();
    assert_eq!(blobs.get(key, now).await.unwrap(), None);
    let elsewhere = Blobs::new(&bench.cloud.sdk_config(), "jangteo-nowhere");
    assert!(elsewhere.put(key, "text/plain", Vec::new(), now).await.is_err());
}

#[tokio::test]
async fn an_answer_that_was_refused_in_a_bad_moment_comes_at_the_second_attempt() {
    let bench = Bench::new();
    let blobs = Blobs::new(&bench.cloud.sdk_config(), "jangteo-undelivered");
    let now = Instant::from_millis(START);
    for kind in [crate::FaultKind::Throttle, crate::FaultKind::Status500] {
        bench.cloud.faults().push(crate::Fault::next("s3:PutObject", kind));
        blobs.put("key", "text/plain", vec![1], now).await.unwrap();
        assert!(bench.cloud.faults().pending().is_empty());
    }
}
