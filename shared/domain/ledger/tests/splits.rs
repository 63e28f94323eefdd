use kernel::{Id, Won};
use proptest::prelude::*;
use uuid::Uuid;

use super::super::{Account, Split};

const fn split(spend_only: i64, earned: i64) -> Split {
    Split { spend_only: Won::constant(spend_only), earned: Won::constant(earned) }
}

#[test]
fn spend_only_money_is_taken_first() {
    for (of, amount, taken) in [
        (split(5, 7), 0, Some(split(0, 0))),
        (split(5, 7), 5, Some(split(5, 0))),
        (split(5, 7), 6, Some(split(5, 1))),
        (split(5, 7), 12, Some(split(5, 7))),
        (split(5, 7), 13, None),
        (split(0, 7), 3, Some(split(0, 3))),
        (Split::ZERO, 1, None),
    ] {
        assert_eq!(of.take(Won::constant(amount)), taken, "{amount} of {of:?}");
    }
    assert_eq!(Split::of(Won::constant(3), Won::constant(5)), split(0, 3));
}

#[test]
fn nothing_of_a_kind_is_no_posting() {
    let user = Id::from_uuid(Uuid::from_u128(1));
    let posted = |split: Split| split.into(user).map(|it| (it.account, it.amount)).collect();
    let both: Vec<_> = posted(split(5, 7));
    assert_eq!(both, [(Account::SpendOnly(user), 5), (Account::Earned(user), 7)]);
    let one: Vec<_> = posted(split(0, 7));
    assert_eq!(one, [(Account::Earned(user), 7)]);
    assert_eq!(Split::ZERO.out_of(user).count(), 0);
}

proptest! {
    #[test]
    fn what_is_taken_and_what_is_left_are_the_whole(
        (spend_only, earned, amount) in (0..1_000_i64, 0..1_000_i64, 0..3_000_i64),
    ) {
        let whole = split(spend_only, earned);
        let taken = whole.take_up_to(Won::constant(amount));
        let left = whole.without(taken);
        prop_assert_eq!(taken.total().get(), amount.min(spend_only + earned));
        prop_assert_eq!(taken.with(left), whole);
        prop_assert!(taken.earned == Won::ZERO || left.spend_only == Won::ZERO);
    }
}
