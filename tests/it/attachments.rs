//! Attachments by path: only files of one folder can be attached.

mod calls;
#[cfg(unix)]
mod race;
#[cfg(unix)]
mod refused;
