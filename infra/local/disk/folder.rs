//! The data folder: one cloud at a time, in a format that has a number.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
    time::Duration,
};

use super::append_file::OpenError;

/// The format in which this version keeps data. What an older one must be told is in the steps of
/// `cargo xtask migrate`.
pub const DATA_FORMAT: u32 = 7;
/// What the folder of an engine before the formats had numbers holds.
const UNNUMBERED: [&str; 2] = ["dynamodb.sqlite", "cloud.json"];
const FORMAT_FILE: &str = "format";
const LOCK_FILE: &str = "lock";
/// A folder that is held longer than all of these together is in use.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(10);
pub(super) const DATA_FILE: &str = "data";

/// Why a folder cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("it could not be read or written")]
    Io(#[from] io::Error),
    #[error("another process works on it; stop that one first")]
    InUse,
    #[error("its format is said to be {0:?}, which is no number: this is not a folder of ours")]
    Unreadable(String),
    #[error("it is of format {found}, made by a newer version; this one knows {}", DATA_FORMAT)]
    Newer { found: u32 },
    #[error(
        "it is of format {found}, this version works on {}: `cargo xtask migrate` or `cargo dev` \
         brings it there",
        DATA_FORMAT
    )]
    Older { found: u32 },
    #[error("its file `data`")]
    Data(#[from] OpenError),
    #[error("its file `data` holds what this version does not know: {0}")]
    Unknown(String),
}

/// The format of the data in `folder`; `None` when it holds none.
pub fn data_format(folder: &Path) -> Result<Option<u32>, FolderError> {
    match fs::read_to_string(folder.join(FORMAT_FILE)) {
        Ok(text) => match text.trim().parse() {
            Ok(format) => Ok(Some(format)),
            Err(_) => Err(FolderError::Unreadable(text.chars().take(40).collect())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let old = UNNUMBERED.iter().any(|file| folder.join(file).exists());
            Ok(old.then_some(1))
        }
        Err(error) => Err(error.into()),
    }
}

/// Says that the data in `folder` are of the format of this version: what a migration does with the
/// copy that it works on.
pub fn declare_format(folder: &Path) -> io::Result<()> {
    let fresh = folder.join("format.new");
    fs::write(&fresh, format!("{DATA_FORMAT}\n"))?;
    fs::rename(fresh, folder.join(FORMAT_FILE))
}

/// Takes the folder, which is made when missing, for this process alone; it is free again when the
/// answer is dropped.
pub(super) fn take(folder: &Path) -> Result<File, FolderError> {
    fs::create_dir_all(folder)?;
    match data_format(folder)? {
        Some(DATA_FORMAT) => {}
        None => declare_format(folder)?,
        Some(found) if found < DATA_FORMAT => return Err(FolderError::Older { found }),
        Some(found) => return Err(FolderError::Newer { found }),
    }
    lock_folder(folder)
}

/// Keeps every other process away from the folder until the answer is dropped.
pub fn lock_folder(folder: &Path) -> Result<File, FolderError> {
    let lock = File::create(folder.join(LOCK_FILE))?;
    // A process that this one is just starting holds what this one held, for a moment.
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(FolderError::InUse)
}
