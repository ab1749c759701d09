//! The admin API: the registry over HTTP, with JSON bodies.
//!
//! This module holds routes, authentication and the shape of responses; the rules are the registry's. The OpenAPI document
//! is generated from the routes and from the types that requests are read into.

mod account;
mod api_token;
mod audit;
mod authenticate;
mod call_log;
mod connection;
mod error;
mod extract;
mod identity_provider;
mod oauth_client;
mod openapi;
mod own;
mod revision;
mod server;
mod state;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tool_runtime::api::ApiDef;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use self::state::{AdminApi, ExaminationFuture};

impl AdminApi {
    /// The routes of the admin API.
    pub fn router(self) -> Router {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        let document = json_of_document(&document(self.registry.api()));
        let require_admin = from_fn_with_state(self.clone(), authenticate::require_admin);
        let require_user = from_fn_with_state(self.clone(), authenticate::require_user);
        let (for_admins, _) = admin_routes(self.registry.api()).split_for_parts();
        let (for_users, _) = own_routes().split_for_parts();
        for_admins
            .route_layer(require_admin)
            .merge(for_users.route_layer(require_user))
            .with_state(self)
            .route("/openapi.json", get(async move || ([(CONTENT_TYPE, JSON)], document.to_string())))
    }
}

/// The OpenAPI document of all routes.
fn document(api: &ApiDef) -> OpenApi {
    let mut document = admin_routes(api).merge(own_routes()).into_openapi();
    openapi::complete(&mut document);
    document
}

/// The routes for users with the role `admin`.
fn admin_routes(api: &ApiDef) -> OpenApiRouter<AdminApi> {
    OpenApiRouter::with_openapi(openapi::skeleton(api))
        .routes(routes!(account::create, account::list))
        .routes(routes!(account::get, account::update, account::delete))
        .routes(routes!(account::check))
        .routes(routes!(server::create, server::list))
        .routes(routes!(server::get, server::update, server::revoke))
        .routes(routes!(server::rotate_url))
        .routes(routes!(api_token::create, api_token::list))
        .routes(routes!(api_token::revoke))
        .routes(routes!(oauth_client::create, oauth_client::list))
        .routes(routes!(oauth_client::delete))
        .routes(routes!(connection::list))
        .routes(routes!(connection::revoke))
        .routes(routes!(audit::list))
        .routes(routes!(user::list))
        .routes(routes!(user::get, user::update, user::delete))
        .routes(routes!(identity_provider::create, identity_provider::list))
        .routes(routes!(identity_provider::get, identity_provider::update, identity_provider::delete))
        .routes(routes!(call_log::list))
        .routes(routes!(call_log::summarize))
}

/// The routes for every user who is signed in.
fn own_routes() -> OpenApiRouter<AdminApi> {
    OpenApiRouter::new()
        .routes(routes!(own::servers))
        .routes(routes!(own::connections))
        .routes(routes!(own::revoke_connection))
        .routes(routes!(own::calls))
}

fn json_of_document(document: &OpenApi) -> Arc<str> {
    document.to_json().expect("an OpenAPI document has no map keys but strings").into()
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::tools::API;

    #[test]
    fn document_matches_its_snapshot() {
        let document = document(&API);
        insta::with_settings!({ snapshot_path => "../snapshots/admin", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("openapi", document.to_pretty_json().expect("its keys are strings"));
        });
    }
}
