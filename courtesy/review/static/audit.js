// The trail: what was done, and whether anybody changed it afterwards.
import {$, askJson, make, shown, trouble, w} from "./desk.js";

const form = $("choose"), verify = $("verify");
let next = null;

function chosen() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) found.append(name, value);
  return found;
}
function row(one) {
  const line = make("tr"), when = make("td", "number", one.at.replace("T", " ").slice(0, 19));
  when.title = one.checksum;
  const details = one.details === "{}" ? "" : one.details;
  line.append(when, make("td", "", one.by || w.audit_machine), make("td", "", one.done), make("td", "", one.subject), make("td", "", details));
  return line;
}
async function load(fresh) {
  const asked = chosen();
  if (fresh) { $("rows").replaceChildren(); next = null; history.replaceState(null, "", `?${asked}`); }
  if (next) asked.set("before", next);
  try {
    const found = await askJson(`/api/audit?${asked}`);
    $("rows").append(...found.entries.map(row));
    next = found.next;
    $("more").hidden = !next;
    $("nothing").hidden = $("rows").children.length > 0;
  } catch (error) {
    if (error.kind) trouble(error.message);
  }
}
async function look() {
  const told = $("verified");
  told.textContent = w.audit_verifying;
  told.className = "";
  try {
    const found = await askJson(`/api/audit/verified?noted=${encodeURIComponent(verify.elements.noted.value.trim())}`);
    told.textContent = shown(found.message);
    told.className = found.whole ? "" : "fault";
  } catch (error) {
    told.textContent = "";
    if (error.kind) trouble(error.message);
  }
}
form.onsubmit = event => { event.preventDefault(); load(true); };
form.onchange = () => load(true);
verify.onsubmit = event => { event.preventDefault(); look(); };
$("more").onclick = () => load(false);
for (const [name, value] of new URLSearchParams(location.search)) if (form.elements[name]) form.elements[name].value = value;
load(true);
look();
