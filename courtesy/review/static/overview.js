// The overview: figures, charts, and under each chart the same numbers as a table.
import {$, askJson, make, shown, trouble, w} from "./desk.js";
import {bars, behind, heat, lines, MOST} from "./charts.js";

const form = $("choose"), field = form.elements, page = $("overview");
let now = null, turn = 0, Plotly = null;

function chosen() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) found.append(name, value);
  if (field.period.value) { found.delete("first"); found.delete("last"); }
  return found;
}
function number(value, digits = 0) { return value === null ? "–" : value.toFixed(digits); }
function share(value) { return value === null ? "–" : `${(100 * value).toFixed(1)} %`; }
function interval(one) { return one.interval ? one.interval.map(end => end.toFixed(1)).join("–") : "–"; }

// A number, and what is behind it for those who may see that.
function linked(text, link, name = "") {
  const one = link && text !== "–" ? make("a", name, text) : make("span", name, text);
  if (link && text !== "–") one.href = link;
  return one;
}
function row(cells, head = false) {
  const line = make("tr");
  cells.forEach((cell, at) => {
    const one = make(head || at === 0 ? "th" : "td", at ? "number" : "");
    if (head || at === 0) one.scope = head ? "col" : "row";
    one.append(cell);
    line.append(one);
  });
  return line;
}
function table(id, head, rows) {
  const own = $(id).closest("section").querySelector("table");
  own.tHead.replaceChildren(row(head, true));
  own.tBodies[0].replaceChildren(...rows.map(cells => row(cells)));
}

function figure(title, ...what) {
  const one = make("div"), told = make("dd");
  told.append(...what);
  one.append(make("dt", "", title), told);
  return one;
}
function showFigures() {
  const {total} = now, {links} = total, part = total.scored ? total.passed / total.scored : null;
  const between = total.interval ? `${w.interval} ${interval(total)}` : w.no_interval;
  const open = now.flags.flatMap(one => [linked(`${w[one.state]} ${one.count}`, one.link), " "]);
  $("figures").replaceChildren(
    figure(w.interactions, linked(number(total.interactions), links.interactions, "large")),
    figure(w.scored, linked(number(total.scored), links.scored, "large"), " ", linked(`${w.unscored} ${total.unscored}`, links.unscored)),
    figure(w.mean, linked(number(total.mean, 1), links.scored, "large"), " ", make("span", "soft", total.mean === null ? "" : between)),
    figure(w.passed, linked(share(part), links.passed, "large"), " ", linked(`${w.low} ${total.low}`, links.low)),
    figure(w.said, linked(number(total.said), links.said, "large")),
    figure(w.flags_open, ...(open.length ? open : [make("span", "large", "0")])),
  );
}
function showLines(id, all) {
  const starts = [...new Set(all.flatMap(one => one.points.map(point => point.first)))].sort();
  $(`${id}-step`).textContent = now.step === "day" ? w.by_day : w.by_week;
  $(`${id}-most`).textContent = w.most_lines.replace("{count}", MOST);
  $(`${id}-most`).hidden = all.length <= MOST;
  const digits = starts.length > 12 ? 0 : 1;  // a month fits the paper
  table(id, [w.name_of, w.interactions, w.scored, w.mean, w.interval, w.passed, ...starts.map(day => day.slice(5))], all.map(one => {
    const at = new Map(one.points.map(point => [point.first, point]));
    return [one.name, linked(number(one.interactions), one.links.interactions), linked(number(one.scored), one.links.scored),
      number(one.mean, 1), interval(one), linked(number(one.passed), one.links.passed),
      ...starts.map(day => at.has(day) ? linked(number(at.get(day).mean, digits), behind(one, at.get(day))) : "")].map(text => typeof text === "string" ? shown(text) : text);
  }));
}
function showTables() {
  showLines("clerks", now.clerks);
  showLines("windows", now.windows);
  table("hours", [`${w.weekday} ${w.hour}`, w.interactions, w.said, w.said_share],
    now.hours.map(one => [`${w[`weekday_${one.weekday}`]} ${one.hour}:00`, number(one.interactions), linked(number(one.said), one.link), number(one.share, 2)]));
  table("breaches", [w.breach, w.times], now.breaches.map(one => [shown(one.name), linked(number(one.times), one.link)]));
  table("missed", [w.courtesy, w.missed_times, w.applied, w.missed_share],
    now.missed.map(one => [shown(one.name), linked(number(one.missed), one.link), number(one.applied), share(one.share)]));
}

// The script is large: figures and tables do not wait for it.
let fetched = null;
function plotly() {
  fetched ??= new Promise((done, failed) => {
    const script = make("script");
    script.src = page.dataset.plotly;
    script.onload = () => done(window.Plotly);
    script.onerror = () => { fetched = null; failed(new Error(w.offline)); };
    document.head.append(script);
  });
  return fetched;
}
function draw() {
  lines(Plotly, $("clerks"), now.clerks);
  lines(Plotly, $("windows"), now.windows);
  heat(Plotly, $("hours"), now.hours);
  bars(Plotly, $("breaches"), now.breaches.map(one => ({name: one.name, value: one.times, link: one.link})), w.times);
  bars(Plotly, $("missed"), now.missed.map(one => ({name: one.name, value: one.missed, link: one.link})), w.missed_times);
}

async function load() {
  const asked = chosen(), own = ++turn;
  history.replaceState(null, "", `?${asked}`);
  for (const format of ["csv", "xlsx"]) $(format).href = `/api/overview/export?${new URLSearchParams([...asked, ["format", format]])}`;
  page.setAttribute("aria-busy", "true");
  try {
    const found = await askJson(`/api/overview?${asked}`);
    if (own !== turn) return;  // something else was asked for meanwhile
    now = found;
    for (const one of [...now.clerks, ...now.windows]) one.points = one.points.map(([at, scored, mean]) => ({...now.steps[at], scored, mean}));
    show();
    Plotly = await plotly();
    if (own !== turn) return;
    draw();
    page.removeAttribute("aria-busy");
  } catch (error) {
    trouble(error.message);
  }
}
function show() {
  $("days").textContent = now.first === now.last ? now.first : `${now.first} – ${now.last}`;
  field.first.value = now.first; field.last.value = now.last;
  const nothing = $("nothing");
  nothing.hidden = now.total.interactions > 0;
  page.hidden = !nothing.hidden;
  nothing.replaceChildren(w.nothing_counted, " ");
  if (now.known) {
    const last = new URLSearchParams(chosen());
    last.delete("period"); last.set("first", `${now.known[1].slice(0, 8)}01`); last.set("last", now.known[1]);
    const link = make("a", "", `${w.known_days} ${now.known[0]} ${w.to_day} ${now.known[1]}`);
    link.href = `/overview?${last}`;
    nothing.append(link);
  }
  showFigures();
  showTables();
}

form.onsubmit = event => { event.preventDefault(); load(); };
form.onchange = event => { if (["first", "last"].includes(event.target.name)) field.period.value = ""; load(); };
$("print").onclick = () => print();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (Plotly && now) draw(); });
// On paper every table is open, and the charts have the paper's width and its colours.
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  document.body.classList.add("paper");
  if (Plotly && now) draw();
});
addEventListener("afterprint", () => { document.body.classList.remove("paper"); if (Plotly && now) draw(); });

const asked = new URLSearchParams(location.search);
if (asked.has("first") || asked.has("last")) field.period.value = "";
for (const [name, value] of asked) if (field[name]) field[name].value = value;
load();
