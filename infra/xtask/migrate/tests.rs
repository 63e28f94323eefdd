use domain::ledger::{Account, Between, Movement, MovementKind};
use kernel::{Id, Instant, Won};
use store::{Table, Write, keys};

use super::{
    step::{Run, Work, store},
    *,
};

/// A folder of the test's own, and what is put beside it.
pub(super) struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let name = format!("jangteo-migrate-{}-{name}", std::process::id());
        let around = std::env::temp_dir().join(name);
        fs::create_dir_all(&around).unwrap();
        Self(around.join("data"))
    }

    /// What is in it and beside it.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.parent().unwrap()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// A market of this version that took a top-up, said to be of another format.
    async fn of_format(name: &str, format: u32) -> Self {
        let folder = Self::new(name);
        let cloud = open(&folder.0);
        let store = store(&cloud);
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(user()) };
        let kind = MovementKind::TopUp;
        let amount = Won::constant(500);
        let charge = Movement::transfer("top-up#1".to_owned(), kind, amount, accounts).unwrap();
        assert!(store.move_money(&charge, Instant::from_millis(1)).await.unwrap());
        fs::write(folder.0.join("format"), format.to_string()).unwrap();
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind harms nobody.
        let _gone = fs::remove_dir_all(self.0.parent().unwrap());
    }
}

pub(super) fn user() -> kernel::UserId {
    Id::from_uuid(uuid::Uuid::from_u128(1))
}

pub(super) fn open(folder: &Path) -> Cloud {
    Cloud::start(CloudOptions {
        functions: Vec::new(),
        clock: Arc::new(SystemClock),
        data: DataPlace::Folder(folder.to_owned()),
        prefix: Config::local().table_prefix,
    })
    .unwrap()
}

async fn change(cloud: &Cloud, write: Write) -> anyhow::Result<()> {
    store(cloud).write(write.if_present("pk")).await?;
    Ok(())
}

/// Marks the wallet; done twice it is done once.
fn marks(cloud: &Cloud) -> Work<'_> {
    let write = Write::update(Table::Wallet, keys::wallet(user())).set_text("marked", "yes");
    Box::pin(change(cloud, write))
}

fn takes_money(cloud: &Cloud) -> Work<'_> {
    let write = Write::update(Table::Wallet, keys::wallet(user())).add("spendOnly", 1);
    Box::pin(change(cloud, write))
}

fn breaks_off(cloud: &Cloud) -> Work<'_> {
    Box::pin(async move {
        marks(cloud).await?;
        bail!("the disk is full")
    })
}

fn is_marked(folder: &Path) -> bool {
    let items = open(folder).items(Table::Wallet).unwrap();
    items.iter().any(|item| item["marked"]["S"] == "yes")
}

/// What this version would be told of its predecessor.
const OLD: u32 = DATA_FORMAT + 7;

const fn step(run: Run) -> Step {
    Step { from: OLD, what: "a step of the test's own", run }
}

/// The machine, for a version whose format is later than the folder's: the folder's is between
/// "cannot be read" and "current".
async fn migrate_from_old(folder: &Path, steps: &[Step]) -> anyhow::Result<Outcome> {
    replace(folder, OLD, steps).await
}

#[tokio::test]
async fn a_current_folder_and_an_empty_one_are_left_alone() {
    let folder = Folder::of_format("current", DATA_FORMAT).await;
    assert_eq!(migrate(&folder.0, &[step(takes_money)]).await.unwrap(), Outcome::Current);
    let empty = Folder::new("empty");
    assert_eq!(migrate(&empty.0, &[]).await.unwrap(), Outcome::Current);
    assert_eq!(folder.names(), ["data"]);
}

#[tokio::test]
async fn a_newer_or_unreadable_format_is_refused() {
    let folder = Folder::of_format("newer", DATA_FORMAT + 1).await;
    let error = migrate(&folder.0, &[]).await.unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
    fs::write(folder.0.join("format"), "soon").unwrap();
    let error = format!("{:#}", migrate(&folder.0, &[]).await.unwrap_err());
    assert!(error.contains("no number"), "{error}");
    assert_eq!(folder.names(), ["data"]);
}

#[tokio::test]
async fn the_engine_before_is_moved_aside_and_kept() {
    let folder = Folder::new("aside");
    for number in ["data-format-1", "data-format-1-2"] {
        fs::create_dir(&folder.0).unwrap();
        fs::write(folder.0.join("dynamodb.sqlite"), "rows").unwrap();
        let kept = folder.0.with_file_name(number);
        let outcome = migrate(&folder.0, &[]).await.unwrap();
        assert_eq!(outcome, Outcome::MovedAside(kept.clone()));
        assert_eq!(fs::read_to_string(kept.join("dynamodb.sqlite")).unwrap(), "rows");
        assert!(!folder.0.exists());
    }
}

#[tokio::test]
async fn an_older_folder_is_worked_on_as_a_copy_audited_and_swapped() {
    let folder = Folder::of_format("steps", OLD).await;
    let earlier = Step { from: OLD - 1, what: "was made before", run: takes_money };
    let steps = [earlier, step(marks), Step { from: OLD + 1, what: "and again", run: marks }];
    let kept = folder.0.with_file_name(format!("data-format-{OLD}"));
    let outcome = migrate_from_old(&folder.0, &steps).await.unwrap();
    assert_eq!(outcome, Outcome::Migrated { kept: kept.clone() });
    assert_eq!(data_format(&folder.0).unwrap(), Some(DATA_FORMAT));
    assert!(is_marked(&folder.0));
    assert_eq!(folder.names(), ["data".to_owned(), format!("data-format-{OLD}")]);
    declare_format(&kept).unwrap();
    assert!(!is_marked(&kept), "as it was");
}

#[tokio::test]
async fn a_step_that_breaks_off_or_spoils_the_books_changes_nothing() {
    let folder = Folder::of_format("spoiled", OLD).await;
    let cases: [(Run, &str); 2] =
        [(breaks_off, "the disk is full"), (takes_money, "the row says 501, the journal 500")];
    for (run, word) in cases {
        let error = migrate_from_old(&folder.0, &[step(run)]).await.unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("nothing was changed") && error.contains(word), "{error}");
        assert_eq!(data_format(&folder.0).unwrap(), Some(OLD));
        assert_eq!(folder.names(), ["data"]);
    }
    migrate_from_old(&folder.0, &[step(marks)]).await.unwrap();
    assert!(is_marked(&folder.0));
}

#[tokio::test]
async fn a_migration_that_was_killed_is_begun_again_or_finished() {
    let folder = Folder::of_format("killed", OLD).await;
    // Killed while it worked on the copy: the copy is worth nothing.
    let copy = folder.0.with_file_name("data.migrating");
    fs::create_dir(&copy).unwrap();
    fs::write(copy.join("data"), "half").unwrap();
    migrate_from_old(&folder.0, &[step(marks)]).await.unwrap();
    assert!(is_marked(&folder.0));
    let kept = format!("data-format-{OLD}");
    assert_eq!(folder.names(), ["data", &kept]);
    // Killed between the two renames: the copy is the market.
    fs::rename(&folder.0, &copy).unwrap();
    assert_eq!(migrate(&folder.0, &[]).await.unwrap(), Outcome::Current);
    assert!(is_marked(&folder.0));
    assert_eq!(folder.names(), ["data", &kept]);
}

#[tokio::test]
async fn a_folder_that_another_process_works_on_is_left_alone() {
    let folder = Folder::of_format("busy", OLD).await;
    let busy = lock_folder(&folder.0).unwrap();
    let error = format!("{:#}", migrate_from_old(&folder.0, &[step(marks)]).await.unwrap_err());
    assert!(error.contains("another process works on it"), "{error}");
    assert_eq!(folder.names(), ["data"]);
    drop(busy);
    migrate_from_old(&folder.0, &[step(marks)]).await.unwrap();
}

#[test]
fn words_that_are_no_folder_are_refused() {
    for bad in [&["--data"][..], &["--data", "a", "b"], &["--folder", "a"], &["a"]] {
        let bad: Vec<String> = bad.iter().map(|word| (*word).to_owned()).collect();
        assert!(run(&bad).unwrap_err().to_string().contains("usage"), "{bad:?}");
    }
    let none = ["--data", "no-such-folder"].map(str::to_owned);
    assert!(run(&none).unwrap_err().to_string().contains("there is no folder"));
}
