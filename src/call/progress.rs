//! The progress of a call, for a client that waits for it.

use tokio::sync::watch;

use crate::upstream::UploadProgress;

/// The progress of one call: the bytes of its files that were sent, and the rows that were read for it.
#[derive(Debug, Default)]
pub struct CallProgress {
    upload: UploadProgress,
    rows: watch::Sender<(u64, Option<u64>)>,
}

impl CallProgress {
    /// Returns the number of bytes that were handed to the connection, and the total. Both are 0 before the upload.
    pub fn sent_of_total(&self) -> (u64, u64) {
        self.upload.sent_of_total()
    }

    /// Returns a receiver of the number of rows that were read, and of all rows if the API says it.
    pub fn rows(&self) -> watch::Receiver<(u64, Option<u64>)> {
        self.rows.subscribe()
    }

    /// The progress of the call's files.
    pub(super) fn upload(&self) -> &UploadProgress {
        &self.upload
    }

    /// Sets the number of rows that were read, and of all rows if the API says it.
    pub(super) fn set_rows(&self, read: u64, total: Option<u64>) {
        self.rows.send_replace((read, total));
    }
}
