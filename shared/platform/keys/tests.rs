use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Id, Span};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::secrets::Ring;

fn keys() -> Keys {
    Keys::new(&Config::local()).unwrap()
}

fn day(number: i64) -> Instant {
    Instant::from_millis(1_900_000_000_000) + Span::days(number)
}

/// The local secrets after that many rotations, the n-th of which is in use from day n on.
fn rotated(rotations: u8) -> Config {
    let mut secrets = Secrets::local();
    for secret in Secret::ALL {
        let ring = secrets.ring_mut(secret).unwrap();
        for number in 1..=rotations {
            let at = day(number.into());
            ring.rotate([number; 32], at, at).unwrap();
        }
    }
    Config { secrets, ..Config::local() }
}

fn keys_at(rotations: u8, at: Instant) -> Keys {
    let keys = Keys::new(&rotated(rotations)).unwrap();
    keys.tick(at);
    keys
}

#[test]
fn what_is_encrypted_opens_for_its_own_purpose_and_unchanged_only() {
    let keys = keys();
    let seal =
        |nonce| keys.encrypt(Secret::Wallet, "account", b"110-123-456789", [nonce; 12]).unwrap();
    let open = |keys: &Keys, purpose, text: &str| keys.decrypt(Secret::Wallet, purpose, text);
    let sealed = seal(7);
    assert_eq!(open(&keys, "account", &sealed).unwrap(), b"110-123-456789");
    assert_ne!(sealed, seal(8));
    assert!(!sealed.contains("110"));
    assert_eq!(open(&keys, "card", &sealed), None);
    let (id, text) = sealed.split_once('.').unwrap();
    assert_eq!(id, "0");
    let mut changed = URL_SAFE_NO_PAD.decode(text).unwrap();
    for at in 0..changed.len() {
        changed[at] ^= 1;
        let forged = format!("0.{}", URL_SAFE_NO_PAD.encode(&changed));
        assert_eq!(open(&keys, "account", &forged), None, "{at}");
        changed[at] ^= 1;
    }
    for bad in ["", ".", "0.", "AAAA", "x.AAAA", "not base64!"] {
        assert_eq!(open(&keys, "account", bad), None);
    }
    let wallet = Secrets::local()
        .wallet
        .map(|wallet| crate::secrets::WalletSecret { accounts: Ring::of([0x11; 32]), ..wallet });
    let other = Config { secrets: Secrets { wallet, ..Secrets::local() }, ..Config::local() };
    assert_eq!(open(&Keys::new(&other).unwrap(), "account", &sealed), None);
}

#[test]
fn what_was_sealed_before_keys_had_ids_is_the_first_keys() {
    let sealed = keys().encrypt(Secret::Payment, "card", b"billing key", [7; 12]).unwrap();
    let (_, without_id) = sealed.split_once('.').unwrap();
    for rotations in 0..3 {
        let keys = keys_at(rotations, day(9));
        for text in [sealed.as_str(), without_id] {
            assert_eq!(keys.decrypt(Secret::Payment, "card", text).unwrap(), b"billing key");
        }
    }
}

#[test]
fn a_new_key_is_used_from_its_time_on_and_the_old_ones_open_what_they_sealed() {
    let mut sealed = Vec::new();
    for number in 0..3 {
        let keys = keys_at(2, day(number) + Span::hours(1));
        let text = keys.encrypt(Secret::Wallet, "a", &[9], [3; 12]).unwrap();
        assert!(text.starts_with(&format!("{number}.")), "{text}");
        sealed.push(text);
        for text in &sealed {
            assert_eq!(keys.decrypt(Secret::Wallet, "a", text), Some(vec![9]));
        }
    }
    // A container that does not know the newest key yet notes that it should look.
    let behind = keys_at(1, day(2));
    assert!(!behind.has_missed());
    assert_eq!(behind.decrypt(Secret::Wallet, "a", &sealed[2]), None);
    assert!(behind.has_missed());
    behind.replace(&rotated(2).secrets).unwrap();
    assert!(!behind.has_missed());
    assert_eq!(behind.decrypt(Secret::Wallet, "a", &sealed[2]), Some(vec![9]));
}

#[test]
fn names_stay_and_stamps_end_with_the_second_rotation() {
    let name = keys().seal("order", &[b"x"]).unwrap();
    let stamp = keys().stamp("csrf", &[b"x"]).unwrap();
    for rotations in 0..4 {
        let keys = keys_at(rotations, day(9));
        assert_eq!(keys.seal("order", &[b"x"]).unwrap(), name);
        let good = keys.stamps("csrf", &[b"x"]).unwrap().contains(&stamp);
        assert_eq!(good, rotations < 2, "after {rotations}");
        assert!(!keys.stamps("csrf", &[b"y"]).unwrap().contains(&stamp));
    }
    // Not yet in use is good as well: another container's clock may be ahead.
    let early = keys_at(1, day(1)).stamp("csrf", &[b"x"]).unwrap();
    assert!(keys_at(1, day(0)).stamps("csrf", &[b"x"]).unwrap().contains(&early));
}

fn token(keys: &Keys, at: Instant) -> String {
    let id = Uuid::from_u128(7);
    keys.access_token(Id::from_uuid(id), Id::from_uuid(id), &[Role::User], at).unwrap()
}

#[test]
fn an_access_token_is_good_under_the_key_in_use_and_the_one_before() {
    // All are young enough: what counts is the key.
    let now = day(3);
    let tokens: Vec<_> = (0..4).map(|number| token(&keys_at(3, day(number)), now)).collect();
    let kids: BTreeSet<_> = tokens.iter().map(|token| signatures::kid_of(token)).collect();
    assert_eq!(kids.len(), 4);
    let good = |keys: &Keys| {
        tokens.iter().map(|token| keys.caller(token, now).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(good(&keys_at(3, day(0))), [true, true, true, true]);
    assert_eq!(good(&keys_at(3, day(1))), [true, true, true, true]);
    assert_eq!(good(&keys_at(3, day(2))), [false, true, true, true]);
    let keys = keys_at(3, day(2));
    assert_eq!(good(&keys), [false, true, true, true]);
    // A token that was verified before its key went out of use is not good for longer than others.
    keys.tick(day(3));
    assert_eq!(good(&keys), [false, false, true, true]);
    // Receipts are good under all of them.
    for token in &tokens {
        assert!(keys.verify::<serde_json::Value>(token).is_some());
    }
    // A key of which nobody knows.
    assert_eq!(good(&keys_at(0, day(3))), [true, false, false, false]);
    assert!(keys_at(0, day(3)).is_foreign(&tokens[1]));
    assert!(!keys_at(1, day(3)).is_foreign(&tokens[1]));
    assert!(!keys_at(1, day(3)).is_foreign("no token"));
}

#[test]
fn the_kid_decides_and_not_the_signature_alone() {
    let now = day(1);
    let keys = keys_at(1, now);
    let honest = token(&keys, now);
    let (header, rest) = honest.split_once('.').unwrap();
    assert!(keys.caller(&honest, now).is_some());
    let with = |header: &serde_json::Value| {
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
    };
    let header: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let kids = [
        json!(keys.public()[0].kid),
        json!("?"),
        json!(""),
        json!("키".repeat(1_000)),
        json!("0".repeat(100_000)),
        json!(null),
        json!(1),
    ];
    for kid in kids {
        let mut header = header.clone();
        header["kid"] = kid;
        assert!(keys.caller(&with(&header), now).is_none());
    }
}

/// Somebody made it with a newer secret, perhaps: the container is to look. What is no id is not
/// worth a look.
#[test]
fn a_seal_of_a_key_that_nobody_has_does_not_open() {
    for (sealed, missed) in [
        ("7.AAAA", true),
        ("4294967295.AAAA", true),
        ("4294967296.AAAA", false),
        ("-1.AAAA", false),
        ("키.AAAA", false),
        ("0.AAAA", false),
    ] {
        let keys = keys();
        assert_eq!(keys.decrypt(Secret::Wallet, "account", sealed), None, "{sealed}");
        assert_eq!(keys.has_missed(), missed, "{sealed}");
    }
}

#[test]
fn a_key_that_was_brought_forward_is_verified_from_its_earlier_time_on() {
    let mut secrets = Secrets::local();
    let ring = secrets.signing.as_mut().unwrap();
    ring.rotate([1; 32], day(2), day(1)).unwrap();
    let keys = Keys::new(&Config { secrets: secrets.clone(), ..Config::local() }).unwrap();
    keys.tick(day(1));
    let first = token(&keys, day(1));
    assert!(keys.caller(&first, day(1)).is_some());
    let ring = secrets.signing.as_mut().unwrap();
    ring.rotate([2; 32], day(1), day(1)).unwrap();
    keys.replace(&secrets).unwrap();
    assert!(keys.caller(&first, day(1)).is_none(), "two keys after it are in use");
    assert!(keys.caller(&token(&keys, day(1)), day(1)).is_some());
    assert_eq!(keys.public().iter().filter(|key| key.since <= day(1)).count(), 3);
}

#[test]
fn a_function_without_secrets_verifies_by_the_row_and_makes_nothing() {
    let bare = Keys::new(&Config { secrets: Secrets::default(), ..Config::local() }).unwrap();
    let signed = token(&keys(), day(0));
    assert!(bare.caller(&signed, day(0)).is_none() && bare.is_foreign(&signed));
    bare.learn(&keys().public()).unwrap();
    assert!(bare.caller(&signed, day(0)).is_some());
    assert!(
        bare.sign(&1).is_err() && bare.seal("x", &[]).is_err() && bare.stamp("x", &[]).is_err()
    );
    assert!(bare.encrypt(Secret::Wallet, "x", b"y", [1; 12]).is_err());
}

#[test]
fn public_keys_are_kept_for_five_years_after_their_last_use() {
    let all = keys_at(2, day(2)).public();
    let years = |number: i64| day(1) + Span::days(number * 366);
    assert_eq!(kept(all.clone(), years(5) - Span::millis(1)).len(), 3);
    assert_eq!(kept(all.clone(), years(5)), all[1..]);
    assert_eq!(kept(all.clone(), years(50)), all[2..]);
}
