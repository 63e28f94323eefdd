//! Random walks by several users at once keep I1–I3 and I10.

use std::collections::BTreeSet;

use domain::ledger::{Account, Debt, HoldState, Movement, MovementKind, Split, audit};
use futures::{
    FutureExt as _,
    future::{LocalBoxFuture, join_all},
};
use kernel::{Instant, UserId, Won};
use local::{FaultKind, RandomFaults};
use proptest::prelude::*;
use serde_json::json;
use store::{CommitError, StoreError, Table, Transaction, keys, ledger::read_books};
use testkit::User;

use crate::tests::fixture::{World, movement, top_up, trade};

#[derive(Clone, Copy, Debug)]
enum Step {
    TopUp { user: usize, amount: i64 },
    Pay { user: usize, trade: u128, amount: i64 },
    Settle { user: usize, trade: u128, amount: i64 },
    Hold { user: usize, subject: u8, amount: i64 },
    Release { user: usize, subject: u8, amount: i64 },
    Capture { user: usize, subject: u8, amount: i64 },
    Withdraw { user: usize, amount: i64 },
    Penalty { user: usize, amount: i64 },
    Repay { user: usize, amount: i64 },
}

const USERS: usize = 3;

fn step() -> impl Strategy<Value = Step> {
    let user = 0..USERS;
    // Few amounts, so that ends often fit their holds.
    let amount = prop_oneof![Just(100_i64), Just(250), Just(1_000)];
    let subject = 0_u8..5;
    prop_oneof![
        (user.clone(), amount.clone()).prop_map(|(user, amount)| Step::TopUp { user, amount }),
        (user.clone(), 0..3_u128, amount.clone()).prop_map(|(user, trade, amount)| Step::Pay {
            user,
            trade,
            amount
        }),
        (user.clone(), 0..3_u128, amount.clone()).prop_map(|(user, trade, amount)| Step::Settle {
            user,
            trade,
            amount
        }),
        (user.clone(), subject.clone(), amount.clone())
            .prop_map(|(user, subject, amount)| Step::Hold { user, subject, amount }),
        (user.clone(), subject.clone(), amount.clone())
            .prop_map(|(user, subject, amount)| Step::Release { user, subject, amount }),
        (user.clone(), subject, amount.clone()).prop_map(|(user, subject, amount)| Step::Capture {
            user,
            subject,
            amount
        }),
        (user.clone(), amount.clone()).prop_map(|(user, amount)| Step::Withdraw { user, amount }),
        (user.clone(), amount.clone()).prop_map(|(user, amount)| Step::Penalty { user, amount }),
        (user, amount).prop_map(|(user, amount)| Step::Repay { user, amount }),
    ]
}

/// Applies a step; whatever a condition forbids does not happen.
async fn apply(world: &World, users: &[User], step: Step, n: usize) -> Option<i64> {
    let (store, now) = (world.store(), world.now());
    let alone = |movement: Movement, from_outside: i64| -> LocalBoxFuture<'_, Option<i64>> {
        async move { settled(store.move_money(&movement, now).await).map(|_| from_outside) }
            .boxed_local()
    };
    let id = |user: usize| users[user].id;
    let post = |kind, postings: &[(Account, i64)]| movement(&format!("step#{n}"), kind, postings);
    match step {
        Step::TopUp { user, amount } => {
            alone(top_up(&n.to_string(), id(user), amount), amount).await
        }
        Step::Pay { user, trade: on, amount } => {
            let pay = [(Account::Earned(id(user)), -amount), (Account::Escrow(trade(on)), amount)];
            alone(post(MovementKind::TradePayment, &pay), 0).await
        }
        Step::Settle { user, trade: on, amount } => {
            let fee = amount / 20;
            let to = Account::Earned(id(user));
            let settle = [
                (Account::Escrow(trade(on)), -amount),
                (to, amount - fee),
                (Account::Revenue, fee),
            ];
            alone(post(MovementKind::Settlement, &settle), 0).await
        }
        Step::Penalty { user, amount } => {
            let owe = owing([id(user), id((user + 1) % USERS)], amount, n, now);
            settled(store.commit(owe).await).map(|()| 0)
        }
        Step::Repay { user, amount } => {
            let free = Split::earned(Won::constant(amount));
            for shard in keys::debt_shards() {
                let debts = store.debts(&shard, None).await.map_or(Vec::new(), |page| page.items);
                let mut debts = debts.into_iter().map(Result::unwrap);
                let Some(debt) = debts.find(|debt| debt.debtor == id(user)) else { continue };
                let taken = debt.collect(free).unwrap().unwrap();
                let collect = Transaction::new().collection(&debt, &taken, now);
                return settled(store.commit(collect).await).map(|()| 0);
            }
            None
        }
        Step::Hold { user, subject, amount } => {
            let amount = Split::earned(Won::constant(amount));
            let hold = Transaction::new().hold(&format!("walk#{subject}"), id(user), amount, now);
            settled(store.commit(hold.unwrap()).await).map(|()| 0)
        }
        Step::Release { user, subject, amount } => {
            let amount = Split::earned(Won::constant(amount));
            let release =
                Transaction::new().release(&format!("walk#{subject}"), id(user), amount, now);
            settled(store.commit(release.unwrap()).await).map(|()| 0)
        }
        Step::Capture { user, subject, amount } => {
            let pay = [(Account::Held(id(user)), -amount), (Account::Escrow(trade(0)), amount)];
            let pay = post(MovementKind::TradePayment, &pay);
            let capture = Transaction::new().capture(&format!("walk#{subject}"), &pay, now);
            settled(store.commit(capture).await).map(|()| 0)
        }
        Step::Withdraw { user, amount } => {
            world.withdraw(&users[user], &format!("k{n}"), json!(amount)).await;
            None
        }
    }
}

/// Lets the first of two owe the other for a trade that nothing else knows.
fn owing([debtor, creditor]: [UserId; 2], amount: i64, n: usize, now: Instant) -> Transaction {
    let trade = trade(1_000 + u128::try_from(n).unwrap());
    let owed = [(Account::Penalty(debtor), -amount), (Account::Claim(trade), amount)];
    let penalty = movement(&format!("step#{n}"), MovementKind::Penalty, &owed);
    let left = Won::constant(amount);
    let debt = Debt { trade, debtor, creditor: Some(creditor), left, born_at: now };
    Transaction::new().movement(&penalty, now).debt(&debt)
}

/// `None`: a condition forbade it, or it kept meeting others and nothing happened.
fn settled<T>(outcome: Result<T, CommitError>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(CommitError::Condition { .. } | CommitError::Store(StoreError::Busy(_))) => None,
        Err(error) => panic!("{error}"),
    }
}

async fn walk(steps: Vec<Step>, seed: Option<u64>) {
    let world = World::start().await;
    let endings = ["7890", "8888", "7777"];
    let mut users = Vec::new();
    for ending in endings {
        users.push(world.ready(500, ending).await);
    }
    let mut inside = 500 * 3;
    if let Some(seed) = seed {
        world.expect_failures();
        let kinds = vec![FaultKind::Conflict, FaultKind::TimeoutBefore, FaultKind::TimeoutAfter];
        let action = "dynamodb:*".to_owned();
        let faults = RandomFaults { seed, per_thousand: 150, action, kinds };
        world.cloud.faults().at_random(Some(faults));
    }
    // Four at a time, in whatever order the engine takes them.
    for (round, chunk) in steps.chunks(4).enumerate() {
        let at_once = chunk
            .iter()
            .enumerate()
            .map(|(index, step)| apply(&world, &users, *step, round * 4 + index));
        inside += join_all(at_once).await.into_iter().flatten().sum::<i64>();
        if round % 3 == 2 {
            world.run_until_idle().await;
        }
    }
    world.cloud.faults().clear();
    world.run_until_idle().await;
    world.advance(kernel::Span::minutes(30)).await;
    let rows = world.rows().await;
    let books = read_books(rows.table(Table::Wallet));
    let audit = audit(&books);
    assert_eq!(audit.differences, []);
    let of = |kind: &str| audit.sums.get(kind).copied().unwrap_or_default();
    if seed.is_none() {
        assert_eq!(-of("provider"), i128::from(inside), "what came in is what the provider owes");
    }
    let paid: i64 = world.bank.paid().values().map(|amount| amount.get()).sum();
    assert_eq!(of("payout"), i128::from(paid), "what went out is what the bank paid");
    let open = books.holds.iter().filter(|(_, hold)| hold.state == HoldState::Held);
    let open: BTreeSet<&str> = open.map(|(subject, _)| &**subject).collect();
    assert!(open.iter().all(|subject| subject.starts_with("walk#")), "{open:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn random_walks_keep_the_books(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(walk(steps, None));
    }

    #[test]
    fn random_walks_keep_the_books_whatever_call_fails(
        steps in prop::collection::vec(step(), 1..40),
        seed in any::<u64>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(walk(steps, Some(seed)));
    }
}
