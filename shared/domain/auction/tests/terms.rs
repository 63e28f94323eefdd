use super::*;

fn checked(change: impl FnOnce(&mut Terms)) -> Result<(), TermsError> {
    let mut changed = terms();
    change(&mut changed);
    changed.check(start())
}

#[test]
fn each_limit_holds_at_its_boundary() {
    use TermsError::*;
    let ms = Span::millis(1);
    let (later, month) = (start() + Span::days(30), Span::days(30));
    let window = |terms: &mut Terms, from: Instant, to: Instant| {
        (terms.starts_at, terms.scheduled_end) = (from, to);
    };
    let start_price = |amount| checked(|terms| terms.start_price = won(amount));
    assert_eq!(start_price(0), Err(StartPriceZero));
    assert_eq!(start_price(1), Ok(()));
    assert_eq!(start_price(Won::MAX.get()), Ok(()));
    let increment = |amount| checked(|terms| terms.increment = Some(won(amount)));
    assert_eq!(increment(0), Err(IncrementZero));
    assert_eq!(increment(1), Ok(()));
    let reserve = |amount| checked(|terms| terms.reserve = Some(won(amount)));
    assert_eq!(reserve(9_999), Err(ReserveBelowStart));
    assert_eq!(reserve(10_000), Ok(()));
    let buy_now = |amount| checked(|terms| terms.buy_now = Some(won(amount)));
    assert_eq!(buy_now(10_000), Err(BuyNowNotAboveStart));
    assert_eq!(buy_now(10_001), Ok(()));
    let both = |price, reserve| {
        checked(|terms| (terms.buy_now, terms.reserve) = (Some(won(price)), Some(won(reserve))))
    };
    assert_eq!(both(20_000, 20_001), Err(BuyNowBelowReserve));
    assert_eq!(both(20_000, 20_000), Ok(()));
    let from = |from: Instant| checked(|terms| window(terms, from, from + Span::hours(1)));
    assert_eq!(from(start() - ms), Err(StartOutOfRange));
    assert_eq!(from(start()), Ok(()));
    assert_eq!(from(later), Ok(()));
    assert_eq!(from(later + ms), Err(StartOutOfRange));
    let lasting = |span: Span| checked(|terms| window(terms, start(), start() + span));
    assert_eq!(lasting(Span::millis(59_999)), Err(EndOutOfRange));
    assert_eq!(lasting(Span::seconds(60)), Ok(()));
    assert_eq!(lasting(month), Ok(()));
    assert_eq!(lasting(Span::millis(month.as_millis() + 1)), Err(EndOutOfRange));
    let backwards = checked(|terms| window(terms, later, later - ms));
    assert_eq!(backwards, Err(EndOutOfRange));
}

#[test]
fn of_several_faults_the_first_field_is_named() {
    let broken = Terms {
        start_price: won(0),
        increment: Some(won(0)),
        reserve: Some(won(0)),
        buy_now: Some(won(0)),
        starts_at: start() - Span::days(1),
        scheduled_end: start() - Span::days(2),
        ..terms()
    };
    assert_eq!(broken.check(start()), Err(TermsError::StartPriceZero));
}
