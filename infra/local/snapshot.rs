//! The data folder's snapshot of everything but the tables.

use std::{fs, io, path::Path, sync::atomic::Ordering};

use crate::{
    cloud::{Cloud, StartError},
    state::State,
};

const SNAPSHOT_FILE: &str = "cloud.json";

/// What the folder holds; an empty state for a new folder.
pub(crate) fn load(folder: &Path) -> Result<State, StartError> {
    match fs::read(folder.join(SNAPSHOT_FILE)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error.into()),
    }
}

impl Cloud {
    /// Writes the snapshot when something changed; happens after every delivery pass. In memory
    /// there is nothing to do. A failure is logged, and the next pass tries again.
    pub fn save(&self) {
        let Some(folder) = &self.folder else { return };
        let saved = self.saved.load(Ordering::Acquire);
        let (version, bytes) = self.account.read(|state| {
            let changed = state.version != saved;
            (state.version, changed.then(|| serde_json::to_vec(state)))
        });
        let written = match bytes {
            None => return,
            Some(Ok(bytes)) => replace(folder, &bytes),
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
