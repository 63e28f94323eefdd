//! The journal, the balances, holds, withdrawals, payments.

use store::Table::{Operation, Payment, Wallet};

use super::Bug;
use crate::{
    tamper::Tamper::{Omit, Renumber, Strip, Swallow, Unguard},
    wire::Target,
};

const BALANCE: Target = Target::update(Wallet, "wallet#").sk("-");
const LINE: Target = Target::put(Wallet, "wallet#").sk("line#");
const ENTRY: Target = Target::put(Wallet, "journal#");
const ESCROW: Target = Target::update(Wallet, "escrow#");
const WITHDRAWAL: Target = Target::any(Wallet, "wallet#").sk("withdrawal#");

pub const BUGS: &[Bug] = &[
    Bug {
        name: "money-without-a-journal",
        breaks: "balances change and the journal does not know why",
        imitates: "shared/store/ledger.rs movement: the entry",
        tamper: Omit(&[ENTRY]),
        one_in: 4,
        speaks: &["I1", "I2"],
    },
    Bug {
        name: "money-journal-without-money",
        breaks: "the journal has the movement and one balance does not",
        imitates: "shared/store/ledger.rs movement: rows::balance",
        tamper: Omit(&[BALANCE]),
        one_in: 4,
        speaks: &["I1", "I2"],
    },
    Bug {
        name: "money-added-twice",
        breaks: "what may only be spent changes by twice the amount",
        imitates: "shared/store/ledger/rows.rs balance: add(\"spendOnly\")",
        tamper: Renumber(BALANCE, "spendOnly", (2, 0)),
        one_in: 3,
        speaks: &["I1", "I3"],
    },
    Bug {
        name: "money-total-off-by-one",
        breaks: "the total that the limit is judged by drifts by a won",
        imitates: "shared/store/ledger/rows.rs balance: add(\"total\")",
        tamper: Renumber(BALANCE, "total", (1, 1)),
        one_in: 3,
        speaks: &["I1"],
    },
    Bug {
        name: "money-that-is-not-there",
        breaks: "more is spent or held than is available",
        imitates: "shared/store/ledger/rows.rs balance: when_number(\"spendOnly\")",
        tamper: Unguard(BALANCE, &["spendOnly", "earned"]),
        one_in: 1,
        speaks: &["I3"],
    },
    Bug {
        name: "money-line-missing",
        breaks: "the user's history has no line for a movement",
        imitates: "shared/store/ledger.rs movement: rows::line",
        tamper: Omit(&[LINE]),
        one_in: 4,
        speaks: &["I1", "I2"],
    },
    Bug {
        name: "money-moves-not-counted",
        breaks: "the count of a wallet's moves stays behind its lines",
        imitates: "shared/store/ledger/rows.rs balance: add(\"moves\")",
        tamper: Renumber(BALANCE, "moves", (0, 0)),
        one_in: 4,
        speaks: &["I1", "I2"],
    },
    Bug {
        name: "escrow-not-filled",
        breaks: "a buyer pays and the trade's escrow does not have the money",
        imitates: "shared/store/ledger.rs movement: rows::escrow",
        tamper: Omit(&[ESCROW]),
        one_in: 2,
        speaks: &["I1", "I13"],
    },
    Bug {
        name: "escrow-filled-twice",
        breaks: "the escrow holds twice what was paid",
        imitates: "shared/store/ledger/rows.rs escrow: add(\"amount\")",
        tamper: Renumber(ESCROW, "amount", (2, 0)),
        one_in: 3,
        speaks: &["I1", "I3", "I13"],
    },
    Bug {
        name: "record-of-the-answer-forgotten",
        breaks: "the effect is written without its answer: a repetition has the effect again",
        imitates: "shared/platform/once.rs commit: idempotency::record",
        tamper: Omit(&[Target::put(Operation, "idempotency#")]),
        one_in: 1,
        speaks: &["I11"],
    },
    Bug {
        name: "record-of-the-answer-written-over",
        breaks: "two requests of one key at once both have their effect",
        imitates: "shared/store/idempotency.rs record: when_absent_or(\"until\")",
        tamper: Unguard(Target::put(Operation, "idempotency#"), &["until"]),
        one_in: 1,
        speaks: &["I11"],
    },
    Bug {
        name: "withdrawal-without-its-row",
        breaks: "money is held for a withdrawal that is not there",
        imitates: "shared/store/wallet.rs withdrawal: Write::create",
        tamper: Omit(&[Target::put(Wallet, "wallet#").sk("withdrawal#")]),
        one_in: 2,
        speaks: &["I10", "I11", "I18"],
    },
    Bug {
        name: "withdrawal-finished-and-still-sending",
        breaks: "the bank has paid, the money is booked, the withdrawal stays under way",
        imitates: "shared/store/wallet.rs withdrawal_finish: ended",
        tamper: Omit(&[Target::update(Wallet, "wallet#").sk("withdrawal#").holding("finishedAt")]),
        one_in: 1,
        speaks: &["I10", "I13", "I18"],
    },
    Bug {
        name: "withdrawal-of-another-amount",
        breaks: "the withdrawal says 1000 won more than what is held for it",
        imitates: "shared/store/wallet.rs withdrawal_item: won(\"amount\")",
        tamper: Renumber(WITHDRAWAL, "amount", (1, 1_000)),
        one_in: 1,
        speaks: &["I1", "I10", "I13"],
    },
    Bug {
        name: "withdrawal-unknown-to-the-sweep",
        breaks: "a withdrawal whose worker died is never taken up again",
        imitates: "shared/store/wallet.rs withdrawal_item: gsi1",
        tamper: Strip(WITHDRAWAL, &["gsi1pk", "gsi1sk"]),
        one_in: 1,
        speaks: &["I10", "I16", "I18"],
    },
    Bug {
        name: "payment-done-and-not-booked",
        breaks: "a top-up is done at the provider and here, and the wallet does not have it",
        imitates: "functions/payment/ending.rs paid: the movement",
        tamper: Omit(&[Target::any(Wallet, "").holding("top-up#")]),
        one_in: 1,
        speaks: &["I1", "I11"],
    },
    Bug {
        name: "payment-booked-and-still-open",
        breaks: "the wallet has a top-up whose payment is still under way",
        imitates: "functions/payment/ending.rs paid: the payment's write",
        tamper: Omit(&[Target::put(Payment, "payment#").holding("\"done\"")]),
        one_in: 1,
        speaks: &["I1", "I11", "I18"],
    },
    Bug {
        name: "payment-written-over",
        breaks: "what was decided of a payment on an older version is written over a newer one",
        imitates: "shared/store/payment.rs change: when_number(\"version\")",
        tamper: Unguard(Target::put(Payment, "payment#"), &["version"]),
        one_in: 1,
        speaks: &["I1", "I11", "I15", "I18"],
    },
    Bug {
        name: "transaction-refused-told-as-done",
        breaks: "a movement whose condition failed is told as done",
        imitates: "shared/store/transaction.rs transact: TransactionCanceledException",
        tamper: Swallow(BALANCE),
        one_in: 1,
        speaks: &["I1", "I7", "I8", "I10", "I11"],
    },
];
