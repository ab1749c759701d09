// The statuses of the call log, grouped into a few outcomes that a chart can show.

export const OUTCOMES = [
  { name: "ok", label: "Succeeded", statuses: ["ok"] },
  {
    name: "refused",
    label: "Refused by this server",
    statuses: [
      "invalid_arguments", "unknown_tool", "unknown_token", "paused", "address_not_allowed", "second_factor_missing",
      "insufficient_scope", "bad_message", "cancelled",
    ],
  },
  { name: "limited", label: "Rate limited", statuses: ["rate_limited", "not_logged"] },
  { name: "failed", label: "Failed", statuses: [] },
];

/** The outcome of a status. An unknown status counts as failed. */
export const outcomeOf = (status) => OUTCOMES.find(({ statuses }) => statuses.includes(status)) ?? OUTCOMES.at(-1);
