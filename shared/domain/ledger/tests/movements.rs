use kernel::{Id, TradeId, UserId, Won};
use uuid::Uuid;

use super::super::{Account, Between, Movement, MovementError, MovementKind, Posting};

fn user(n: u128) -> UserId {
    Id::from_uuid(Uuid::from_u128(n))
}

fn trade(n: u128) -> TradeId {
    Id::from_uuid(Uuid::from_u128(n))
}

fn post(account: Account, amount: i64) -> Posting {
    Posting { account, amount }
}

#[test]
fn only_balanced_postings_are_a_movement() {
    let a = Account::SpendOnly(user(1));
    let b = Account::Revenue;
    let make = |postings| Movement::new("r".to_owned(), MovementKind::TopUp, postings);
    assert!(make(vec![post(a, -5), post(b, 5)]).is_ok());
    let limit = Won::MAX.get();
    assert!(make(vec![post(a, limit), post(b, -limit)]).is_ok());
    let many: Vec<_> = (0..9).map(|n| post(Account::Held(user(n)), 1)).collect();
    let cases = [
        (vec![post(a, -5), post(b, 4)], MovementError::Unbalanced),
        (vec![post(a, 5), post(b, -4)], MovementError::Unbalanced),
        (vec![post(a, 0), post(b, 0)], MovementError::Malformed),
        (vec![post(a, 5), post(a, -5)], MovementError::Malformed),
        (vec![post(a, 5)], MovementError::Malformed),
        (vec![], MovementError::Malformed),
        (many, MovementError::Malformed),
        (vec![post(a, limit + 1), post(b, -limit - 1)], MovementError::Malformed),
        (vec![post(a, i64::MIN), post(b, i64::MAX)], MovementError::Malformed),
        (vec![post(b, -5), post(Account::Payout, 5)], MovementError::Untraceable),
    ];
    for (postings, error) in cases {
        assert_eq!(make(postings.clone()), Err(error), "{postings:?}");
    }
}

#[test]
fn a_reason_is_a_short_key() {
    let accounts = Between { from: Account::Provider, to: Account::SpendOnly(user(1)) };
    let make = |reason: &str| {
        Movement::transfer(reason.to_owned(), MovementKind::TopUp, Won::constant(1), accounts)
    };
    assert!(make(&"r".repeat(200)).is_ok());
    for bad in ["", "a b", "a|b", "돈", "a\n", &"r".repeat(201)] {
        assert_eq!(make(bad), Err(MovementError::Reason), "{bad}");
    }
    let zero = Movement::transfer("r".to_owned(), MovementKind::TopUp, Won::constant(0), accounts);
    assert_eq!(zero, Err(MovementError::Malformed));
}

#[test]
fn a_movement_tells_whose_wallets_it_changes_and_by_how_much() {
    let (buyer, seller) = (user(2), user(1));
    let postings = vec![
        post(Account::Held(buyer), -7),
        post(Account::SpendOnly(buyer), 2),
        post(Account::SpendOnly(seller), 4),
        post(Account::Revenue, 1),
    ];
    let movement = Movement::new("r".to_owned(), MovementKind::TradePayment, postings.clone());
    let movement = movement.unwrap();
    assert_eq!(movement.users(), [seller, buyer]);
    assert_eq!(movement.postings(), postings);
    assert_eq!((movement.reason(), movement.kind()), ("r", MovementKind::TradePayment));
    for Posting { account, amount } in postings {
        assert_eq!(movement.change_of(account), amount, "{account}");
    }
    assert_eq!(movement.change_of(Account::Held(seller)), 0);
}

#[test]
fn account_names_round_trip() {
    let accounts = [
        Account::SpendOnly(user(1)),
        Account::Held(user(1)),
        Account::Penalty(user(1)),
        Account::Escrow(trade(9)),
        Account::Revenue,
        Account::Provider,
        Account::Payout,
        Account::CouponSubsidy,
    ];
    for account in accounts {
        assert_eq!(account.to_string().parse(), Ok(account));
        let text = account.to_string();
        assert_eq!(text.split('#').next(), Some(account.kind()));
        let guarded = account.user().is_some() || matches!(account, Account::Escrow(_));
        assert_eq!(account.is_kept(), guarded);
    }
    for bad in ["", "held", "held#x", "escrow#", "bank", "revenue#x"] {
        assert!(bad.parse::<Account>().is_err(), "{bad}");
    }
}

#[test]
fn kinds_round_trip() {
    for kind in MovementKind::ALL {
        assert_eq!(MovementKind::parse(kind.as_str()), Some(*kind));
    }
    assert_eq!(MovementKind::parse("gift"), None);
}
