//! The load: some connections, on each of which a request follows the answer to the one before.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

/// What to do.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) address: String,
    pub(crate) path: String,
    /// What to post. Without it, the request is a GET.
    pub(crate) message: Option<String>,
    pub(crate) connections: usize,
    pub(crate) seconds: u64,
}

/// What came of it.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) requests: u64,
    /// Length of the last answer.
    pub(crate) bytes: usize,
    seconds: f64,
}

impl Told {
    /// Answers a second.
    #[expect(clippy::cast_precision_loss, reason = "counts of this size are exact")]
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }
}

impl Load {
    /// Lets a process of its own do it.
    pub(crate) fn run(&self, myself: &Path) -> Told {
        let task = serde_json::to_string(self).unwrap();
        let output = Command::new(myself).args(["generator", &task]).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the load ended early");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let builder = Request::builder().uri(&self.path).header("host", &self.address);
        let builder = match &self.message {
            Some(_) => builder
                .method(Method::POST)
                .header("content-type", "application/json")
                .header("accept", "application/json, text/event-stream"),
            None => builder.header("authorization", "a-key"),
        };
        builder.body(Full::new(self.message.clone().unwrap_or_default().into())).unwrap()
    }

    /// Sends a request, and checks what comes back. Gives its length.
    async fn once(&self, connection: &mut SendRequest<Full<Bytes>>) -> usize {
        let response = connection.send_request(self.request()).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        // Whether a message holds a result, and one that is no error, is told near its ends.
        let says = |part: &[u8]| {
            let parts = || body.windows(part.len());
            parts().take(200).chain(parts().rev().take(200)).any(|text| text == part)
        };
        let succeeded = self.message.is_none() || says(br#""result":"#) && !says(br#""isError":true"#);
        assert!(status.is_success() && succeeded, "{status}: {}", String::from_utf8_lossy(&body));
        body.len()
    }

    async fn connection(self, until: Instant) -> (u64, usize) {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut connection, driver) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(driver);
        let (mut requests, mut bytes) = (0, 0);
        while Instant::now() < until {
            bytes = self.once(&mut connection).await;
            requests += 1;
        }
        (requests, bytes)
    }
}

/// Does what it is told, and writes what came of it.
pub(crate) fn run(task: &str) -> io::Result<()> {
    let load: Load = serde_json::from_str(task)?;
    let told = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let started = Instant::now();
        let until = started + Duration::from_secs(load.seconds);
        let running: Vec<_> = (0..load.connections).map(|_| tokio::spawn(load.clone().connection(until))).collect();
        let mut told = Told::default();
        for connection in running {
            let (requests, bytes) = connection.await.unwrap();
            told.requests += requests;
            told.bytes = bytes;
        }
        told.seconds = started.elapsed().as_secs_f64();
        told
    });
    writeln!(io::stdout(), "{}", serde_json::to_string(&told)?)
}
