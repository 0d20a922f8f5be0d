// The trainer's page: how it goes, classes and what they are given, certificates.
import {$, ask, askJson, listed, make, trouble, w} from "./desk.js";
import {lines} from "./charts.js";

const page = $("training"), form = $("choose"), trains = "train" in page.dataset;
let all = null, Plotly = null, generation = 0;

async function tried(work) {
  try { return await work(); } catch (error) { if (!error.kind) throw error; trouble(error.message); return null; }
}
function button(words, work, label) {
  const one = make("button", "", words);
  one.type = "button";
  one.onclick = () => tried(work);
  if (label) one.setAttribute("aria-label", label);
  return one;
}
function option(value, words) { const one = make("option", "", words); one.value = value; return one; }

// --- how it goes ---
function chosen() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) found.append(name, value);
  return found;
}
function cells(line, ...values) { line.append(...values.map(value => { const cell = make("td", "number"); cell.append(value); return cell; })); return line; }
// Who has the name of somebody else is told from them.
function names(people) {
  const count = new Map();
  for (const one of people) count.set(one.shown, (count.get(one.shown) || 0) + 1);
  return new Map(people.map(one => [one.name, count.get(one.shown) > 1 ? `${one.shown} (${one.name})` : one.shown]));
}
function personRow(one, known) {
  const line = make("tr"), name = make("th", "", known.get(one.name)), last = make("td");
  name.scope = "row";
  line.append(name);
  cells(line, String(one.drills), String(one.spoken), one.mean === null ? "–" : String(one.mean));
  for (const level of one.levels) {
    const own = one.certificates.find(some => some.level === level.id), part = make("p", "bar");
    part.append(make("span", level.held ? "badge" : "soft", `${level.name} ${level.shown}/${level.wanted}`));
    if (own) {
      const link = make("a", "", `${w.drill_certificate} ${own.id}`);
      link.href = `/certificates/${own.id}`;
      part.append(link);
      if (trains) part.append(button(w.training_withdraw, async () => { await ask(`/api/training/certificates/${own.id}`, "DELETE"); await results(); }, `${w.training_withdraw} ${one.shown} ${level.name}`));
    } else if (level.held && trains) {
      part.append(button(w.training_certify, async () => { await ask("/api/training/certificates", "POST", {person: one.name, level: level.id}); await results(); }, `${w.training_certify} ${one.shown} ${level.name}`));
    }
    last.append(part);
  }
  line.append(last);
  return line;
}
async function results() {
  const asked = chosen(), own = ++generation;
  $("csv").href = `/api/training/results/export?format=csv&${asked}`;
  $("xlsx").href = `/api/training/results/export?format=xlsx&${asked}`;
  const found = await tried(() => askJson(`/api/training/results?${asked}`));
  if (!found || own !== generation) return;  // of another choice by now
  const known = names(found.people);
  $("only").hidden = !found.only_examinations;
  const some = found.people.filter(one => one.drills);
  $("nothing").hidden = some.length > 0;
  $("trend").hidden = !some.length;
  $("people").replaceChildren(...found.people.map(one => personRow(one, known)));
  $("said").replaceChildren(...found.said.map(one => {
    const line = make("tr"), name = make("th", "", one.name);
    name.scope = "row";
    line.append(name);
    return cells(line, String(one.said), String(one.close), String(one.missing), String(one.breach));
  }));
  if (!some.length) return;
  Plotly ||= (await import(page.dataset.plotly), window.Plotly);
  lines(Plotly, $("trend"), some.map(one => ({
    name: known.get(one.name), interactions: one.drills, links: {},
    points: one.weeks.map(week => ({first: week.first, last: week.first, mean: week.mean, scored: week.drills})),
  })));
}

// --- classes ---
function assignment(one) {
  const item = make("li", "bar");
  item.append(make("span", "", one.name));
  if (one.examination) item.append(make("span", "badge doubt", w.drill_examination));
  item.append(make("span", "soft", [one.due && `${w.drill_until} ${one.due}`, one.done !== null && `${one.done} ${w.training_done_by}`].filter(Boolean).join(" · ")));
  if (one.closed) item.append(make("span", "soft", w.training_ended));
  else if (trains) item.append(button(w.training_end, async () => { if (confirm(w.training_sure)) { await ask(`/api/training/assignments/${one.id}`, "DELETE"); await load(); } }, `${w.training_end} ${one.name}`));
  return item;
}
function membersForm(group) {
  const own = make("form"), select = make("select"), label = make("label", "", w.training_members), there = new Set(group.members.map(one => one.name));
  select.multiple = true; select.size = Math.min(10, Math.max(4, all.people.length));
  select.append(...all.people.map(one => { const found = option(one.name, `${one.shown} (${one.name})`); found.selected = there.has(one.name); return found; }));
  label.append(select);
  own.append(label, make("button", "", w.training_save));
  own.onsubmit = event => {
    event.preventDefault();
    tried(async () => {
      try {
        await ask(`/api/training/classes/${group.id}/members`, "PUT", {names: [...select.selectedOptions].map(one => one.value), before: [...there]});
        $("told").textContent = w.training_saved;
      } finally { await load(); await results(); }
    });
  };
  return own;
}
function assignForm(group) {
  const own = make("form"), select = make("select"), label = make("label", "", w.training_scenarios), due = make("input"), exam = make("input");
  select.multiple = true; select.size = 8; select.required = true;
  select.append(...all.scenarios.map(one => option(one.id, `${one.name} · ${one.window} · ${one.situation}`)));
  label.append(select);
  due.type = "date"; exam.type = "checkbox";
  const until = make("label", "", `${w.training_due} `), only = make("label");
  until.append(due); only.append(exam, ` ${w.training_exam}`);
  const bar = make("div", "bar");
  bar.append(until, only, make("button", "", w.training_assign));
  own.append(label, bar);
  own.onsubmit = event => {
    event.preventDefault();
    tried(async () => {
      const scenarios = [...select.selectedOptions].map(one => one.value);
      await ask(`/api/training/classes/${group.id}/assignments`, "POST", {scenarios, due: due.value || null, examination: exam.checked});
      $("told").textContent = w.training_assigned;
      await load();
    });
  };
  return own;
}
function group(one) {
  const item = make("li", "card"), title = make("h3", "", one.name), people = listed(one.members.map(some => some.shown));
  title.append(make("small", "soft", ` ${one.trainer}${one.closed ? ` · ${w.training_ended}` : ""}`));
  item.append(title, make("p", "", `${w.training_members} (${one.members.length}): ${people}`));
  const given = make("ol");
  given.append(...one.assignments.map(assignment));
  item.append(given);
  if (trains && !one.closed) {
    for (const [name, fill] of [[w.training_members, membersForm], [w.training_assign, assignForm]]) {
      const more = make("details"), summary = make("summary", "", name);
      summary.setAttribute("aria-label", `${name} ${one.name}`);
      more.append(summary, fill(one));
      item.append(more);
    }
    item.append(button(w.training_end_class, async () => { if (confirm(w.training_sure)) { await ask(`/api/training/classes/${one.id}`, "DELETE"); await load(); } }, `${w.training_end_class} ${one.name}`));
  }
  return item;
}
async function load() {
  all = await tried(() => askJson("/api/training"));
  if (!all) return;
  const before = form.elements.group.value, open = new Set([...$("classes").querySelectorAll("details[open] > summary")].map(one => one.getAttribute("aria-label")));
  form.elements.group.replaceChildren(option("", w.training_everybody), ...all.classes.map(one => option(one.id, one.name)));
  form.elements.group.value = before;
  $("none").hidden = all.classes.length > 0;
  $("classes").replaceChildren(...all.classes.map(group));
  for (const one of $("classes").querySelectorAll("summary")) one.parentNode.open = open.has(one.getAttribute("aria-label"));
  $("flaws").hidden = !all.flaws.length;
  $("flaws").querySelector("ul").replaceChildren(...all.flaws.map(flaw => make("li", "", flaw)));
}
if ($("new")) $("new").onsubmit = event => {
  event.preventDefault();
  tried(async () => {
    await ask("/api/training/classes", "POST", {name: $("new").elements.name.value});
    $("new").reset();
    await load();
  });
};
form.onsubmit = event => { event.preventDefault(); results(); };
form.onchange = () => results();
(async () => { await load(); await results(); page.ariaBusy = "false"; })();
