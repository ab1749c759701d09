//! Servers that ask for sign-in, and the authorization server, as clients, browsers and attackers use them.

mod attacks;
mod clients;
pub(crate) mod connector;
mod documents;
mod metadata;
mod nodes;
mod operators;
mod own;
mod refresh;
mod registration;
mod scopes;
mod tokens;
