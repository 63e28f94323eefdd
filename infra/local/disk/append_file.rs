//! A file of records that only grows: each is there wholly or not at all.
//!
//! A record is written by one call after its length and two checksums, so a process that is killed
//! leaves at most one torn record, at the end, which was told to no one: it is cut off at the next
//! opening. Anything else that does not read is damage, and is refused.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// What every file of this form begins with.
const MAGIC: &[u8] = b"jangteo records 1\n";
/// The length, its checksum and the record's.
const HEADER_BYTES: usize = 12;

/// The file, open for appending.
#[derive(Debug)]
pub(super) struct AppendFile {
    file: File,
    /// The length up to the last whole record.
    whole: u64,
    /// A record was half written and could not be cut off: nothing may follow it.
    broken: bool,
}

/// What a file held when it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub file: AppendFile,
    /// Oldest first.
    pub records: Vec<Vec<u8>>,
    /// How many bytes of half a record were cut off.
    pub torn: u64,
}

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("it could not be read")]
    Io(#[from] io::Error),
    #[error("it is no file of records")]
    Foreign,
    #[error("it is damaged at byte {0}; what follows is not read, and nothing is written")]
    Damaged(usize),
}

impl AppendFile {
    /// Opens the file, which is made when missing; what is torn at its end is cut off.
    pub fn open(path: &Path) -> Result<Opened, OpenError> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let bytes = fs::read(path)?;
        if bytes.len() < MAGIC.len() && MAGIC.starts_with(&bytes) {
            file.set_len(0)?;
            file.write_all(MAGIC)?;
            let file = Self { file, whole: length(MAGIC.len()), broken: false };
            return Ok(Opened { file, records: Vec::new(), torn: 0 });
        }
        let records = bytes.strip_prefix(MAGIC).ok_or(OpenError::Foreign)?;
        let (records, whole) = read(records)?;
        let whole = length(MAGIC.len() + whole);
        file.set_len(whole)?;
        let torn = length(bytes.len()).saturating_sub(whole);
        Ok(Opened { file: Self { file, whole, broken: false }, records, torn })
    }

    /// Writes a record. After an error it is not there.
    pub fn append(&mut self, record: &[u8]) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write broke off and could not be undone"));
        }
        let framed = framed(record)?;
        if let Err(error) = self.file.write_all(&framed) {
            self.broken = self.file.set_len(self.whole).is_err();
            return Err(error);
        }
        self.whole += length(framed.len());
        Ok(())
    }

    /// Puts a file of these records in the place of the one at `path`, in one step.
    pub fn replace(path: &Path, records: impl Iterator<Item = Vec<u8>>) -> io::Result<Self> {
        let fresh = path.with_extension("new");
        let mut file = File::create(&fresh)?;
        file.write_all(MAGIC)?;
        let mut whole = length(MAGIC.len());
        for record in records {
            let framed = framed(&record)?;
            file.write_all(&framed)?;
            whole += length(framed.len());
        }
        // The old file goes: the new one must be on the disk before.
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Self { file, whole, broken: false })
    }

    pub const fn bytes(&self) -> u64 {
        self.whole
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn framed(record: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(record.len()).map_err(io::Error::other)?.to_le_bytes();
    let mut framed = Vec::with_capacity(HEADER_BYTES + record.len());
    framed.extend(length);
    framed.extend(crc32fast::hash(&length).to_le_bytes());
    framed.extend(crc32fast::hash(record).to_le_bytes());
    framed.extend(record);
    Ok(framed)
}

/// The whole records, and how many bytes they take; what is torn at the end is left out.
fn read(bytes: &[u8]) -> Result<(Vec<Vec<u8>>, usize), OpenError> {
    let mut records = Vec::new();
    let mut rest = bytes;
    loop {
        let at = bytes.len() - rest.len();
        let Some((header, after)) = rest.split_first_chunk::<HEADER_BYTES>() else {
            return Ok((records, at));
        };
        // What a power cut leaves where bytes were promised and never came.
        if rest.iter().all(|byte| *byte == 0) {
            return Ok((records, at));
        }
        let [l0, l1, l2, l3, a0, a1, a2, a3, b0, b1, b2, b3] = *header;
        let length = [l0, l1, l2, l3];
        if crc32fast::hash(&length) != u32::from_le_bytes([a0, a1, a2, a3]) {
            return Err(OpenError::Damaged(MAGIC.len() + at));
        }
        let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
        let Some((record, after)) = after.split_at_checked(length) else {
            return Ok((records, at));
        };
        if crc32fast::hash(record) != u32::from_le_bytes([b0, b1, b2, b3]) {
            if after.is_empty() {
                return Ok((records, at));
            }
            return Err(OpenError::Damaged(MAGIC.len() + at));
        }
        records.push(record.to_vec());
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let name = format!("jangteo-records-{}-{name}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }
        fn filled(name: &str) -> (Self, Vec<u8>) {
            let scratch = Self::new(name);
            let Opened { mut file, records, torn } = AppendFile::open(&scratch.0).unwrap();
            assert!(records.is_empty() && torn == 0);
            for record in ["one", "", "three and more"] {
                file.append(record.as_bytes()).unwrap();
            }
            let bytes = fs::read(&scratch.0).unwrap();
            assert_eq!(file.bytes(), length(bytes.len()));
            (scratch, bytes)
        }
        fn reopened(&self, bytes: &[u8]) -> Result<Vec<String>, OpenError> {
            fs::write(&self.0, bytes).unwrap();
            let Opened { mut file, records, torn } = AppendFile::open(&self.0)?;
            if bytes.len() >= MAGIC.len() {
                assert_eq!(file.bytes() + torn, length(bytes.len()), "what is cut off is told");
            }
            file.append(b"later").unwrap();
            let again = AppendFile::open(&self.0)?;
            assert_eq!(again.records.len(), records.len() + 1, "what is appended is found");
            assert_eq!(again.torn, 0);
            let text = |record: Vec<u8>| String::from_utf8(record).unwrap();
            Ok(records.into_iter().map(text).collect())
        }
    }
    impl Drop for Scratch {
        fn drop(&mut self) {
            let _already_gone = fs::remove_file(&self.0);
        }
    }

    #[test]
    fn cut_off_anywhere_it_holds_the_whole_records_before() {
        let (scratch, bytes) = Scratch::filled("torn");
        let ends = [18, 18 + 15, 18 + 15 + 12, bytes.len()];
        for cut in 0..=bytes.len() {
            let whole = ends.iter().skip(1).filter(|end| **end <= cut).count();
            let records = scratch.reopened(&bytes[..cut]).unwrap();
            assert_eq!(records, ["one", "", "three and more"][..whole], "cut at {cut}");
        }
    }

    #[test]
    fn what_a_power_cut_left_empty_is_cut_off() {
        let (scratch, bytes) = Scratch::filled("zeros");
        let zeros = [&bytes[..], &[0; 40]].concat();
        assert_eq!(scratch.reopened(&zeros).unwrap().len(), 3);
    }

    #[test]
    fn damage_in_the_middle_is_refused() {
        let (scratch, bytes) = Scratch::filled("damaged");
        for at in 18..bytes.len() - 26 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            let error = scratch.reopened(&damaged).unwrap_err();
            assert!(matches!(error, OpenError::Damaged(_)), "byte {at}: {error}");
            assert_eq!(fs::read(&scratch.0).unwrap(), damaged, "nothing is written");
        }
        let error = scratch.reopened(b"SQLite format 3 and more").unwrap_err();
        assert!(matches!(error, OpenError::Foreign));
    }

    #[test]
    fn a_shorter_file_takes_its_place_in_one_step() {
        let (scratch, _) = Scratch::filled("replaced");
        let records = [b"only".to_vec()];
        let mut file = AppendFile::replace(&scratch.0, records.into_iter()).unwrap();
        file.append(b"more").unwrap();
        let records = AppendFile::open(&scratch.0).unwrap().records;
        assert_eq!(records, [b"only".to_vec(), b"more".to_vec()]);
    }
}
