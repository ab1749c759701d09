//! Desk365: the tools of `ticket_conversation`.

use tool_runtime::prelude::*;

use super::types;

/// List ticket conversations: the tool `list_all_desk_365_ticket_conversations`.
///
/// Sends `GET /v3/tickets/conversations`. Declared in `spec/desk365.yaml` as
/// `resources.ticket_conversation.tools.list`.
#[derive(Clone, Debug)]
pub struct ListTicketConversations {
    /// Ticket's number, e.g. 8092.
    ///
    /// Query parameter `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
    /// Order; default `earliest_on_top`.
    ///
    /// Query parameter `sort_by`. Optional: one of `earliest_on_top`, `latest_on_top`.
    pub sort_by: Option<types::ConversationOrder>,
    /// Replies of the contact.
    ///
    /// Query parameter `include_contact_replies`. Optional: sent as 1 or 0. The API assumes `true` if it is
    /// omitted.
    pub include_contact_replies: Option<Flag>,
    /// Replies of agents.
    ///
    /// Query parameter `include_agent_replies`. Optional: sent as 1 or 0. The API assumes `true` if it is
    /// omitted.
    pub include_agent_replies: Option<Flag>,
    /// Notes for agents only.
    ///
    /// Query parameter `include_private_notes`. Optional: sent as 1 or 0. The API assumes `true` if it is
    /// omitted.
    pub include_private_notes: Option<Flag>,
    /// Notes that the customer sees.
    ///
    /// Query parameter `include_public_notes`. Optional: sent as 1 or 0. The API assumes `true` if it is
    /// omitted.
    pub include_public_notes: Option<Flag>,
    /// Messages forwarded to others.
    ///
    /// Query parameter `include_forward_messages`. Optional: sent as 1 or 0. The API assumes `true` if it
    /// is omitted.
    pub include_forward_messages: Option<Flag>,
}

impl Endpoint for ListTicketConversations {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_ticket_conversations",
        title: "List ticket conversations",
        description: "Everything said on a ticket after its description: replies, notes and forwarded messages, with sender and text. Entries do not say their kind: to see what the customer has seen, set include_private_notes and include_forward_messages to false. Attachments are names and URLs only.",
        method: ToolMethod::List,
        tags: &["support"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_ticket_conversations.json"),
        arguments: &[
            "ticket_number",
            "sort_by",
            "include_contact_replies",
            "include_agent_replies",
            "include_private_notes",
            "include_public_notes",
            "include_forward_messages",
        ],
        example: r#"{"ticket_number":8092,"sort_by":"latest_on_top","include_private_notes":false}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/tickets/conversations",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "conversations",
                total: Some("count"),
                extent: results::Extent::Thread,
                oldest_first: false,
            }),
            fields: &[
                "created_on",
                "sender_type",
                "creator_name",
                "body_text",
                "attachments",
            ],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "body",
                    text: "body_text",
                },
            ],
            codes: &[],
            long_texts: &["body", "body_text"],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("ticket_id", "ticket_number"),
        ("ticket", "ticket_number"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "8092",
        r#""latest_on_top""#,
        "true",
        "true",
        "false",
        "true",
        "true",
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "sort_by",
                    "include_contact_replies",
                    "include_agent_replies",
                    "include_private_notes",
                    "include_public_notes",
                    "include_forward_messages",
                ],
            );
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let sort_by = arguments
            .optional("sort_by", decode::choice::<types::ConversationOrder>);
        let include_contact_replies = arguments
            .optional("include_contact_replies", decode::flag);
        let include_agent_replies = arguments
            .optional("include_agent_replies", decode::flag);
        let include_private_notes = arguments
            .optional("include_private_notes", decode::flag);
        let include_public_notes = arguments
            .optional("include_public_notes", decode::flag);
        let include_forward_messages = arguments
            .optional("include_forward_messages", decode::flag);
        Some(Self {
            ticket_number: ticket_number?,
            sort_by,
            include_contact_replies,
            include_agent_replies,
            include_private_notes,
            include_public_notes,
            include_forward_messages,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/tickets/conversations")
            .query("ticket_number", &self.ticket_number)
            .query_opt("sort_by", self.sort_by.as_ref())
            .query_opt("include_contact_replies", self.include_contact_replies.as_ref())
            .query_opt("include_agent_replies", self.include_agent_replies.as_ref())
            .query_opt("include_private_notes", self.include_private_notes.as_ref())
            .query_opt("include_public_notes", self.include_public_notes.as_ref())
            .query_opt(
                "include_forward_messages",
                self.include_forward_messages.as_ref(),
            )
    }
}
