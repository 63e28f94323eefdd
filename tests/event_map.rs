//! Every event has somebody who tells it and somebody who consumes it, or it is said that nobody
//! does.

use std::collections::BTreeSet;

use platform::Trigger;

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

#[test]
fn a_found_again_that_names_a_function_names_one_there_is() {
    let ids: BTreeSet<String> =
        registry::functions().into_iter().map(|function| function.id()).collect();
    for event in events::ALL {
        for name in event.found_again.split('`').skip(1).step_by(2) {
            assert!(name.starts_with("cargo xtask ") || ids.contains(name), "{}", event.kind);
        }
    }
}
