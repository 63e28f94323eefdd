//! `cargo xtask rotate-secret <name>`: adds a key to one of the stack's secrets. Old keys stay:
//! what they sealed opens, what they signed verifies.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, anyhow, bail, ensure};
use aws_types::SdkConfig;
use kernel::{Clock as _, Instant, Span};
use local::{Cloud, CloudOptions, DataPlace};
use platform::{
    App, Config, Entropy as _, MemoryLog, Parts, Secret, Secrets, SystemClock, SystemEntropy,
    secrets::{PUBLISHED_BEFORE_USE, SecretsManager},
};

const DATA_FOLDER_DEFAULT: &str = ".local";
const USAGE: &str = "\
usage: cargo xtask rotate-secret <signing|sealing|payment|wallet> [--now]
                                 [--data FOLDER | --aws [--prefix PREFIX]]

  --now            use the new key at once: a leaked one is in the way. Otherwise it is used in an
                   hour, when every container knows it
  --data FOLDER    the data of cargo dev, while it does not run (default .local)
  --aws            the cloud that the environment names: AWS_REGION, AWS_ACCESS_KEY_ID,
                   AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; AWS_ENDPOINT_URL for another than AWS's
  --prefix PREFIX  what comes before the secrets' and the tables' names (default jangteo-)";

/// What to rotate, and where.
#[derive(Debug, PartialEq, Eq)]
struct Order {
    secret: Secret,
    prefix: String,
    /// From when on the key is used.
    wait: Span,
    place: Place,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Folder(PathBuf),
    Aws,
}

#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let order = parse(arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", runtime.block_on(carry_out(order))?);
    Ok(())
}

fn parse(arguments: &[String]) -> anyhow::Result<Order> {
    let mut words = arguments.iter().map(String::as_str);
    let name = words.next().context(USAGE)?;
    let secret = Secret::by_name(name).with_context(|| format!("no secret {name}\n\n{USAGE}"))?;
    let mut folder = None;
    let mut prefix = None;
    let mut aws = false;
    let mut wait = PUBLISHED_BEFORE_USE;
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n\n{USAGE}"));
        match word {
            "--now" => wait = Span::millis(0),
            "--aws" => aws = true,
            "--data" => folder = Some(PathBuf::from(value()?)),
            "--prefix" => prefix = Some(value()?.to_owned()),
            other => bail!("there is no option {other}\n\n{USAGE}"),
        }
    }
    let place = match (folder, aws) {
        (Some(_), true) => bail!("either --data or --aws\n\n{USAGE}"),
        (None, true) => Place::Aws,
        (folder, false) => Place::Folder(folder.unwrap_or_else(|| DATA_FOLDER_DEFAULT.into())),
    };
    let prefix = prefix.unwrap_or_else(|| Config::local().table_prefix);
    Ok(Order { secret, prefix, wait, place })
}

async fn carry_out(order: Order) -> anyhow::Result<String> {
    let rotation = Rotation { secret: order.secret, wait: order.wait, now: SystemClock.now() };
    match order.place {
        Place::Aws => {
            let sdk = platform::sdk_config(platform::AttemptTimes::USUAL)
                .map_err(|failure| anyhow!("{failure}"))?;
            rotate(&sdk, &order.prefix, rotation).await
        }
        Place::Folder(folder) => {
            ensure!(folder.is_dir(), "there is no folder {}", folder.display());
            // No functions: nothing is delivered.
            let cloud = Cloud::start(CloudOptions {
                functions: Vec::new(),
                clock: Arc::new(SystemClock),
                data: DataPlace::Folder(folder),
                prefix: order.prefix.clone(),
            })?;
            let told = rotate(&cloud.sdk_config(), &order.prefix, rotation).await?;
            Ok(told)
        }
    }
}

/// One rotation, at `now`.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    pub secret: Secret,
    /// For how long the key is only published.
    pub wait: Span,
    pub now: Instant,
}

/// Adds a fresh key, and publishes it when it signs. The row comes first: nothing is signed with a
/// key of which nobody can know. Says what was done.
pub async fn rotate(sdk: &SdkConfig, prefix: &str, rotation: Rotation) -> anyhow::Result<String> {
    let Rotation { secret, wait, now } = rotation;
    let service = SecretsManager::new(sdk);
    let name = format!("{prefix}{}", secret.name());
    let mut secrets = Secrets::default();
    secrets.read(secret, &service.value(&name, now).await?)?;
    let ring = secrets.ring_mut(secret).with_context(|| format!("no keys in {name}"))?;
    let since = now + wait;
    let id = ring.rotate(fresh_key(), since, now)?;
    let text = secrets.text(secret)?.context("nothing to put")?;
    if secret == Secret::Signing {
        let config = Config { secrets, table_prefix: prefix.to_owned(), ..Config::local() };
        let app = App::new(Parts {
            config,
            sdk: sdk.clone(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            log: Arc::new(MemoryLog::default()),
        })?;
        app.publish_keys(now).await.map_err(|failure| anyhow!("{failure}"))?;
    }
    let token = SystemEntropy.uuid(now).to_string();
    service.put_value(&name, &text, &token, now).await?;
    Ok(format!("{name}: key {id} is used from {since} on; the old ones stay"))
}

fn fresh_key() -> [u8; 32] {
    let mut key = [0; 32];
    let (left, right) = key.split_at_mut(16);
    left.copy_from_slice(&SystemEntropy.random());
    right.copy_from_slice(&SystemEntropy.random());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(words: &str) -> anyhow::Result<Order> {
        parse(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read() {
        let plain = order("signing").unwrap();
        let folder = Place::Folder(".local".into());
        let prefix = "jangteo-".to_owned();
        let wait = PUBLISHED_BEFORE_USE;
        assert_eq!(plain, Order { secret: Secret::Signing, prefix, wait, place: folder });
        let aws = order("wallet --now --aws --prefix shop-").unwrap();
        let prefix = "shop-".to_owned();
        let wait = Span::millis(0);
        assert_eq!(aws, Order { secret: Secret::Wallet, prefix, wait, place: Place::Aws });
        for bad in ["", "nothing", "signing --data", "signing --x", "signing --aws --data x"] {
            assert!(order(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_data_folder_is_rotated_and_not_again_before_the_key_is_used() {
        let folder = std::env::temp_dir().join(format!("jangteo-rotate-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.display().to_string();
        let words = |last: &[&str]| {
            let words = ["sealing", "--data", &path].into_iter().chain(last.iter().copied());
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        run(&words(&["--now"])).unwrap();
        run(&words(&[])).unwrap();
        let refused = run(&words(&[]));
        // Of a leaked key nobody waits to be rid.
        run(&words(&["--now"])).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(refused.unwrap_err().to_string().contains("not in use before"));
        assert!(run(&words(&[])).unwrap_err().to_string().contains("there is no folder"));
    }
}
