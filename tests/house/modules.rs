//! The workspace's sources, read as trees of modules: what each defines, imports and names.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, Macro, UseTree, Visibility, visit::Visit};

/// Where people write code.
const FOLDERS: &[&str] = &["functions", "shared", "infra", "tests"];

/// Texts of source files by their paths from the repository's root.
pub(crate) type Sources = BTreeMap<String, String>;

/// Every Rust file of the workspace, and the manifests.
pub(crate) fn sources(root: &Path) -> Sources {
    let mut sources = Sources::new();
    let mut folders: Vec<_> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") || name.ends_with("Cargo.toml") {
                sources.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    sources
}

/// The files at which a crate begins: `lib.rs` and `main.rs` beside a manifest.
pub(crate) fn roots(sources: &Sources) -> Vec<String> {
    let manifests = sources.keys().filter_map(|name| name.strip_suffix("Cargo.toml"));
    let roots = manifests.flat_map(|folder| ["lib.rs", "main.rs"].map(|f| format!("{folder}{f}")));
    roots.filter(|root| sources.contains_key(root)).collect()
}

/// A module: a file, or a `mod` with a body inside one.
#[derive(Default)]
pub(crate) struct Module {
    pub(crate) file: String,
    /// The module around it; the root's is itself.
    pub(crate) parent: usize,
    pub(crate) children: BTreeMap<String, usize>,
    /// Names of the items that it defines.
    pub(crate) defined: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    /// Paths of two segments and more, wherever they stand.
    pub(crate) paths: BTreeSet<Vec<String>>,
    /// Names that stand alone.
    pub(crate) words: BTreeSet<String>,
}

/// One name that a `use` brings in.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// What it is called here; `*` for everything.
    pub(crate) name: String,
    /// Whether it is handed on to others.
    pub(crate) public: bool,
}

/// The modules of the crate that begins at `root`, the root first.
pub(crate) fn modules(sources: &Sources, root: &str) -> Vec<Module> {
    let mut reader = Reader { sources, modules: Vec::new() };
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    reader.file(root, folder, 0);
    reader.modules
}

struct Reader<'a> {
    sources: &'a Sources,
    modules: Vec<Module>,
}

impl Reader<'_> {
    /// Reads a file whose children lie in `folder`.
    fn file(&mut self, file: &str, folder: &str, parent: usize) -> usize {
        let parsed = syn::parse_file(&self.sources[file]);
        let parsed = parsed.unwrap_or_else(|error| panic!("{file}: {error}"));
        self.module(file, folder, parent, &parsed.items)
    }

    fn module(&mut self, file: &str, folder: &str, parent: usize, items: &[Item]) -> usize {
        let index = self.modules.len();
        self.modules.push(Module { file: file.to_owned(), parent, ..Module::default() });
        let mut names = Names::default();
        for item in items {
            match item {
                // The tests inside a file look up to whatever they please.
                Item::Mod(module) if module.content.is_some() && is_test(module) => {}
                Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let folder = join(folder, &name);
                    let child = match &module.content {
                        Some((_, items)) => self.module(file, &folder, index, items),
                        None => self.file(&self.place(&folder), &folder, index),
                    };
                    self.modules[index].children.insert(name, child);
                }
                item => {
                    self.modules[index].defined.extend(defined(item));
                    names.visit_item(item);
                }
            }
        }
        let module = &mut self.modules[index];
        (module.imports, module.paths, module.words) = (names.imports, names.paths, names.words);
        index
    }

    /// The file of the module whose children would lie in `folder`.
    fn place(&self, folder: &str) -> String {
        let places = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
        let place = places.into_iter().find(|place| self.sources.contains_key(place));
        place.unwrap_or_else(|| panic!("no file for the module {folder}"))
    }
}

/// Whether it is built for tests only.
fn is_test(module: &syn::ItemMod) -> bool {
    let cfg = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    };
    module.attrs.iter().any(cfg)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The name that an item gives to its module.
fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// What the items of a module name.
#[derive(Default)]
struct Names {
    imports: Vec<Import>,
    paths: BTreeSet<Vec<String>>,
    words: BTreeSet<String>,
}

impl Names {
    fn path(&mut self, segments: Vec<String>) {
        match segments.as_slice() {
            [word] => {
                self.words.insert(word.clone());
            }
            _ => {
                self.paths.insert(segments);
            }
        }
    }

    fn import(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let with = |name: &dyn ToString| [before, &[name.to_string()]].concat();
        let (path, name) = match tree {
            UseTree::Path(tree) => return self.import(&tree.tree, &with(&tree.ident), public),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(tree, before, public));
            }
            UseTree::Glob(_) => (before.to_vec(), "*".to_owned()),
            UseTree::Name(tree) if tree.ident == "self" => {
                (before.to_vec(), before.last().cloned().unwrap_or_default())
            }
            UseTree::Name(tree) => (with(&tree.ident), tree.ident.to_string()),
            UseTree::Rename(tree) => (with(&tree.ident), tree.rename.to_string()),
        };
        self.imports.push(Import { path, name, public });
    }

    fn end(&mut self, segments: &mut Vec<String>) {
        if !segments.is_empty() {
            self.path(std::mem::take(segments));
        }
    }

    /// The paths among tokens that a macro was handed, which have no other syntax yet.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut segments: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            if let TokenTree::Punct(sign) = &token
                && sign.as_char() == ':'
            {
                colons += 1;
                continue;
            }
            if colons != 2 {
                self.end(&mut segments);
            }
            colons = 0;
            match token {
                TokenTree::Ident(word) => segments.push(word.to_string()),
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => self.end(&mut segments),
            }
        }
        self.end(&mut segments);
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            let public = !matches!(item.vis, Visibility::Inherited);
            self.import(&item.tree, &[], public);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.path(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }
}
