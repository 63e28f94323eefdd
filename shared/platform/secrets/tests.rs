use super::*;

fn at(hours: i64) -> Instant {
    Instant::from_millis(1_900_000_000_000) + Span::hours(hours)
}

#[test]
fn every_document_reads_as_it_is_written() {
    let mut secrets = Secrets::local();
    for secret in Secret::ALL {
        let ring = secrets.ring_mut(secret).unwrap();
        ring.rotate([9; 32], at(1), at(0)).unwrap();
        let text = secrets.text(secret).unwrap().unwrap();
        let mut read = Secrets::default();
        read.read(secret, &text).unwrap();
        assert_eq!(read.text(secret).unwrap().unwrap(), text);
        assert!(read.ring(secret) == secrets.ring(secret));
        assert_eq!(Secret::by_name(secret.name()), Some(secret));
    }
}

#[test]
fn what_a_new_stack_makes_is_read() {
    let digits = "ab".repeat(32);
    let mut read = Secrets::default();
    read.read(Secret::Signing, &format!(r#"{{"first":"{digits}"}}"#)).unwrap();
    assert!(read.signing == Some(Ring::of([0xab; 32])));
    let text = format!(
        r#"{{"tossPayoutSecretKey":"none","tossPayoutSecurityKey":"none","first":"{digits}"}}"#
    );
    read.read(Secret::Wallet, &text).unwrap();
    assert_eq!(read.wallet.unwrap().toss_payout_security_key, "none");
}

#[test]
fn a_malformed_document_is_refused_without_being_quoted() {
    let long = format!(r#"{{"first":"{}"}}"#, "5e".repeat(33));
    for text in ["", "null", "[]", "{}", r#"{"first":"5e5e"}"#, r#"{"first":1}"#, &long] {
        let error = Secrets::default().read(Secret::Signing, text).unwrap_err().to_string();
        assert!(error.contains("signing") && !error.contains("5e"), "{error}");
    }
}

fn with(added: &str, version: &str) -> Result<Secrets, Malformed> {
    let first = "5e".repeat(32);
    let keys = format!(r#""first":"{first}","added":[{added}]"#);
    let text = format!(r#"{{{version}"tossSecretKey":"a","kakaopaySecretKey":"b",{keys}}}"#);
    let mut secrets = Secrets::default();
    secrets.read(Secret::Payment, &text).map(|()| secrets)
}

fn key(id: u32, since: i64) -> String {
    let since = serde_json::to_string(&at(since)).unwrap();
    let key = "11".repeat(32);
    format!(r#"{{"id":{id},"since":{since},"key":"{key}"}}"#)
}

#[test]
fn a_document_of_another_version_or_with_two_keys_of_one_id_is_refused() {
    let fault = |added: &[String], version: &str| match with(&added.join(","), version) {
        Err(Malformed::Keys { name: "payment", fault }) => fault,
        other => panic!("{other:?}"),
    };
    assert!(with("", "").is_ok() && with("", r#""version":1,"#).is_ok());
    assert!(with(&[key(1, 0), key(2, 0), key(3, 5)].join(","), "").is_ok());
    assert!(fault(&[], r#""version":2,"#).contains("version"));
    assert!(fault(&[key(1, 0), key(1, 1)], "").contains("same id"));
    assert!(fault(&[key(0, 0)], "").contains("same id"), "the first key's");
    assert!(fault(&[key(1, 1), key(2, 0)], "").contains("before"));
    assert!(matches!(with("", r#""version":"x","#), Err(Malformed::Text { .. })));
}

#[test]
fn a_key_that_starts_later_is_read_and_waits() {
    let secrets = with(&key(1, 1), "").unwrap();
    let ring = secrets.ring(Secret::Payment).unwrap();
    assert_eq!(ring.keys().map(|key| key.since <= at(0)).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_key_that_is_used_at_once_takes_the_waiting_one_with_it() {
    let mut ring = Ring::of([1; 32]);
    ring.rotate([2; 32], at(1), at(0)).unwrap();
    assert_eq!(ring.rotate([3; 32], at(0), at(0)).unwrap(), 2);
    assert!(ring.keys().all(|key| key.since <= at(0)) && ring.fault().is_none());
}

#[test]
fn a_key_is_not_followed_before_it_is_in_use() {
    let mut ring = Ring::of([1; 32]);
    assert_eq!(ring.rotate([2; 32], at(1), at(0)).unwrap(), 1);
    assert!(ring.rotate([3; 32], at(2), at(0)).is_err());
    assert_eq!(ring.rotate([3; 32], at(2), at(1)).unwrap(), 2);
    assert_eq!(ring.keys().map(|key| key.id).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn no_value_shows_in_debug_output() {
    let shown = format!("{:?} {:?}", Secrets::local(), crate::Config::local());
    assert!(shown.contains("wallet") && !shown.contains("6a6a") && !shown.contains("test_sk"));
}
