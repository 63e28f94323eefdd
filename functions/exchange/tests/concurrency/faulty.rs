//! The same with a table that conflicts, throttles, fails and loses answers: whoever gets no answer
//! asks again with the same key, and the trades are still those of the sequential book.

use futures::future::join_all;
use local::{FaultKind, RandomFaults};

use super::mixed::Dice;
use crate::tests::fixture::{Floor, Trader, spawn};

const ORDERS: usize = 60;
/// How often a client asks again before the test gives up.
const PATIENCE: usize = 60;

struct Wish {
    trader: Trader,
    side: &'static str,
    price: i64,
    key: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_orders_through_a_table_that_fails() {
    for seed in 0..6 {
        let floor = Floor::bare().await;
        // An invocation may fail; what it leaves behind may not be wrong.
        floor.expect_failures();
        let traders = floor.traders(12).await;
        let mut dice = Dice(seed);
        let mut wishes: Vec<Wish> = Vec::with_capacity(ORDERS);
        for _ in 0..ORDERS {
            let trader = traders[usize::try_from(dice.roll(12)).unwrap()].clone();
            let side = if dice.roll(2) == 0 { "buy" } else { "sell" };
            let price = i64::try_from(10 + dice.roll(4)).unwrap() * 1_000;
            wishes.push(Wish { trader, side, price, key: floor.fresh_key() });
        }
        floor.cloud.faults().at_random(Some(RandomFaults {
            seed,
            per_thousand: 250,
            action: "dynamodb:*".to_owned(),
            kinds: vec![
                FaultKind::Conflict,
                FaultKind::Throttle,
                FaultKind::TimeoutBefore,
                FaultKind::TimeoutAfter,
                FaultKind::Status500,
            ],
        }));
        let mut waiting = wishes;
        for _ in 0..PATIENCE {
            waiting = ask_all(&floor, waiting).await;
        }
        floor.cloud.faults().clear();
        assert_eq!(ask_all(&floor, waiting).await.len(), 0, "seed {seed}");
        let record = floor.record().await;
        println!("seed {seed}: {} orders, {} trades", record.log.len(), record.meetings.len());
        assert!(record.meetings.len() > 5);
    }
}

/// Asks for all of them at once; answers those that have no answer yet.
async fn ask_all(floor: &Floor, wishes: Vec<Wish>) -> Vec<Wish> {
    let requests = wishes.iter().map(|wish| {
        let Wish { trader, side, price, key } = wish;
        let request = floor.post("/v1/exchange/orders").bearer(&floor.token_of(trader)).key(key);
        spawn(request.json(floor.order(trader, side, *price)))
    });
    let answers = join_all(requests.collect::<Vec<_>>()).await;
    let unanswered = wishes.into_iter().zip(answers).filter(|(_, answer)| {
        let answer = answer.as_ref().unwrap();
        let settled = answer.status() == 201 || answer.code() == "self-trade";
        assert!(settled || answer.status() == 503, "{}", answer.text());
        !settled
    });
    unanswered.map(|(wish, _)| wish).collect()
}
