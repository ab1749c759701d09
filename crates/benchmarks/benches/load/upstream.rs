//! A fake API: it checks the key, and answers each path with a body of at least the configured length.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{self, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// The variable with the length of each path's body: `PATH=BYTES`, separated by spaces.
pub(crate) const LENGTHS: &str = "LOAD_LENGTHS";

/// Returns records like those of a real API, with characters that JSON must escape.
fn body(bytes: usize) -> Bytes {
    let record = r#"{"number":1234,"subject":"Export \"nightly\" fails","description":"<p class=\"first\">It stops at 02:34.</p>\r\n","status":"Open","priority":10,"tags":["export","db"]}"#;
    let mut records = record.to_owned();
    while records.len() + 14 < bytes {
        records = records + "," + record;
    }
    format!(r#"{{"records":[{records}]}}"#).into()
}

#[expect(clippy::unused_async, reason = "a service is asynchronous")]
async fn reply(
    bodies: Arc<HashMap<String, Bytes>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let plain = path.strip_prefix("/bytes/").and_then(|bytes| bytes.parse().ok()).map(|bytes| vec![b' '; bytes].into());
    let found = bodies.get(&path).filter(|_| request.headers().contains_key("authorization")).cloned();
    let reply = Response::builder()
        .status(if found.is_some() || plain.is_some() { 200 } else { 401 })
        .header("content-type", "application/json")
        .header("x-rate-limit-remaining", 99)
        .body(Full::new(found.or(plain).unwrap_or_default()));
    Ok(reply.unwrap())
}

/// Listens on a free port, prints the address, and serves until the process is killed.
pub(crate) fn run() -> io::Result<()> {
    let lengths = std::env::var(LENGTHS).unwrap();
    let pairs = lengths.split(' ').filter_map(|pair| pair.rsplit_once('='));
    let bodies: HashMap<_, _> = pairs.map(|(path, bytes)| (path.to_owned(), body(bytes.parse().unwrap()))).collect();
    let bodies = Arc::new(bodies);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(io::stderr(), "listening on http://{}", listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let bodies = Arc::clone(&bodies);
            let service = service_fn(move |request| reply(Arc::clone(&bodies), request));
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })
}
