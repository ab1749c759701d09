//! The asynchronous runtime of commands that serve one client.

/// Builds a runtime on the current thread. The calls of one client wait for the network, so more threads would only cost
/// memory.
pub(super) fn current_thread_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
