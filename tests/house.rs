//! House rules that need the sources parsed. What still offends is counted, and a count only falls.

mod imports;
mod modules;
mod names;
mod signatures;

use imports::circles;
use modules::{Sources, sources};
use names::repeated;
use signatures::{Tuples, tuples};

use crate::support::root;

/// How many parameters may be tuples. Lower it; never raise it.
const TUPLE_PARAMETERS_MAX: usize = 7;
/// How many `let (a, b) = (x, y)` there may be. Lower it; never raise it.
const TUPLE_LETS_MAX: usize = 387;
/// How many type names may be public in more than one file. Lower it; never raise it.
const REPEATED_NAMES_MAX: usize = 40;

#[test]
fn no_file_imports_what_imports_it() {
    let circles: Vec<String> = circles(&sources(&root())).iter().map(ToString::to_string).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// A crate of these files, by their paths in it.
fn planted(files: &[(&str, &str)]) -> Sources {
    let manifest = ("planted/Cargo.toml".to_owned(), String::new());
    let files = files.iter().map(|(name, text)| (format!("planted/{name}"), (*text).to_owned()));
    files.chain([manifest]).collect()
}

#[test]
fn a_circle_is_found_behind_every_kind_of_import() {
    let lib = ("lib.rs", "mod a;\nmod b;\npub use b::Word;\npub use a::{self, Other as Renamed};");
    let a = "pub struct Other;\nuse crate::Word;";
    let ways = [
        "use crate::a::Other;\npub struct Word;",
        "use super::{a::{Other as O}};\npub struct Word;",
        "use crate::Renamed;\npub struct Word;",
        "use crate::a;\npub struct Word(a::Other);",
        "pub struct Word;\nfn f() { format!(\"{:?}\", crate::a::Other); }",
        "use super::a::*;\npub struct Word;",
        "pub struct Word;\nmod inner { use super::super::a::Other; }",
    ];
    for b in ways {
        let found = circles(&planted(&[lib, ("a.rs", a), ("b.rs", b)]));
        assert_eq!(found.len(), 1, "{b}");
        assert_eq!(found[0].files.len(), 2, "{b}");
    }
}

#[test]
fn what_is_only_handed_on_or_only_tested_makes_no_circle() {
    let lib = ("lib.rs", "mod a;\npub use a::Word;");
    let a = "mod row;\npub use row::Row;\npub struct Word;";
    let row =
        "use crate::Word;\npub struct Row(Word);\n#[cfg(test)]\nmod tests { use crate::a::*; }";
    assert!(circles(&planted(&[lib, ("a.rs", a), ("a/row.rs", row)])).is_empty());
    // Until the one that hands it on uses it, too.
    let a = "mod row;\npub use row::Row;\npub struct Word;\nfn f(row: Row) {}";
    assert_eq!(circles(&planted(&[lib, ("a.rs", a), ("a/row.rs", row)])).len(), 1);
}

#[test]
fn a_parameter_has_a_name() {
    let found = tuples(&sources(&root()));
    let named = |(file, tuples): (&String, &Tuples)| format!("{file}: {:?}", tuples.parameters);
    let count: usize = found.values().map(|tuples| tuples.parameters.len()).sum();
    let files: Vec<String> =
        found.iter().filter(|(_, tuples)| !tuples.parameters.is_empty()).map(named).collect();
    assert!(count <= TUPLE_PARAMETERS_MAX, "{count} tuple parameters: {files:#?}");
}

#[test]
fn a_let_names_one_thing() {
    let lets: usize = tuples(&sources(&root())).values().map(|tuples| tuples.lets).sum();
    assert!(lets <= TUPLE_LETS_MAX, "{lets} of `let (a, b) = (x, y)`");
}

#[test]
fn a_type_has_a_name_of_its_own() {
    let found = repeated(&sources(&root()));
    assert!(found.len() <= REPEATED_NAMES_MAX, "{} names: {found:#?}", found.len());
    assert_eq!(found.len(), REPEATED_NAMES_MAX, "lower the ratchet");
}
