//! A step of a migration.

use std::pin::Pin;

use anyhow::Context as _;
use local::Cloud;
use platform::Config;
use store::{Item, Key, Store, Table, Write};

use crate::audit;

/// What turns data of one format into the next one's. May find its work done already, in part or
/// wholly.
pub(crate) struct Step {
    /// The format that it starts from.
    pub from: u32,
    pub what: &'static str,
    pub run: Run,
}

/// What a step does to the copy.
pub(crate) type Run = for<'a> fn(&'a Cloud) -> Work<'a>;

/// A step under way.
pub(crate) type Work<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + 'a>>;

pub(crate) fn store(cloud: &Cloud) -> Store {
    Store::new(&cloud.sdk_config(), Config::local().table_prefix)
}

pub(crate) async fn rows(cloud: &Cloud, table: Table) -> anyhow::Result<Vec<Item>> {
    audit::rows(&cloud.sdk_config(), Config::local().table_prefix, table).await
}

/// Puts what becomes of every row of a table in its place.
pub(crate) async fn rewrite(
    cloud: &Cloud,
    table: Table,
    mut turn: impl FnMut(&Key, Item) -> anyhow::Result<Item>,
) -> anyhow::Result<()> {
    let store = store(cloud);
    for before in rows(cloud, table).await? {
        let Some(key) = Key::of(&before) else { continue };
        let after = turn(&key, before.clone()).with_context(|| format!("{} {}", key.pk, key.sk))?;
        if after != before {
            store.write(Write::put(table, after)).await?;
        }
    }
    Ok(())
}
