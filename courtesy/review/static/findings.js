// The queue: what is asked for stands in the address, so that it can be kept and sent on.
import {$, ask, askJson, make, trouble, w} from "./desk.js";

const rules = JSON.parse($("rules").textContent), form = $("choose"), assigning = $("assign");
const share = new Set(["least", "most"]);  // per cent on the page
let next = "", turn = 0;

function chosen() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) found.append(name, share.has(name) ? value / 100 : value);
  return found;
}
function restore(query) {
  form.reset();
  for (const [name, value] of new URLSearchParams(query))
    if (form.elements[name]) form.elements[name].value = share.has(name) ? Math.round(100 * value) : value;
}
// What is refused is told, and nothing else happens.
async function tried(work) {
  try { await work(); } catch (error) { if (!error.kind) throw error; trouble(error.message); }
}

function row(one) {
  const line = make("tr"), words = make("td"), link = make("a", "", one.heard || one.reason);
  link.href = `/findings/${one.id}?${chosen()}`;
  link.lang = "zh";
  words.append(link);
  if (assigning) {
    const cell = make("td"), box = make("input");
    box.type = "checkbox"; box.value = one.id; box.setAttribute("aria-label", `${w.choose} ${one.heard || one.reason}`);
    cell.append(box);
    line.append(cell);
  }
  const number = make("td", "number", one.confidence === null ? "" : `${Math.round(100 * one.confidence)} %`);
  const began = one.began ? one.began.replace("T", " ").slice(0, 16) : "";
  line.append(words, make("td", "", rules[one.rule] || one.rule), make("td", one.severity, one.severity ? w[one.severity] : ""),
    number, make("td", "", one.window), make("td", "", one.clerk), make("td", "number", began));
  if (one.assigned !== undefined) line.append(make("td", "", one.assigned));
  return line;
}
async function load(fresh) {
  const asked = chosen(), own = ++turn;
  if (fresh) { $("rows").replaceChildren(); next = ""; history.replaceState(null, "", `?${asked}`); if ($("every")) $("every").checked = false; }
  if (next) asked.set("after", next);
  $("rows").ariaBusy = "true";
  await tried(async () => {
    const found = await askJson(`/api/findings?${asked}`);
    if (own !== turn) return;  // something else was asked for meanwhile
    $("rows").append(...found.findings.map(row));
    next = found.next || "";
    $("more").hidden = !next;
    $("nothing").hidden = $("rows").children.length > 0;
    $("count").textContent = `${found.count}${found.more ? "+" : ""} ${w.many}`;
  });
  if (own === turn) $("rows").ariaBusy = "false";
}
form.onsubmit = event => { event.preventDefault(); load(true); };
form.onchange = () => load(true);
form.querySelector("[type=reset]").onclick = () => setTimeout(() => load(true));
$("more").onclick = () => load(false);

// Filters that people keep.
const kept = $("kept");
async function showKept(select = "") {
  const found = await askJson("/api/filters");
  const options = found.map(one => { const option = make("option", "", one.name); option.value = one.id; option.dataset.query = one.query; return option; });
  kept.replaceChildren(make("option", "", "–"), ...options);
  kept.firstChild.value = ""; kept.value = select; $("drop").hidden = !select;
}
kept.onchange = () => {
  $("drop").hidden = !kept.value;
  if (kept.value) { restore(kept.selectedOptions[0].dataset.query); load(true); }
};
$("keep").onsubmit = event => {
  event.preventDefault();
  tried(async () => {
    const one = await askJson("/api/filters", "POST", {name: $("keep").elements.name.value, query: chosen().toString()});
    $("keep").reset();
    await showKept(one.id);
  });
};
$("drop").onclick = () => tried(async () => { await ask(`/api/filters/${kept.value}`, "DELETE"); await showKept(); });

// Whose they are.
if ($("take")) $("take").onclick = () => tried(async () => {
  const asked = Object.fromEntries(chosen());
  for (const name of ["least", "most", "plan"]) if (asked[name]) asked[name] = Number(asked[name]);
  const {count} = await askJson("/api/taken", "POST", {...asked, state: [asked.state]});
  $("told").textContent = `${w.taken} ${count}`;
  form.elements.whose.value = "mine";
  await load(true);
});
if (assigning) {
  askJson("/api/reviewers").then(found => assigning.elements.to.append(...found.map(one => {
    const option = make("option", "", one.shown); option.value = one.name; return option;
  })));
  const boxes = () => [...$("rows").querySelectorAll("input[type=checkbox]")];
  $("every").onchange = () => boxes().forEach(box => { box.checked = $("every").checked; });
  assigning.onsubmit = event => {
    event.preventDefault();
    const flags = boxes().filter(box => box.checked).map(box => Number(box.value));
    if (!flags.length) { $("told").textContent = w.choose_first; return; }
    tried(async () => {
      const {count} = await askJson("/api/assignments", "POST", {flags, to: assigning.elements.to.value});
      $("told").textContent = `${w.assigned} ${count}`;
      await load(true);
    });
  };
}

// Samples.
document.querySelectorAll("[data-end]").forEach(button => {
  button.onclick = () => tried(async () => { await ask(`/api/plans/${button.dataset.end}`, "DELETE"); location.reload(); });
});
const plan = $("plan");
if (plan) {
  const shareOf = plan.elements.share.closest("label"), kind = plan.elements.kind;
  kind.onchange = () => { shareOf.hidden = kind.value !== "random"; };
  kind.onchange();
  plan.elements.since.value = new Date(Date.now() - 7 * 864e5).toISOString().slice(0, 10);
  plan.onsubmit = event => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(plan));
    given.share = given.kind === "random" ? Number(given.share) / 100 : 1;
    tried(async () => { await ask("/api/plans", "POST", given); location.reload(); });
  };
}

restore(location.search);
showKept().catch(error => { if (error.kind) trouble(error.message); });
load(true);
