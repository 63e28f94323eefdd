//! No circle of imports between the files of a crate: what is read first is understood without what
//! is read later.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Import, Module, Sources, modules, roots};

/// From a file to another of its crate, and the paths by which it names it.
type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// What a path leads to.
#[derive(Clone, Copy)]
enum Target {
    Module(usize),
    /// An item that this module defines.
    Item(usize),
}

/// How often an import may lead to an import.
const HOPS_MAX: u8 = 16;

struct Crate(Vec<Module>);

impl Crate {
    fn resolve(&self, at: usize, path: &[String], hops: u8) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let start = match first.as_str() {
            "crate" => Target::Module(0),
            "self" => Target::Module(at),
            "super" => Target::Module(self.0[at].parent),
            name => self.lookup(at, name, hops)?,
        };
        rest.iter().try_fold(start, |target, name| match target {
            Target::Module(at) if name == "super" => Some(Target::Module(self.0[at].parent)),
            Target::Module(at) => self.lookup(at, name, hops),
            Target::Item(_) => Some(target),
        })
    }

    /// What `name` means inside a module.
    fn lookup(&self, at: usize, name: &str, hops: u8) -> Option<Target> {
        let hops = hops.checked_sub(1)?;
        let module = &self.0[at];
        if let Some(child) = module.children.get(name) {
            return Some(Target::Module(*child));
        }
        if module.defined.contains(name) {
            return Some(Target::Item(at));
        }
        let named = module.imports.iter().filter(|import| import.name == name);
        let mut named = named.filter_map(|import| self.resolve(at, &import.path, hops));
        let globs = module.imports.iter().filter(|import| import.name == "*");
        let mut globs = globs.filter_map(|import| match self.resolve(at, &import.path, hops)? {
            Target::Module(module) => self.lookup(module, name, hops),
            Target::Item(_) => None,
        });
        named.next().or_else(|| globs.next())
    }

    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (index, module) in self.0.iter().enumerate() {
            let imports = module.imports.iter().filter_map(|import| self.tie(index, import));
            let paths = module.paths.iter().filter_map(|path| {
                let (Target::Module(to) | Target::Item(to)) =
                    self.resolve(index, path, HOPS_MAX)?;
                Some((to, path.join("::")))
            });
            for (to, name) in imports.chain(paths) {
                let (from, to) = (&module.file, &self.0[to].file);
                if from != to {
                    let tos = arrows.entry(from.clone()).or_default();
                    tos.entry(to.clone()).or_default().insert(name);
                }
            }
        }
        arrows
    }

    /// The module to which an import ties, and what it takes from there. What is only handed on
    /// ties nothing: who takes it is tied to where it is defined. Nor does the name of a module:
    /// the paths that begin with it do.
    fn tie(&self, at: usize, import: &Import) -> Option<(usize, String)> {
        if import.public && !self.0[at].words.contains(&import.name) {
            return None;
        }
        match self.resolve(at, &import.path, HOPS_MAX)? {
            Target::Module(_) if import.name != "*" => None,
            Target::Module(to) | Target::Item(to) => Some((to, import.name.clone())),
        }
    }
}

/// Every circle of the workspace.
pub(crate) fn circles(sources: &Sources) -> Vec<Circle> {
    let crates = roots(sources).into_iter();
    crates.flat_map(|root| circles_of(&Crate(modules(sources, &root)).arrows())).collect()
}

/// Files of which each leads to every other, and the arrows among them.
pub(crate) struct Circle {
    pub(crate) files: BTreeSet<String>,
    arrows: Vec<String>,
}

impl std::fmt::Display for Circle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "a circle of {} files:", self.files.len())?;
        self.arrows.iter().try_for_each(|arrow| writeln!(f, "  {arrow}"))
    }
}

fn circles_of(arrows: &Arrows) -> Vec<Circle> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        arrows.keys().map(|file| (file, reached(arrows, file))).collect();
    let mut done = BTreeSet::new();
    let mut circles = Vec::new();
    for (file, far) in &reached {
        if !far.contains(file) || done.contains(file) {
            continue;
        }
        let back = |other: &&String| reached.get(*other).is_some_and(|far| far.contains(file));
        let files: BTreeSet<String> = far.iter().copied().filter(back).cloned().collect();
        done.extend(far.iter().copied().filter(back));
        let mut lines = Vec::new();
        for from in &files {
            for (to, names) in arrows[from].iter().filter(|(to, _)| files.contains(*to)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                lines.push(format!("{from} -> {to}: {}", names.join(", ")));
            }
        }
        circles.push(Circle { files, arrows: lines });
    }
    circles
}

/// The files to which `file` leads, over any number of arrows.
fn reached<'a>(arrows: &'a Arrows, file: &'a String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![file];
    while let Some(from) = next.pop() {
        for to in arrows.get(from).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(to) {
                next.push(to);
            }
        }
    }
    reached
}
