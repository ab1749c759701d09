//! The log of this process, for tests that read it.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

thread_local! {
    /// The log of this thread, which is the log of one test; `None` in a test that does not read it.
    static LOGGED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Starts to record what this thread logs, at every level.
///
/// The subscriber serves the whole process. One for each thread would lose events: `tracing` remembers for the process
/// whether an event interests anyone.
pub(crate) fn record() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        let recording = dynamic_filter_fn(|_, _| LOGGED.with_borrow(Option::is_some));
        let layer = fmt::layer().with_ansi(false).with_writer(|| Recorder).with_filter(recording);
        tracing_subscriber::registry().with(LevelFilter::from_level(Level::TRACE)).with(layer).init();
    });
    LOGGED.set(Some(Vec::new()));
}

/// Returns what this thread has logged since [`record`], and stops recording.
pub(crate) fn recorded() -> String {
    String::from_utf8(LOGGED.take().expect("it is being recorded")).expect("the log is text")
}

struct Recorder;

impl Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.as_mut().map_or(Ok(bytes.len()), |logged| logged.write(bytes)))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
