use domain::exchange::Price;
use futures::future::join_all;
use kernel::{Id, Won};
use store::{
    CommitError, Table, Transaction,
    exchange::{Quotes, alert_creation},
};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{Floor, Trader};

const TELLER: &str = "exchange-on-price-fell";

fn line(who: &Trader, wanted: i64, price: i64) -> (String, i64, i64) {
    (who.user.id.to_string(), wanted, price)
}

#[tokio::test]
async fn whoever_waits_for_so_much_or_more_is_told_once() {
    for seed in 0..3 {
        let floor = Floor::open().await;
        floor.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.stream_copies = 2;
            knobs.shuffle = Some(seed);
        });
        let [anna, bora, chul] = [floor.trader().await, floor.trader().await, floor.trader().await];
        for (who, price) in [(&bora, 100_000), (&bora, 110_000), (&chul, 99_000), (&chul, 100_000)]
        {
            floor.alert(who, price).await.expect(201);
        }
        floor.rest(&anna, "sell", 120_000).await;
        floor.run_until_idle().await;
        assert!(floor.told().await.is_empty());
        floor.rest(&anna, "sell", 100_000).await;
        floor.run_until_idle().await;
        let mut due = vec![
            line(&bora, 100_000, 100_000),
            line(&bora, 110_000, 100_000),
            line(&chul, 100_000, 100_000),
        ];
        due.sort();
        assert_eq!(floor.told().await, due);
        assert_eq!(
            (floor.waiting(&bora).await, floor.waiting(&chul).await),
            (vec![], vec![99_000])
        );
        // The same price once more, and a bid, are no fall.
        floor.rest(&anna, "sell", 100_000).await;
        floor.rest(&bora, "buy", 90_000).await;
        floor.run_until_idle().await;
        assert_eq!(floor.told().await, due);
    }
}

#[tokio::test]
async fn an_alert_made_after_the_fall_is_not_told_of_it() {
    let floor = Floor::open().await;
    let [anna, bora] = [floor.trader().await, floor.trader().await];
    floor.alert(&bora, 150_000).await.expect(201);
    floor.cloud.pause(TELLER);
    let ask = floor.rest(&anna, "sell", 100_000).await;
    floor.run_until_idle().await;
    floor.cancel(&anna, ask).await.expect(200);
    floor.rest(&anna, "sell", 200_000).await;
    floor.run_until_idle().await;
    floor.alert(&bora, 160_000).await.expect(201);
    // The same one again, but made anew, when it is not true any more.
    floor.delete_alert(&bora, 150_000).await.expect(204);
    floor.alert(&bora, 150_000).await.expect(201);
    floor.cloud.resume(TELLER);
    floor.run_until_idle().await;
    assert!(floor.told().await.is_empty(), "{:?}", floor.told().await);
    let mut waiting = floor.waiting(&bora).await;
    waiting.sort_unstable();
    assert_eq!(waiting, [150_000, 160_000]);
    floor.rest(&anna, "sell", 155_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.told().await, [line(&bora, 160_000, 155_000)]);
}

#[tokio::test]
async fn an_alert_that_comes_together_with_the_fall_is_told_once() {
    for round in 0..12 {
        let floor = Floor::open().await;
        let [anna, bora] = [floor.trader().await, floor.trader().await];
        floor.cloud.pause(TELLER);
        let alert = async {
            for _ in 0..round % 4 {
                tokio::task::yield_now().await;
            }
            floor.alert(&bora, 100_000).await.expect(201);
        };
        let fall = async {
            floor.rest(&anna, "sell", 100_000).await;
            floor.run_until_idle().await;
        };
        futures::join!(alert, fall);
        floor.cloud.resume(TELLER);
        floor.run_until_idle().await;
        assert_eq!(floor.told().await, [line(&bora, 100_000, 100_000)], "round {round}");
        assert!(floor.waiting(&bora).await.is_empty());
    }
}

#[tokio::test]
async fn of_being_told_and_deleting_exactly_one_happens() {
    let (mut told, mut deleted) = (0, 0);
    for round in 0..10 {
        let floor = Floor::open().await;
        let [anna, bora] = [floor.trader().await, floor.trader().await];
        floor.alert(&bora, 100_000).await.expect(201);
        floor.cloud.pause(TELLER);
        floor.rest(&anna, "sell", 100_000).await;
        floor.run_until_idle().await;
        floor.cloud.resume(TELLER);
        let delete = async {
            if round > 0 {
                for _ in 0..round * 3 {
                    tokio::task::yield_now().await;
                }
            }
            floor.delete_alert(&bora, 100_000).await
        };
        let (gone, _) = futures::join!(delete, floor.run_until_idle());
        let was_deleted = usize::from(gone.status() == 204);
        let was_told = floor.told().await.len();
        assert_eq!(was_deleted + was_told, 1, "round {round}: {}", gone.status());
        (told, deleted) = (told + was_told, deleted + was_deleted);
    }
    assert!(told + deleted == 10 && deleted > 0, "{told} {deleted}");
}

#[tokio::test]
async fn more_alerts_than_one_message_tells_are_all_told() {
    let floor = Floor::open().await;
    let seller = floor.trader().await;
    let count = PAGE * PAGES_MAX + 5;
    let alerts: Vec<Alert> = (0..count).map(|number| alert(&floor, number)).collect();
    for chunk in alerts.chunks(16) {
        let made = chunk.iter().map(|alert| make(&floor, alert));
        join_all(made).await;
    }
    floor.rest(&seller, "sell", 100_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.told().await.len(), alerts.len());
    assert!(floor.rows().await.under(Table::Exchange, store::keys::ALERTS_PREFIX).is_empty());
}

fn alert(floor: &Floor, number: u32) -> Alert {
    Alert {
        id: Uuid::from_u128(number.into()),
        user: Id::from_uuid(Uuid::from_u128(0xa000 + u128::from(number))),
        instrument: floor.instrument(),
        price: Price::new(Won::constant(100_000)).unwrap(),
        title: "에어 조던 1 270".to_owned(),
        created_at: floor.now(),
        since: 0,
    }
}

async fn make(floor: &Floor, alert: &Alert) {
    let transaction: Transaction = alert_creation(alert, &Quotes::default());
    let made: Result<(), CommitError> = floor.store().commit(transaction).await;
    made.unwrap();
}

#[tokio::test]
async fn what_is_no_price_of_ours_is_given_up() {
    let floor = Floor::open().await;
    floor.expect_failures();
    floor.expect_dead(&FUNCTION.id());
    let fell = PriceFell {
        item_id: floor.item_id(),
        option: "gigantic".to_owned(),
        price: Won::constant(1_000),
        version: 1,
    };
    let id = Uuid::from_u128(1);
    floor.publish(&Envelope::new(id, floor.now(), &fell)).await;
    floor.run_until_idle().await;
    floor.advance(Span::hours(1)).await;
}
