//! The whole table: who may do what, in which state, and where it leads.

use super::*;

/// A command, who may give it, and from which states it leads to which.
type Row = (Command, &'static [Actor], Vec<(State, State)>);

fn table(variant: Variant) -> Vec<Row> {
    use Actor::{Admin, Buyer, Inspector, Seller, System};
    use State::{
        AwaitingConsent, AwaitingPayment, AwaitingReturn, AwaitingShipment, Cancelled, Completed,
        Delivered, Disputed, Forwarding, InTransit, Inspecting, Returning,
    };
    let direct = variant == Variant::Direct;
    let only = |inspected: Vec<(State, State)>| if direct { vec![] } else { inspected };
    let last = if direct { InTransit } else { Forwarding };
    vec![
        (pay(), &[Buyer], vec![(AwaitingPayment, AwaitingShipment)]),
        (Command::Ship(number()), &[Seller], vec![(AwaitingShipment, InTransit)]),
        (Command::Receive, &[Inspector], only(vec![(InTransit, Inspecting)])),
        (inspected(Grade::Pass), &[Inspector], only(vec![(Inspecting, Forwarding)])),
        (inspected(Grade::PassAt95), &[Inspector], only(vec![(Inspecting, AwaitingConsent)])),
        (
            inspected(Grade::Fail(Defect::Mismatch)),
            &[Inspector],
            only(vec![(Inspecting, Cancelled)]),
        ),
        (
            inspected(Grade::Fail(Defect::Counterfeit)),
            &[Inspector],
            only(vec![(Inspecting, Cancelled)]),
        ),
        (Command::Consent, &[Buyer], only(vec![(AwaitingConsent, Forwarding)])),
        (Command::RefuseConsent, &[Buyer], only(vec![(AwaitingConsent, Cancelled)])),
        (Command::Forward(number()), &[Inspector], only(vec![(Forwarding, Forwarding)])),
        (arrive(), &[Admin, System], vec![(last, Delivered), (Returning, Returning)]),
        (
            scan(),
            &[System],
            vec![(InTransit, InTransit), (Forwarding, Forwarding), (Returning, Returning)],
        ),
        (
            Command::Lose,
            &[System],
            vec![(InTransit, Cancelled), (Forwarding, Cancelled), (Returning, Cancelled)],
        ),
        (
            Command::TurnBack,
            &[System],
            vec![(InTransit, Cancelled), (Forwarding, Cancelled), (Returning, Returning)],
        ),
        (
            Command::TimeOut,
            &[System],
            vec![
                (AwaitingPayment, Cancelled),
                (AwaitingShipment, Cancelled),
                (InTransit, Cancelled),
                (AwaitingConsent, Cancelled),
                (Delivered, Completed),
                (Disputed, Completed),
                (AwaitingReturn, Completed),
                (Returning, Completed),
            ],
        ),
        (Command::Cancel { note: None }, &[Buyer, Seller, Admin], vec![]),
        (
            Command::Confirm,
            &[Buyer],
            vec![
                (Delivered, Completed),
                (Disputed, Completed),
                (AwaitingReturn, Completed),
                (last, Completed),
            ],
        ),
    ]
}

/// The rows of a dispute; when one opens, and what is accepted: `disputes`. And those that only
/// matches know: `matches`.
fn other_rows() -> Vec<Row> {
    use Actor::{Admin, Buyer, Seller, System};
    use State::{AwaitingReturn, Completed, Disputed, Returning};
    vec![
        (Command::Capture, &[System], vec![]),
        (Command::DeclinePayment, &[System], vec![]),
        (
            Command::MakeStatement { text: says("봉인한 사진이 있습니다") },
            &[Buyer, Seller],
            vec![(Disputed, Disputed)],
        ),
        (
            Command::OfferRefund { amount: Won::constant(1) },
            &[Buyer, Seller],
            vec![(Disputed, Disputed)],
        ),
        (rule(Verdict::Complete), &[Admin], vec![(Disputed, Completed)]),
        (Command::SendBack(back_number()), &[Buyer], vec![(AwaitingReturn, Returning)]),
        (Command::Object { text: says("다른 물건입니다") }, &[Seller], vec![]),
    ]
}

/// Which states have somebody cancel from.
fn cancels(actor: Actor) -> &'static [State] {
    use State::{
        AwaitingConsent, AwaitingPayment, AwaitingShipment, Forwarding, InTransit, Inspecting,
    };
    match actor {
        Actor::Buyer => &[AwaitingPayment],
        Actor::Seller => &[AwaitingPayment, AwaitingShipment],
        _ => {
            &[AwaitingPayment, AwaitingShipment, InTransit, Inspecting, AwaitingConsent, Forwarding]
        }
    }
}

fn reachable(state: State, variant: Variant) -> bool {
    let centre = matches!(state, State::Inspecting | State::AwaitingConsent | State::Forwarding);
    variant == Variant::Inspected || !centre
}

#[test]
fn every_command_actor_and_state() {
    let mut cases = 0;
    for variant in Variant::ALL.iter().copied() {
        for state in State::ALL.iter().copied().filter(|state| reachable(*state, variant)) {
            let mut trade = in_state(state, auction(0), variant);
            for (command, actors, edges) in table(variant).into_iter().chain(other_rows()) {
                if command == arrive() && state == State::Forwarding {
                    let forward = Command::Forward(number());
                    trade = after(&trade, forward, Actor::Inspector, trade.since);
                }
                if command == Command::Confirm && trade.under_way().is_some() {
                    trade = after(&trade, scan(), Actor::System, trade.since);
                }
                for actor in Actor::ALL.iter().copied() {
                    check(&trade, &command, actor, actors, &edges);
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, (9 + 12) * 24 * 5);
}

fn check(
    trade: &Trade,
    command: &Command,
    actor: Actor,
    actors: &[Actor],
    edges: &[(State, State)],
) {
    // What times out does so at its deadline, everything else at once.
    let now = match (command, trade.deadline) {
        (Command::TimeOut, Some(deadline)) => deadline,
        _ => trade.since,
    };
    let answer = decide(trade, command.clone(), actor, now);
    let to = match command {
        Command::Cancel { .. } => cancels(actor).contains(&trade.state).then_some(State::Cancelled),
        _ => edges.iter().find(|(from, _)| *from == trade.state).map(|(_, to)| *to),
    };
    let told = format!("{command:?} by {actor:?} while {:?}", trade.state);
    match (actors.contains(&actor), to) {
        (false, _) => assert_eq!(answer, Err(Rejection::WrongActor), "{told}"),
        (true, None) => {
            assert_eq!(answer, Err(Rejection::WrongState { state: trade.state }), "{told}");
        }
        (true, Some(to)) => {
            let decision = answer.unwrap_or_else(|error| panic!("{told}: {error}"));
            assert_eq!(decision.trade.state, to, "{told}");
            assert_eq!(decision.trade.version, trade.version + 1, "{told}");
        }
    }
}

#[test]
fn goods_are_forwarded_before_they_are_delivered() {
    let trade = in_state(State::Forwarding, Source::Listing, Variant::Inspected);
    let refused = decide(&trade, arrive(), Actor::System, trade.since);
    assert_eq!(refused, Err(Rejection::WrongState { state: State::Forwarding }));
    let forward = Command::Forward(number());
    let sent = after(&trade, forward.clone(), Actor::Inspector, trade.since);
    let twice = decide(&sent, forward, Actor::Inspector, trade.since);
    assert_eq!(twice, Err(Rejection::WrongState { state: State::Forwarding }));
}

#[test]
fn a_buyer_who_confirms_on_the_way_has_received() {
    let shipped = in_state(State::InTransit, auction(0), Variant::Direct);
    let trade = after(&shipped, scan(), Actor::System, shipped.since);
    let done = after(&trade, Command::Confirm, Actor::Buyer, trade.since);
    let states: Vec<State> = done.history.iter().map(|line| line.state).collect();
    let due = [
        State::AwaitingPayment,
        State::AwaitingShipment,
        State::InTransit,
        State::Delivered,
        State::Completed,
    ];
    assert_eq!(states, due);
    assert_eq!((done.version, done.deadline, done.due()), (trade.version + 1, None, None));
}

#[test]
fn only_offers_are_declined() {
    for (round, expected) in [(0, Err(Rejection::NotAnOffer)), (1, Ok(Reason::OfferDeclined))] {
        let trade = opened(auction(round), Variant::Direct);
        let answer = decide(&trade, Command::Decline, Actor::Buyer, start());
        assert_eq!(answer.map(|decision| decision.trade.cancellation.unwrap().reason), expected);
    }
    let trade = opened(auction(1), Variant::Direct);
    let wrong = decide(&trade, Command::Decline, Actor::Seller, start());
    assert_eq!(wrong, Err(Rejection::WrongActor));
}

#[test]
fn a_claimed_trade_waits_for_its_payment() {
    let trade = opened(auction(0), Variant::Direct);
    let deadline = trade.deadline.unwrap();
    let total = trade.total();
    let late = claim(&trade, id(9), total, address(), deadline);
    assert_eq!(late, Err(Rejection::PaymentOverdue { deadline }));
    let other = claim(&trade, id(9), Won::constant(1), address(), start());
    assert_eq!(other, Err(Rejection::OtherAmount));
    let claimed = claim(&trade, id(9), total, address(), deadline - Span::millis(1)).unwrap();
    assert!(claim(&claimed, id(9), total, address(), start()).is_ok());
    let second = claim(&claimed, id(8), total, address(), start());
    assert_eq!(second, Err(Rejection::PaymentInProgress));
    for (command, actor) in [
        (pay(), Actor::Buyer),
        (Command::Cancel { note: None }, Actor::Buyer),
        (Command::Cancel { note: None }, Actor::Seller),
        (Command::Cancel { note: None }, Actor::Admin),
        (Command::TimeOut, Actor::System),
    ] {
        let answer = decide(&claimed, command.clone(), actor, deadline);
        assert_eq!(answer, Err(Rejection::PaymentInProgress), "{command:?}");
    }
    assert_eq!(due_command(&claimed, deadline + Span::days(9)), None);
    assert_eq!(unclaim(&claimed, id(8), false), Err(Rejection::OtherPayment));
    assert_eq!(unclaim(&trade, id(9), false), Err(Rejection::OtherPayment));
    let free = unclaim(&claimed, id(9), false).unwrap();
    assert_eq!(due_command(&free, deadline), Some(Command::TimeOut));
    // However late the provider's answer comes.
    let accept = |payment| Command::AcceptPayment { payment };
    let wrong = decide(&claimed, accept(id(8)), Actor::System, deadline);
    assert_eq!(wrong, Err(Rejection::OtherPayment));
    let paid = after(&claimed, accept(id(9)), Actor::System, deadline + Span::days(1));
    assert_eq!((paid.state, paid.claim), (State::AwaitingShipment, None));
    assert_eq!(paid.paid.unwrap().payment, Some(id(9)));
    assert!(claim(&paid, id(9), total, address(), start()).is_err());
}

#[test]
fn a_claim_keeps_the_payment_the_address_and_a_version_of_its_own() {
    let trade = opened(auction(0), Variant::Direct);
    let claimed = claim(&trade, id(9), trade.total(), address(), start()).unwrap();
    let claim = Some(Claim { payment: id(9), at: start() });
    let version = trade.version + 1;
    let due = Trade { claim, address: Some(address()), version, ..trade };
    assert_eq!(claimed, due);
    let free = unclaim(&claimed, id(9), false).unwrap();
    assert_eq!(free, Trade { claim: None, version: version + 1, ..due });
}

#[test]
fn actors_have_one_spelling() {
    for (actor, text) in [
        (Actor::Buyer, "buyer"),
        (Actor::Seller, "seller"),
        (Actor::Inspector, "inspector"),
        (Actor::Admin, "admin"),
        (Actor::System, "clock"),
    ] {
        assert_eq!((actor.as_str(), Actor::parse(text)), (text, Some(actor)));
    }
    assert_eq!(Actor::parse("bank"), None);
}
