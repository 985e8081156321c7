//! The door before the server: it can be shut so that connections are really refused, and cut those open.
//!
//! Read next: `lib.rs`.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

/// A listener that passes bytes on to the server behind it.
#[derive(Debug)]
pub(crate) struct Front {
    address: SocketAddr,
    behind: SocketAddr,
    cut: Arc<Notify>,
    door: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some(door) = self.door.get_mut().unwrap_or_else(PoisonError::into_inner) {
            door.abort();
        }
    }
}

impl Front {
    pub(crate) async fn open(behind: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let front = Self { address, behind, cut: Arc::default(), door: Mutex::new(None) };
        front.serve(listener);
        Ok(front)
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shuts the door; with it go the connections through it.
    pub(crate) async fn close(&self) {
        let door = self.door.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(door) = door {
            door.abort();
            drop(door.await);
        }
    }

    pub(crate) async fn reopen(&self) -> std::io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.serve(listener);
        Ok(())
    }

    pub(crate) fn cut(&self) {
        self.cut.notify_one();
    }

    fn serve(&self, listener: TcpListener) {
        let door = tokio::spawn(accept(listener, self.behind, Arc::clone(&self.cut)));
        *self.door.lock().unwrap_or_else(PoisonError::into_inner) = Some(door);
    }
}

async fn accept(listener: TcpListener, behind: SocketAddr, cut: Arc<Notify>) {
    // Dropped with this task, which ends every connection in it.
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((mut outside, _)) = accepted else { return };
                open.spawn(async move {
                    if let Ok(mut inside) = TcpStream::connect(behind).await {
                        drop(tokio::io::copy_bidirectional(&mut outside, &mut inside).await);
                    }
                });
            }
            () = cut.notified() => open.shutdown().await,
            Some(_) = open.join_next() => {}
        }
    }
}
