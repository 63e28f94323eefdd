//! One word, one meaning: the public types of the product's crates, by name.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Ident, ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType, Visibility, visit::Visit};

use super::modules::Sources;

/// What is built into the functions, and the functions.
const FOLDERS: &[&str] = &["functions/", "shared/"];

/// Every type name that is public in several files, with the files.
pub(crate) fn repeated(sources: &Sources) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources {
        let product = FOLDERS.iter().any(|folder| file.starts_with(folder));
        if product && file.ends_with(".rs") && !is_of_tests(file) {
            for name in names_of(file, text) {
                found.entry(name).or_default().insert(file.clone());
            }
        }
    }
    found.retain(|_, files| files.len() > 1);
    found
}

fn is_of_tests(file: &str) -> bool {
    file.starts_with("shared/testkit/")
        || file.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "benches" | "fake"))
}

fn names_of(file: &str, text: &str) -> BTreeSet<String> {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut names = Names(BTreeSet::new());
    names.visit_file(&parsed);
    names.0
}

struct Names(BTreeSet<String>);

impl Names {
    fn note(&mut self, visibility: &Visibility, name: &Ident) {
        if !matches!(visibility, Visibility::Inherited) {
            self.0.insert(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    /// What only tests have is not looked into.
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.ident != "tests" {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.note(&item.vis, &item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.note(&item.vis, &item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.note(&item.vis, &item.ident);
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.note(&item.vis, &item.ident);
    }
}

#[test]
fn a_name_that_is_public_in_two_files_is_seen() {
    let text = "pub struct Claim; enum Fate { A } mod tests { pub struct Planted; }";
    let files = [
        ("shared/domain/a.rs", text),
        ("functions/trade/b.rs", "pub(crate) enum Claim { A }\npub type Fate = u8;"),
        ("shared/domain/a/tests.rs", "pub struct Claim;"),
        ("infra/local/c.rs", "pub struct Fate;"),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let found = repeated(&Sources::from(files));
    let of_claim = ["functions/trade/b.rs", "shared/domain/a.rs"].map(str::to_owned);
    assert_eq!(found, BTreeMap::from([("Claim".to_owned(), BTreeSet::from(of_claim))]));
}
