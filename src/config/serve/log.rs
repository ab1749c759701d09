//! Settings of the call log: how long, how many and how fast calls are recorded, and how long changes are.

use std::time::Duration;

use tool_runtime::violation::quoted;

use super::{Environment, ServeFlags, SettingsReader};

/// The flag for the time for which calls are recorded.
pub const LOG_RETENTION_FLAG: &str = "--log-retention";
/// The flag for the number of calls that are recorded.
pub const LOG_MAX_ROWS_FLAG: &str = "--log-max-rows";
/// The flag for the number of calls per second and server that are recorded one by one.
pub const LOG_RATE_FLAG: &str = "--log-rate";

/// The flag for the time for which changes are recorded.
pub const AUDIT_RETENTION_FLAG: &str = "--audit-retention";

const DAY: Duration = Duration::from_hours(24);

/// Checked settings of the call log and the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// The age at which a record is deleted.
    pub retention: Duration,
    /// The number of records, of which the oldest are deleted first.
    pub max_rows: u32,
    /// The number of calls per second and server that get a record each.
    pub rate: u32,
    /// The age at which a row of the audit log is deleted.
    pub audit_retention: Duration,
}

impl LogSettings {
    /// The settings of a server that sets none. A million records take about a gigabyte.
    pub const DEFAULT: Self = Self {
        retention: Duration::from_hours(30 * 24),
        max_rows: 1_000_000,
        rate: 200,
        audit_retention: Duration::from_hours(365 * 24),
    };
}

impl<E: Environment> SettingsReader<'_, E> {
    pub(super) fn log(&mut self, flags: &ServeFlags) -> LogSettings {
        let LogSettings { retention, max_rows, rate, audit_retention } = LogSettings::DEFAULT;
        LogSettings {
            retention: self.any_duration(flags.log_retention.as_ref(), LOG_RETENTION_FLAG).unwrap_or(retention),
            max_rows: self.positive(flags.log_max_rows.as_ref(), LOG_MAX_ROWS_FLAG, max_rows),
            rate: self.positive(flags.log_rate.as_ref(), LOG_RATE_FLAG, rate),
            audit_retention: self.audit_retention(flags).unwrap_or(audit_retention),
        }
    }

    fn audit_retention(&mut self, flags: &ServeFlags) -> Option<Duration> {
        let setting = self.server_setting(flags.audit_retention.as_ref(), AUDIT_RETENTION_FLAG);
        self.duration(setting, DAY..=3650 * DAY, "1d to 3650d, such as 365d")
    }

    fn positive(&mut self, flag_value: Option<&String>, flag: &str, default: u32) -> u32 {
        let Some((text, from)) = self.server_setting(flag_value, flag) else { return default };
        let number = text.parse().ok().filter(|number| *number > 0);
        number.unwrap_or_else(|| {
            let problem =
                format!("is {}: expected a whole number from 1 to {}, such as {default}", quoted(&text), u32::MAX);
            self.invalid(&from, problem);
            default
        })
    }
}
