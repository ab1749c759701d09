//! Access: which server a token gives access to, and which principal an API token belongs to.
//!
//! Each request is checked. Results of lookups are cached and revalidated after half a second, and after every change
//! on this node: a change takes effect at once on this node and within a second on others. Expiry is checked on every
//! request. Each request with an unknown token causes exactly one lookup, whatever is wrong with the token, so that
//! response times reveal nothing about it.
//!
//! The URL of a server that asks for sign-in has the server's identifier in place of a token, and each request carries an
//! access token, which gives access to that server only. A request without a valid one is told where to sign in.
//!
//! If the store is unavailable, a token that it confirmed less than [`AccessOptions::outage_grace`] ago still works, unless
//! this node has changed the access since, and no other does.

mod account_share;
mod cache;
mod challenge;
mod lookup;
mod options;
mod resolver;
mod server;
mod shared_check;
mod store_monitor;

pub use self::options::AccessOptions;
pub use self::resolver::AccessResolver;
