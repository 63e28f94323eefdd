//! Every event has somebody who tells it and somebody who consumes it, or it is said that nobody
//! does.

use std::collections::BTreeSet;

use platform::{Function, Trigger};
use registry::{FOUND_AGAIN, Finder, FoundAgain};

fn known() -> BTreeSet<&'static str> {
    events::ALL.iter().map(|event| event.kind).collect()
}

#[test]
fn every_event_is_listed_once() {
    assert_eq!(known().len(), events::ALL.len());
}

#[test]
fn what_is_told_and_what_is_consumed_is_an_event() {
    let known = known();
    for function in registry::functions() {
        let consumed = match &function.trigger {
            Trigger::Queue(queue) => queue.events,
            _ => &[],
        };
        for kind in consumed.iter().chain(function.tells) {
            assert!(known.contains(kind), "{}: {kind}", function.id());
        }
    }
}

#[test]
fn every_event_is_told_by_its_context_or_for_it() {
    for event in events::ALL {
        let tellers = registry::tellers(event.kind);
        let own = tellers.iter().any(|function| function.context == event.context);
        assert!(own, "{}: told by nobody in {}", event.kind, event.context);
    }
}

#[test]
fn every_event_is_consumed_or_said_to_be_unheard() {
    for event in events::ALL {
        let consumed = !registry::consumers(event.kind).is_empty();
        let unheard = events::UNHEARD.contains(&event.kind);
        assert_ne!(consumed, unheard, "{}", event.kind);
    }
}

/// Regression: one sentence an event hid which of its consumers nothing finds again.
#[test]
fn every_consumer_of_every_event_says_what_finds_its_consequence_again() {
    let named: Vec<(&str, String)> =
        FOUND_AGAIN.iter().map(|row| (row.event, row.consumer.to_owned())).collect();
    let consumers = |event: &events::Listed| {
        let all = registry::consumers(event.kind).into_iter();
        all.map(|function| (event.kind, function.id())).collect::<Vec<_>>()
    };
    let consumed: Vec<(&str, String)> = events::ALL.iter().flat_map(consumers).collect();
    assert_eq!(named, consumed, "each once, in the order of the page");
}

#[test]
fn what_finds_a_consequence_again_is_a_schedule_or_a_command_there_is() {
    let functions = registry::functions();
    let tools = include_str!("../infra/xtask/lib.rs");
    for FoundAgain { event, consumer, by } in FOUND_AGAIN {
        match by {
            Finder::Sweep(id, does) => {
                let sweep = functions.iter().find(|function| function.id() == *id);
                let is_schedule = |it: &&&Function| matches!(it.trigger, Trigger::Schedule(_));
                assert!(sweep.filter(is_schedule).is_some(), "{event}, {consumer}: no sweep {id}");
                assert!(!does.is_empty(), "{event}, {consumer}");
            }
            Finder::Command(command, does) => {
                let tool = command.strip_prefix("cargo xtask ").unwrap();
                assert!(
                    tools.contains(&format!("name: \"{tool}\"")),
                    "{event}, {consumer}: {command}"
                );
                assert!(!does.is_empty(), "{event}, {consumer}");
            }
            Finder::Nothing(missing) => assert!(!missing.is_empty(), "{event}, {consumer}"),
        }
    }
}
