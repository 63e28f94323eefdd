use std::{collections::BTreeSet, path::Path};

use super::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap()
}

#[test]
fn every_patch_still_fits_the_source() {
    let rotten: Vec<String> = patches::all()
        .filter_map(|patch| patch.applied(root()).err())
        .map(|error| error.to_string())
        .collect();
    assert_eq!(rotten, Vec::<String>::new());
}

#[test]
fn every_bug_has_a_name_of_its_own_and_says_what_it_breaks() {
    let mut names = BTreeSet::new();
    let wire = catalogue::all().map(|bug| (bug.name, bug.breaks));
    for (name, breaks) in wire.chain(patches::all().map(|patch| (patch.name, patch.breaks))) {
        assert!(names.insert(name), "two bugs are called {name}");
        assert!(!breaks.is_empty(), "{name}");
    }
    assert!(catalogue::all().all(|bug| !bug.speaks.is_empty() && bug.one_in > 0));
}

#[test]
fn what_a_bug_imitates_is_in_the_tree() {
    for bug in catalogue::all() {
        let file = bug.imitates.split([' ', ':']).next().unwrap();
        assert!(root().join(file).is_file(), "{}: {}", bug.name, bug.imitates);
    }
}
