//! `cargo dev`: the whole marketplace on the embedded cloud, with demo data and printed URLs.

mod guide;
mod log;
mod seed;
mod warnings;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use axum::Router;
use local::{Cloud, CloudOptions, DataPlace, MovedClock};
use platform::{App, Config, Parts, SystemClock, SystemEntropy};
use tokio::{net::TcpListener, sync::watch};

use log::RequestLog;
use warnings::Warnings;

use crate::migrate;

pub(crate) const PORT_DEFAULT: u16 = 3000;
const DATA_FOLDER_DEFAULT: &str = ".local";
/// How long open price streams may hold up a Ctrl-C.
const GRACE: Duration = Duration::from_secs(2);

/// What was asked for on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Options {
    port: u16,
    data: DataPlace,
    /// Also answer as an AWS endpoint (`AWS_ENDPOINT_URL`) on this port.
    aws_port: Option<u16>,
    /// Where it does.
    aws_host: IpAddr,
}

const USAGE: &str = "\
usage: cargo dev [--port 3000] [--data .local | --memory] [--aws-port PORT [--aws-host ADDRESS]]

  --port PORT         where the marketplace listens, on 127.0.0.1
  --data FOLDER       where it keeps its data; they survive a restart, and a kill
  --memory            keep nothing
  --aws-port PORT     answer as an AWS endpoint, too: AWS_ENDPOINT_URL=http://127.0.0.1:PORT
  --aws-host ADDRESS  where that endpoint listens; on Linux, containers reach their bridge's
                      172.17.0.1. Who reaches it may do everything: no network's address";

/// Runs the marketplace until Ctrl-C.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let options = parse(arguments)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(options))
}

fn parse(arguments: &[String]) -> anyhow::Result<Options> {
    let data = DataPlace::Folder(PathBuf::from(DATA_FOLDER_DEFAULT));
    let aws_host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut options = Options { port: PORT_DEFAULT, data, aws_port: None, aws_host };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n\n{USAGE}"));
        match word {
            "--port" => options.port = value()?.parse().context("--port needs a number")?,
            "--data" => options.data = DataPlace::Folder(PathBuf::from(value()?)),
            "--memory" => options.data = DataPlace::Memory,
            "--aws-port" => {
                options.aws_port = Some(value()?.parse().context("--aws-port needs a number")?);
            }
            "--aws-host" => {
                options.aws_host = value()?.parse().context("--aws-host needs an IP address")?;
            }
            other => bail!("there is no option {other}\n\n{USAGE}"),
        }
    }
    Ok(options)
}

async fn serve(options: Options) -> anyhow::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("port {} is taken; try --port", options.port))?;
    let port = listener.local_addr()?.port();
    tracing::subscriber::set_global_default(Warnings)?;
    if let DataPlace::Folder(folder) = &options.data {
        migrate::bring_up(folder).await?;
    }
    let (cloud, app) = start(&options, port).await?;
    let functions = registry::functions();
    let router = local::router(&cloud, app.clone(), &functions);
    let providers = gateway::fake::Providers::new(&providers_at(port));
    providers.parcels().set_clock(Arc::clone(&app.clock));
    let router = router.nest("/_local", providers.router());
    // A function elsewhere reaches the providers where it reaches AWS.
    let aws = local::endpoint(&cloud).nest("/_local", providers.router());
    seed::seed(&app, &router).await.context("demo data")?;
    let (stop, stopped) = watch::channel(false);
    let work = async {
        let api = local::serve(listener, router, ended(stopped.clone()));
        let aws = aws_endpoint(aws, &options, ended(stopped.clone()));
        let deliveries = local::drive(cloud.clone(), ended(stopped.clone()));
        let (api, aws, ()) = tokio::join!(api, aws, deliveries);
        api.context("the HTTP server")?;
        aws
    };
    guide::print(port, &options.data, aws_address(&options));
    let mut work = std::pin::pin!(work);
    tokio::select! {
        outcome = &mut work => return outcome,
        signal = tokio::signal::ctrl_c() => signal?,
    }
    stop.send_replace(true);
    if let Ok(outcome) = tokio::time::timeout(GRACE, work).await {
        outcome?;
    }
    Ok(())
}

async fn start(options: &Options, port: u16) -> anyhow::Result<(Cloud, App)> {
    let config = config(port);
    let clock = Arc::new(MovedClock::new(Arc::new(SystemClock)));
    let cloud = Cloud::start(CloudOptions {
        functions: registry::functions(),
        clock: Arc::<MovedClock>::clone(&clock),
        data: options.data.clone(),
        prefix: config.table_prefix.clone(),
    })
    .map_err(|error| match &options.data {
        DataPlace::Folder(folder) => {
            anyhow::Error::new(error).context(folder.display().to_string())
        }
        DataPlace::Memory => error.into(),
    })?;
    cloud.move_by_hand(&clock);
    // A data folder may hold keys that were added since.
    let parts = Parts {
        config,
        sdk: cloud.sdk_config(),
        clock,
        entropy: Arc::new(SystemEntropy),
        log: Arc::new(RequestLog),
    };
    let app = platform::host::start_whole(parts).await.map_err(|failure| anyhow!("{failure}"))?;
    cloud.attach(app.clone());
    Ok((cloud, app))
}

/// The configuration of a marketplace on this port. Tokens name the same issuer whatever the port,
/// so that those in `events/` are good for any.
pub(crate) fn config(port: u16) -> Config {
    let mut config = Config::local().with_providers_at(&providers_at(port));
    config.api_url = format!("http://127.0.0.1:{port}");
    config.allowed_origins =
        vec![format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")];
    config
}

/// Where Toss, KakaoPay and the carriers are played.
fn providers_at(port: u16) -> String {
    format!("http://127.0.0.1:{port}/_local")
}

async fn ended(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is an end as well.
    let _gone = stopped.wait_for(|stopped| *stopped).await;
}

fn aws_address(options: &Options) -> Option<SocketAddr> {
    options.aws_port.map(|port| SocketAddr::from((options.aws_host, port)))
}

async fn aws_endpoint(
    router: Router,
    options: &Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let Some(address) = aws_address(options) else { return Ok(()) };
    let listener = TcpListener::bind(address).await;
    let listener =
        listener.with_context(|| format!("{address} cannot be had; try --aws-port, --aws-host"))?;
    local::serve(listener, router, shutdown).await.context("the AWS endpoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> anyhow::Result<Options> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        parse(&words)
    }

    #[test]
    fn options_are_read() {
        let folder = DataPlace::Folder(PathBuf::from(".local"));
        let aws_host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let plain = Options { port: 3000, data: folder, aws_port: None, aws_host };
        assert_eq!(options(&[]).unwrap(), plain);
        assert_eq!(aws_address(&plain), None);
        let memory = options(&["--memory", "--port", "0", "--aws-port", "4566"]).unwrap();
        let data = DataPlace::Memory;
        assert_eq!(memory, Options { port: 0, data, aws_port: Some(4566), aws_host });
        let bridge = options(&["--aws-host", "172.17.0.1", "--aws-port", "4566"]).unwrap();
        assert_eq!(aws_address(&bridge), Some("172.17.0.1:4566".parse().unwrap()));
        let host_bad = &["--aws-host", "containers"];
        for bad in [&["--port"][..], &["--port", "x"], host_bad, &["--nonsense"], &["3000"]] {
            assert!(options(bad).is_err(), "{bad:?}");
        }
    }
}
