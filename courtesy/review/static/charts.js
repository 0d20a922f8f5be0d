// Charts by Plotly, in the page's own colours; a click leads to what is behind a point.
import {shown, w} from "./desk.js";

export const MOST = 8;  // lines that can be told apart
const SYMBOLS = ["circle", "square", "diamond", "cross", "x", "triangle-up", "star", "hexagon"];
const DASHES = ["solid", "dash", "dot", "dashdot"];
const CONFIG = {displayModeBar: false, responsive: true};

// Plotly takes some marks for formatting.
const plain = text => shown(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const colour = name => getComputedStyle(document.body).getPropertyValue(name).trim();

// What is behind a point is what is behind its line, on fewer days.
export function behind(line, point) {
  if (!line.links.scored) return null;
  const [path, query] = line.links.scored.split("?"), asked = new URLSearchParams(query);
  asked.set("first", point.first); asked.set("last", point.last);
  return `${path}?${asked}`;
}
function layout(more) {
  const ink = colour("--ink"), line = colour("--line"), card = colour("--card");
  const axis = {gridcolor: line, zerolinecolor: line, linecolor: line, fixedrange: true, automargin: true};
  return {
    paper_bgcolor: card, plot_bgcolor: card, font: {color: ink, family: getComputedStyle(document.body).fontFamily, size: 13},
    margin: {l: 40, r: 12, t: 12, b: 36}, hoverlabel: {bgcolor: card, bordercolor: ink, font: {color: ink}}, dragmode: false,
    showlegend: false, ...more, xaxis: {...axis, ...more.xaxis}, yaxis: {...axis, ...more.yaxis},
  };
}
function draw(Plotly, where, data, more) {
  where.style.height = `${more.height}px`;  // or it would shrink when the window changes
  Plotly.react(where, data, layout(more), CONFIG);
  where.removeAllListeners("plotly_click");
  where.on("plotly_click", event => { const link = linkOf(event.points[0]); if (link) location.href = link; });
}
function linkOf(point) {
  const found = point.customdata;
  return Array.isArray(found) ? found[0] : found;
}

export function lines(Plotly, where, all) {
  const some = [...all].sort((one, other) => other.interactions - one.interactions).slice(0, MOST);
  const kept = all.filter(one => some.includes(one));  // in the order of their names
  const days = [...new Set(kept.flatMap(one => one.points.map(point => point.first)))].sort();
  const step = Math.ceil(days.length / 8);
  const data = kept.map((one, at) => ({
    type: "scatter", mode: "lines+markers", name: plain(one.name), connectgaps: true,
    x: one.points.map(point => point.first), y: one.points.map(point => point.mean),
    customdata: one.points.map(point => [behind(one, point), point.scored]),
    line: {color: colour(`--c${at % 8 + 1}`), dash: DASHES[Math.floor(at / 2) % 4], width: 2}, marker: {symbol: SYMBOLS[at % 8], size: 8},
    hovertemplate: `%{fullData.name}<br>%{x|%Y-%m-%d}<br>${plain(w.mean)} %{y:.1f} (%{customdata[1]})<extra></extra>`,
  }));
  draw(Plotly, where, data, {
    height: 340, showlegend: true, legend: {orientation: "h", y: -0.18},
    xaxis: {type: "date", tickvals: days.filter((_, place) => place % step === 0), tickformat: "%m-%d"},
    yaxis: {range: [-4, 104], dtick: 20},
  });
}

export function heat(Plotly, where, all) {
  const hours = all.map(one => one.hour), first = Math.min(...hours), last = Math.max(...hours);
  const columns = Array.from({length: all.length ? last - first + 1 : 0}, (_, at) => first + at);
  const days = Array.from({length: all.some(one => one.weekday > 4) ? 7 : 5}, (_, day) => day);
  const at = (day, hour) => all.find(one => one.weekday === day && one.hour === hour);
  const grid = make => days.map(day => columns.map(hour => make(at(day, hour))));
  const data = [{
    type: "heatmap", x: columns.map(hour => `${hour}:00`), y: days.map(day => w[`weekday_${day}`]), xgap: 3, ygap: 3, showscale: false,
    z: grid(one => one ? one.share : null), zmin: 0, hoverongaps: false,
    customdata: grid(one => one ? [one.link, one.said, one.interactions] : null),
    colorscale: [[0, colour("--cold")], [1, colour("--hot")]],
    hovertemplate: `%{y} %{x}<br>${plain(w.said)} %{customdata[1]} / ${plain(w.interactions)} %{customdata[2]} = %{z:.2f}<extra></extra>`,
  }];
  draw(Plotly, where, data, {height: 300, xaxis: {type: "category", showgrid: false}, yaxis: {type: "category", autorange: "reversed", showgrid: false}});
}

export function bars(Plotly, where, all, unit) {
  const some = all.slice(0, 10), most = Math.max(1, ...some.map(one => one.value)), room = Math.max(12, Math.floor(where.clientWidth / 24));
  const data = [{
    type: "bar", orientation: "h", y: some.map((_, at) => at), x: some.map(one => one.value), customdata: some.map(one => one.link),
    text: some.map(one => plain(one.name)), textposition: "none", marker: {color: colour("--bar")},
    hovertemplate: `%{text}<br>${plain(unit)} %{x}<extra></extra>`,
  }];
  const short = some.map(one => plain(one.name.length > room ? `${one.name.slice(0, room - 1)}…` : one.name));
  draw(Plotly, where, data, {
    height: 60 + 30 * Math.max(some.length, 1), xaxis: {rangemode: "tozero", dtick: Math.ceil(most / 6)},
    yaxis: {tickvals: some.map((_, at) => at), ticktext: short, autorange: "reversed", showgrid: false},
  });
}
