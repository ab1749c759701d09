//! Desk365: the tools of `location`.

use tool_runtime::prelude::*;

/// List locations: the tool `list_all_desk_365_locations`.
///
/// Sends `GET /v3/asset_mgmt/locations`. Declared in `spec/desk365.yaml` as
/// `resources.location.tools.list`.
#[derive(Clone, Debug)]
pub struct ListLocations;

impl Endpoint for ListLocations {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_locations",
        title: "List locations",
        description: "All locations of asset management (offices, sites, rooms). The assets themselves cannot be read.",
        method: ToolMethod::List,
        tags: &["assets"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_locations.json"),
        arguments: &[],
        example: "{}",
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/asset_mgmt/locations",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "locations",
                total: Some("total"),
                extent: results::Extent::Whole,
                oldest_first: false,
            }),
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
            long_texts: &[],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    fn decode(_: &mut Arguments) -> Option<Self> {
        Some(Self)
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/asset_mgmt/locations")
    }
}

/// Get location: the tool `get_single_desk_365_location_by_id`.
///
/// Sends `GET /v3/asset_mgmt/locations/details`. Declared in `spec/desk365.yaml` as
/// `resources.location.tools.get`.
#[derive(Clone, Debug)]
pub struct GetLocation {
    /// Exact name of the location.
    ///
    /// Query parameter `location_name`. Required: a name.
    pub location_name: String,
}

impl Endpoint for GetLocation {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_location_by_id",
        title: "Get location",
        description: "One location of asset management (an office, a site, a room) by its exact name.",
        method: ToolMethod::Get,
        tags: &["assets"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_location_by_id.json"),
        arguments: &["location_name"],
        example: r#"{"location_name":"Head office"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/asset_mgmt/locations/details",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Record,
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
            long_texts: &[],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[r#""Head office""#];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let location_name = arguments.required("location_name", decode::known_name);
        Some(Self {
            location_name: location_name?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/asset_mgmt/locations/details")
            .query("location_name", &self.location_name)
    }
}
