// All lists and the rubric, and a search through what they say.
import {$, askJson, make, trouble, w} from "./desk.js";

const form = $("search"), making = $("new");
const KINDS = {polite: w.lists_polite, forbidden: w.lists_forbidden, wordings: w.lists_wordings, rubric: w.lists_rubric};
let next = null;

const address = file => `/lists/${encodeURIComponent(file)}`;

function line(one) {
  const row = make("tr"), name = make("td"), link = make("a", "", one.title || one.file);
  link.href = address(one.file);
  name.append(link);
  const state = one.fault ? one.fault : !one.in_force ? w.lists_new_only : one.draft ? `${w.lists_draft} (${one.by})` : "";
  row.append(name, make("td", "", one.file), make("td", "", KINDS[one.kind] || one.kind),
    make("td", "number", one.kind === "rubric" || one.kind === "wordings" ? "" : one.phrases),
    make("td", "", !one.in_force ? "" : one.own ? w.lists_own : w.lists_built_in), make("td", one.fault ? "fault" : "", state));
  return row;
}
async function overview() {
  const found = await askJson("/api/lists");
  $("rows").replaceChildren(...found.lists.map(line));
  $("folder").textContent = found.folder ? `${w.lists_folder} ${found.folder}` : w.lists_no_folder;
}

function part(list, title, values, together = false) {
  if (!values.length) return;
  list.append(make("dt", "", title));
  for (const value of together ? [values.join(" · ")] : values) { const one = make("dd", "", value); one.lang = "zh"; list.append(one); }
}
function phrase(one) {
  const item = make("li"), details = make("details"), summary = make("summary"), words = make("strong", "", one.text), list = make("dl");
  words.lang = "zh";
  summary.append(words, " ", make("span", one.severity, one.severity ? w[one.severity] : ""), " ", make("span", "soft", `${one.file} · ${one.id}`));
  part(list, w.lists_sources, one.sources);
  part(list, w.lists_forms, one.forms, true);
  part(list, w.lists_variants, one.variants, true);
  part(list, w.lists_excepts, one.excepts, true);
  part(list, w.lists_hits, one.hits);
  part(list, w.lists_misses, one.misses);
  const link = make("a", "", `${w.lists_edit_it}: ${one.file}, ${w.lists_line.replace("{}", one.line)}`);
  link.href = `${address(one.file)}#${encodeURIComponent(one.id)}`;
  details.append(summary, list, link);
  item.append(details);
  return item;
}
async function search(fresh) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) asked.append(name, value);
  if (fresh) { $("phrases").replaceChildren(); next = null; history.replaceState(null, "", `?${asked}`); }
  $("found").hidden = !asked.toString();
  $("count").textContent = "";
  if ($("found").hidden) return;
  if (next) asked.set("after", next);
  try {
    const found = await askJson(`/api/lists/phrases?${asked}`);
    if (fresh) $("phrases").replaceChildren();
    $("phrases").append(...found.phrases.map(phrase));
    next = found.next;
    $("more").hidden = !next;
    $("nothing").hidden = found.count > 0;
    $("count").textContent = `${found.count} ${w.lists_found}`;
  } catch (error) { if (!error.kind) throw error; trouble(error.message); }
}
let typing = 0;
form.oninput = () => { clearTimeout(typing); typing = setTimeout(() => search(true), 300); };
form.onsubmit = event => { event.preventDefault(); search(true); };
$("more").onclick = () => search(false);
if (making) making.onsubmit = event => {
  event.preventDefault();
  const name = making.elements.file.value.trim();
  location.href = address(name.endsWith(".toml") ? name : `${name}.toml`);
};
for (const [name, value] of new URLSearchParams(location.search)) if (form.elements[name]) form.elements[name].value = value;
overview().catch(error => { if (!error.kind) throw error; trouble(error.message); });
search(true);
