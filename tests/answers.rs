//! What the store's commits say when nobody answers them, and when they are asked twice: a call
//! that was never answered is not "somebody else was faster".

use domain::{
    exchange::{Instrument, Price},
    identity::{Account, Claim, ClaimKind, Role},
    notification::{Channel, Draft, Message, claim},
    trade::{Agreement, Source, Trade, Variant},
};
use events::{Envelope, MessageWaiting, UserSignedUp};
use kernel::{Id, Instant, Span, Won};
use local::{FaultKind, RandomFaults};
use store::{
    CommitError, StoreError, Table, Write,
    idempotency::{KEPT, Request, record},
    identity::{ChangeError, Rotated, Rotation, Session, SessionOf},
    keys,
    notification::Claim as Claimed,
};
use testkit::TestApp;
use uuid::Uuid;

fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(n))
}

async fn app() -> TestApp {
    let app = TestApp::start(&[]).await;
    app.leave_unchecked();
    app
}

/// From now on nothing happens and nobody is told.
fn silence(app: &TestApp) {
    app.cloud.faults().at_random(Some(RandomFaults {
        seed: 1,
        per_thousand: 1_000,
        action: "dynamodb:*".to_owned(),
        kinds: vec![FaultKind::Status500],
    }));
}

fn message(now: Instant) -> Message {
    let draft = Draft {
        channel: Channel::Sms,
        recipient: id(1),
        subject: String::new(),
        text: "낙찰".to_owned(),
        useful_until: now + Span::days(1),
    };
    draft.waiting(now)
}

fn event(n: u128, now: Instant) -> Envelope {
    let waiting = MessageWaiting { message: "won#1".to_owned() };
    Envelope::new(Uuid::from_u128(n), now, &waiting)
}

#[track_caller]
fn unanswered<T>(what: &str, answer: Result<T, CommitError>) {
    assert!(matches!(answer, Err(CommitError::Store(StoreError::Busy(_)))), "{what}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_the_table_was_taken_for_a_lost_race() {
    let app = app().await;
    let (store, now) = (app.store(), app.now());
    let (message, event) = (message(now), event(2, now));
    let change = claim(&message, now).unwrap();
    let agreement = Agreement {
        source: Source::Listing,
        variant: Variant::Direct,
        seller: id(3),
        buyer: id(1),
        title: "의자".to_owned(),
        price: Won::constant(10_000),
    };
    let trade = Trade::open(id(4), agreement, now);
    let instrument = Instrument { item: id(5), option: "270".parse().unwrap() };
    let price = Price::new(Won::constant(10_000)).unwrap();

    silence(&app);
    unanswered("message_create", store.message_create("won#1", &message, &event).await);
    let claimed = store.message_claim("won#1", &message, &change, 10, now).await;
    unanswered("message_claim", claimed);
    unanswered("trade_open", store.trade_open(&trade).await);
    unanswered("alert_delete", store.alert_delete(id(1), instrument, price).await);
    unanswered("address_delete", store.address_delete(id(1), id(6)).await);

    // And with the tables back, each does what it says.
    app.cloud.faults().at_random(None);
    store.message_create("won#1", &message, &event).await.unwrap();
    assert_eq!(store.message("won#1", now).await.unwrap().as_ref(), Some(&message));
    assert!(store.trade_open(&trade).await.unwrap());
    assert!(!store.trade_open(&trade).await.unwrap());
    assert!(!store.alert_delete(id(1), instrument, price).await.unwrap());
    assert!(!store.address_delete(id(1), id(6)).await.unwrap());
}

#[tokio::test]
async fn what_can_never_work_is_not_worth_another_try() {
    let app = app().await;
    let write = Write::update(Table::Session, keys::session(id(1), id(2)));
    let refused = app.store().write(write.set_text("note", "x".repeat(500_000))).await;
    assert!(matches!(refused, Err(CommitError::Store(StoreError::Refused(_)))), "{refused:?}");
}

#[tokio::test]
async fn a_budget_is_spent_to_its_last_message_and_not_beyond() {
    let app = app().await;
    let (store, now) = (app.store(), app.now());
    for (n, name) in [(1, "won#1"), (2, "won#2")] {
        store.message_create(name, &message(now), &event(n, now)).await.unwrap();
    }
    let change = claim(&message(now), now).unwrap();
    let rows = [
        ("won#1", 0, Claimed::OverBudget),
        ("won#1", 1, Claimed::Taken),
        ("won#2", 1, Claimed::OverBudget),
        ("won#1", 2, Claimed::Overtaken),
        ("won#2", 2, Claimed::Taken),
    ];
    for (name, budget, expected) in rows {
        let claimed = store.message_claim(name, &message(now), &change, budget, now).await;
        assert_eq!(claimed.unwrap(), expected, "{name} of {budget}");
    }
}

#[tokio::test]
async fn an_answer_is_remembered_for_seven_days() {
    let app = app().await;
    let (store, now) = (app.store(), app.now());
    let (route, key) = ("auction-place-bid".to_owned(), "once".to_owned());
    let request = Request { user: id(1), route, key, fingerprint: "a".to_owned() };
    let keep = |at| record(&request, 201, None, "{}".to_owned(), at).unwrap();
    store.write(keep(now)).await.unwrap();
    let over = now + KEPT;
    let last = over - Span::millis(1);
    assert!(store.idempotency_find(&request, last).await.unwrap().is_some());
    assert_eq!(store.idempotency_find(&request, over).await.unwrap(), None);
    // Until then nobody writes over it.
    let early = store.write(keep(last)).await;
    assert!(matches!(early, Err(CommitError::Condition { .. })), "{early:?}");
    store.write(keep(over)).await.unwrap();
}

fn session(now: Instant, token: &str) -> Session {
    Session {
        id: id(1),
        user: id(2),
        token_hash: token.to_owned(),
        epoch: 3,
        created_at: now,
        expires: now + Span::days(1),
    }
}

#[tokio::test]
async fn a_session_is_begun_once_and_by_one() {
    let app = app().await;
    let (store, now) = (app.store(), app.now());
    an_account_of_epoch_3(&app).await;
    store.session_create(&session(now, "a")).await.unwrap();
    // The answer was lost, and the call came again.
    store.session_create(&session(now, "a")).await.unwrap();
    let other = store.session_create(&session(now, "b")).await;
    assert!(matches!(other, Err(ChangeError::SessionOver)), "{other:?}");
    let mut older = session(now, "a");
    (older.id, older.epoch) = (id(7), 2);
    let older = store.session_create(&older).await;
    assert!(matches!(older, Err(ChangeError::Stale)), "{older:?}");
    // Logged out on two devices at once, and once more.
    let first = SessionOf { user: id(2), session: id(1) };
    assert!(!app.rows().await.table(Table::Session)[0].contains_key("over"));
    for _ in 0..3 {
        store.session_revoke(first, Span::minutes(15), now).await.unwrap();
        assert!(app.rows().await.table(Table::Session)[0].contains_key("over"));
    }
    let nobodys = SessionOf { user: id(2), session: id(9) };
    store.session_revoke(nobodys, Span::minutes(15), now).await.unwrap();
    assert_eq!(app.rows().await.table(Table::Session).len(), 1, "nothing is made of nothing");
}

#[tokio::test]
async fn a_token_that_is_too_old_was_not_stolen() {
    let app = app().await;
    let (store, now) = (app.store(), app.now());
    an_account_of_epoch_3(&app).await;
    store.session_create(&session(now, "a")).await.unwrap();
    let rotation = |shown: &str, epoch| Rotation {
        user: id(2),
        session: id(1),
        shown: shown.to_owned(),
        next: "b".to_owned(),
        epoch,
        life: Span::days(1),
    };
    let over = now + Span::days(1);
    let rows = [
        ("past its time", rotation("a", 3), over, Rotated::Over),
        ("of an earlier epoch", rotation("a", 4), now, Rotated::Over),
        ("good", rotation("a", 3), over - Span::millis(1), Rotated::Done),
        ("the same again", rotation("a", 3), now, Rotated::Done),
        (
            "a third one",
            Rotation { next: "c".to_owned(), ..rotation("a", 3) },
            now,
            Rotated::Reused,
        ),
        ("nobody's", Rotation { session: id(9), ..rotation("a", 3) }, now, Rotated::Over),
    ];
    for (what, rotation, at, expected) in rows {
        assert_eq!(store.session_rotate(&rotation, at).await.unwrap(), expected, "{what}");
    }
    let session = SessionOf { user: id(2), session: id(1) };
    store.session_revoke(session, Span::minutes(15), now).await.unwrap();
    for shown in ["a", "b"] {
        let late = store.session_rotate(&rotation(shown, 3), now).await.unwrap();
        assert_eq!(late, Rotated::Over, "{shown} after log-out");
    }
}

/// As much of one as a session's beginning looks at.
async fn an_account_of_epoch_3(app: &TestApp) {
    let account = Write::update(Table::Identity, keys::account(id(2)));
    app.store().write(account.set_number("epoch", 3)).await.unwrap();
}

#[tokio::test]
async fn an_account_is_made_once_however_often_it_is_asked_for() {
    let app = app().await;
    let (store, now) = (app.store(), app.now());
    let account = |n, nickname: &str| Account {
        id: id(n),
        email: Some("minji@example.com".parse().unwrap()),
        phone: None,
        nickname: nickname.parse().unwrap(),
        roles: vec![Role::User],
        password_hash: None,
        created_at: now,
        version: 1,
        epoch: 0,
    };
    let event = |n| {
        let signed_up = UserSignedUp { user_id: id(n), nickname: "민지".to_owned() };
        Envelope::new(Uuid::from_u128(n), now, &signed_up)
    };
    let first = Session { user: id(7), ..session(now, "a") };
    store.user_create(&account(7, "민지"), &first, &event(7)).await.unwrap();
    store.user_create(&account(7, "민지"), &first, &event(7)).await.unwrap();
    let second = Session { user: id(8), ..session(now, "b") };
    let taken = store.user_create(&account(8, "지민"), &second, &event(8)).await;
    assert!(matches!(taken, Err(ChangeError::Taken(ClaimKind::Email))), "{taken:?}");
    let holder = store.claim_holder(&Claim::Email("minji@example.com".parse().unwrap())).await;
    assert_eq!(holder.unwrap(), Some(id(7)));
}
