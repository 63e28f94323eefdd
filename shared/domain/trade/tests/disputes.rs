//! What a buyer complains of, and goods that go back.

use super::*;
use crate::{
    carrier::{ParcelState, Tracking, TrackingEvent},
    ledger::Account,
};
use policy::{ARRIVE_WITHIN, DECIDE_WITHIN, OFFER_LASTS, STATE_WITHIN, STATEMENTS_MAX};

const PRICE: i64 = 100_001;

fn disputed() -> Trade {
    in_state(State::Disputed, auction(0), Variant::Direct)
}

/// Of a parcel that never came.
fn disputed_on_the_way(source: Source, variant: Variant) -> Trade {
    let shipped = in_state(State::InTransit, source, variant);
    let trade = after(&shipped, scan(), Actor::System, shipped.since);
    after(&trade, dispute(), Actor::Buyer, start() + Span::hours(3) + ARRIVE_WITHIN)
}

fn returning() -> Trade {
    let trade = in_state(State::Returning, auction(0), Variant::Direct);
    let scan = Command::Scan { at: trade.since };
    after(&trade, scan, Actor::System, trade.since)
}

fn arrived_back() -> Trade {
    let trade = returning();
    after(&trade, arrive(), Actor::System, trade.since)
}

fn statement(text: &str) -> Command {
    Command::MakeStatement { text: says(text) }
}

#[test]
fn goods_that_arrived_are_disputed_while_they_are_to_be_confirmed() {
    let trade = in_state(State::Delivered, auction(0), Variant::Direct);
    let deadline = trade.deadline.unwrap();
    let late = decide(&trade, dispute(), Actor::Buyer, deadline);
    assert_eq!(late, Err(Rejection::DisputeOverdue { deadline }));
    let at = deadline - Span::millis(1);
    let opened = decide(&trade, dispute(), Actor::Buyer, at).unwrap();
    assert_eq!((opened.transition, &opened.movement), (Transition::Disputed, &None));
    let said = opened.statement.unwrap();
    assert_eq!((said.number, said.by, said.text.as_str()), (1, Actor::Buyer, "깨졌습니다"));
    let it = opened.trade.dispute.clone().unwrap();
    assert_eq!((it.complaint, it.at, it.delivered), (Complaint::Damaged, at, true));
    assert_eq!(it.statements, StatementCount { buyer: 1, seller: 0 });
    assert_eq!(opened.trade.deadline, Some(at + DECIDE_WITHIN));
    for actor in [Actor::Seller, Actor::Inspector, Actor::Admin, Actor::System] {
        let answer = decide(&trade, dispute(), actor, at);
        assert_eq!(answer, Err(Rejection::WrongActor), "{actor:?}");
    }
}

#[test]
fn a_parcel_is_disputed_once_its_carrier_has_had_it_for_a_week() {
    let shipped = in_state(State::InTransit, auction(0), Variant::Direct);
    let never = decide(&shipped, dispute(), Actor::Buyer, start() + Span::days(90));
    assert_eq!(never, Err(Rejection::DisputeTooEarly { from: None }));
    let trade = after(&shipped, scan(), Actor::System, shipped.since);
    let from = start() + Span::hours(3) + ARRIVE_WITHIN;
    let early = decide(&trade, dispute(), Actor::Buyer, from - Span::millis(1));
    assert_eq!(early, Err(Rejection::DisputeTooEarly { from: Some(from) }));
    // Whether or not the clock has told so before.
    let told = after(&trade, Command::TimeOut, Actor::System, from);
    for trade in [trade, told] {
        let opened = after(&trade, dispute(), Actor::Buyer, from);
        assert!(!opened.dispute.unwrap().delivered);
    }
}

#[test]
fn each_side_is_heard_ten_times_for_a_week() {
    let mut trade = disputed();
    let opened = trade.since;
    for n in 2..=STATEMENTS_MAX {
        trade = after(&trade, statement("또"), Actor::Buyer, opened);
        assert_eq!(trade.dispute.as_ref().unwrap().statements.buyer, n);
    }
    let one_more = decide(&trade, statement("또"), Actor::Buyer, opened);
    assert_eq!(one_more, Err(Rejection::TooManyStatements));
    let deadline = opened + STATE_WITHIN;
    let other = decide(&trade, statement("아닙니다"), Actor::Seller, deadline - Span::millis(1));
    assert_eq!(other.unwrap().statement.unwrap().number, STATEMENTS_MAX + 1);
    let late = decide(&trade, statement("아닙니다"), Actor::Seller, deadline);
    assert_eq!(late, Err(Rejection::StatementsClosed { deadline }));
    assert_eq!(trade.deadline, Some(opened + DECIDE_WITHIN), "nobody gains time by it");
}

#[test]
fn a_part_of_the_price_is_given_back_when_both_sides_agree() {
    let trade = disputed();
    let now = trade.since;
    let offer = |amount| Command::OfferRefund { amount: Won::constant(amount) };
    let accept = |amount| Command::AcceptRefund { amount: Won::constant(amount) };
    let none = decide(&trade, accept(10_000), Actor::Buyer, now);
    assert_eq!(none, Err(Rejection::NoSuchOffer));
    for whole in [PRICE, PRICE + 1, Won::MAX.get()] {
        let answer = decide(&trade, offer(whole), Actor::Seller, now);
        assert_eq!(answer, Err(Rejection::RefundNotPartial), "{whole}");
    }
    let offered = after(&trade, offer(10_000), Actor::Seller, now);
    for (actor, amount, at) in [
        // One's own, another amount, and too late.
        (Actor::Seller, 10_000, now),
        (Actor::Buyer, 10_001, now),
        (Actor::Buyer, 9_999, now),
        (Actor::Buyer, 10_000, now + OFFER_LASTS),
    ] {
        let answer = decide(&offered, accept(amount), actor, at);
        assert_eq!(answer, Err(Rejection::NoSuchOffer), "{actor:?} {amount}");
    }
    let replaced = after(&offered, offer(20_000), Actor::Buyer, now);
    let older = decide(&replaced, accept(10_000), Actor::Buyer, now);
    assert_eq!(older, Err(Rejection::NoSuchOffer), "the newest offer counts");
    let last = now + OFFER_LASTS - Span::millis(1);
    let done = decide(&offered, accept(10_000), Actor::Buyer, last).unwrap();
    assert_eq!(done.transition, Transition::Completed);
    let states: Vec<State> = done.trade.history.iter().map(|line| line.state).collect();
    assert_eq!(states[3..], [State::Delivered, State::Disputed, State::Completed]);
    // 5 % of the 90,001 that the seller keeps.
    assert_eq!((done.trade.refunded.get(), done.trade.seller_fee.get()), (10_000, 4_500));
    let refund = done.movement.unwrap();
    assert_eq!(refund.reason(), format!("partial-refund#{}", trade.id));
    let settled = settlement(&done.trade).unwrap();
    let escrow = Account::Escrow(trade.id);
    assert_eq!(refund.change_of(escrow) + settled.change_of(escrow), -PRICE);
    assert_eq!(settled.change_of(Account::Earned(id(1))), 90_001 - 4_500);
    assert_eq!(settled.change_of(Account::Revenue), 4_500);
}

/// A matched buyer's fee stays; what was paid goes back spend-only first, and is locked that way.
#[test]
fn a_partial_refund_by_kinds_of_money() {
    let held = Split { spend_only: Won::constant(3_000), earned: Won::constant(110_300) };
    let source = matched(Funding::Wallet { held });
    let opened = opened(source, Variant::Inspected);
    let paid = after(&opened, Command::Capture, Actor::System, start());
    assert_eq!(paid.paid.unwrap().earned.get(), 100_001, "3,000 of 103,001 were spend-only");
    let mut trade = paid;
    for (command, actor) in way_to(State::Disputed, Variant::Inspected).into_iter().skip(1) {
        trade = after(&trade, command, actor, start() + Span::hours(3));
    }
    let now = trade.since;
    let offer = Command::OfferRefund { amount: Won::constant(50_000) };
    let offered = after(&trade, offer, Actor::Buyer, now);
    let accept = Command::AcceptRefund { amount: Won::constant(50_000) };
    let done = decide(&offered, accept, Actor::Seller, now).unwrap();
    let refund = done.movement.unwrap();
    let buyer = id(2);
    assert_eq!(refund.change_of(Account::SpendOnly(buyer)), 3_000);
    assert_eq!(refund.change_of(Account::Earned(buyer)), 47_000);
    let settled = settlement(&done.trade).unwrap();
    // 3 % of 50,001 are 1,500; the buyer's fee of 3,000 stays.
    assert_eq!(settled.change_of(Account::Earned(id(1))), 50_001 - 1_500);
    assert_eq!(settled.change_of(Account::Revenue), 1_500 + 3_000);
}

#[test]
fn what_an_admin_may_decide_follows_from_where_the_goods_are() {
    let way = disputed_on_the_way(auction(0), Variant::Direct);
    let doubted = {
        let trade = arrived_back();
        let object = Command::Object { text: says("벽돌입니다") };
        after(&trade, object, Actor::Seller, trade.since)
    };
    let refund = rule(Verdict::Refund);
    let unavailable = Err(Rejection::VerdictUnavailable);
    for (trade, command, due) in [
        (disputed(), rule(Verdict::Complete), Ok(State::Completed)),
        (disputed(), goes_back(), Ok(State::AwaitingReturn)),
        (disputed(), refund.clone(), unavailable),
        (way.clone(), rule(Verdict::Complete), Ok(State::Completed)),
        (way.clone(), goes_back(), unavailable),
        (way.clone(), refund.clone(), Ok(State::Cancelled)),
        (doubted.clone(), rule(Verdict::Complete), Ok(State::Completed)),
        (doubted.clone(), goes_back(), unavailable),
        (doubted, refund, Ok(State::Cancelled)),
    ] {
        let answer = decide(&trade, command.clone(), Actor::Admin, trade.since);
        assert_eq!(answer.map(|it| it.trade.state), due, "{command:?} of {:?}", trade.state);
    }
    let ruled = after(&disputed(), goes_back(), Actor::Admin, start() + Span::days(1));
    let ruling = ruled.dispute.unwrap().ruling.unwrap();
    assert_eq!(ruling.verdict.freight(), Some(FreightPayer::Seller));
    let cancelled = after(&way, rule(Verdict::Refund), Actor::Admin, way.since);
    let ended = cancelled.cancellation.unwrap();
    assert_eq!((ended.reason, ended.fault), (Reason::ByAdmin, LiableParty::Nobody));
    assert_eq!(ended.note.as_deref(), Some("사진과 다름"));
}

#[test]
fn an_undecided_dispute_ends_by_whether_the_goods_were_delivered() {
    let arrived = {
        let way = disputed_on_the_way(auction(0), Variant::Direct);
        let now = way.since;
        let word = decide(&way, arrive(), Actor::System, now).unwrap();
        assert_eq!(word.transition, Transition::ArrivedDisputed);
        assert_eq!(word.trade.deadline, way.deadline, "nobody gains time by it");
        word.trade
    };
    let way = disputed_on_the_way(auction(0), Variant::Direct);
    for (trade, due) in [
        (disputed(), (State::Completed, None)),
        (arrived, (State::Completed, None)),
        (way, (State::Cancelled, Some(Reason::NotDecided))),
    ] {
        let deadline = trade.deadline.unwrap();
        let early = decide(&trade, Command::TimeOut, Actor::System, deadline - Span::millis(1));
        assert_eq!(early, Err(Rejection::NotDue));
        let ended = after(&trade, Command::TimeOut, Actor::System, deadline);
        assert_eq!((ended.state, ended.cancellation.map(|it| it.reason)), due);
    }
}

#[test]
fn who_has_what_when_a_disputed_parcel_is_heard_of() {
    let way = disputed_on_the_way(auction(0), Variant::Direct);
    let lost = after(&way, Command::Lose, Actor::System, way.since);
    assert_eq!(lost.cancellation.unwrap().reason, Reason::Lost);
    let back = after(&way, Command::TurnBack, Actor::System, way.since);
    assert_eq!(back.cancellation.unwrap().reason, Reason::ReturnedToSender);
    assert_eq!(after(&way, Command::Confirm, Actor::Buyer, way.since).state, State::Completed);
    // Of what is with the buyer nobody tells that it was lost.
    let here = disputed();
    for command in [Command::Lose, Command::TurnBack, arrive()] {
        let answer = decide(&here, command, Actor::System, here.since);
        assert_eq!(answer, Err(Rejection::WrongState { state: State::Disputed }));
    }
}

/// The deposit of a seller whose goods never came to the centre ends with the trade, once.
#[test]
fn goods_that_come_to_the_centre_after_all_and_a_deposit_that_ends_once() {
    let deposit = Split::spend_only(Won::constant(10_000));
    let Source::Exchange(met) = from_wallet() else { panic!() };
    let source = Source::Exchange(Match { deposit, ..met });
    let trade =
        after(&opened(source, Variant::Inspected), Command::Capture, Actor::System, start());
    let ship = Command::Ship(number());
    let trade = after(&trade, ship, Actor::Seller, start() + Span::hours(1));
    let trade = after(&trade, scan(), Actor::System, start() + Span::hours(3));
    let now = start() + Span::hours(3) + ARRIVE_WITHIN;
    let way = after(&trade, dispute(), Actor::Buyer, now);
    let early = decide(&way, Command::Confirm, Actor::Buyer, now);
    assert_eq!(early, Err(Rejection::WrongState { state: State::Disputed }));
    for verdict in [Verdict::Complete, Verdict::Refund] {
        let ruled = decide(&way, rule(verdict), Actor::Admin, now).unwrap();
        let released = ruled.release.unwrap();
        assert_eq!(released.movement.change_of(Account::SpendOnly(id(1))), 10_000);
    }
    let here = after(&way, Command::Receive, Actor::Inspector, now);
    assert_eq!(here.state, State::Inspecting);
    let passed = decide(&here, inspected(Grade::Pass), Actor::Inspector, now).unwrap();
    assert!(passed.release.is_some());
    let sent = after(&passed.trade, Command::Forward(back_number()), Actor::Inspector, now);
    let done = after(&sent, arrive(), Actor::System, now);
    let again = after(&done, dispute(), Actor::Buyer, now);
    let count = again.dispute.as_ref().unwrap().statements;
    assert_eq!(count.buyer, 2, "numbered on");
    let ruled = decide(&again, rule(Verdict::Complete), Actor::Admin, now).unwrap();
    assert_eq!(ruled.release, None);
}

#[test]
fn what_is_not_sent_back_in_time_is_kept() {
    let trade = in_state(State::AwaitingReturn, auction(0), Variant::Direct);
    let deadline = trade.deadline.unwrap();
    let late = decide(&trade, Command::SendBack(back_number()), Actor::Buyer, deadline);
    assert_eq!(late, Err(Rejection::ShipmentOverdue { deadline }));
    assert_eq!(after(&trade, Command::TimeOut, Actor::System, deadline).state, State::Completed);
    let sent = decide(&trade, Command::SendBack(back_number()), Actor::Buyer, trade.since).unwrap();
    assert_eq!(sent.tracking_number(), Some(back_number()));
    // A number, and nothing that the carrier ever had.
    let unsent = sent.trade;
    assert_eq!(unsent.duty(), Some(Duty::HandBack));
    let over = decide(&unsent, Command::TimeOut, Actor::System, unsent.deadline.unwrap()).unwrap();
    assert_eq!((over.trade.state, over.freed_number()), (State::Completed, Some(back_number())));
}

#[test]
fn what_came_back_is_refunded_unless_its_seller_objects() {
    let trade = arrived_back();
    let now = trade.since;
    assert_eq!((trade.duty(), trade.deadline), (Some(Duty::Object), Some(now + Span::hours(48))));
    let object = || Command::Object { text: says("벽돌입니다") };
    let deadline = trade.deadline.unwrap();
    let late = decide(&trade, object(), Actor::Seller, deadline);
    assert_eq!(late, Err(Rejection::ObjectionOverdue { deadline }));
    let over = decide(&trade, Command::TimeOut, Actor::System, deadline).unwrap();
    assert_eq!(over.trade.cancellation.unwrap().reason, Reason::Returned);
    assert_eq!(over.movement.unwrap().change_of(Account::Escrow(trade.id)), -PRICE);
    let doubted = decide(&trade, object(), Actor::Seller, now).unwrap();
    assert_eq!(doubted.transition, Transition::Doubted);
    assert_eq!(doubted.statement.unwrap().by, Actor::Seller);
    let doubted = doubted.trade;
    assert_eq!(doubted.deadline, Some(now + DECIDE_WITHIN));
    assert_eq!(doubted.due(), Some(now + Span::days(5)), "an admin is reminded each day");
    let answers = now + Span::days(5);
    assert!(
        decide(&doubted, statement("아닙니다"), Actor::Buyer, answers - Span::millis(1)).is_ok()
    );
    let closed = decide(&doubted, statement("아닙니다"), Actor::Buyer, answers);
    assert_eq!(closed, Err(Rejection::StatementsClosed { deadline: answers }));
    let over = after(&doubted, Command::TimeOut, Actor::System, now + DECIDE_WITHIN);
    assert_eq!(over.cancellation.unwrap().reason, Reason::NotDecided);
}

#[test]
fn a_parcel_that_goes_back_and_does_not_arrive() {
    let trade = returning();
    let now = trade.since;
    assert_eq!((trade.duty(), trade.deadline), (Some(Duty::ArriveBack), Some(now + ARRIVE_WITHIN)));
    let lost = after(&trade, Command::Lose, Actor::System, now);
    assert_eq!(lost.cancellation.unwrap().reason, Reason::LostOnReturn);
    let silent = after(&trade, Command::TimeOut, Actor::System, now + ARRIVE_WITHIN);
    let turned = after(&trade, Command::TurnBack, Actor::System, now);
    for doubted in [silent, turned] {
        assert_eq!(doubted.duty(), Some(Duty::DecideReturn));
        assert!(doubted.waits_for_ruling());
        // From here on it is an admin's.
        let word = decide(&doubted, arrive(), Actor::System, now + ARRIVE_WITHIN);
        assert_eq!(word, Err(Rejection::WrongState { state: State::Returning }));
    }
}

/// A number that the buyer used before the ruling is no return.
#[test]
fn scans_from_before_the_ruling_do_not_count() {
    let trade = in_state(State::Returning, auction(0), Variant::Direct);
    let ruled = trade.dispute.as_ref().unwrap().ruling.as_ref().unwrap().at;
    assert_eq!(trade.counts_scans_from(&back_number()), ruled);
    assert_eq!(trade.counts_scans_from(&number()), trade.paid.unwrap().at);
    let event = |state| TrackingEvent { at: Some(start()), state, name: String::new() };
    let events = vec![event(ParcelState::PickedUp), event(ParcelState::Delivered)];
    let told = Tracking::new(back_number(), events).since(ruled + Span::millis(1));
    assert_eq!(carried(&trade, &told), None);
    let told = Tracking::new(back_number(), vec![event(ParcelState::PickedUp)]);
    assert_eq!(carried(&trade, &told), Some(Command::Scan { at: start() }));
    assert_eq!(carried(&trade, &Tracking::new(number(), vec![event(ParcelState::Lost)])), None);
}
