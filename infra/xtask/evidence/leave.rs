//! Figures that a command measured, left where the page of evidence is rendered from.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::Context as _;
use serde_json::{Map, Value};

/// Figures by name; the unit is the name's last word.
pub type Figures = BTreeMap<String, u64>;

/// Writes `target/evidence/<name>.json`: the figures, and the command that measured them.
pub fn write<V: Into<Value>>(
    name: &str,
    command: &str,
    figures: impl IntoIterator<Item = (String, V)>,
) -> anyhow::Result<PathBuf> {
    let folder = crate::root().join("target/evidence");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut object = Map::from_iter([("command".to_owned(), Value::from(command))]);
    object.extend(figures.into_iter().map(|(name, figure)| (name, figure.into())));
    let path = folder.join(format!("{name}.json"));
    let text = format!("{:#}\n", Value::from(object));
    fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}
