// Charts over time: outcomes, durations and remaining rate limits. Each chart is also available as a table, for
// accessibility.
import { html, useEffect, useId, useLayoutEffect, useRef } from "../html.js";
import { OUTCOMES, outcomeOf } from "../outcomes.js";
import { bucketFormats, formatMilliseconds, formatNumber } from "../format.js";

const HEIGHT = 220;
/** Minimum distance of time labels in pixels: more than the width of `12:30 AM`, or of `12 PM` and `30 Sept`. */
const labelDistance = (step) => (step < 3_600_000 ? 72 : 54);

/** The start of every bucket from the first to now, including those without calls. */
function bucketTimes(from, step) {
  const length = Math.floor((Date.now() - from) / step) + 1;
  return Array.from({ length }, (_, index) => from + index * step);
}

/** Resolves a CSS variable to a colour, because a canvas cannot use style sheets. */
function resolvedColour(element, name) {
  element.style.color = `var(${name})`;
  const found = getComputedStyle(element).color;
  element.style.color = "";
  return found;
}

/** Loads the chart library with the first chart. */
const loadLibrary = () => import("../vendor/uplot.mjs").then((module) => module.default);

/** Draws `data` in the width of its container and the colours of the theme. */
function Plot({ label, data, series, step, format, bars }) {
  const container = useRef();
  const chart = useRef(null);
  const shape = `${series.map(({ name }) => name)} ${step}`;
  // A layout effect ends at once when the chart is removed. An effect ends after the next paint: until then, `draw` would
  // find no container.
  useLayoutEffect(() => {
    let unmounted = false;
    const draw = async () => {
      const UPlot = await loadLibrary();
      if (unmounted) return;
      const element = container.current;
      const paint = (name) => resolvedColour(element, name);
      const { short } = bucketFormats(step);
      const axis = {
        stroke: paint("--muted"),
        grid: { stroke: paint("--line"), width: 1 },
        ticks: { show: false },
        font: "12px system-ui",
      };
      const options = {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { drag: { x: false, y: false }, points: { show: !bars } },
        legend: { show: false },
        // Half a bucket of margin, so that the first and last bars are not cut off.
        scales: {
          x: { time: true, range: (_, first, last) => [first - step / 2000, last + step / 2000] },
          y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] },
        },
        axes: [
          {
            ...axis,
            size: 36,
            gap: 10,
            space: labelDistance(step),
            grid: { show: false },
            values: (_, seconds) => seconds.map((time) => short(time * 1000)),
          },
          { ...axis, size: 64, values: (_, values) => values.map(format) },
        ],
        tzDate: step >= 86_400_000 ? (time) => UPlot.tzDate(new Date(time * 1000), "UTC") : undefined,
        series: [
          {},
          ...series.map(({ name, paint: variable }) => ({
            label: name,
            stroke: paint(variable),
            fill: bars ? paint(variable) : undefined,
            width: bars ? 0 : 2,
            points: { show: !bars, size: 6, fill: paint(variable) },
            paths: bars ? UPlot.paths.bars({ size: [0.7, 40] }) : undefined,
            spanGaps: true,
          })),
        ],
      };
      if (!options.tzDate) delete options.tzDate;
      chart.current?.destroy();
      chart.current = new UPlot(options, container.current.latest ?? data, element);
    };
    draw();
    const resized = new ResizeObserver(([{ contentRect }]) =>
      chart.current?.setSize({ width: contentRect.width, height: HEIGHT }),
    );
    resized.observe(container.current);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      unmounted = true;
      resized.disconnect();
      themed.disconnect();
      dark.removeEventListener("change", draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape]);
  useEffect(() => {
    container.current.latest = data;
    chart.current?.setData(data);
  }, [data]);
  return html`<div class="plot" ref=${container} role="img" aria-label=${label}></div>`;
}

function Chart({ title, legend, head, rows, children }) {
  const id = useId();
  return html`<section class="card chart" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    <ul class="legend">${legend.map(
      ({ name, className }) => html`<li key=${className}><span
      class="swatch ${className}"
      aria-hidden="true"
    >
      </span><bdi>${name}</bdi></li>`,
    )}
    </ul>
    ${children}
    <details>
      <summary>Show as table</summary>
      <div class="table scroll" tabindex="0" role="region" aria-label=${`${title} as a table`}>
        <table class="dense">
          <thead>
            <tr>
              ${head.map(
                (cell, at) => html`<th scope="col" class=${at ? "number" : ""} key=${at}><bdi>${cell}</bdi></th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ([time, ...cells]) => html`<tr key=${time}>
                <th scope="row">${time}</th>
                ${cells.map((cell, index) => html`<td class="number" key=${index}>${cell}</td>`)}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}

export function OutcomeChart({ calls }) {
  const moments = bucketTimes(calls.from, calls.range.step);
  const counts = OUTCOMES.map(({ name }) => {
    const sums = new Map();
    for (const { bucket, status, calls: number } of calls.byStatus) {
      const time = Date.parse(bucket);
      if (outcomeOf(status).name === name) sums.set(time, (sums.get(time) ?? 0) + number);
    }
    return moments.map((time) => sums.get(time) ?? 0);
  });
  // Stacked bars: each series is the sum of itself and all series below it, and the highest is drawn first.
  const stacked = counts.map((_, index) =>
    moments.map((_, at) => counts.slice(0, index + 1).reduce((sum, list) => sum + list[at], 0)),
  );
  const { full } = bucketFormats(calls.range.step);
  const rows = moments.map((time, at) => [full(time), ...counts.map((list) => formatNumber(list[at]))]);
  const used = rows.filter((_, at) => counts.some((list) => list[at] > 0)).reverse();
  return html`<${Chart}
    title="Calls by outcome"
    legend=${OUTCOMES.map(({ name, label }) => ({ name: label, className: name }))}
    head=${["Time", ...OUTCOMES.map(({ label }) => label)]}
    rows=${used}
  >
    <${Plot}
      label="Bar chart of calls over time by outcome. The table below contains the numbers."
      data=${[moments.map((time) => time / 1000), ...stacked.toReversed()]}
      series=${OUTCOMES.toReversed().map(({ name, label }) => ({ name: label, paint: `--${name}` }))}
      step=${calls.range.step}
      format=${(value) => (Number.isInteger(value) ? formatNumber(value) : "")}
      bars
    />
  <//>`;
}

export function DurationChart({ calls }) {
  const moments = bucketTimes(calls.from, calls.range.step);
  const byTime = new Map(calls.byTime.map((sum) => [Date.parse(sum.bucket), sum]));
  const line = (key) => moments.map((time) => byTime.get(time)?.[key] ?? null);
  const [half, most] = [line("p50_ms"), line("p95_ms")];
  const { full } = bucketFormats(calls.range.step);
  const rows = moments.map((time, at) => [full(time), half[at], most[at]]);
  const used = rows
    .filter(([, value]) => value !== null)
    .reverse()
    .map(([time, ...values]) => [time, ...values.map(formatMilliseconds)]);
  const legend = [
    { name: "p50 (median)", className: "half" },
    { name: "p95 (95th percentile)", className: "most" },
  ];
  return html`<${Chart} title="Duration" legend=${legend} head=${["Time", "p50", "p95"]} rows=${used}>
    <${Plot}
      label="Line chart of call durations over time, p50 and p95. The table below contains the numbers."
      data=${[moments.map((time) => time / 1000), half, most]}
      series=${[
        { name: "p50", paint: "--half" },
        { name: "p95", paint: "--most" },
      ]}
      step=${calls.range.step}
      format=${formatMilliseconds}
    />
  <//>`;
}

/** One colour per account, up to the maximum number of lines. */
const COLOURS = ["half", "most", "limited", "refused"];

/** The remaining rate limit of each account. `children` shows the current values below the chart. */
export function RateLimitChart({ calls, children }) {
  const moments = bucketTimes(calls.from, calls.range.step);
  const lines = calls.rateLimits.map(({ account, sums }) => {
    const byTime = new Map(sums.map((sum) => [Date.parse(sum.bucket), sum.ratelimit_remaining]));
    return { name: account.name, left: moments.map((time) => byTime.get(time) ?? null) };
  });
  const { full } = bucketFormats(calls.range.step);
  const rows = moments.map((time, at) => [full(time), ...lines.map(({ left }) => left[at])]);
  const used = rows
    .filter(([, ...values]) => values.some((value) => value !== null))
    .reverse()
    .map(([time, ...values]) => [time, ...values.map((value) => (value === null ? "–" : formatNumber(value)))]);
  return html`<${Chart}
    title="Remaining rate limit"
    legend=${lines.map(({ name }, index) => ({ name, className: COLOURS[index] }))}
    head=${["Time", ...lines.map(({ name }) => name)]}
    rows=${used}
  >
    <${Plot}
      label="Line chart of the lowest remaining calls of each account over time. The table below contains the numbers."
      data=${[moments.map((time) => time / 1000), ...lines.map(({ left }) => left)]}
      series=${lines.map(({ name }, index) => ({ name, paint: `--${COLOURS[index]}` }))}
      step=${calls.range.step}
      format=${(value) => (Number.isInteger(value) ? formatNumber(value) : "")}
    />
    ${children}
  <//>`;
}
