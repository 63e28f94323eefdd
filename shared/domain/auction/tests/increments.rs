use super::*;

#[test]
fn the_increment_follows_the_price() {
    let cases = [
        (0, 100),
        (9_999, 100),
        (10_000, 500),
        (49_999, 500),
        (50_000, 1_000),
        (99_999, 1_000),
        (100_000, 5_000),
        (499_999, 5_000),
        (500_000, 10_000),
        (999_999, 10_000),
        (1_000_000, 50_000),
        (4_999_999, 50_000),
        (5_000_000, 100_000),
        (Won::MAX.get(), 100_000),
    ];
    for (price, due) in cases {
        assert_eq!(increment_at(won(price)), won(due), "at {price}");
        assert_eq!(terms().increment(won(price)), won(due), "at {price}");
    }
}

#[test]
fn the_seller_may_fix_the_increment() {
    let fixed = Terms { increment: Some(won(7)), ..terms() };
    for price in [1, 9_999, 10_000, 5_000_000] {
        assert_eq!(fixed.increment(won(price)), won(7), "at {price}");
        assert_eq!(fixed.next_above(won(price)), won(price + 7), "at {price}");
    }
}

#[test]
fn the_next_bid_is_one_increment_above_but_at_most_the_buy_now_price() {
    let capped = Terms { buy_now: Some(won(50_400)), ..terms() };
    let cases = [(49_500, 50_000), (49_900, 50_400), (49_901, 50_400), (50_399, 50_400)];
    for (price, due) in cases {
        assert_eq!(capped.next_above(won(price)), won(due), "above {price}");
    }
    let highest = Won::MAX.get();
    for price in [highest - 100_001, highest - 100_000, highest - 1, highest] {
        let due = highest.min(price + 100_000);
        assert_eq!(terms().next_above(won(price)), won(due), "above {price}");
    }
}

#[test]
fn the_minimum_is_the_start_price_until_somebody_leads() {
    assert_eq!(fresh(terms()).minimum_next_bid(), won(10_000));
    let cases = [(9_999, 10_099), (10_000, 10_500), (49_999, 50_499), (50_000, 51_000)];
    for (price, due) in cases {
        let head = led(Terms { start_price: won(1), ..terms() }, MINJI, 90_000, price);
        assert_eq!(head.minimum_next_bid(), won(due), "at {price}");
    }
}
