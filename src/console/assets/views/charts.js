// Calls over time: how they went, how long they took and what they left of the budget; each also as a table, for
// whoever does not see a picture.
import { html, useEffect, useId, useRef } from "../html.js";
import { kind, OUTCOMES } from "../outcomes.js";
import { buckets, count, milliseconds } from "../words.js";

const HEIGHT = 220;
/** How far apart times stand at least, in pixels: more than it takes to write `12:30 AM`, or `12 PM` and `30 Sept`. */
const between = (step) => (step < 3_600_000 ? 72 : 54);

/** Every bucket from the first to now, those without calls included. */
function times(from, step) {
  const length = Math.floor((Date.now() - from) / step) + 1;
  return Array.from({ length }, (_, index) => from + index * step);
}

/** A canvas knows no style sheet: the colour that a variable stands for here and now. */
function colour(element, name) {
  element.style.color = `var(${name})`;
  const found = getComputedStyle(element).color;
  element.style.color = "";
  return found;
}

/** The library is fetched when the first chart is drawn. */
const library = () => import("../vendor/uplot.mjs").then((module) => module.default);

/** A chart of `data` that follows the width of its place, and the colours of the page. */
function Plot({ label, data, series, step, format, bars }) {
  const place = useRef();
  const chart = useRef(null);
  const shape = `${series.map(({ name }) => name)} ${step}`;
  useEffect(() => {
    let gone = false;
    const draw = async () => {
      const UPlot = await library();
      if (gone) return;
      const element = place.current;
      const paint = (name) => colour(element, name);
      const { short } = buckets(step);
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
        // Half a bucket of room, or the first and the last bar are cut.
        scales: {
          x: { time: true, range: (_, first, last) => [first - step / 2000, last + step / 2000] },
          y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] },
        },
        axes: [
          {
            ...axis,
            size: 36,
            gap: 10,
            space: between(step),
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
      chart.current = new UPlot(options, place.current.latest ?? data, element);
    };
    draw();
    const resized = new ResizeObserver(([{ contentRect }]) =>
      chart.current?.setSize({ width: contentRect.width, height: HEIGHT }),
    );
    resized.observe(place.current);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      gone = true;
      resized.disconnect();
      themed.disconnect();
      dark.removeEventListener("change", draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape]);
  useEffect(() => {
    place.current.latest = data;
    chart.current?.setData(data);
  }, [data]);
  return html`<div class="plot" ref=${place} role="img" aria-label=${label}></div>`;
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
      <summary>As a table</summary>
      <div class="table scroll" tabindex="0" role="region" aria-label=${`${title}, as a table`}>
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
  const moments = times(calls.from, calls.range.step);
  const counts = OUTCOMES.map(({ name }) => {
    const of = new Map();
    for (const { bucket, status, calls: number } of calls.byStatus) {
      const time = Date.parse(bucket);
      if (kind(status).name === name) of.set(time, (of.get(time) ?? 0) + number);
    }
    return moments.map((time) => of.get(time) ?? 0);
  });
  // The bars stand behind one another: each is as high as all below it and itself, the highest at the back.
  const stacked = counts.map((_, index) =>
    moments.map((_, at) => counts.slice(0, index + 1).reduce((sum, list) => sum + list[at], 0)),
  );
  const { full } = buckets(calls.range.step);
  const rows = moments.map((time, at) => [full(time), ...counts.map((list) => count(list[at]))]);
  const used = rows.filter((_, at) => counts.some((list) => list[at] > 0)).reverse();
  return html`<${Chart}
    title="Calls by outcome"
    legend=${OUTCOMES.map(({ name, label }) => ({ name: label, className: name }))}
    head=${["Time", ...OUTCOMES.map(({ label }) => label)]}
    rows=${used}
  >
    <${Plot}
      label="Bars: calls over time by outcome. The table below has the numbers."
      data=${[moments.map((time) => time / 1000), ...stacked.toReversed()]}
      series=${OUTCOMES.toReversed().map(({ name, label }) => ({ name: label, paint: `--${name}` }))}
      step=${calls.range.step}
      format=${(value) => (Number.isInteger(value) ? count(value) : "")}
      bars
    />
  <//>`;
}

export function LatencyChart({ calls }) {
  const moments = times(calls.from, calls.range.step);
  const byTime = new Map(calls.byTime.map((sum) => [Date.parse(sum.bucket), sum]));
  const line = (key) => moments.map((time) => byTime.get(time)?.[key] ?? null);
  const [half, most] = [line("p50_ms"), line("p95_ms")];
  const { full } = buckets(calls.range.step);
  const rows = moments.map((time, at) => [full(time), half[at], most[at]]);
  const used = rows
    .filter(([, value]) => value !== null)
    .reverse()
    .map(([time, ...values]) => [time, ...values.map(milliseconds)]);
  const legend = [
    { name: "p50: half take at most", className: "half" },
    { name: "p95: 95 % take at most", className: "most" },
  ];
  return html`<${Chart} title="Time taken" legend=${legend} head=${["Time", "p50", "p95"]} rows=${used}>
    <${Plot}
      label="Lines: how long calls took over time, p50 and p95. The table below has the numbers."
      data=${[moments.map((time) => time / 1000), half, most]}
      series=${[
        { name: "p50", paint: "--half" },
        { name: "p95", paint: "--most" },
      ]}
      step=${calls.range.step}
      format=${milliseconds}
    />
  <//>`;
}

/** One colour an account, as many as there are lines at most. */
const COLOURS = ["half", "most", "limited", "refused"];

/** The children stand below: what is left now. */
export function BudgetChart({ calls, children }) {
  const moments = times(calls.from, calls.range.step);
  const lines = calls.budgets.map(({ account, sums }) => {
    const byTime = new Map(sums.map((sum) => [Date.parse(sum.bucket), sum.ratelimit_remaining]));
    return { name: account.name, left: moments.map((time) => byTime.get(time) ?? null) };
  });
  const { full } = buckets(calls.range.step);
  const rows = moments.map((time, at) => [full(time), ...lines.map(({ left }) => left[at])]);
  const used = rows
    .filter(([, ...values]) => values.some((value) => value !== null))
    .reverse()
    .map(([time, ...values]) => [time, ...values.map((value) => (value === null ? "–" : count(value)))]);
  return html`<${Chart}
    title="Remaining budget"
    legend=${lines.map(({ name }, index) => ({ name, className: COLOURS[index] }))}
    head=${["Time", ...lines.map(({ name }) => name)]}
    rows=${used}
  >
    <${Plot}
      label="Lines: the fewest calls that were left to each account over time. The table below has the numbers."
      data=${[moments.map((time) => time / 1000), ...lines.map(({ left }) => left)]}
      series=${lines.map(({ name }, index) => ({ name, paint: `--${COLOURS[index]}` }))}
      step=${calls.range.step}
      format=${(value) => (Number.isInteger(value) ? count(value) : "")}
    />
    ${children}
  <//>`;
}
