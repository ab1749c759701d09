// Formats numbers, times and names for people.

/** The page is in English. The browser decides which variant of English formats times and numbers. */
const LOCALE = navigator.languages.find((language) => language.startsWith("en")) ?? "en-GB";

const relativeFormat = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const exactFormat = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });
const numberFormat = new Intl.NumberFormat(LOCALE);

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export const formatNumber = (value) => numberFormat.format(value);

/** A number with its noun: `1 tool`, `2 tools`. */
export const counted = (value, one, many = `${one}s`) => `${formatNumber(value)} ${value === 1 ? one : many}`;

/** A time relative to now, in the largest fitting unit. */
export function relativeTime(time, now = Date.now()) {
  const seconds = Math.round((new Date(time) - now) / 1000);
  if (Math.abs(seconds) < 45) return seconds > 0 ? "in a moment" : "just now";
  // A time in one hour still reads "in 1 hour" a few seconds later.
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= 0.98 * length) ?? UNITS.at(-1);
  return relativeFormat.format(Math.round(seconds / length), unit);
}

const time = new Intl.DateTimeFormat(LOCALE, { timeStyle: "medium" });
const twelve = time.resolvedOptions().hour12;
/** `6:00 AM`, or `06:00`. */
const CLOCK = { hour: twelve ? "numeric" : "2-digit", minute: "2-digit" };
const day = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", ...CLOCK });

/** A recent time, without the date if it is today. */
export function recentTime(moment) {
  const date = new Date(moment);
  return (date.toDateString() === new Date().toDateString() ? time : day).format(date);
}

const minute = new Intl.DateTimeFormat(LOCALE, CLOCK);
/** With a 12-hour clock, full hours are short (`6 AM`); `06` alone would not read as a time. */
const hour = twelve ? new Intl.DateTimeFormat(LOCALE, { hour: "numeric" }) : minute;

/** Formatters for the buckets of a chart. Days are UTC days, as the server counts them. No bucket is a year old. */
export function bucketFormats(step) {
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

export const exactTime = (time) => exactFormat.format(new Date(time));

export function formatBytes(value) {
  return value < 1000 ? `${formatNumber(value)} bytes` : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} kB`;
}

/** An estimate of the tokens that a model reads for a number of bytes of JSON. */
export const estimatedTokens = (value) => `about ${formatNumber(Math.max(100, Math.round(value / 400) * 100))} tokens`;

export function formatMilliseconds(value) {
  if (value === null || value === undefined) return "–";
  if (value >= 10_000) return `${(value / 1000).toFixed(0)} s`;
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return value >= 10 || value === 0 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`;
}

/** Acronyms, which are written in capitals. */
const ACRONYMS = /\b(api|dns|id|ok|url)\b/g;

/** A name from the API as a label: `time_entries` becomes `Time entries`, `api_key` becomes `API key`. */
export function title(name) {
  const text = name.replaceAll("_", " ").replace(ACRONYMS, (letters) => letters.toUpperCase());
  return text[0].toUpperCase() + text.slice(1);
}
