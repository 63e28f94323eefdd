//! Payout accounts and withdrawals: the rows around the ledger.

use domain::{
    ledger::{Account, Between, Movement, MovementError, MovementKind, Split, WithdrawalFacts},
    withdrawal::{State, Withdrawal, subject},
};
use kernel::{Instant, UserId, WithdrawalId};

use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Page, PageOf, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys,
    spread::{END, Spread},
};

pub use crate::label::WalletWrite;

/// Where a user's money goes. The number (and the bank's own name of the payee, where it has one)
/// is encrypted; only its last digits are readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutAccount {
    pub bank_code: String,
    pub masked_number: String,
    pub sealed_number: String,
    pub holder: String,
    pub changed_at: Instant,
}

/// A withdrawal with the account as it was when asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawalRow {
    pub withdrawal: Withdrawal,
    pub account: PayoutAccount,
}

/// How many due withdrawals a sweep takes at a time.
const DUE_PAGE: u32 = 100;

/// A withdrawal's money cannot be moved: it is zero, or the ids make no reason.
pub type Unmovable = MovementError;

impl Transaction {
    /// Holds the money of a new withdrawal and writes its row. `locked`: what must stay.
    pub fn withdrawal(
        self,
        row: &WithdrawalRow,
        locked: Split,
        now: Instant,
    ) -> Result<Self, Unmovable> {
        let Withdrawal { id, user, amount, .. } = &row.withdrawal;
        let create = Write::create(Table::Wallet, withdrawal_item(row));
        let money = Split::earned(*amount);
        let transaction = self.hold_beside(&subject(*id), *user, money, locked, now)?;
        Ok(transaction.write_as(WalletWrite::Withdrawal, create))
    }

    /// Takes a withdrawal back: its row, and the money that was held for it. Holds only while the
    /// row is as it was `seen`.
    pub fn withdrawal_stop(
        self,
        seen: &Withdrawal,
        stopped: &Withdrawal,
        now: Instant,
    ) -> Result<Self, Unmovable> {
        let Withdrawal { id, user, amount, .. } = seen;
        // First, so that its condition is the one that is told of: the hold follows the row.
        let transaction = self.write_as(WalletWrite::Withdrawal, changed(seen, stopped));
        transaction.release(&subject(*id), *user, Split::earned(*amount), now)
    }

    /// Adds a payout account, which must not exist yet.
    #[must_use]
    pub fn payout_account(self, user: UserId, account: &PayoutAccount) -> Self {
        let item = account_item(ItemWriter::under(&keys::payout_account(user)), account).item();
        self.write_as(WalletWrite::PayoutAccount, Write::create(Table::Wallet, item))
    }
}

impl Store {
    pub async fn payout_account(&self, user: UserId) -> Result<Option<PayoutAccount>, StoreError> {
        let key = keys::payout_account(user);
        let item = self.get(Table::Wallet, &key, Read::Consistent).await?;
        Ok(item.as_ref().map(|item| read_account(ItemReader(item))).transpose()?)
    }

    /// Replaces the account. `false`: there is none to replace.
    pub async fn payout_account_replace(
        &self,
        user: UserId,
        account: &PayoutAccount,
    ) -> Result<bool, CommitError> {
        let write = Write::update(Table::Wallet, keys::payout_account(user))
            .set_all(account_item(ItemWriter::default(), account).item())
            .if_present("pk");
        match self.write(write).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub async fn withdrawal(
        &self,
        user: UserId,
        id: WithdrawalId,
    ) -> Result<Option<WithdrawalRow>, StoreError> {
        let key = keys::withdrawal(user, id);
        let item = self.get(Table::Wallet, &key, Read::Consistent).await?;
        Ok(item.as_ref().map(read_withdrawal).transpose()?)
    }

    /// A user's withdrawals, newest first.
    pub async fn withdrawals(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<WithdrawalRow>, StoreError> {
        let query = Query::of(Table::Wallet, keys::wallet_of(user), limit).consistent();
        let query = query.prefix(keys::WITHDRAWAL_PREFIX).newest_first().after(after);
        Ok(self.query(query).await?.try_map(|item| read_withdrawal(&item))?)
    }

    /// Takes a withdrawal into somebody's hands, or lays it down until it is due again; for the
    /// first time only while its owner owes nothing. `false`: somebody else was faster, or the
    /// owner owes for a penalty.
    pub async fn withdrawal_claim(
        &self,
        seen: &Withdrawal,
        claimed: &Withdrawal,
    ) -> Result<bool, CommitError> {
        let claim = match seen.state {
            State::Requested => {
                let free_of_debt = Write::check(Table::Wallet, keys::wallet(seen.user))
                    .when_absent_or("penalty", "=", 0);
                let transaction = Transaction::new()
                    .write_as(WalletWrite::Withdrawal, changed(seen, claimed))
                    .write_as(WalletWrite::NoDebt, free_of_debt);
                self.commit(transaction).await
            }
            _ => self.write(changed(seen, claimed)).await,
        };
        match claim {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Ends a withdrawal as the bank did: the held money is paid out or given back, once, however
    /// many learn the same truth. Whoever comes later finds it finished.
    pub async fn withdrawal_finish(
        &self,
        seen: &Withdrawal,
        finished: &Withdrawal,
        now: Instant,
    ) -> Result<(), CommitError> {
        let Withdrawal { id, user, amount, .. } = *seen;
        let subject = subject(id);
        let unmovable = |error: MovementError| StoreError::Refused(error.to_string());
        let transaction = if finished.state == State::Done {
            let kind = MovementKind::Withdrawal;
            let accounts = Between { from: Account::Held(user), to: Account::Payout };
            let movement = Movement::transfer(subject.clone(), kind, amount, accounts);
            Transaction::new().capture(&subject, &movement.map_err(unmovable)?, now)
        } else {
            let money = Split::earned(amount);
            Transaction::new().release(&subject, user, money, now).map_err(unmovable)?
        };
        // Not whoever claimed it last, but whoever learns the truth first: the state decides.
        let ended = ended(finished).when_text("state", "=", State::Sending.as_str());
        match self.commit(transaction.write_as(WalletWrite::Withdrawal, ended)).await {
            Err(failed @ CommitError::Condition { .. }) => {
                let found = self.withdrawal(user, id).await?.map(|row| row.withdrawal.state);
                if found == Some(finished.state) { Ok(()) } else { Err(failed) }
            }
            answer => answer,
        }
    }

    /// A page of everybody's withdrawals in this state, by when they were asked for.
    pub async fn withdrawals_listed(
        &self,
        state: State,
        page: PageOf,
    ) -> Result<Page<WithdrawalRow>, StoreError> {
        let partitions = keys::withdrawals_listed(state.as_str());
        let until = END.to_owned();
        let spread = Spread { table: Table::Wallet, index: 2, partitions, until, page };
        Ok(self.query_spread(spread).await?.try_map(|item| read_withdrawal(&item))?)
    }

    /// The unfinished withdrawals of one [`keys::withdrawing_shards`] that are due, oldest first.
    pub async fn withdrawals_due(
        &self,
        shard: &str,
        now: Instant,
        after: Option<Position>,
    ) -> Result<Page<Result<(UserId, WithdrawalId), Corrupt>>, StoreError> {
        let query = Query::of(Table::Wallet, shard, DUE_PAGE).index(1).after(after);
        let page = self.query(query.between("0", keys::withdrawing_until(now))).await?;
        Ok(page.map(|item| {
            let (id, facts) = read_facts(&item)?;
            Ok((facts.user, id))
        }))
    }
}

fn account_item(item: ItemWriter, account: &PayoutAccount) -> ItemWriter {
    item.text("bankCode", account.bank_code.as_str())
        .text("maskedNumber", account.masked_number.as_str())
        .text("sealedNumber", account.sealed_number.as_str())
        .text("holder", account.holder.as_str())
        .instant("changedAt", account.changed_at)
}

fn read_account(row: ItemReader<'_>) -> Result<PayoutAccount, Corrupt> {
    Ok(PayoutAccount {
        bank_code: row.text("bankCode")?.to_owned(),
        masked_number: row.text("maskedNumber")?.to_owned(),
        sealed_number: row.text("sealedNumber")?.to_owned(),
        holder: row.text("holder")?.to_owned(),
        changed_at: row.instant("changedAt")?,
    })
}

fn withdrawal_item(row: &WithdrawalRow) -> Item {
    let Withdrawal { id, user, amount, state, attempts, due_at, requested_at, .. } =
        &row.withdrawal;
    let item = ItemWriter::under(&keys::withdrawal(*user, *id))
        .id("id", *id)
        .id("user", *user)
        .won("amount", *amount)
        .text("state", state.as_str())
        .number("attempts", *attempts)
        .instant("requestedAt", *requested_at);
    let (list, at) = keys::withdrawal_listed(*id, state.as_str(), *requested_at);
    let item = item.text("gsi2pk", list).text("gsi2sk", at);
    let item = account_item(item, &row.account);
    let Some(due) = due_at else { return item.item() };
    let (shard, order) = keys::withdrawing(*id, *due);
    item.instant("dueAt", *due).text("gsi1pk", shard).text("gsi1sk", order).item()
}

/// `next`, on condition that nobody else touched it since it was `seen`.
fn changed(seen: &Withdrawal, next: &Withdrawal) -> Write {
    ended(next).when_text("state", "=", seen.state.as_str()).when_number(
        "attempts",
        "=",
        seen.attempts,
    )
}

/// Everything of a withdrawal that changes.
fn ended(next: &Withdrawal) -> Write {
    let mut write = Write::update(Table::Wallet, keys::withdrawal(next.user, next.id))
        .set_text("state", next.state.as_str())
        .set_number("attempts", next.attempts);
    let (list, at) = keys::withdrawal_listed(next.id, next.state.as_str(), next.requested_at);
    write = write.set_text("gsi2pk", list).set_text("gsi2sk", at);
    write = match next.due_at {
        Some(due) => {
            let (shard, order) = keys::withdrawing(next.id, due);
            let write = write.set_number("dueAt", due.millis());
            write.set_text("gsi1pk", shard).set_text("gsi1sk", order)
        }
        None => write.remove("dueAt").remove("gsi1pk").remove("gsi1sk"),
    };
    if let Some(at) = next.finished_at {
        write = write.set_number("finishedAt", at.millis());
    }
    if let Some(receipt) = &next.receipt {
        write = write.set_text("receipt", receipt);
    }
    match &next.failure {
        Some(failure) => write.set_text("failure", failure),
        None => write,
    }
}

/// A withdrawal's id and what the ledger must agree with.
pub(crate) fn read_facts(item: &Item) -> Result<(WithdrawalId, WithdrawalFacts), Corrupt> {
    let row = ItemReader(item);
    let facts = WithdrawalFacts {
        user: row.id("user")?,
        amount: row.won("amount")?,
        state: state(row.text("state")?)?,
    };
    Ok((row.id("id")?, facts))
}

/// A withdrawal from its row.
pub fn read_withdrawal(item: &Item) -> Result<WithdrawalRow, Corrupt> {
    let row = ItemReader(item);
    let (id, WithdrawalFacts { user, amount, state }) = read_facts(item)?;
    let withdrawal = Withdrawal {
        id,
        user,
        amount,
        state,
        attempts: row.count("attempts")?,
        due_at: row.maybe_number("dueAt").map(Instant::from_millis),
        requested_at: row.instant("requestedAt")?,
        finished_at: row.maybe_number("finishedAt").map(Instant::from_millis),
        failure: row.maybe_text("failure").map(str::to_owned),
        receipt: row.maybe_text("receipt").map(str::to_owned),
    };
    Ok(WithdrawalRow { withdrawal, account: read_account(row)? })
}

fn state(text: &str) -> Result<State, Corrupt> {
    State::parse(text).ok_or_else(|| Corrupt(format!("withdrawal state {text}")))
}
