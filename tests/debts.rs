//! F1: while a penalty is owed nothing leaves a wallet, and nothing is bought or sold. Whoever adds
//! a function that changes wallets says here why it need not ask, or is found.

use std::collections::BTreeSet;

use kernel::codes;
use platform::TableAction;
use store::Table;

const GIVES_BACK: &str = "gives back what was held";
const HELD: &str = "takes what was held before the debt, for what it was held";
const CREDITS: &str = "brings money in, or takes none";
const ENDS_A_TRADE: &str =
    "refunds, pays or penalizes: what is free in a wallet it takes for debts";
const ACCOUNT: &str = "changes no balance";

/// Functions that change rows of wallets and refuse nobody for a debt, each with why.
const ASKS_NOT: &[(&str, &str)] = &[
    ("exchange-cancel-order", GIVES_BACK),
    ("exchange-cancel-user-orders", GIVES_BACK),
    ("exchange-sweep-due-orders", GIVES_BACK),
    (
        "exchange-on-trade-cancelled",
        "gives back; buys again by a hold, which a wallet in debt refuses",
    ),
    (
        "exchange-sweep-cancelled-trades",
        "gives back; buys again by a hold, which a wallet in debt refuses",
    ),
    ("payment-charge-card", CREDITS),
    ("payment-confirm-payment", CREDITS),
    ("payment-on-webhook", CREDITS),
    ("payment-resolve-payments", CREDITS),
    ("trade-accept-partial-refund", ENDS_A_TRADE),
    ("trade-cancel-trade", ENDS_A_TRADE),
    ("trade-capture-match", HELD),
    ("trade-collect-penalties", ENDS_A_TRADE),
    ("trade-decide-dispute", ENDS_A_TRADE),
    ("trade-give-consent", GIVES_BACK),
    ("trade-inspect-trade", ENDS_A_TRADE),
    ("trade-on-carrier-webhook", GIVES_BACK),
    ("trade-refuse-consent", GIVES_BACK),
    ("trade-settle-trade", CREDITS),
    ("trade-sweep-consequences", CREDITS),
    ("trade-sweep-due-trades", ENDS_A_TRADE),
    ("wallet-cancel-user-withdrawal", GIVES_BACK),
    ("wallet-cancel-withdrawal", GIVES_BACK),
    ("wallet-on-withdrawal-requested", "its first step is on condition that nothing is owed"),
    ("wallet-replace-payout-account", ACCOUNT),
];

/// Ways to buy and to sell that change no wallet.
const OTHER_WAYS: &[&str] = &["auction-place-bid", "auction-buy-now", "auction-create-auction"];

#[test]
fn every_way_out_and_every_way_to_sell_asks_for_debts() {
    let listed: BTreeSet<&str> = ASKS_NOT.iter().map(|(id, _)| *id).collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for function in registry::functions() {
        let id = function.id();
        let changes = function.grants.iter().any(|grant| {
            grant.table == Table::Wallet && grant.actions().any(|it| it == TableAction::Update)
        });
        if !changes && !OTHER_WAYS.contains(&&*id) {
            continue;
        }
        let problems = function.http().map_or(&[][..], |http| http.problems);
        let asks = problems.contains(&codes::PENALTY_DUE);
        if asks == listed.contains(&*id) {
            found
                .push(format!("{id}: it asks: {asks}, and is listed as one that need not: {asks}"));
        }
        seen.insert(id);
    }
    let gone = listed.iter().filter(|id| !seen.contains(**id));
    found.extend(gone.map(|id| format!("{id}: changes no wallet")));
    assert!(found.is_empty(), "{found:#?}");
    assert!(OTHER_WAYS.iter().all(|id| seen.contains(*id)), "{seen:?}");
}
