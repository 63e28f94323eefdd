//! The data folder's snapshot of everything but the tables.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{account::Account, state::State};

const SNAPSHOT_FILE: &str = "cloud.json";

/// The snapshot of one data folder.
pub(crate) struct Snapshot {
    folder: PathBuf,
    /// The version of the state that the folder holds.
    saved: AtomicU64,
}

/// Why a snapshot could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("it could not be read: {0}")]
    Io(#[from] io::Error),
    #[error("it is not what this version writes: {0}")]
    Json(#[from] serde_json::Error),
}

impl Snapshot {
    pub fn of(folder: PathBuf) -> Self {
        Self { folder, saved: AtomicU64::default() }
    }

    /// What the folder holds; an empty state for a new folder.
    pub fn load(&self) -> Result<State, SnapshotError> {
        match fs::read(self.folder.join(SNAPSHOT_FILE)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the snapshot when something changed. A failure is logged, and the next pass tries
    /// again.
    pub fn save(&self, account: &Account) {
        let saved = self.saved.load(Ordering::Acquire);
        let (version, bytes) = account.read(|state| {
            let changed = state.version != saved;
            (state.version, changed.then(|| serde_json::to_vec(state)))
        });
        let written = match bytes {
            None => return,
            Some(Ok(bytes)) => replace(&self.folder, &bytes),
            Some(Err(error)) => Err(error.into()),
        };
        match written {
            Ok(()) => self.saved.store(version, Ordering::Release),
            Err(error) => tracing::error!(%error, "the snapshot was not written"),
        }
    }
}

/// The old file stays whole until the new one is.
fn replace(folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = folder.join("cloud.json.new");
    fs::write(&new, bytes)?;
    fs::rename(new, folder.join(SNAPSHOT_FILE))
}
