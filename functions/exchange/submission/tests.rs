use domain::exchange::{Guard, Instrument, OrderFunding, Own, Price, Rest, Resting, Take, Terms};
use kernel::{Id, Won};
use store::exchange::open_instrument;
use uuid::Uuid;

use super::*;
use crate::tests::fixture::Floor;

fn price(won: i64) -> Price {
    Price::new(Won::constant(won)).unwrap()
}

/// Whatever else the transaction holds, and in whatever order.
#[tokio::test]
async fn the_write_that_stood_in_the_way_is_told_by_its_name() {
    let floor = Floor::bare().await;
    let (seller, buyer) = (floor.trader().await, floor.trader().await);
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let ask = floor.store().order(ask, Read::Consistent).await.unwrap().unwrap();
    let heads = floor.store().exchange_heads(ask.terms.instrument(), Side::Buy).await.unwrap();
    let top = heads.unwrap().1.top_revision;
    let (side, funding) = (Side::Buy, OrderFunding::Wallet);
    let terms = Terms { side, funding, price: price(9_000), ..ask.terms.clone() };
    let bid =
        Order { id: Id::from_uuid(Uuid::from_u128(1)), user: buyer.user.id, terms, ..ask.clone() };
    let nobody = Order { user: Id::from_uuid(Uuid::from_u128(2)), ..bid.clone() };
    let (own, out) = (Own::Improves { price: 9_000 }, Guard::OutOfReach { price: 9_000 });
    let rest = |own, other| Plan::Rest(Rest { own, seen: 0, before: None, other });
    let take = |top| {
        let Order { id: order, user, priority, .. } = ask;
        let resting = Resting { order, user, priority, price: ask.terms.price };
        let other = Guard::NothingBetter { price: 10_000, top_revision: top, empty: None };
        Plan::Take(Take { resting, other, served: None })
    };
    let order = Label::Order;
    let rows = [
        (&ask, rest(own, out), order(OrderWrite::Order)),
        (&bid, rest(Own::Joins { price: 8_000 }, out), order(OrderWrite::OwnHead)),
        (&bid, rest(own, Guard::OutOfReach { price: 10_000 }), order(OrderWrite::OtherHead)),
        (&bid, take(top + 1), order(OrderWrite::OtherHead)),
        (&nobody, rest(own, out), Label::Money(MoneyWrite::Balance(nobody.user))),
        (&nobody, take(top), Label::Money(MoneyWrite::Balance(nobody.user))),
    ];
    let failed = async |order: &Order, plan: &Plan| {
        let execution = Execution::of(plan, order, Some(ask.clone()), floor.now()).unwrap();
        let transaction = Transaction::new().order(&execution, floor.now()).unwrap();
        floor.store().commit(transaction).await.unwrap_err()
    };
    for (order, plan, due) in rows {
        let error = failed(order, &plan).await;
        assert!(error.is_condition_of(due), "{plan:?}: {error}, not {due}");
    }
    floor.cancel(&seller, ask.id).await.expect(200);
    let gone = failed(&bid, &take(top)).await;
    assert!(gone.is_condition_of(OrderWrite::Book), "{gone}");
}

/// A write that nobody named is told by what it is.
#[tokio::test]
async fn a_write_without_a_name_is_told_all_the_same() {
    let floor = Floor::bare().await;
    let instrument =
        Instrument { item: floor.item.parse().unwrap(), option: "270".parse().unwrap() };
    let again = Transaction::new().writes(open_instrument(instrument));
    let error = floor.store().commit(again).await.unwrap_err();
    assert_eq!(error.to_string(), "the condition of a put in exchange does not hold");
}
