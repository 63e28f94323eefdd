//! A valid set of books from a random walk, kept the way the store keeps it.

use std::collections::BTreeMap;

use kernel::{Id, Instant, TradeId, UserId, Won};
use uuid::Uuid;

use super::super::{
    Account, Books, Debt, HoldRow, HoldState, JournalEntry, Kept, Movement, MovementKind, Posting,
    Split, WithdrawalFacts,
};
use crate::{
    exchange::hold_of,
    withdrawal::{State, subject},
};

/// Repeats for a seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end
    }
    pub fn won(&mut self, most: i64) -> i64 {
        i64::try_from(self.below(usize::try_from(most).unwrap())).unwrap() + 1
    }
}

pub fn user(n: usize) -> UserId {
    Id::from_uuid(Uuid::from_u128(0x10 + u128::try_from(n).unwrap()))
}

/// Books under way.
pub struct Walk {
    pub books: Books,
    kept: BTreeMap<UserId, Kept>,
    escrows: BTreeMap<TradeId, i64>,
    steps: u32,
}

const USERS: usize = 4;

/// Books after `steps` random commands.
pub fn walk(dice: &mut Dice, steps: u32) -> Books {
    let mut walk =
        Walk { books: Books::default(), kept: BTreeMap::new(), escrows: BTreeMap::new(), steps: 0 };
    // At least one row of every kind.
    for _ in 0..USERS {
        walk.top_up(dice);
    }
    walk.withdraw(dice);
    walk.trade(dice);
    walk.penalty(dice);
    for _ in 0..steps {
        match dice.below(7) {
            0 | 1 => walk.top_up(dice),
            2 => walk.withdraw(dice),
            3 => walk.end_a_hold(dice),
            4 => walk.trade(dice),
            5 => walk.penalty(dice),
            _ => walk.collect(),
        }
    }
    walk.books.wallets = walk.kept.into_iter().collect();
    walk.books.escrows = walk.escrows.into_iter().collect();
    walk.books
}

/// Books of three buy orders of user 0 at 10,300 won each: one matched at a lower price, one
/// cancelled, one resting; the last one was repriced twice on its way, and holds as much again.
pub fn orders() -> Books {
    let mut walk =
        Walk { books: Books::default(), kept: BTreeMap::new(), escrows: BTreeMap::new(), steps: 0 };
    let who = user(0);
    let fill = [(Account::Provider, -50_000), (Account::SpendOnly(who), 50_000)];
    walk.move_money("top-up#0".to_owned(), MovementKind::TopUp, &fill);
    let trade: TradeId = Id::from_uuid(Uuid::from_u128(7));
    let matched = [
        (Account::Held(who), -10_300),
        (Account::Escrow(trade), 9_270),
        (Account::SpendOnly(who), 1_030),
    ];
    let payment = (format!("trade-payment#{trade}"), MovementKind::TradePayment);
    let back = [(Account::Held(who), -10_300), (Account::SpendOnly(who), 10_300)];
    let cancelled = hold_of(Id::from_uuid(Uuid::from_u128(2)));
    let release = (format!("release#{cancelled}"), MovementKind::Release);
    let ends = [
        Some((HoldState::Captured, payment, &matched[..])),
        Some((HoldState::Released, release, &back[..])),
        None,
    ];
    for (n, end) in (1..).zip(ends) {
        let subject = hold_of(Id::from_uuid(Uuid::from_u128(n)));
        let held = [(Account::SpendOnly(who), -10_300), (Account::Held(who), 10_300)];
        walk.move_money(format!("hold#{subject}"), MovementKind::Hold, &held);
        let (amount, state) = (Won::constant(10_300), HoldState::Held);
        let earned = Won::ZERO;
        let mut hold = HoldRow { user: who, amount, earned, state, ended_by: None };
        if let Some((state, (reason, kind), postings)) = end {
            walk.move_money(reason.clone(), kind, postings);
            (hold.state, hold.ended_by) = (state, Some(reason));
        }
        walk.books.holds.push((subject, hold));
    }
    let resting = hold_of(Id::from_uuid(Uuid::from_u128(3)));
    for (cause, kind, more) in [(8, MovementKind::Hold, 515), (9, MovementKind::Release, -515)] {
        let postings = [(Account::SpendOnly(who), -more), (Account::Held(who), more)];
        walk.move_money(format!("rehold#{resting}#{cause}"), kind, &postings);
    }
    walk.books.wallets = walk.kept.into_iter().collect();
    walk.books.escrows = walk.escrows.into_iter().collect();
    walk.books
}

impl Walk {
    fn move_money(&mut self, reason: String, kind: MovementKind, postings: &[(Account, i64)]) {
        let post =
            |(account, amount): &(Account, i64)| Posting { account: *account, amount: *amount };
        let movement = Movement::new(reason, kind, postings.iter().map(post).collect()).unwrap();
        self.steps += 1;
        let at = Instant::from_millis(1_795_219_200_000 + i64::from(self.steps) * 977);
        let entry = JournalEntry::of(&movement, at);
        for user in entry.users() {
            let line = entry.line_of(user);
            let kept = self.kept.entry(user).or_default();
            kept.spend_only += line.spend_only;
            kept.earned += line.earned;
            kept.held += line.held;
            kept.penalty += line.penalty;
            kept.total = kept.spend_only + kept.earned + kept.held;
            kept.moves += 1;
            self.books.lines.push((user, line));
        }
        for (account, amount) in postings {
            if let Account::Escrow(trade) = account {
                *self.escrows.entry(*trade).or_default() += amount;
            }
        }
        self.books.entries.push((entry.reason.clone(), entry));
    }

    fn top_up(&mut self, dice: &mut Dice) {
        let (reason, who) =
            (format!("top-up#{}", self.steps), user(usize::try_from(self.steps).unwrap() % USERS));
        let amount = 100_000 + dice.won(100_000);
        let postings = [(Account::Provider, -amount), (Account::SpendOnly(who), amount)];
        self.move_money(reason, MovementKind::TopUp, &postings);
    }

    fn withdraw(&mut self, dice: &mut Dice) {
        let who = user(dice.below(USERS));
        let most = self.kept.get(&who).map_or(0, |kept| kept.spend_only);
        if most < 1 {
            return;
        }
        let amount = dice.won(most);
        let id = Id::from_uuid(Uuid::from_u128(u128::from(self.steps)));
        let subject = subject(id);
        let postings = [(Account::SpendOnly(who), -amount), (Account::Held(who), amount)];
        self.move_money(format!("hold#{subject}"), MovementKind::Hold, &postings);
        let amount = Won::constant(amount);
        let earned = Won::ZERO;
        let state = HoldState::Held;
        let hold = HoldRow { user: who, amount, earned, state, ended_by: None };
        self.books.holds.push((subject, hold));
        let facts = WithdrawalFacts { user: who, amount, state: State::Sending };
        self.books.withdrawals.push((id, facts));
    }

    fn end_a_hold(&mut self, dice: &mut Dice) {
        let open = |hold: &HoldRow| hold.state == HoldState::Held;
        let Some(index) = self.books.holds.iter().position(|(_, hold)| open(hold)) else { return };
        let (subject, hold) = self.books.holds[index].clone();
        let (held, amount) = (Account::Held(hold.user), hold.amount.get());
        let (state, reason) = if dice.below(2) == 0 {
            let reason = format!("release#{subject}");
            let postings = [(held, -amount), (Account::SpendOnly(hold.user), amount)];
            self.move_money(reason.clone(), MovementKind::Release, &postings);
            (HoldState::Released, reason)
        } else {
            let postings = [(held, -amount), (Account::Payout, amount)];
            self.move_money(subject.clone(), MovementKind::Withdrawal, &postings);
            (HoldState::Captured, subject)
        };
        let row = &mut self.books.holds[index].1;
        (row.state, row.ended_by) = (state, Some(reason));
        self.books.withdrawals[index].1.state =
            if state == HoldState::Captured { State::Done } else { State::Failed };
    }

    fn trade(&mut self, dice: &mut Dice) {
        let (buyer, seller) = (user(dice.below(USERS)), user(USERS));
        let most = self.kept.get(&buyer).map_or(0, |kept| kept.spend_only);
        if most < 100 {
            return;
        }
        let price = 99 + dice.won(most - 99);
        let trade: TradeId = Id::from_uuid(Uuid::from_u128(u128::from(self.steps)));
        let paid = [(Account::SpendOnly(buyer), -price), (Account::Escrow(trade), price)];
        self.move_money(format!("pay#{trade}"), MovementKind::TradePayment, &paid);
        let fee = price / 20;
        let mut settled = vec![
            (Account::Escrow(trade), -price),
            (Account::Earned(seller), price - fee),
            (Account::Revenue, fee),
        ];
        settled.retain(|(_, amount)| *amount != 0);
        if dice.below(4) > 0 {
            self.move_money(format!("settle#{trade}"), MovementKind::Settlement, &settled);
        }
    }

    fn penalty(&mut self, dice: &mut Dice) {
        let (buyer, debtor, amount) = (user(dice.below(USERS)), user(USERS), dice.won(5_000));
        let trade: TradeId = Id::from_uuid(Uuid::from_u128(u128::from(self.steps)));
        let postings = [(Account::Penalty(debtor), -amount), (Account::Claim(trade), amount)];
        self.move_money(format!("penalty#{trade}"), MovementKind::Penalty, &postings);
        let born_at = Instant::from_millis(i64::from(self.steps));
        let left = Won::constant(amount);
        self.books.debts.push(Debt { trade, debtor, creditor: Some(buyer), left, born_at });
    }

    /// The oldest debt takes what its debtor has.
    fn collect(&mut self) {
        let mut open = self.books.debts.iter().enumerate();
        let open = open.find(|(_, debt)| debt.left > Won::ZERO);
        let Some((index, debt)) = open.map(|(index, debt)| (index, *debt)) else { return };
        let kept = self.kept.get(&debt.debtor).copied().unwrap_or_default();
        let won = |amount| Won::new(amount).unwrap();
        let free = Split { spend_only: won(kept.spend_only), earned: won(kept.earned) };
        let Some(taken) = debt.collect(free).unwrap() else { return };
        let postings = taken.movement.postings().iter().map(|it| (it.account, it.amount));
        let postings: Vec<_> = postings.collect();
        let reason = taken.movement.reason().to_owned();
        self.move_money(reason, taken.movement.kind(), &postings);
        self.books.debts[index] = taken.after;
    }
}
