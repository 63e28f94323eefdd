//! The payment password, as whoever charges a card asks for it: exactly five wrong ones, whatever
//! runs at the same time.

use domain::payment::method::PaymentPassword;
use futures::future::join_all;
use kernel::{Id, PaymentMethodId, Span};
use local::{Fault, FaultKind};
use platform::{App, Problem, payment_password};
use testkit::User;

use crate::tests::fixture::Market;

const RIGHT: &str = "271828";
const WRONG: &str = "314159";

/// `ok`, or the code of the problem.
fn told(outcome: Result<(), Problem>) -> &'static str {
    outcome.map_or_else(|problem| problem.code.code, |()| "ok")
}

async fn check(app: &App, who: &User, card: PaymentMethodId, text: &str) -> Result<(), Problem> {
    let password: PaymentPassword = text.parse().unwrap();
    payment_password::check(app, who.id, card, &password, app.clock.now()).await
}

async fn tries(market: &Market, card: PaymentMethodId, passwords: &[&str]) -> Vec<&'static str> {
    let mut answers = Vec::new();
    for password in passwords {
        answers.push(told(check(&market.app, &market.payer, card, password).await));
    }
    answers
}

const NO: &str = "wrong-payment-password";
const LOCKED: &str = "payment-password-locked";

#[tokio::test]
async fn the_sixth_is_not_even_compared() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    let four = [WRONG, WRONG, WRONG, WRONG, RIGHT];
    assert_eq!(tries(&market, card, &four).await, [NO, NO, NO, NO, "ok"]);
    let five = [WRONG, WRONG, WRONG, WRONG, WRONG, RIGHT, WRONG];
    assert_eq!(tries(&market, card, &five).await, [NO, NO, NO, NO, NO, LOCKED, LOCKED]);
    let minute = Span::minutes(1);
    market.clock.advance(Span::minutes(14));
    let problem = check(&market.app, &market.payer, card, RIGHT).await.unwrap_err();
    assert_eq!((problem.code.status, problem.retry_after), (429, Some(minute)));
    market.clock.advance(minute);
    assert_eq!(tries(&market, card, &[WRONG, RIGHT]).await, [NO, "ok"]);
}

#[tokio::test]
async fn of_sixty_four_wrong_ones_at_once_five_are_told_so() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    let (other, _) = market.another_container();
    let apps = [&market.app, &other];
    let race = (0..64).map(|n| check(apps[n % 2], &market.payer, card, WRONG));
    let answers: Vec<_> = join_all(race).await.into_iter().map(told).collect();
    let count = |code| answers.iter().filter(|answer| **answer == code).count();
    assert_eq!((count(NO), count(LOCKED)), (5, 59), "{answers:?}");
    assert_eq!(tries(&market, card, &[RIGHT]).await, [LOCKED]);
}

/// The right password may win or lose the race; it never opens a card that is locked.
#[tokio::test]
async fn the_right_one_in_the_same_moment_does_not_slip_through() {
    for index in [0, 5, 31, 63] {
        let market = Market::start().await;
        let card = market.card("card-ok-1").await;
        assert_eq!(tries(&market, card, &[WRONG; 4]).await, [NO; 4]);
        let race = (0..64).map(|n| {
            let password = if n == index { RIGHT } else { WRONG };
            check(&market.app, &market.payer, card, password)
        });
        let answers: Vec<_> = join_all(race).await.into_iter().map(told).collect();
        let wrong = answers.iter().filter(|answer| **answer == NO).count();
        let due = match answers[index] {
            "ok" => 5..=6, // it came first, or after the one that was left
            LOCKED => 1..=1,
            other => panic!("{other}"),
        };
        assert!(due.contains(&wrong), "{index}: {} and {wrong}", answers[index]);
        assert_eq!(tries(&market, card, &[RIGHT]).await, [LOCKED]);
    }
}

#[tokio::test]
async fn sixty_four_right_ones_at_once_are_all_right() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    assert_eq!(tries(&market, card, &[WRONG; 4]).await, [NO; 4]);
    let race = (0..64).map(|_| check(&market.app, &market.payer, card, RIGHT));
    assert!(join_all(race).await.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(tries(&market, card, &[WRONG; 4]).await, [NO; 4], "counted from none");
    assert_eq!(tries(&market, card, &[RIGHT]).await, ["ok"]);
}

#[tokio::test]
async fn a_card_that_is_not_ones_own_is_not_there() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    let other = market.signed_in("other");
    let none = Id::from_uuid(uuid::Uuid::from_u128(1));
    for (who, card) in [(&other, card), (&market.payer, none)] {
        let answer = check(&market.app, who, card, RIGHT).await;
        assert_eq!(told(answer), "payment-method-not-found");
    }
    assert_eq!(tries(&market, card, &[RIGHT]).await, ["ok"]);
    market.forget(&market.payer, card).await.expect(204);
    assert_eq!(tries(&market, card, &[RIGHT]).await, ["payment-method-not-found"]);
}

/// A wrong try whose note was lost may count twice, never not at all.
#[tokio::test]
async fn a_fault_gives_nobody_a_further_try() {
    use FaultKind::{Status500, Throttle, TimeoutAfter, TimeoutBefore};
    for what in [Throttle, TimeoutBefore, TimeoutAfter, Status500] {
        for depth in [1, 30] {
            let market = Market::start().await;
            let card = market.card("card-ok-1").await;
            let mut wrong = 0;
            for _ in 0..5 {
                for _ in 0..depth {
                    market.cloud.faults().push(Fault::next("dynamodb:UpdateItem", what));
                }
                let answer = told(check(&market.app, &market.payer, card, WRONG).await);
                market.cloud.faults().clear();
                assert!([NO, LOCKED, "try-again"].contains(&answer), "{what:?}: {answer}");
                wrong += usize::from(answer == NO);
            }
            let answers = tries(&market, card, &[WRONG; 6]).await;
            wrong += answers.iter().filter(|answer| **answer == NO).count();
            assert!(wrong <= 5, "{what:?} ×{depth}: {wrong} were told");
            assert_eq!(tries(&market, card, &[RIGHT]).await, [LOCKED], "{what:?} ×{depth}");
        }
    }
}

#[tokio::test]
async fn neither_password_nor_hash_is_logged_or_stored_readable() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    tries(&market, card, &[WRONG, RIGHT]).await;
    let logs = serde_json::to_string(&market.log_lines()).unwrap();
    let rows = format!("{:?}", market.rows().await);
    for secret in [RIGHT, WRONG] {
        assert!(!logs.contains(secret) && !rows.contains(&format!("\"{secret}\"")));
    }
    assert!(!logs.contains("argon2") && rows.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
}
