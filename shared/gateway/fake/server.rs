//! The providers on a port of their own, for tests.

use std::{net::Ipv4Addr, sync::mpsc, thread};

use tokio::sync::oneshot;

use super::Providers;

/// The providers, listening until dropped. They have a thread to themselves: a test that blocks its
/// own runtime still gets answers.
#[derive(Debug)]
pub struct Server {
    pub providers: Providers,
    base: String,
    stop: Option<oneshot::Sender<()>>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub fn start() -> std::io::Result<Self> {
        let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let base = format!("http://{}", socket.local_addr()?);
        let providers = Providers::new(&base);
        let router = providers.router();
        let (stop, stopped) = oneshot::channel::<()>();
        let (started, wait) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let work = async move {
                let listener = tokio::net::TcpListener::from_std(socket)?;
                // An error means that the test is gone: nothing listens to us any more.
                let _gone = started.send(());
                let until = async { stopped.await.unwrap_or_default() };
                axum::serve(listener, router).with_graceful_shutdown(until).await
            };
            runtime.and_then(|runtime| runtime.block_on(work))
        });
        wait.recv().map_err(std::io::Error::other)?;
        Ok(Self { providers, base, stop: Some(stop) })
    }

    /// Like `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.providers.release();
        if let Some(stop) = self.stop.take() {
            // An error means that it ended by itself.
            let _ended = stop.send(());
        }
    }
}
