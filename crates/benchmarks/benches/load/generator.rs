//! The load generator: connections that each send a request as soon as the previous one is answered.

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

/// The load to generate.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) address: String,
    pub(crate) path: String,
    /// The message to post. Without it, the request is a GET.
    pub(crate) message: Option<String>,
    pub(crate) connections: usize,
    pub(crate) seconds: u64,
}

/// The result of a load.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct LoadResult {
    pub(crate) requests: u64,
    /// Length of the last response.
    pub(crate) bytes: usize,
    seconds: f64,
}

impl LoadResult {
    /// Returns the number of responses per second.
    #[expect(clippy::cast_precision_loss, reason = "counts of this size are exact")]
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }
}

impl Load {
    /// Generates the load in a separate process.
    pub(crate) fn run(&self, myself: &Path) -> LoadResult {
        let task = serde_json::to_string(self).unwrap();
        let output = Command::new(myself).args(["generator", &task]).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the load generator failed");
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

    /// Sends a request and checks the response. Returns its length.
    async fn send_once(&self, connection: &mut SendRequest<Full<Bytes>>) -> usize {
        let response = connection.send_request(self.request()).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        // A result, and whether it is an error, is visible near the ends of a message.
        let contains = |part: &[u8]| {
            let parts = || body.windows(part.len());
            parts().take(200).chain(parts().rev().take(200)).any(|text| text == part)
        };
        let succeeded = self.message.is_none() || contains(br#""result":"#) && !contains(br#""isError":true"#);
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
            bytes = self.send_once(&mut connection).await;
            requests += 1;
        }
        (requests, bytes)
    }
}

/// Generates the load that `task` describes, and prints the result.
pub(crate) fn run(task: &str) -> io::Result<()> {
    let load: Load = serde_json::from_str(task)?;
    let result = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let started = Instant::now();
        let until = started + Duration::from_secs(load.seconds);
        let connections: Vec<_> = (0..load.connections).map(|_| tokio::spawn(load.clone().connection(until))).collect();
        let mut result = LoadResult::default();
        for connection in connections {
            let (requests, bytes) = connection.await.unwrap();
            result.requests += requests;
            result.bytes = bytes;
        }
        result.seconds = started.elapsed().as_secs_f64();
        result
    });
    writeln!(io::stdout(), "{}", serde_json::to_string(&result)?)
}
