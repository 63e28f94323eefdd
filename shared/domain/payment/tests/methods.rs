use kernel::Id;
use uuid::Uuid;

use super::*;
use crate::payment::method::{
    Card, InvalidPaymentPassword, LOCK, Locked, PaymentMethod, PaymentPassword, WRONG_TRIES_MAX,
};

fn method() -> PaymentMethod {
    PaymentMethod {
        id: Id::from_uuid(Uuid::from_u128(1)),
        user: Id::from_uuid(Uuid::from_u128(2)),
        card: Card { number: "12345678****789*".to_owned(), issuer: "현대".to_owned() },
        sealed_key: "sealed".to_owned(),
        password_hash: "$argon2id$hashed".to_owned(),
        failures: 0,
        locked_until: None,
        created_at: now(),
        version: 1,
    }
}

#[test]
fn a_payment_password_is_six_ascii_digits() {
    for good in ["000000", "123456", "999999"] {
        assert_eq!(good.parse::<PaymentPassword>().unwrap().as_str(), good);
    }
    for bad in
        ["", "12345", "1234567", "12345a", " 12345", "12345\n", "-12345", "1.2345", "１２３４５６"]
    {
        assert_eq!(bad.parse::<PaymentPassword>(), Err(InvalidPaymentPassword), "{bad}");
    }
}

#[test]
fn nothing_secret_shows_in_logs() {
    let password: PaymentPassword = "271828".parse().unwrap();
    let shown = format!("{password:?} {:?}", method());
    assert!(!["271828", "sealed", "argon2id"].iter().any(|secret| shown.contains(secret)));
}

/// `w` a wrong password, `r` a right one, each a second after the one before.
#[test]
fn five_wrong_ones_in_a_row_lock() {
    let cases = [
        ("", (0, false)),
        ("r", (0, false)),
        ("w", (1, false)),
        ("wwww", (4, false)),
        ("wwwwr", (0, false)),
        ("wwwwrwwww", (4, false)),
        ("wwrwwwww", (5, true)),
        ("wwwww", (5, true)),
    ];
    for (tries, due) in cases {
        let (mut method, mut at) = (method(), now());
        for letter in tries.chars() {
            at = at + Span::seconds(1);
            if let Some(next) = method.tried(letter == 'r', at).unwrap() {
                assert_eq!(next.version, method.version + 1, "{tries}");
                method = next;
            }
        }
        assert_eq!((method.failures, method.open_at(at).is_err()), due, "{tries}");
    }
}

#[test]
fn a_locked_card_compares_nothing_until_the_lock_ends() {
    let mut locked = method();
    for _ in 0..WRONG_TRIES_MAX {
        locked = locked.tried(false, now()).unwrap().unwrap();
    }
    let until = now() + LOCK;
    for right in [true, false] {
        assert_eq!(locked.tried(right, now()), Err(Locked { until }));
        assert_eq!(locked.tried(right, until - Span::millis(1)), Err(Locked { until }));
    }
    let right = locked.tried(true, until).unwrap().unwrap();
    assert_eq!((right.failures, right.locked_until), (0, None));
    let mut wrong = locked.tried(false, until).unwrap().unwrap();
    assert_eq!((wrong.failures, wrong.locked_until), (1, None), "counted anew");
    for _ in 1..WRONG_TRIES_MAX {
        wrong = wrong.tried(false, until).unwrap().unwrap();
    }
    assert_eq!(wrong.open_at(until), Err(Locked { until: until + LOCK }));
}

#[test]
fn a_right_password_changes_nothing_when_there_is_nothing_to_forget() {
    assert_eq!(method().tried(true, now()), Ok(None));
}
