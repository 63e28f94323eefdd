//! What a function needs of its configuration to start.

use std::sync::Arc;

use gateway::{
    fake::PAYOUT_SECURITY_KEY,
    payout::{NoBank, TossPayoutSettings, by_name},
};

use crate::*;

fn toss(security_key: &str) -> TossPayoutSettings {
    TossPayoutSettings {
        base_url: "http://127.0.0.1:1".to_owned(),
        secret_key: "test_sk_payouts".to_owned(),
        security_key: security_key.to_owned(),
        test_code: None,
        answer_within: gateway::ANSWER_WITHIN,
    }
}

#[test]
fn nothing_that_needs_a_bank_starts_without_one() {
    let mut config = Config::local();
    let refused = |config: &Config| {
        FUNCTIONS.iter().filter(|function| requirement(function, config).is_some()).count()
    };
    assert_eq!(refused(&config), 0);
    config.bank = by_name("none", toss(PAYOUT_SECURITY_KEY)).unwrap();
    assert_eq!(refused(&config), NEED_A_BANK.len());
    config.bank = Arc::new(NoBank);
    assert!(requirement(&read_wallet::FUNCTION, &config).is_none());
    config.bank = by_name("toss", toss(PAYOUT_SECURITY_KEY)).unwrap();
    assert_eq!(refused(&config), 0);
    config.bank = by_name("toss", toss("no key")).unwrap();
    assert_eq!(refused(&config), NEED_A_BANK.len());
    let play = by_name("fake", toss(PAYOUT_SECURITY_KEY));
    assert!(play.is_none(), "no stack pays out in play money");
}
