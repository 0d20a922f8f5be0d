// The queue: what is asked for stands in the address, so that it can be kept and sent on.
import {$, askJson, make, trouble, w} from "./desk.js";

const rules = JSON.parse($("rules").textContent), form = $("choose");
let next = "";

function chosen() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) found.append(name, value);
  return found;
}
function restore() {
  for (const [name, value] of new URLSearchParams(location.search))
    if (form.elements[name]) form.elements[name].value = value;
}
function row(one) {
  const line = make("tr"), words = make("td"), link = make("a", "", one.heard || one.reason);
  link.href = `/findings/${one.id}?${chosen()}`;
  link.lang = "zh";
  words.append(link);
  const number = make("td", "number", one.confidence === null ? "" : `${Math.round(100 * one.confidence)} %`);
  const began = one.began ? one.began.replace("T", " ").slice(0, 16) : "";
  line.append(words, make("td", "", rules[one.rule] || one.rule), make("td", one.severity, one.severity ? w[one.severity] : ""),
    number, make("td", "", one.window), make("td", "", one.clerk), make("td", "number", began));
  return line;
}
async function load(fresh) {
  const asked = chosen();
  if (fresh) { $("rows").replaceChildren(); next = ""; history.replaceState(null, "", `?${asked}`); }
  if (next) asked.set("after", next);
  try {
    const found = await askJson(`/api/findings?${asked}`);
    $("rows").append(...found.findings.map(row));
    next = found.next || "";
    $("more").hidden = !next;
    $("nothing").hidden = $("rows").children.length > 0;
    $("count").textContent = `${found.count}${found.more ? "+" : ""} ${w.many}`;
  } catch (error) {
    if (error.kind) trouble(error.message);
  }
}
form.onsubmit = event => { event.preventDefault(); load(true); };
form.onchange = () => load(true);
$("more").onclick = () => load(false);
restore();
load(true);
