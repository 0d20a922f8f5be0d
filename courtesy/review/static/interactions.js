// The list of interactions: what is asked for stands in the address.
import {$, askJson, make, trouble, w} from "./desk.js";

const form = $("choose"), field = form.elements;
let next = null, turn = 0;

function chosen() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) found.append(name, value);
  return found;
}
function length(seconds) {
  if (seconds === null) return "";
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
function row(one) {
  const line = make("tr"), when = make("td", "number"), link = make("a", "", one.began ? one.began.replace("T", " ").slice(0, 16) : "–");
  link.href = `/interactions/${one.id}?${chosen()}`;
  when.append(link);
  const score = make("td", "number", one.score === null ? "–" : one.score.toFixed(1).replace(/\.0$/, ""));
  if (one.score !== null && one.score < 60) score.className = "number serious";
  if (one.note) score.title = one.note;
  line.append(when, make("td", "", one.hall), make("td", "", one.window), make("td", "", one.clerk), make("td", "number", length(one.seconds)),
    make("td", "", one.mode), score, make("td", "", one.grade), make("td", "number", one.flags || ""));
  return line;
}
async function load(fresh) {
  const asked = chosen(), own = ++turn;
  if (fresh) { $("rows").replaceChildren(); next = null; history.replaceState(null, "", `?${asked}`); }
  if (next) asked.set("after", next);
  try {
    const found = await askJson(`/api/interactions?${asked}`);
    if (own !== turn) return;  // something else was asked for meanwhile
    $("rows").append(...found.interactions.map(row));
    next = found.next;
    $("more").hidden = !next;
    $("nothing").hidden = $("rows").children.length > 0;
    $("count").textContent = `${found.count}${found.more ? "+" : ""} ${w.many_interactions}`;
  } catch (error) {
    if (error.kind) trouble(error.message); else throw error;
  }
}
form.onsubmit = event => { event.preventDefault(); load(true); };
form.onchange = () => load(true);
form.querySelector("[type=reset]").onclick = () => setTimeout(() => load(true));
$("more").onclick = () => load(false);
for (const [name, value] of new URLSearchParams(location.search))
  if (field[name]) { if (field[name].type === "checkbox") field[name].checked = value === "true"; else field[name].value = value; }
load(true);
