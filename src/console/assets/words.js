// Turns numbers, times and names from the API into what people read.

/** The page is English; how English its times and numbers are is for the reader's browser to say. */
const LOCALE = navigator.languages.find((language) => language.startsWith("en")) ?? "en-GB";

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });
const number = new Intl.NumberFormat(LOCALE);

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export const count = (value) => number.format(value);

/** `1 tool`, `2 tools`. */
export const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** How long ago or ahead, in its largest unit. */
export function ago(time, now = Date.now()) {
  const seconds = Math.round((new Date(time) - now) / 1000);
  if (Math.abs(seconds) < 45) return seconds > 0 ? "in a moment" : "just now";
  // What is to end in an hour does so in an hour, even a few seconds later.
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= 0.98 * length) ?? UNITS.at(-1);
  return relative.format(Math.round(seconds / length), unit);
}

const time = new Intl.DateTimeFormat(LOCALE, { timeStyle: "medium" });
const twelve = time.resolvedOptions().hour12;
/** `6:00 AM`, or `06:00`. */
const CLOCK = { hour: twelve ? "numeric" : "2-digit", minute: "2-digit" };
const day = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", ...CLOCK });

/** A moment of the recent past: today's without the day. */
export function shortly(moment) {
  const date = new Date(moment);
  return (date.toDateString() === new Date().toDateString() ? time : day).format(date);
}

const minute = new Intl.DateTimeFormat(LOCALE, CLOCK);
/** `6 AM` says as much as `6:00 AM`; but `06` alone is no time of day. */
const hour = twelve ? new Intl.DateTimeFormat(LOCALE, { hour: "numeric" }) : minute;

/** How the buckets of a chart are named: days are days of UTC, as they are counted. None of them is a year ago. */
export function buckets(step) {
  const [hours, days] = [step >= 3_600_000, step >= 86_400_000];
  const date = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", timeZone: days ? "UTC" : undefined });
  const short = (moment) => {
    if (days || (moment.getHours() === 0 && moment.getMinutes() === 0)) return date;
    return hours && moment.getMinutes() === 0 ? hour : minute;
  };
  return {
    full: (time) => (days ? date : day).format(new Date(time)),
    short: (time) => short(new Date(time)).format(new Date(time)),
  };
}

export const at = (time) => exact.format(new Date(time));

export function bytes(value) {
  return value < 1000 ? `${count(value)} bytes` : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} kB`;
}

/** About how many tokens a model reads for so many bytes of JSON. */
export const tokens = (value) => `about ${count(Math.max(100, Math.round(value / 400) * 100))} tokens`;

export function milliseconds(value) {
  if (value === null || value === undefined) return "–";
  if (value >= 10_000) return `${(value / 1000).toFixed(0)} s`;
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return value >= 10 || value === 0 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`;
}

/** What is not a word but its first letters. */
const LETTERS = /\b(api|dns|id|ok|url)\b/g;

/** `time_entries` as a heading, `api_key` with the letters that stand for words. */
export function title(name) {
  const text = name.replaceAll("_", " ").replace(LETTERS, (letters) => letters.toUpperCase());
  return text[0].toUpperCase() + text.slice(1);
}
