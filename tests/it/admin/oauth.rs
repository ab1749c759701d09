//! Servers that ask for sign-in, and the authorization server, as clients, browsers and attackers use them.

mod attacks;
mod clients;
mod connector;
mod metadata;
mod operators;
mod refresh;
mod scopes;
