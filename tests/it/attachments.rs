//! Files of one folder can be attached, and of no other: what a path may not be, and what a caller gets.

mod calls;
#[cfg(unix)]
mod race;
#[cfg(unix)]
mod refused;
