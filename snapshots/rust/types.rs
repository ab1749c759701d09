//! Types that arguments share.

use tool_runtime::prelude::*;

/// An object with known fields.
///
/// Declared in `spec/desk365.yaml` as `types.emails_change`.
#[derive(Clone, Debug)]
pub struct EmailsChange {
    /// Object field `add`. Optional: each item an e-mail address.
    pub add: Option<Vec<String>>,
    /// Object field `remove`. Optional: each item an e-mail address.
    pub remove: Option<Vec<String>>,
}

impl Fields for EmailsChange {
    const NAMES: &'static [&'static str] = &["add", "remove"];
    const EXAMPLES: &'static [&'static str] = &[
        r#"["ann@example.com"]"#,
        r#"["ann@example.com"]"#,
    ];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields.drop_if(empty::list, &["add", "remove"]);
        let add = fields.optional("add", decode::list(decode::email));
        let remove = fields.optional("remove", decode::list(decode::email));
        Some(Self { add, remove })
    }
}

impl Wire for EmailsChange {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("add", self.add.as_ref())
                .field_opt("remove", self.remove.as_ref())
                .into_text(),
        );
    }
}

/// Direction; default desc.
///
/// Declared in `spec/desk365.yaml` as `types.order_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderType {
    /// `asc`.
    Asc,
    /// `desc`.
    Desc,
}

impl Choice for OrderType {
    const ALL: &'static [Self] = &[Self::Asc, Self::Desc];
    fn label(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Asc => Code::Text("asc"),
            Self::Desc => Code::Text("desc"),
        }
    }
}

/// Rows per page.
///
/// Declared in `spec/desk365.yaml` as `types.page_count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageCount {
    /// `30`.
    N30,
    /// `50`.
    N50,
    /// `100`.
    N100,
}

impl Choice for PageCount {
    const ALL: &'static [Self] = &[Self::N30, Self::N50, Self::N100];
    fn label(self) -> &'static str {
        match self {
            Self::N30 => "30",
            Self::N50 => "50",
            Self::N100 => "100",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::N30 => Code::Text("30"),
            Self::N50 => Code::Text("50"),
            Self::N100 => Code::Text("100"),
        }
    }
}

/// How urgent it is.
///
/// Declared in `spec/desk365.yaml` as `types.priority`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// `low`, sent as 1.
    Low,
    /// `medium`, sent as 5.
    Medium,
    /// `high`, sent as 10.
    High,
    /// `urgent`, sent as 20.
    Urgent,
}

impl Choice for Priority {
    const ALL: &'static [Self] = &[Self::Low, Self::Medium, Self::High, Self::Urgent];
    fn label(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Low => Code::Number(1),
            Self::Medium => Code::Number(5),
            Self::High => Code::Number(10),
            Self::Urgent => Code::Number(20),
        }
    }
}

/// One of a fixed set of values.
///
/// Declared in `spec/desk365.yaml` as `types.priority_text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorityText {
    /// `low`, sent as the text 1.
    Low,
    /// `medium`, sent as the text 5.
    Medium,
    /// `high`, sent as the text 10.
    High,
    /// `urgent`, sent as the text 20.
    Urgent,
}

impl Choice for PriorityText {
    const ALL: &'static [Self] = &[Self::Low, Self::Medium, Self::High, Self::Urgent];
    fn label(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Low => Code::Text("1"),
            Self::Medium => Code::Text("5"),
            Self::High => Code::Text("10"),
            Self::Urgent => Code::Text("20"),
        }
    }
}

/// One of a fixed set of values.
///
/// Declared in `spec/desk365.yaml` as `types.source_text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceText {
    /// `email`, sent as the text 1.
    Email,
    /// `microsoft_teams`, sent as the text 5.
    MicrosoftTeams,
    /// `support_portal`, sent as the text 6.
    SupportPortal,
    /// `phone_or_other`, sent as the text 7.
    PhoneOrOther,
    /// `web_form`, sent as the text 12.
    WebForm,
    /// `web_widget`, sent as the text 13.
    WebWidget,
    /// `api`, sent as the text 15.
    Api,
    /// `chat_widget_ai_agent`, sent as the text 16.
    ChatWidgetAiAgent,
    /// `teams_ai_agent`, sent as the text 17.
    TeamsAiAgent,
    /// `support_portal_ai_agent`, sent as the text 18.
    SupportPortalAiAgent,
}

impl Choice for SourceText {
    const ALL: &'static [Self] = &[
        Self::Email,
        Self::MicrosoftTeams,
        Self::SupportPortal,
        Self::PhoneOrOther,
        Self::WebForm,
        Self::WebWidget,
        Self::Api,
        Self::ChatWidgetAiAgent,
        Self::TeamsAiAgent,
        Self::SupportPortalAiAgent,
    ];
    fn label(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::MicrosoftTeams => "microsoft_teams",
            Self::SupportPortal => "support_portal",
            Self::PhoneOrOther => "phone_or_other",
            Self::WebForm => "web_form",
            Self::WebWidget => "web_widget",
            Self::Api => "api",
            Self::ChatWidgetAiAgent => "chat_widget_ai_agent",
            Self::TeamsAiAgent => "teams_ai_agent",
            Self::SupportPortalAiAgent => "support_portal_ai_agent",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Email => Code::Text("1"),
            Self::MicrosoftTeams => Code::Text("5"),
            Self::SupportPortal => Code::Text("6"),
            Self::PhoneOrOther => Code::Text("7"),
            Self::WebForm => Code::Text("12"),
            Self::WebWidget => Code::Text("13"),
            Self::Api => Code::Text("15"),
            Self::ChatWidgetAiAgent => Code::Text("16"),
            Self::TeamsAiAgent => Code::Text("17"),
            Self::SupportPortalAiAgent => Code::Text("18"),
        }
    }
}

/// Each key takes a list: status, priority, type, group, category, subcategory, `assigned_to` (agents'
/// e-mails), contact (primary e-mails), `company_name`, source (email, `web_form`, `phone_or_other`,
/// ...). "--" means not set. Others: `custom_fields` `{"cf_x"`: \["y"\]}, `include_merged` (false
/// leaves out merged tickets). E.g. {"status": \["Open"\], "priority": \["high", "urgent"\]}.
///
/// Declared in `spec/desk365.yaml` as `types.ticket_filters`.
#[derive(Clone, Debug)]
pub struct TicketFilters {
    /// Object field `status`. Optional: each item a name.
    pub status: Option<Vec<String>>,
    /// Object field `priority`. Optional: each item one of `low` (1), `medium` (5), `high` (10), `urgent`
    /// (20).
    pub priority: Option<Vec<PriorityText>>,
    /// Object field `type`. Optional: each item a name.
    pub r#type: Option<Vec<String>>,
    /// Object field `group`. Optional: each item a name.
    pub group: Option<Vec<String>>,
    /// Object field `assigned_to`. Optional: each item `"--"` or an e-mail address.
    pub assigned_to: Option<Vec<String>>,
    /// Object field `category`. Optional: each item a name.
    pub category: Option<Vec<String>>,
    /// Object field `subcategory`. Optional: each item a name.
    pub subcategory: Option<Vec<String>>,
    /// Object field `source`. Optional: each item one of `email` (1), `microsoft_teams` (5),
    /// `support_portal` (6), `phone_or_other` (7), `web_form` (12), `web_widget` (13), `api` (15),
    /// `chat_widget_ai_agent` (16), `teams_ai_agent` (17), `support_portal_ai_agent` (18).
    pub source: Option<Vec<SourceText>>,
    /// Object field `contact`. Optional: each item an e-mail address.
    pub contact: Option<Vec<String>>,
    /// Object field `company_name`. Optional: each item a name.
    pub company_name: Option<Vec<String>>,
    /// Object field `custom_fields`. Optional.
    pub custom_fields: Option<Map<String, Value>>,
    /// Object field `include_merged`. Optional: sent as 1 or 0.
    pub include_merged: Option<Flag>,
}

impl Fields for TicketFilters {
    const NAMES: &'static [&'static str] = &[
        "status",
        "priority",
        "type",
        "group",
        "assigned_to",
        "category",
        "subcategory",
        "source",
        "contact",
        "company_name",
        "custom_fields",
        "include_merged",
    ];
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("assign_to", "assigned_to"),
        ("sub_category", "subcategory"),
        ("contact_email", "contact"),
        ("company", "company_name"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#"["Open"]"#,
        r#"["high","urgent"]"#,
        r#"["text"]"#,
        r#"["text"]"#,
        r#"["--"]"#,
        r#"["text"]"#,
        r#"["text"]"#,
        r#"["email"]"#,
        r#"["ann@example.com"]"#,
        r#"["text"]"#,
        r#"{"cf_Asset tag":"PR-0217"}"#,
        "true",
    ];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields.drop_if(empty::text, &["include_merged"]);
        fields
            .drop_if(
                empty::list,
                &[
                    "status",
                    "priority",
                    "type",
                    "group",
                    "assigned_to",
                    "category",
                    "subcategory",
                    "source",
                    "contact",
                    "company_name",
                ],
            );
        fields.drop_if(empty::object, &["custom_fields"]);
        let status = fields.optional("status", decode::list(decode::known_name));
        let priority = fields
            .optional("priority", decode::list(decode::choice::<PriorityText>));
        let r#type = fields.optional("type", decode::list(decode::known_name));
        let group = fields.optional("group", decode::list(decode::known_name));
        let assigned_to = fields
            .optional(
                "assigned_to",
                decode::list(decode::or_cleared("--", decode::email)),
            );
        let category = fields.optional("category", decode::list(decode::known_name));
        let subcategory = fields
            .optional("subcategory", decode::list(decode::known_name));
        let source = fields
            .optional("source", decode::list(decode::choice::<SourceText>));
        let contact = fields.optional("contact", decode::list(decode::email));
        let company_name = fields
            .optional("company_name", decode::list(decode::known_name));
        let custom_fields = fields.optional("custom_fields", decode::object);
        let include_merged = fields.optional("include_merged", decode::flag);
        Some(Self {
            status,
            priority,
            r#type,
            group,
            assigned_to,
            category,
            subcategory,
            source,
            contact,
            company_name,
            custom_fields,
            include_merged,
        })
    }
}

impl Wire for TicketFilters {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("status", self.status.as_ref())
                .field_opt("priority", self.priority.as_ref())
                .field_opt("type", self.r#type.as_ref())
                .field_opt("group", self.group.as_ref())
                .field_opt("assigned_to", self.assigned_to.as_ref())
                .field_opt("category", self.category.as_ref())
                .field_opt("subcategory", self.subcategory.as_ref())
                .field_opt("source", self.source.as_ref())
                .field_opt("contact", self.contact.as_ref())
                .field_opt("company_name", self.company_name.as_ref())
                .field_opt("custom_fields", self.custom_fields.as_ref())
                .field_opt("include_merged", self.include_merged.as_ref())
                .into_text(),
        );
    }
}

/// flat: custom fields and rating beside the others.
///
/// Declared in `spec/desk365.yaml` as `types.nested_fields`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NestedFields {
    /// `nested`, sent as 0.
    Nested,
    /// `flat`, sent as 1.
    Flat,
}

impl Choice for NestedFields {
    const ALL: &'static [Self] = &[Self::Nested, Self::Flat];
    fn label(self) -> &'static str {
        match self {
            Self::Nested => "nested",
            Self::Flat => "flat",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Nested => Code::Number(0),
            Self::Flat => Code::Number(1),
        }
    }
}

/// Time to sort by; default `created_time`.
///
/// Declared in `spec/desk365.yaml` as `types.ticket_order`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketOrder {
    /// `created_time`.
    CreatedTime,
    /// `updated_time`.
    UpdatedTime,
}

impl Choice for TicketOrder {
    const ALL: &'static [Self] = &[Self::CreatedTime, Self::UpdatedTime];
    fn label(self) -> &'static str {
        match self {
            Self::CreatedTime => "created_time",
            Self::UpdatedTime => "updated_time",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::CreatedTime => Code::Text("created_time"),
            Self::UpdatedTime => Code::Text("updated_time"),
        }
    }
}

/// Best match or newest first.
///
/// Declared in `spec/desk365.yaml` as `types.search_order`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOrder {
    /// `relevance`.
    Relevance,
    /// `created_time`.
    CreatedTime,
    /// `updated_time`.
    UpdatedTime,
}

impl Choice for SearchOrder {
    const ALL: &'static [Self] = &[
        Self::Relevance,
        Self::CreatedTime,
        Self::UpdatedTime,
    ];
    fn label(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::CreatedTime => "created_time",
            Self::UpdatedTime => "updated_time",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Relevance => Code::Text("relevance"),
            Self::CreatedTime => Code::Text("created_time"),
            Self::UpdatedTime => Code::Text("updated_time"),
        }
    }
}

/// Form of `search_query`.
///
/// Declared in `spec/desk365.yaml` as `types.search_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchType {
    /// `simple`, sent as 1.
    Simple,
    /// `advanced`, sent as 2.
    Advanced,
}

impl Choice for SearchType {
    const ALL: &'static [Self] = &[Self::Simple, Self::Advanced];
    fn label(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Advanced => "advanced",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Simple => Code::Number(1),
            Self::Advanced => Code::Number(2),
        }
    }
}

/// One of a fixed set of values.
///
/// Declared in `spec/desk365.yaml` as `types.search_area`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchArea {
    /// `subject`, sent as 1.
    Subject,
    /// `description`, sent as 2.
    Description,
    /// `conversations`, sent as 3.
    Conversations,
    /// `attachment_names`, sent as 4.
    AttachmentNames,
    /// `custom_fields`, sent as 5.
    CustomFields,
    /// `contacts_and_companies`, sent as 6.
    ContactsAndCompanies,
    /// `archived`, sent as 7.
    Archived,
}

impl Choice for SearchArea {
    const ALL: &'static [Self] = &[
        Self::Subject,
        Self::Description,
        Self::Conversations,
        Self::AttachmentNames,
        Self::CustomFields,
        Self::ContactsAndCompanies,
        Self::Archived,
    ];
    fn label(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Description => "description",
            Self::Conversations => "conversations",
            Self::AttachmentNames => "attachment_names",
            Self::CustomFields => "custom_fields",
            Self::ContactsAndCompanies => "contacts_and_companies",
            Self::Archived => "archived",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Subject => Code::Number(1),
            Self::Description => Code::Number(2),
            Self::Conversations => Code::Number(3),
            Self::AttachmentNames => Code::Number(4),
            Self::CustomFields => Code::Number(5),
            Self::ContactsAndCompanies => Code::Number(6),
            Self::Archived => Code::Number(7),
        }
    }
}

/// An object with known fields.
///
/// Declared in `spec/desk365.yaml` as `types.search_term`.
#[derive(Clone, Debug)]
pub struct SearchTerm {
    /// Object field `query`. Required: not empty.
    pub query: String,
    /// Object field `search_in`. Optional: each item a name.
    pub search_in: Option<Vec<String>>,
}

impl Fields for SearchTerm {
    const NAMES: &'static [&'static str] = &["query", "search_in"];
    const EXAMPLES: &'static [&'static str] = &[r#""connection pool""#, r#"["text"]"#];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields.drop_if(empty::list, &["search_in"]);
        let query = fields.required("query", decode::non_empty_string);
        let search_in = fields.optional("search_in", decode::list(decode::known_name));
        Some(Self { query: query?, search_in })
    }
}

impl Wire for SearchTerm {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field("query", &self.query)
                .field_opt("search_in", self.search_in.as_ref())
                .into_text(),
        );
    }
}

/// simple: {"query": "words"}, also `search_in`, a list of subject, description, conversations,
/// `attachment_names`, `custom_fields`, `contacts_and_companies`, archived. advanced: `{"search_term"`:
/// \[{"query": "words", `"search_in"`: \["subject"\]}\]}, where `search_in` takes subject,
/// `ticket_number`, `cf_<field` name\>.
///
/// Declared in `spec/desk365.yaml` as `types.search_query`.
#[derive(Clone, Debug)]
pub struct SearchQuery {
    /// Object field `query`. Optional: not empty.
    pub query: Option<String>,
    /// Object field `search_in`. Optional: each item one of `subject` (1), `description` (2),
    /// `conversations` (3), `attachment_names` (4), `custom_fields` (5), `contacts_and_companies` (6),
    /// `archived` (7).
    pub search_in: Option<Vec<SearchArea>>,
    /// Object field `search_term`. Optional.
    pub search_term: Option<Vec<SearchTerm>>,
}

impl Fields for SearchQuery {
    const NAMES: &'static [&'static str] = &["query", "search_in", "search_term"];
    const EXAMPLES: &'static [&'static str] = &[
        r#""connection pool""#,
        r#"["subject","description","conversations"]"#,
        r#"[{"query":"text"}]"#,
    ];
    const TEXT: Option<&'static str> = Some("query");
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields.drop_if(empty::list, &["search_in", "search_term"]);
        fields.at_least_one(&["query", "search_term"]);
        let query = fields.optional("query", decode::non_empty_string);
        let search_in = fields
            .optional("search_in", decode::list(decode::choice::<SearchArea>));
        let search_term = fields
            .optional("search_term", decode::list(decode::record::<SearchTerm>));
        Some(Self {
            query,
            search_in,
            search_term,
        })
    }
}

impl Wire for SearchQuery {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("query", self.query.as_ref())
                .field_opt("search_in", self.search_in.as_ref())
                .field_opt("search_term", self.search_term.as_ref())
                .into_text(),
        );
    }
}

/// Order; default `earliest_on_top`.
///
/// Declared in `spec/desk365.yaml` as `types.conversation_order`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationOrder {
    /// `earliest_on_top`.
    EarliestOnTop,
    /// `latest_on_top`.
    LatestOnTop,
}

impl Choice for ConversationOrder {
    const ALL: &'static [Self] = &[Self::EarliestOnTop, Self::LatestOnTop];
    fn label(self) -> &'static str {
        match self {
            Self::EarliestOnTop => "earliest_on_top",
            Self::LatestOnTop => "latest_on_top",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::EarliestOnTop => Code::Text("earliest_on_top"),
            Self::LatestOnTop => Code::Text("latest_on_top"),
        }
    }
}

/// Sort key; default name.
///
/// Declared in `spec/desk365.yaml` as `types.contact_order`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactOrder {
    /// `name`, sent as 1.
    Name,
    /// `title`, sent as 2.
    Title,
    /// `company`, sent as 3.
    Company,
    /// `email`, sent as 4.
    Email,
}

impl Choice for ContactOrder {
    const ALL: &'static [Self] = &[Self::Name, Self::Title, Self::Company, Self::Email];
    fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Title => "title",
            Self::Company => "company",
            Self::Email => "email",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Name => Code::Number(1),
            Self::Title => Code::Number(2),
            Self::Company => Code::Number(3),
            Self::Email => Code::Number(4),
        }
    }
}

/// When it is billed.
///
/// Declared in `spec/desk365.yaml` as `types.bill_cycle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillCycle {
    /// `monthly`, sent as 1.
    Monthly,
    /// `contract_length`, sent as 2.
    ContractLength,
}

impl Choice for BillCycle {
    const ALL: &'static [Self] = &[Self::Monthly, Self::ContractLength];
    fn label(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::ContractLength => "contract_length",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Monthly => Code::Number(1),
            Self::ContractLength => Code::Number(2),
        }
    }
}

/// What is prepaid: hours or tickets.
///
/// Declared in `spec/desk365.yaml` as `types.contract_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractType {
    /// `block_hours`, sent as 2.
    BlockHours,
    /// `block_tickets`, sent as 3.
    BlockTickets,
}

impl Choice for ContractType {
    const ALL: &'static [Self] = &[Self::BlockHours, Self::BlockTickets];
    fn label(self) -> &'static str {
        match self {
            Self::BlockHours => "block_hours",
            Self::BlockTickets => "block_tickets",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::BlockHours => Code::Number(2),
            Self::BlockTickets => Code::Number(3),
        }
    }
}

/// One of a fixed set of values.
///
/// Declared in `spec/desk365.yaml` as `types.rollover_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloverType {
    /// `monthly`, sent as 1.
    Monthly,
}

impl Choice for RolloverType {
    const ALL: &'static [Self] = &[Self::Monthly];
    fn label(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Monthly => Code::Number(1),
        }
    }
}

/// `{"contract_hours"`: 120}; optional: `min_increment`, `rollover_unused_hours` (boolean),
/// `rollover_type` (monthly), `rollover_value`.
///
/// Declared in `spec/desk365.yaml` as `types.block_hours`.
#[derive(Clone, Debug)]
pub struct BlockHours {
    /// Object field `contract_hours`. Required: at least 0.
    pub contract_hours: i64,
    /// Object field `min_increment`. Optional: at least 0.
    pub min_increment: Option<i64>,
    /// Object field `rollover_unused_hours`. Optional.
    pub rollover_unused_hours: Option<bool>,
    /// Object field `rollover_type`. Optional: one of `monthly` (1).
    pub rollover_type: Option<RolloverType>,
    /// Object field `rollover_value`. Optional: at least 0.
    pub rollover_value: Option<i64>,
}

impl Fields for BlockHours {
    const NAMES: &'static [&'static str] = &[
        "contract_hours",
        "min_increment",
        "rollover_unused_hours",
        "rollover_type",
        "rollover_value",
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "120",
        "15",
        "true",
        r#""monthly""#,
        "1",
    ];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields
            .drop_if(
                empty::text,
                &[
                    "min_increment",
                    "rollover_unused_hours",
                    "rollover_type",
                    "rollover_value",
                ],
            );
        let contract_hours = fields
            .required("contract_hours", decode::integer(0, i64::MAX));
        let min_increment = fields
            .optional("min_increment", decode::integer(0, i64::MAX));
        let rollover_unused_hours = fields
            .optional("rollover_unused_hours", decode::boolean);
        let rollover_type = fields
            .optional("rollover_type", decode::choice::<RolloverType>);
        let rollover_value = fields
            .optional("rollover_value", decode::integer(0, i64::MAX));
        Some(Self {
            contract_hours: contract_hours?,
            min_increment,
            rollover_unused_hours,
            rollover_type,
            rollover_value,
        })
    }
}

impl Wire for BlockHours {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field("contract_hours", &self.contract_hours)
                .field_opt("min_increment", self.min_increment.as_ref())
                .field_opt("rollover_unused_hours", self.rollover_unused_hours.as_ref())
                .field_opt("rollover_type", self.rollover_type.as_ref())
                .field_opt("rollover_value", self.rollover_value.as_ref())
                .into_text(),
        );
    }
}

/// Rollover: `rollover_unused_hours` (boolean), `rollover_type` (monthly), `rollover_value`.
///
/// Declared in `spec/desk365.yaml` as `types.block_hours_change`.
#[derive(Clone, Debug)]
pub struct BlockHoursChange {
    /// Object field `rollover_unused_hours`. Optional.
    pub rollover_unused_hours: Option<bool>,
    /// Object field `rollover_type`. Optional: one of `monthly` (1).
    pub rollover_type: Option<RolloverType>,
    /// Object field `rollover_value`. Optional: at least 0.
    pub rollover_value: Option<i64>,
}

impl Fields for BlockHoursChange {
    const NAMES: &'static [&'static str] = &[
        "rollover_unused_hours",
        "rollover_type",
        "rollover_value",
    ];
    const EXAMPLES: &'static [&'static str] = &["true", r#""monthly""#, "1"];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields
            .drop_if(
                empty::text,
                &["rollover_unused_hours", "rollover_type", "rollover_value"],
            );
        let rollover_unused_hours = fields
            .optional("rollover_unused_hours", decode::boolean);
        let rollover_type = fields
            .optional("rollover_type", decode::choice::<RolloverType>);
        let rollover_value = fields
            .optional("rollover_value", decode::integer(0, i64::MAX));
        Some(Self {
            rollover_unused_hours,
            rollover_type,
            rollover_value,
        })
    }
}

impl Wire for BlockHoursChange {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("rollover_unused_hours", self.rollover_unused_hours.as_ref())
                .field_opt("rollover_type", self.rollover_type.as_ref())
                .field_opt("rollover_value", self.rollover_value.as_ref())
                .into_text(),
        );
    }
}

/// `{"contract_tickets"`: 50}.
///
/// Declared in `spec/desk365.yaml` as `types.block_tickets`.
#[derive(Clone, Debug)]
pub struct BlockTickets {
    /// Object field `contract_tickets`. Required: at least 0.
    pub contract_tickets: i64,
}

impl Fields for BlockTickets {
    const NAMES: &'static [&'static str] = &["contract_tickets"];
    const EXAMPLES: &'static [&'static str] = &["1"];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        let contract_tickets = fields
            .required("contract_tickets", decode::integer(0, i64::MAX));
        Some(Self {
            contract_tickets: contract_tickets?,
        })
    }
}

impl Wire for BlockTickets {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field("contract_tickets", &self.contract_tickets)
                .into_text(),
        );
    }
}

/// published shows it to customers, draft hides it.
///
/// Declared in `spec/desk365.yaml` as `types.article_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArticleStatus {
    /// `draft`, sent as 0.
    Draft,
    /// `published`, sent as 1.
    Published,
    /// `draft_of_published`, sent as 2.
    DraftOfPublished,
}

impl Choice for ArticleStatus {
    const ALL: &'static [Self] = &[Self::Draft, Self::Published, Self::DraftOfPublished];
    fn label(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::DraftOfPublished => "draft_of_published",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Draft => Code::Number(0),
            Self::Published => Code::Number(1),
            Self::DraftOfPublished => Code::Number(2),
        }
    }
}

/// Which customers see it.
///
/// Declared in `spec/desk365.yaml` as `types.support_portal_visibility`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportPortalVisibility {
    /// `hidden`, sent as 1.
    Hidden,
    /// `all_visitors`, sent as 2.
    AllVisitors,
    /// `signed_in_users`, sent as 3.
    SignedInUsers,
    /// `signed_in_users_of_companies`, sent as 4.
    SignedInUsersOfCompanies,
}

impl Choice for SupportPortalVisibility {
    const ALL: &'static [Self] = &[
        Self::Hidden,
        Self::AllVisitors,
        Self::SignedInUsers,
        Self::SignedInUsersOfCompanies,
    ];
    fn label(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::AllVisitors => "all_visitors",
            Self::SignedInUsers => "signed_in_users",
            Self::SignedInUsersOfCompanies => "signed_in_users_of_companies",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Hidden => Code::Number(1),
            Self::AllVisitors => Code::Number(2),
            Self::SignedInUsers => Code::Number(3),
            Self::SignedInUsersOfCompanies => Code::Number(4),
        }
    }
}

/// Which agents see it.
///
/// Declared in `spec/desk365.yaml` as `types.agent_portal_visibility`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentPortalVisibility {
    /// `all_agents`, sent as 1.
    AllAgents,
    /// `my_groups`, sent as 2.
    MyGroups,
}

impl Choice for AgentPortalVisibility {
    const ALL: &'static [Self] = &[Self::AllAgents, Self::MyGroups];
    fn label(self) -> &'static str {
        match self {
            Self::AllAgents => "all_agents",
            Self::MyGroups => "my_groups",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::AllAgents => Code::Number(1),
            Self::MyGroups => Code::Number(2),
        }
    }
}
