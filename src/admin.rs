//! The admin API: what the registry can do, over HTTP and as JSON.
//!
//! Here are routes, who may use them, and how answers look. No rule about what may be stored is here. The document of
//! the API is generated from these very routes.

mod account;
mod answer;
mod api_token;
mod document;
mod guard;
mod log;
mod read;
mod server;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::doctor::Finding;
use crate::registry::{AuthThrottle, Registry};
use crate::upstream::Account;

/// Findings to come.
pub type Findings = Pin<Box<dyn Future<Output = Vec<Finding>> + Send>>;

/// What the admin API needs.
#[derive(Clone)]
pub struct Admin {
    registry: Registry,
    examine: Arc<dyn Fn(Account) -> Findings + Send + Sync>,
    throttle: AuthThrottle,
}

impl Admin {
    /// The admin API of `registry`. `examine` tries an account that is not stored.
    pub fn new(registry: Registry, examine: impl Fn(Account) -> Findings + Send + Sync + 'static) -> Self {
        let throttle = AuthThrottle::new(registry.clock().clone());
        Self { registry, examine: Arc::new(examine), throttle }
    }

    /// Its routes.
    pub fn router(self) -> Router {
        let (router, document) = routes(self.registry.api()).split_for_parts();
        // It is the same for everyone as long as the program runs.
        let document: Arc<str> = document.to_json().unwrap_or_default().into();
        let admit = axum::middleware::from_fn_with_state(self.clone(), guard::admit);
        router
            .route_layer(admit)
            .with_state(self)
            .route("/openapi.json", get(async move || document::answer(&document)))
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("registry", &self.registry).finish_non_exhaustive()
    }
}

/// Every route with what the document says of it.
fn routes(api: &'static tool_runtime::api::ApiDef) -> OpenApiRouter<Admin> {
    let mut router = OpenApiRouter::with_openapi(document::start(api))
        .routes(routes!(account::create, account::list))
        .routes(routes!(account::show, account::change, account::remove))
        .routes(routes!(server::create, server::list))
        .routes(routes!(server::show, server::change, server::remove))
        .routes(routes!(api_token::create, api_token::list))
        .routes(routes!(api_token::remove))
        .routes(routes!(log::list))
        .routes(routes!(log::summary));
    document::finish(router.get_openapi_mut(), api);
    router
}

/// The document of the admin API, as `/openapi.json` answers it.
pub fn document(api: &'static tool_runtime::api::ApiDef) -> utoipa::openapi::OpenApi {
    routes(api).into_openapi()
}
