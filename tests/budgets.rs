//! What every operation may ask of DynamoDB: measured by stories over the gateway, held against
//! `infra/docs/budgets.md`.
//!
//! Adding rows: ask the route in a story of `tests/budgets/` (or in a new one, listed in
//! [`measured`]). A worker's row appears with the request that sets it to work; where one worker
//! does several things, a story names what comes next ([`stage::Stage::name_runs`]). [`coverage`]
//! finds what has no row.

mod accounts;
mod auctions;
mod book;
mod cards;
mod catalog;
mod coverage;
mod disputes;
pub mod exchange;
pub mod fixture;
mod inspected;
mod meetings;
mod operation;
mod payments;
mod refused;
mod swept;
pub mod trades;
mod wallets;

use std::{collections::BTreeSet, fs, path::PathBuf};

use figures::Run;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::support::root;

use book::Book;

const CHECKED_IN: &str = "infra/docs/budgets.md";
const MEASURED: &str = "target/budgets.md";

/// What `performance.md` sets a budget for, by function and outcome.
const HEADLINES: &[(&str, &str)] = &[
    ("auction-place-bid", "201 leading"),
    ("auction-place-bid", "409 bid-too-low remembered"),
    ("auction-on-head-changed", "done"),
    ("exchange-place-order", "201 ask meets a wallet's bid"),
    ("exchange-place-order", "201 wallet's bid meets an ask"),
    ("trade-settle-trade", "done"),
];

/// Granted for paths that no story takes, and why they are there.
const UNUSED: &[&str] = &[
    // It refuses to start without a bank that can pay out, and asks it nothing.
    "wallet-request-withdrawal: secretsmanager:GetSecretValue on wallet",
    // An order that rested last and was not seen is in the condition.
    "exchange-buy-now: dynamodb:ConditionCheckItem on exchange",
    "exchange-sell-now: dynamodb:ConditionCheckItem on exchange",
    // A card's bid past its time that is met, or swept, waits for its card no more.
    "exchange-sell-now: dynamodb:UpdateItem on payment",
    "exchange-reprice-order: dynamodb:UpdateItem on payment",
    "exchange-sweep-due-orders: dynamodb:UpdateItem on payment",
    "exchange-on-trade-cancelled: dynamodb:UpdateItem on payment",
    // A match whose charge ends elsewhere than in its worker.
    "payment-on-webhook: dynamodb:UpdateItem on payment",
    "payment-resolve-payments: dynamodb:UpdateItem on payment",
    "trade-sweep-due-trades: dynamodb:UpdateItem on payment",
    // A lost race reads the head again; a lost write looks for its own bid.
    "auction-buy-now: dynamodb:GetItem on auction",
    "auction-read-receipt: dynamodb:Query on auction",
    // Whoever looks after the end closes.
    "auction-get-auction: dynamodb:UpdateItem on auction",
    "auction-read-ledger: dynamodb:UpdateItem on auction",
    "auction-stream-price: dynamodb:UpdateItem on auction",
    "auction-sweep-due-auctions: dynamodb:UpdateItem on auction",
    "auction-sweep-due-auctions: dynamodb:PutItem on outbox",
    "auction-sweep-due-auctions: tell on AuctionClosed",
    // An end that moved: the message goes back for the rest of the time.
    "auction-close-auction: sqs:SendMessage on auction-close-auction",
    // A link that is not there is told from an item that is not.
    "catalog-unlink-tag: dynamodb:GetItem on catalog",
    // A bound that says more than is there; a wrong password; an order past its time in the way.
    "exchange-buy-now: dynamodb:UpdateItem on exchange",
    "exchange-buy-now: dynamodb:UpdateItem on payment",
    "exchange-sell-now: dynamodb:UpdateItem on exchange",
    "exchange-sell-now: dynamodb:PutItem on wallet",
    "exchange-sell-now: dynamodb:UpdateItem on wallet",
    // An order past its time is in the way, or is cancelled or priced too late.
    "exchange-buy-now: tell on OrderExpired",
    "exchange-cancel-order: dynamodb:PutItem on outbox",
    "exchange-cancel-order: tell on OrderExpired",
    "exchange-cancel-user-orders: dynamodb:PutItem on outbox",
    "exchange-cancel-user-orders: tell on OrderExpired",
    "exchange-on-trade-cancelled: tell on OrderExpired",
    "exchange-place-order: tell on OrderExpired",
    "exchange-reprice-order: tell on OrderExpired",
    "exchange-sell-now: tell on OrderExpired",
    // An expiry that was lost on its way.
    "exchange-sweep-due-orders: events:PutEvents on events",
    // More alerts than one run tells.
    "exchange-on-price-fell: sqs:SendMessage on exchange-on-price-fell",
    // More watchers than one run tells.
    "notification-on-auction-ending-soon: sqs:SendMessage on notification-on-auction-ending-soon",
    // Reminders of a payment are texted.
    "notification-on-trade-moved: dynamodb:PutItem on outbox",
    "notification-on-trade-moved: tell on MessageWaiting",
    // What was left behind by something that broke.
    "notification-sweep-messages: events:PutEvents on events",
    "notification-sweep-messages: tell on MessageWaiting",
    "operation-sweep-outbox: dynamodb:UpdateItem on outbox",
    "operation-sweep-outbox: events:PutEvents on events",
    "wallet-sweep-withdrawals: events:PutEvents on events",
    "wallet-sweep-withdrawals: tell on WithdrawalRequested",
    // A refund to a provider, by every command but the seller's own cancellation.
    "trade-inspect-trade: dynamodb:UpdateItem on payment",
    "trade-refuse-consent: dynamodb:UpdateItem on payment",
    "trade-accept-partial-refund: dynamodb:UpdateItem on payment",
    "trade-decide-dispute: dynamodb:UpdateItem on payment",
    "trade-on-carrier-webhook: dynamodb:UpdateItem on payment",
    // Events that were lost.
    "trade-sweep-consequences: dynamodb:PutItem on trade",
    "trade-sweep-consequences: dynamodb:PutItem on wallet",
    "trade-sweep-consequences: dynamodb:UpdateItem on wallet",
    "trade-sweep-consequences: tell on TradeMoved",
    "exchange-sweep-cancelled-trades: dynamodb:BatchGetItem on exchange",
    "exchange-sweep-cancelled-trades: dynamodb:ConditionCheckItem on exchange",
    "exchange-sweep-cancelled-trades: dynamodb:DeleteItem on exchange",
    "exchange-sweep-cancelled-trades: dynamodb:GetItem on auction",
    "exchange-sweep-cancelled-trades: dynamodb:PutItem on exchange",
    "exchange-sweep-cancelled-trades: dynamodb:PutItem on outbox",
    "exchange-sweep-cancelled-trades: dynamodb:PutItem on trade",
    "exchange-sweep-cancelled-trades: dynamodb:PutItem on wallet",
    "exchange-sweep-cancelled-trades: dynamodb:UpdateItem on exchange",
    "exchange-sweep-cancelled-trades: dynamodb:UpdateItem on payment",
    "exchange-sweep-cancelled-trades: dynamodb:UpdateItem on wallet",
    "exchange-sweep-cancelled-trades: tell on AskReturned",
    "exchange-sweep-cancelled-trades: tell on OrderExpired",
    "exchange-sweep-cancelled-trades: tell on TradeMatched",
    // A card that buys again.
    "exchange-on-trade-cancelled: dynamodb:GetItem on auction",
    // A penalty beyond what the seller has.
    "trade-inspect-trade: dynamodb:UpdateItem on auction",
    // Silence after delivery.
    "trade-sweep-due-trades: tell on TradeCompleted",
    // A provider that refuses at once.
    "payment-confirm-payment: tell on PaymentFailed",
    // A payment whose outcome the request did not learn.
    "payment-on-webhook: secretsmanager:GetSecretValue on payment",
    "payment-on-webhook: secretsmanager:GetSecretValue on sealing",
    "payment-resolve-payments: secretsmanager:GetSecretValue on payment",
    "payment-resolve-payments: secretsmanager:GetSecretValue on sealing",
    "payment-on-webhook: dynamodb:GetItem on trade",
    "payment-on-webhook: dynamodb:PutItem on outbox",
    "payment-on-webhook: dynamodb:PutItem on payment",
    "payment-on-webhook: dynamodb:PutItem on trade",
    "payment-on-webhook: dynamodb:PutItem on wallet",
    "payment-on-webhook: dynamodb:UpdateItem on wallet",
    "payment-on-webhook: tell on PaymentCancelled",
    "payment-on-webhook: tell on PaymentDone",
    "payment-on-webhook: tell on PaymentFailed",
    "payment-on-webhook: tell on TradeMoved",
    "payment-resolve-payments: dynamodb:GetItem on payment",
    "payment-resolve-payments: dynamodb:GetItem on trade",
    "payment-resolve-payments: dynamodb:PutItem on outbox",
    "payment-resolve-payments: dynamodb:PutItem on payment",
    "payment-resolve-payments: dynamodb:PutItem on trade",
    "payment-resolve-payments: dynamodb:PutItem on wallet",
    "payment-resolve-payments: dynamodb:UpdateItem on wallet",
    "payment-resolve-payments: tell on PaymentCancelled",
    "payment-resolve-payments: tell on PaymentDone",
    "payment-resolve-payments: tell on PaymentFailed",
    "payment-resolve-payments: tell on TradeMoved",
    // A user without a wallet is told from nobody.
    "wallet-audit-user: dynamodb:GetItem on identity",
    // Only a real bank asks for the holder's phone and e-mail.
    "wallet-create-payout-account: dynamodb:GetItem on identity",
    "wallet-replace-payout-account: dynamodb:GetItem on identity",
];

/// The stories, played once for all tests of this process.
async fn measured() -> &'static Book {
    static BOOK: OnceCell<Book> = OnceCell::const_new();
    BOOK.get_or_init(played).await
}

async fn played() -> Book {
    let stories = [
        accounts::story().await,
        auctions::story().await,
        payments::story().await,
        swept::story().await,
        wallets::story().await,
        trades::story().await,
        inspected::story().await,
        meetings::story().await,
        disputes::story().await,
        catalog::story().await,
        exchange::story().await,
        cards::story().await,
        operation::story().await,
        Box::pin(refused::story()).await,
    ];
    stories.into_iter().fold(Book::default(), Book::joined)
}

#[tokio::test]
async fn no_operation_costs_more_than_its_budget() {
    let run = Run::begin::<&str>(&root(), "cargo test --package jangteo-tests budgets", &[]);
    let measured = measured().await;
    let text = measured.render();
    let (kept, written): (PathBuf, PathBuf) = (root().join(CHECKED_IN), root().join(MEASURED));
    fs::create_dir_all(root().join("target")).unwrap();
    fs::write(&written, &text).unwrap();
    leave_figures(measured, &run);
    let checked_in = fs::read_to_string(kept).unwrap_or_default();
    let (rises, changes) = measured.against(&Book::parse(&checked_in));
    assert!(rises.is_empty(), "operations became dearer:\n{}", rises.join("\n"));
    assert!(
        changes.is_empty() && checked_in == text,
        "{CHECKED_IN} is out of date; copy {MEASURED} over it:\n{}",
        changes.join("\n")
    );
}

/// What the headline operations cost, for `cargo xtask evidence`.
fn leave_figures(measured: &Book, run: &Run) {
    let headlines = HEADLINES.iter().map(|(function, outcome)| {
        let cost = measured.cost(function, outcome);
        json!({ "function": function, "outcome": outcome, "cost": cost.to_string() })
    });
    let functions: BTreeSet<&str> = measured.rows().map(|(function, _)| function).collect();
    let grants: usize = registry::functions().into_iter().map(|it| local::granted(it).len()).sum();
    let figures = [
        ("functions", json!(functions.len())),
        ("outcomes", json!(measured.rows().count())),
        ("grants", json!(grants)),
        ("grants that no story uses, with a reason", json!(UNUSED.len())),
        ("what the budgets of performance.md come to", json!(headlines.collect::<Vec<_>>())),
    ];
    let figures = figures.map(|(name, figure)| (name.to_owned(), figure));
    xtask::evidence::leave("budgets", run, figures).unwrap();
}

/// The other way round is enforced in every test: a call beyond the grants is denied.
#[tokio::test]
async fn nothing_is_granted_that_no_story_uses() {
    measured().await;
    let used = testkit::permissions_used();
    let mut idle = Vec::new();
    let mut known = Vec::new();
    for function in registry::functions() {
        let id = function.id();
        let needed = used.get(&id).cloned().unwrap_or_default();
        for granted in local::granted(function) {
            let line = format!("{id}: {} on {}", granted.action, granted.on);
            if !needed.contains(&granted) && !UNUSED.contains(&line.as_str()) {
                idle.push(line.clone());
            }
            known.push(line);
        }
    }
    assert!(idle.is_empty(), "granted and not used:\n{}", idle.join("\n"));
    let excused = UNUSED.iter().filter(|line| !known.iter().any(|known| known == *line));
    let excused: Vec<_> = excused.collect();
    assert!(excused.is_empty(), "not granted, take it off the list:\n{excused:#?}");
}
