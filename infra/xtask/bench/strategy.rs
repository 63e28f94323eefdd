//! Ways to decide a bid: the product's, and two that it does not have, for comparison.

use anyhow::bail;
use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Put, TransactWriteItem, Update, builders::TransactWriteItemBuilder},
};
use kernel::AuctionId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{CommitError, Key, StoreError, Table, Write};

use super::fixture::{Bidder, Container, post};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The product's: memory refuses what cannot win, one conditional write decides the rest.
    Product,
    /// Every attempt is one conditional write on the hot item.
    ConditionalWrite,
    /// Every attempt is one transaction: the hot item, the bid, the idempotency record.
    Transaction,
}

impl Strategy {
    pub const ALL: [Self; 3] = [Self::Product, Self::ConditionalWrite, Self::Transaction];

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Product => "filter + conditional write (the product)",
            Self::ConditionalWrite => "conditional write alone",
            Self::Transaction => "transaction",
        }
    }
}

/// What an attempt is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accepted { price: i64 },
    Refused,
    TryAgain,
}

/// Makes one attempt in one container. `(number, offer)`: its place among all, and its won.
pub async fn ask(
    strategy: Strategy,
    container: &Container,
    auction: AuctionId,
    bidder: &Bidder,
    number: u64,
    offer: i64,
) -> anyhow::Result<Answer> {
    match strategy {
        Strategy::Product => bid(container, auction, bidder, number, offer).await,
        Strategy::ConditionalWrite => {
            let write = raise(auction, offer);
            told(container.store.write(write).await, offer)
        }
        Strategy::Transaction => transact(container, auction, bidder, number, offer).await,
    }
}

/// Not through `store`, which tries a transaction again after a wait that no seed decides.
async fn transact(
    container: &Container,
    auction: AuctionId,
    bidder: &Bidder,
    number: u64,
    offer: i64,
) -> anyhow::Result<Answer> {
    let text = |text: String| AttributeValue::S(text);
    let won = || AttributeValue::N(offer.to_string());
    let auctions = container.store.table_name(Table::Auction);
    let head = Update::builder()
        .table_name(&auctions)
        .key("pk", text(head_name(auction)))
        .key("sk", text("-".to_owned()))
        .update_expression("SET p = :p")
        .condition_expression("attribute_not_exists(p) OR p < :p")
        .expression_attribute_values(":p", won())
        .build()?;
    let row = |table: &str, kind: &str| {
        let name = format!("BENCH-{kind}#{}#{number}", bidder.id);
        let put = Put::builder().table_name(table).item("pk", text(name)).item("a", won());
        let put = put.item("sk", text("-".to_owned()));
        put.condition_expression("attribute_not_exists(pk)").build()
    };
    let bid = row(&auctions, "BID")?;
    let once = row(&container.store.table_name(Table::Operation), "ONCE")?;
    let item = TransactWriteItem::builder;
    let items = [item().update(head), item().put(bid), item().put(once)];
    let items = items.into_iter().map(TransactWriteItemBuilder::build).collect();
    match container.client.transact_write_items().set_transact_items(Some(items)).send().await {
        Ok(_) => Ok(Answer::Accepted { price: offer }),
        Err(error) => match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                let mut reasons = cancelled.cancellation_reasons().iter();
                let lost = reasons.any(|reason| reason.code() == Some("ConditionalCheckFailed"));
                Ok(if lost { Answer::Refused } else { Answer::TryAgain })
            }
            _ => Err(error.into()),
        },
    }
}

/// Over HTTP, as a client does.
async fn bid(
    container: &Container,
    auction: AuctionId,
    bidder: &Bidder,
    number: u64,
    offer: i64,
) -> anyhow::Result<Answer> {
    let path = format!("/v1/auctions/{auction}/bids");
    let key = format!("attempt-{number}");
    let body = json!({ "amount": offer });
    let (status, answer) = post(&container.router, &path, &bidder.token, &key, &body).await?;
    let code = answer.get("code").and_then(Value::as_str).unwrap_or_default();
    let price = answer.get("price").and_then(Value::as_i64);
    match (status, code, price) {
        (201, _, Some(price)) => Ok(Answer::Accepted { price }),
        (409, "bid-too-low" | "maximum-not-raised", _) => Ok(Answer::Refused),
        (503, _, _) => Ok(Answer::TryAgain),
        _ => bail!("a bid was answered with {status} {answer}"),
    }
}

/// The hot item of the designs that the product does not have: one price, one condition.
fn head_name(auction: AuctionId) -> String {
    format!("BENCH-HEAD#{auction}")
}

fn raise(auction: AuctionId, offer: i64) -> Write {
    let key = Key { pk: head_name(auction), sk: "-".to_owned() };
    Write::update(Table::Auction, key).set_number("p", offer).when_absent_or("p", "<", offer)
}

fn told(answer: Result<(), CommitError>, price: i64) -> anyhow::Result<Answer> {
    match answer {
        Ok(()) => Ok(Answer::Accepted { price }),
        Err(CommitError::Condition { .. }) => Ok(Answer::Refused),
        Err(CommitError::Store(StoreError::Busy(_))) => Ok(Answer::TryAgain),
        Err(error) => Err(error.into()),
    }
}
