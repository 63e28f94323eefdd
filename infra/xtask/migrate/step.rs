//! A step of a migration.

use std::pin::Pin;

use local::Cloud;

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
