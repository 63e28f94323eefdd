//! No tuples where a name says more: not in what a function takes, and seldom in a `let`.

use std::collections::BTreeMap;

use syn::{FnArg, Local, Pat, Signature, Type, visit::Visit};

use super::modules::Sources;

/// What a file has of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tuples {
    /// The functions that take a tuple, one entry a parameter.
    pub(crate) parameters: Vec<String>,
    /// How many `let (a, b) = (x, y)`.
    pub(crate) lets: usize,
}

/// The files that have any.
pub(crate) fn tuples(sources: &Sources) -> BTreeMap<String, Tuples> {
    let files = sources.iter().filter(|(name, _)| name.ends_with(".rs"));
    let found = files.map(|(name, text)| (name.clone(), tuples_of(name, text)));
    found.filter(|(_, tuples)| *tuples != Tuples::default()).collect()
}

fn tuples_of(name: &str, text: &str) -> Tuples {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut tuples = Tuples::default();
    tuples.visit_file(&file);
    tuples
}

impl<'ast> Visit<'ast> for Tuples {
    fn visit_signature(&mut self, signature: &'ast Signature) {
        for parameter in &signature.inputs {
            if let FnArg::Typed(parameter) = parameter
                && (is_tuple_pattern(&parameter.pat) || is_tuple_type(&parameter.ty))
            {
                self.parameters.push(signature.ident.to_string());
            }
        }
        syn::visit::visit_signature(self, signature);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        let value = local.init.as_ref().map(|init| init.expr.as_ref());
        if is_tuple_pattern(&local.pat) && matches!(value, Some(syn::Expr::Tuple(_))) {
            self.lets += 1;
        }
        syn::visit::visit_local(self, local);
    }
}

/// An extractor's pattern is a tuple inside the extractor's name, so it is none of these.
fn is_tuple_pattern(pattern: &Pat) -> bool {
    match pattern {
        Pat::Tuple(_) => true,
        Pat::Reference(reference) => is_tuple_pattern(&reference.pat),
        _ => false,
    }
}

fn is_tuple_type(kind: &Type) -> bool {
    match kind {
        Type::Tuple(tuple) => !tuple.elems.is_empty(),
        Type::Reference(reference) => is_tuple_type(&reference.elem),
        _ => false,
    }
}

#[test]
fn a_tuple_is_seen_and_an_extractor_is_none() {
    let text = "fn pair((a, b): (u8, u8)) {}
        fn lent(both: &(u8, u8)) {}
        async fn handle(State((app, page)): State<(App, Page)>, list: &[(u8, u8)], unit: ()) {
            let (one, two) = (1, 2);
            let (three, four) = pair_of(one);
        }";
    let seen = tuples_of("planted.rs", text);
    assert_eq!(seen.parameters, ["pair", "lent"]);
    assert_eq!(seen.lets, 1);
}
