//! The data folder of `cargo dev`: everything that a cloud must not forget, in one file.
//!
//! What is acknowledged is written before: a killed process loses nothing that it has told, and a
//! transaction is one record. A power cut may lose the last records, never tear one. Writes are not
//! awaited to the disk: this is a developer's machine. Where it is full, changes of rows are
//! refused; everything else is logged and written with the next change.

mod append_file;
mod folder;

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::append_file::{AppendFile, Opened};
pub use self::folder::{DATA_FORMAT, FolderError, data_format, declare_format, lock_folder};
use crate::state::StateChange;

/// A file is written anew at the start when it is this many times as long as it need be.
const WASTE_MAX: u64 = 2;
/// A file up to this size is never written anew.
const SMALL_BYTES: u64 = 1024 * 1024;

/// One record: what happened at once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Record {
    /// Changes of rows, which all happened or none.
    Rows(Vec<RowChange>),
    /// Changes of everything else.
    State(Vec<StateChange>),
    /// Stream records that nobody wants any more.
    Trimmed { table: String, position: i64 },
    /// Rows as they were when the file was written anew: no stream tells of them again.
    Base { table: String, items: Vec<Value> },
    /// A table's stream as it was then.
    Stream { table: String, last: i64, records: Vec<StreamRecord> },
}

/// One record of a table's stream.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StreamRecord {
    pub position: i64,
    pub keys: Value,
    pub old: Option<Value>,
    pub new: Option<Value>,
    /// In seconds.
    pub at: i64,
    /// The service did it, because the item's time was over.
    pub expired: bool,
}

/// What became of one row.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RowChange {
    /// The table's full name.
    pub table: String,
    /// The item in DynamoDB's JSON, or the key of the one that is gone.
    pub item: Value,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// In seconds.
    pub at: i64,
    /// The service did it, because the item's time was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

/// The open file of one data folder.
#[derive(Debug)]
pub(crate) struct Disk {
    path: PathBuf,
    file: Mutex<AppendFile>,
    /// Held as long as the cloud lives.
    _lock: File,
}

impl Disk {
    /// Takes `folder` for this process; answers what it holds, oldest first.
    pub fn open(folder: &Path) -> Result<(Self, Vec<Record>), FolderError> {
        let lock = folder::take(folder)?;
        let path = folder.join(folder::DATA_FILE);
        let Opened { file, records, torn } = AppendFile::open(&path)?;
        if torn > 0 {
            tracing::warn!(
                "the last {torn} bytes of {} were half a record, which nobody was told of: they \
                 are cut off",
                path.display()
            );
        }
        let read = |record: Vec<u8>| serde_json::from_slice(&record);
        let records = records.into_iter().map(read).collect::<Result<Vec<Record>, _>>();
        let records = records.map_err(|error| FolderError::Unknown(error.to_string()))?;
        Ok((Self { path, file: Mutex::new(file), _lock: lock }, records))
    }

    /// Writes what happened. After an error it has not happened.
    pub fn append(&self, record: &Record) -> io::Result<()> {
        let bytes = serde_json::to_vec(record)?;
        self.file().append(&bytes)
    }

    /// Writes the file anew, as `records`, when it is much longer than they are.
    pub fn compact(&self, records: &[Record]) -> io::Result<()> {
        let records = records.iter().map(serde_json::to_vec).collect::<Result<Vec<_>, _>>()?;
        let mut file = self.file();
        let needed: usize = records.iter().map(Vec::len).sum();
        let needed = u64::try_from(needed).unwrap_or(u64::MAX);
        if file.bytes() > needed.saturating_mul(WASTE_MAX).max(SMALL_BYTES) {
            *file = AppendFile::replace(&self.path, records.into_iter())?;
        }
        Ok(())
    }

    fn file(&self) -> MutexGuard<'_, AppendFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
