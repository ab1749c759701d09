//! The outcome of a tool call: the API's reply, or an error that its reader can act on.
//!
//! Pure: nothing here sends, waits or logs. Every sentence that a caller reads about a failed call is below this module:
//! `failure` for requests without a whole reply, `reply` for replies, `shown` for replies that are too large for a result,
//! `violations` for wrong arguments.

mod call_outcome;
mod confirmation;
mod cure;
mod explanation;
mod failure;
mod limit;
mod reply;
mod results;
mod secret;
mod shown;
mod violations;
mod wording;

pub use self::call_outcome::{FailureKind, FailureSource, Outcome, ReplyBody, Success, ToolError, ToolReply};
pub use self::confirmation::error_of_confirmation;
pub(crate) use self::confirmation::{DECLINED, NOT_ANSWERED, NOT_RECORDED};
pub use self::failure::error_of_send_failure;
pub use self::limit::{ReachedLimit, error_of_reserve, error_of_server_limit, low_budget};
pub use self::reply::{error_of_large_summary, error_of_missing_rows, reply_of_upstream, reply_summary};
pub use self::results::{ResultForm, Results};
pub use self::shown::compact_outcome;
pub use self::violations::{error_of_prompt_violations, error_of_violations};
pub(crate) use self::wording::sanitized;
pub use crate::upstream::RateLimit;
