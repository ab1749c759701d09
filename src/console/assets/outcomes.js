// How calls went, in the few kinds that a chart can show; the log has the exact word.

export const OUTCOMES = [
  { name: "ok", label: "Succeeded", statuses: ["ok"] },
  {
    name: "refused",
    label: "Refused here",
    statuses: [
      "invalid_arguments", "unknown_tool", "unknown_token", "second_factor_missing", "bad_message", "cancelled",
    ],
  },
  { name: "limited", label: "Over the rate limit", statuses: ["rate_limited"] },
  { name: "failed", label: "Failed", statuses: [] },
];

/** The kind of a status; one that is not known here is a failure. */
export const kind = (status) => OUTCOMES.find(({ statuses }) => statuses.includes(status)) ?? OUTCOMES.at(-1);
