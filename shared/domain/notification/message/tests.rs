use uuid::Uuid;

use super::*;

const AT: i64 = 1_795_000_000_000;

fn at(seconds: i64) -> Instant {
    Instant::from_millis(AT) + Span::seconds(seconds)
}

fn waiting() -> Message {
    let draft = Draft {
        channel: Channel::Sms,
        recipient: UserId::from_uuid(Uuid::from_u128(1)),
        subject: String::new(),
        text: "hello".to_owned(),
        useful_until: at(10_000),
    };
    draft.waiting(at(0))
}

fn in_state(state: State, due_at: Option<Instant>) -> Message {
    Message { state, due_at, attempts: 1, ..waiting() }
}

#[test]
fn claims_what_is_due_and_nothing_else() {
    use ClaimRejection::{Finished, NotDue, TooLate};
    let lease = Some(at(60));
    let cases = [
        ("waiting, at once", waiting(), 0, Ok(1)),
        ("waiting, long after", waiting(), 5_000, Ok(1)),
        ("waiting, of no use any more", waiting(), 10_000, Err(TooLate)),
        ("lease holds", in_state(State::Sending, lease), 59, Err(NotDue { due_at: at(60) })),
        ("lease has ended", in_state(State::Sending, lease), 60, Ok(2)),
        ("failed", in_state(State::Failed, Some(at(5))), 5, Ok(2)),
        ("deferred", in_state(State::Failed, Some(at(9))), 8, Err(NotDue { due_at: at(9) })),
        ("failed, too late", in_state(State::Failed, Some(at(5))), 10_000, Err(TooLate)),
        ("given up", in_state(State::Failed, None), 5, Err(Finished)),
        ("sent", in_state(State::Sent, None), 5, Err(Finished)),
        ("skipped", in_state(State::Skipped, None), 5, Err(Finished)),
    ];
    for (name, message, seconds, expected) in cases {
        let claimed = claim(&message, at(seconds));
        assert_eq!(claimed.clone().map(|change| change.attempts), expected, "{name}");
        if let Ok(change) = claimed {
            assert_eq!(change.state, State::Sending, "{name}");
            assert_eq!(change.due_at, Some(at(seconds) + LEASE), "{name}");
        }
    }
}

#[test]
fn an_attempt_ends_sent_or_due_again() {
    let claimed = waiting().after(claim(&waiting(), at(0)).unwrap());
    let sent = claimed.after(complete(&claimed, at(1)));
    assert_eq!((sent.state, sent.due_at, sent.sent_at), (State::Sent, None, Some(at(1))));
    let failed = claimed.after(fail(&claimed, "SNS: throttled".to_owned(), at(2)));
    assert_eq!((failed.state, failed.due_at), (State::Failed, Some(at(2))));
    assert_eq!(failed.reason.as_deref(), Some("SNS: throttled"));
    let given_up = failed.after(expire(&failed));
    assert_eq!((given_up.state, given_up.due_at), (State::Failed, None));
    assert_eq!(given_up.reason.as_deref(), Some("given up; SNS: throttled"));
    let skipped = waiting().after(skip(&waiting(), "no phone"));
    assert_eq!((skipped.state, skipped.due_at, skipped.attempts), (State::Skipped, None, 0));
}

#[test]
fn a_spent_budget_waits_for_the_next_day_in_seoul() {
    let cases = [
        ("2026-11-21T14:59:59.999Z", "2026-11-21T15:00:00.000Z"),
        ("2026-11-21T15:00:00.000Z", "2026-11-22T15:00:00.000Z"),
        ("2026-11-22T03:00:00.000Z", "2026-11-22T15:00:00.000Z"),
    ];
    for (now, due) in cases {
        let change = defer(&waiting(), now.parse().unwrap());
        assert_eq!(change.due_at, Some(due.parse().unwrap()), "{now}");
        assert_eq!((change.state, change.attempts), (State::Failed, 0));
    }
    let change = defer(&waiting(), "2026-11-21T14:00:00.000Z".parse().unwrap());
    assert_eq!(change.reason.as_deref(), Some("the sms budget of 2026-11-21 is spent"));
}

#[test]
fn names_read_back() {
    for state in State::ALL {
        assert_eq!(State::parse(state.as_str()), Some(*state));
    }
    for channel in Channel::ALL {
        assert_eq!(Channel::parse(channel.as_str()), Some(*channel));
    }
}
