use kernel::{Id, Instant, Won};
use uuid::Uuid;

use super::{
    super::{Account, Books, HoldState, MovementKind, Posting, audit},
    fixture::{Dice, orders, user, walk},
};
use crate::withdrawal::State;

#[test]
fn valid_books_have_no_differences() {
    for seed in 1..=100 {
        let books = walk(&mut Dice::new(seed), 60);
        let audit = audit(&books);
        assert_eq!(audit.differences, [], "seed {seed}");
        assert_eq!(audit.sums.values().sum::<i128>(), 0);
        assert_eq!(audit.entries, books.entries.len());
    }
    assert_eq!(audit(&Books::default()).differences, []);
}

#[test]
fn holds_of_orders_need_no_withdrawal() {
    let books = orders();
    assert_eq!(audit(&books).differences, []);
    let states: Vec<HoldState> = books.holds.iter().map(|(_, hold)| hold.state).collect();
    assert_eq!(states, [HoldState::Captured, HoldState::Released, HoldState::Held]);
    // And are looked at as closely.
    for index in 0..books.holds.len() {
        let mut broken = books.clone();
        broken.holds[index].1.amount = Won::constant(10_299);
        assert!(!audit(&broken).differences.is_empty(), "hold {index}");
        broken.holds.remove(index);
        assert!(!audit(&broken).differences.is_empty(), "hold {index}");
    }
}

#[test]
fn a_hold_is_ended_by_its_own_entry_and_no_other() {
    let release = orders().holds[1].1.ended_by.clone();
    let rows = [
        (0, HoldState::Released, orders().holds[0].1.ended_by.clone()),
        (1, HoldState::Captured, release.clone()),
        (2, HoldState::Released, release),
    ];
    for (index, state, ended_by) in rows {
        let mut broken = orders();
        (broken.holds[index].1.state, broken.holds[index].1.ended_by) = (state, ended_by);
        let told = format!("{:?}", audit(&broken).differences);
        assert!(told.contains("its state and its end do not go together"), "hold {index}: {told}");
    }
}

#[test]
fn a_hold_is_as_much_as_the_entries_that_began_and_changed_it_say() {
    let books = orders();
    let changed = |(reason, _): &&(String, _)| reason.starts_with("rehold#");
    assert_eq!(books.entries.iter().filter(changed).count(), 2);
    for amount in [9_785, 10_815, 10_301] {
        let mut broken = books.clone();
        broken.holds[2].1.amount = Won::constant(amount);
        let told = format!("{:?}", audit(&broken).differences);
        assert!(told.contains("the entries that began and changed it are others"), "{told}");
    }
    // A change of another hold, or of nobody's.
    for subject in ["order#00000000-0000-0000-0000-000000000001", "order#nobody"] {
        let mut broken = books.clone();
        let index = broken.entries.iter().position(|(key, _)| key.starts_with("rehold#")).unwrap();
        let reason = format!("rehold#{subject}#8");
        broken.entries[index].0.clone_from(&reason);
        broken.entries[index].1.reason = reason;
        assert!(!audit(&broken).differences.is_empty(), "{subject}");
    }
}

#[test]
fn a_thousand_random_corruptions_are_a_thousand_found() {
    let mut found = 0;
    for seed in 0..1_000 {
        let mut dice = Dice::new(seed + 7);
        let mut books = walk(&mut dice, 40);
        let what = corrupt(&mut books, &mut dice);
        let differences = audit(&books).differences;
        assert!(!differences.is_empty(), "seed {seed}: {what} was not found");
        found += 1;
    }
    assert_eq!(found, 1_000);
}

/// However it is done, every single way is found at every place.
#[test]
fn every_way_of_corruption_is_found() {
    for way in 0..WAYS {
        for seed in 0..25 {
            let mut dice = Dice::new(seed * 31 + 5);
            let mut books = walk(&mut dice, 25);
            let what = corrupt_by(way, &mut books, &mut dice);
            assert!(!audit(&books).differences.is_empty(), "way {way}, seed {seed}: {what}");
        }
    }
}

const WAYS: usize = 27;

fn corrupt(books: &mut Books, dice: &mut Dice) -> String {
    let way = dice.below(WAYS);
    corrupt_by(way, books, dice)
}

/// Changes one thing.
fn corrupt_by(way: usize, books: &mut Books, dice: &mut Dice) -> String {
    match way {
        0..=9 => corrupt_entry(way, books, dice),
        10..=14 => corrupt_wallet(way, books, dice),
        15..=17 => corrupt_escrow_or_line(way, books, dice),
        18..=23 => corrupt_hold(way, books, dice),
        _ => corrupt_debt(way, books, dice),
    }
}

fn corrupt_debt(way: usize, books: &mut Books, dice: &mut Dice) -> String {
    let index = dice.below(books.debts.len());
    let debt = &mut books.debts[index];
    match way {
        24 => debt.left = Won::constant(debt.left.get() + dice.won(1_000)),
        25 => {
            let copy = *debt;
            books.debts.push(copy);
        }
        _ => {
            books.debts.remove(index);
        }
    }
    format!("debt {index}")
}

fn corrupt_entry(way: usize, books: &mut Books, dice: &mut Dice) -> String {
    let count = books.entries.len();
    let index = dice.below(count);
    let other = (index + 1 + dice.below(count - 1)) % count;
    let entry = &mut books.entries[index].1;
    let posting = dice.below(entry.postings.len());
    match way {
        0 => entry.reason.push('x'),
        1 => {
            let others = MovementKind::ALL.iter().filter(|kind| **kind != entry.kind);
            let others: Vec<_> = others.collect();
            entry.kind = *others[dice.below(others.len())];
        }
        2 => entry.at = Instant::from_millis(entry.at.millis() ^ (1 << dice.below(40))),
        3 => entry.postings[posting].amount ^= 1 << dice.below(62),
        4 => entry.postings[posting].account = Account::SpendOnly(user(90)),
        5 => entry.checksum.0[dice.below(32)] ^= 1 << dice.below(8),
        6 => {
            books.entries.remove(index);
        }
        7 => {
            let mut copy = books.entries[index].clone();
            if dice.below(2) == 0 {
                copy.0.push('2');
            }
            books.entries.push(copy);
        }
        8 => {
            let (a, b) = (books.entries[index].1.clone(), books.entries[other].1.clone());
            (books.entries[index].1, books.entries[other].1) = (b, a);
        }
        _ => rewrite_knowingly(books, index, dice),
    }
    format!("entry {index} (with {other})")
}

/// Somebody who knows the format moves more money and corrects the checksum, or reorders postings.
fn rewrite_knowingly(books: &mut Books, index: usize, dice: &mut Dice) {
    let entry = &mut books.entries[index].1;
    if dice.below(3) == 0 {
        entry.postings.reverse();
        return;
    }
    let more = dice.won(1_000);
    let from = entry.postings.iter().position(|p| p.account.is_kept()).unwrap();
    let to = usize::from(from == 0);
    for (index, sign) in [(from, 1), (to, -1)] {
        let Posting { amount, .. } = &mut entry.postings[index];
        *amount += sign * more;
    }
    entry.checksum = entry.expected_checksum();
}

fn corrupt_wallet(way: usize, books: &mut Books, dice: &mut Dice) -> String {
    let index = dice.below(books.wallets.len());
    let by = dice.won(1_000) * [1, -1][dice.below(2)];
    let (user, kept) = &mut books.wallets[index];
    match way {
        10 if dice.below(2) == 0 => kept.spend_only += by,
        10 => kept.earned += by,
        11 => kept.held += by,
        12 => kept.penalty += by,
        13 if dice.below(2) == 0 => kept.total += by,
        13 => kept.moves += by,
        _ => *user = Id::from_uuid(Uuid::from_u128(99)),
    }
    format!("wallet {index}")
}

fn corrupt_escrow_or_line(way: usize, books: &mut Books, dice: &mut Dice) -> String {
    if way == 15 {
        let index = dice.below(books.escrows.len());
        match dice.below(3) {
            0 => books.escrows[index].1 += dice.won(9),
            1 => books.escrows[index].1 -= dice.won(9),
            _ => drop(books.escrows.remove(index)),
        }
        return format!("escrow {index}");
    }
    let index = dice.below(books.lines.len());
    let (owner, line) = &mut books.lines[index];
    match (way, dice.below(7)) {
        (16, _) => drop(books.lines.remove(index)),
        (_, 0) if dice.below(2) == 0 => line.spend_only += 1,
        (_, 0) => line.earned += 1,
        (_, 1) => line.held -= 1,
        (_, 2) => line.penalty += 1,
        (_, 3) => line.reason.push('x'),
        (_, 4) => line.at = Instant::from_millis(1),
        (_, 5) => *owner = user(90),
        _ => books.lines.push(books.lines[index].clone()),
    }
    format!("line {index}")
}

fn corrupt_hold(way: usize, books: &mut Books, dice: &mut Dice) -> String {
    let index = dice.below(books.holds.len());
    let (subject, hold) = &mut books.holds[index];
    match way {
        18 if dice.below(2) == 0 => hold.earned = Won::constant(hold.earned.get() + dice.won(9)),
        18 => hold.amount = Won::constant(hold.amount.get() + dice.won(9)),
        19 => {
            let states = [HoldState::Held, HoldState::Captured, HoldState::Released];
            let others: Vec<_> = states.into_iter().filter(|s| *s != hold.state).collect();
            hold.state = others[dice.below(2)];
        }
        20 => hold.user = user(90),
        21 if dice.below(2) == 0 => subject.push('x'),
        21 => {
            hold.ended_by = match hold.ended_by.take() {
                None => Some("x".to_owned()),
                Some(_) => None,
            };
        }
        22 => {
            let row = books.holds[index].clone();
            if dice.below(2) == 0 {
                books.holds.push(row);
            } else {
                books.holds.remove(index);
            }
        }
        _ => {
            let facts = &mut books.withdrawals[index].1;
            match (dice.below(3), facts.state) {
                (0, _) => facts.amount = Won::constant(facts.amount.get() + 1),
                (1, _) => facts.user = user(90),
                (_, State::Sending) => facts.state = State::Done,
                _ => facts.state = State::Sending,
            }
        }
    }
    format!("hold {index}")
}
