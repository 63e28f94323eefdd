//! A hand in the table is found: rows of the real engine, read back as the audit reads them.

use domain::ledger::{Account, MovementKind, audit};
use store::{Item, Table, ledger::read_books};

use crate::tests::fixture::{World, movement, trade};

/// Rows of every kind.
async fn rows() -> Vec<Item> {
    let world = World::start().await;
    let (minji, seller) = (world.ready(100_000, "7890").await, world.ready(5_000, "8888").await);
    let (store, now) = (world.store(), world.now());
    let pay = [(Account::Earned(minji.id), -20_000), (Account::Escrow(trade(1)), 20_000)];
    store.move_money(&movement("pay", MovementKind::TradePayment, &pay), now).await.unwrap();
    let settle = [
        (Account::Escrow(trade(1)), -20_000),
        (Account::Earned(seller.id), 19_000),
        (Account::Revenue, 1_000),
    ];
    store.move_money(&movement("settle", MovementKind::Settlement, &settle), now).await.unwrap();
    world.requested(&minji, 7_000).await;
    world.requested(&seller, 3_000).await;
    world.run_until_idle().await;
    world.cloud.pause("wallet-on-withdrawal-requested");
    world.requested(&minji, 1_000).await;
    let rows = world.rows().await.table(Table::Wallet).to_vec();
    world.cloud.resume("wallet-on-withdrawal-requested");
    rows
}

/// The attributes that the ledger does not follow from.
const FREE: &[&str] = &[
    "bankCode",
    "maskedNumber",
    "sealedNumber",
    "holder",
    "changedAt",
    "attempts",
    "requestedAt",
    "finishedAt",
    "failure",
];

#[tokio::test]
async fn every_row_and_every_attribute_counts() {
    let rows = rows().await;
    let valid = audit(&read_books(&rows));
    assert_eq!(valid.differences, []);
    assert_eq!((valid.sums["revenue"], valid.sums["payout"]), (1_000, 7_000));
    let mut tried = 0;
    for index in 0..rows.len() {
        let is_account = rows[index]["sk"].as_s().unwrap() == "payout-account";
        if !is_account {
            let mut fewer = rows.clone();
            fewer.remove(index);
            let found = audit(&read_books(&fewer)).differences;
            assert!(!found.is_empty(), "dropped {:?}", rows[index]);
        }
        for name in rows[index].keys() {
            if FREE.contains(&&**name) || (is_account && name != "sk") {
                continue;
            }
            for changed in changes(&rows[index], name) {
                let mut other = rows.clone();
                other[index] = changed;
                let found = audit(&read_books(&other)).differences;
                assert!(!found.is_empty(), "{name} of {:?}", rows[index]);
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

/// `item` with another value of one attribute, and without it.
fn changes(item: &Item, name: &str) -> Vec<Item> {
    use aws_sdk_dynamodb::types::AttributeValue as Value;
    let mut other = item.clone();
    let value = match &item[name] {
        Value::S(text) => Value::S(format!("{text}x")),
        Value::N(text) => Value::N((text.parse::<i64>().unwrap() + 1).to_string()),
        Value::B(bytes) => {
            let mut bytes = bytes.clone().into_inner();
            bytes[0] ^= 1;
            Value::B(bytes.into())
        }
        Value::L(list) => Value::L(list[1..].to_vec()),
        value => panic!("{value:?}"),
    };
    other.insert(name.to_owned(), value);
    let mut without = item.clone();
    without.remove(name);
    // A zero that is not written is a zero.
    let zero = item[name] == Value::N("0".to_owned());
    if zero { vec![other] } else { vec![other, without] }
}
