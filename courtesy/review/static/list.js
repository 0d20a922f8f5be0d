// One list: its text with the linter's messages beside it, drafts, versions, a trial, taking effect.
import {$, ask, askJson, make, shown, trouble, w} from "./desk.js";

const file = $("heading").dataset.file, base = `/api/lists/files/${encodeURIComponent(file)}`;
const text = $("text"), gutter = $("gutter"), edits = Boolean($("save")), key = `list ${file}`;
const SCHEMA = `schema = 1\nlist = "hall"\nkind = "forbidden"   # ${w.lists_forbidden}; polite: ${w.lists_polite}\ntitle = {zh = "本厅用语", en = "This hall's own"}\n\n[[phrase]]\nid = "hall-1"\ntext = ""\nsources = ["ours"]\nhit = []\nmiss = []\n`;
let kept = "", revision = 0, draft = false, found = [], checking = 0, trial = null;

// What is refused is told, and nothing else happens.
async function tried(work) {
  try { return await work(); } catch (error) { if (!error.kind) throw error; trouble(error.message); return undefined; }
}

// --- the text and its lines ---
function drawGutter() {
  const levels = new Map();
  for (const one of found) if (!one.file && levels.get(one.line) !== "error") levels.set(one.line, one.level);
  const parts = document.createDocumentFragment(), lines = text.value.split("\n").length;
  let plain = "";
  for (let n = 1; n <= lines; n++) {
    const level = levels.get(n);
    if (level) { parts.append(plain, make("span", level, `${level === "error" ? "✗" : "!"}${n}`), "\n"); plain = ""; } else plain += `${n}\n`;
  }
  parts.append(plain);
  gutter.replaceChildren(parts);
  gutter.scrollTop = text.scrollTop;
}
function jump(line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] || "").length);
  text.scrollTop = (line - 4) * parseFloat(getComputedStyle(text).lineHeight);
  gutter.scrollTop = text.scrollTop;
}
function lineOf(id) {
  const at = text.value.split("\n").findIndex(line => /^\s*id\s*=/.test(line) && line.includes(`"${id}"`));
  return at + 1;
}
text.onscroll = () => { gutter.scrollTop = text.scrollTop; };
text.oninput = () => { remember(); drawGutter(); standing(); checkSoon(); };

// What was written outlives the page, with the version that it was written over.
function remember() {
  if (text.value === kept) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, JSON.stringify({text: text.value, revision}));
}
function standing() {
  const changed = text.value !== kept;
  $("standing").textContent = changed ? w.lists_unsaved : draft ? w.lists_is_draft : w.lists_is_in_force;
  $("standing").className = changed || draft ? "badge doubt" : "badge";
  if (edits) $("throw").hidden = !changed;
}

// --- the linter ---
function message(one) {
  const item = make("li", one.level), place = make("button", "plain", one.line ? `${one.file} ${w.lists_line.replace("{}", one.line)}` : one.file || w.lists_whole);
  place.type = "button";
  place.disabled = Boolean(one.file) || !one.line;
  place.onclick = () => jump(one.line);
  item.append(place, make("strong", "", one.level === "error" ? w.lists_error : w.lists_warning), ` ${shown(one.entry)} `, make("span", "", one.message));
  return item;
}
let soon = 0;
function checkSoon() { clearTimeout(soon); soon = setTimeout(check, 700); }
async function check() {
  if (!edits) return;
  const mine = ++checking;
  $("verdict").textContent = w.lists_checking;
  $("verdict").className = "soft";
  const told = await tried(() => askJson("/api/lists/check", "POST", {file, text: text.value}));
  if (mine !== checking) return;
  found = told ? told.found : [];
  $("messages").replaceChildren(...found.map(message));
  $("verdict").textContent = !told ? "" : !told.passes ? w.lists_faulty : found.length ? w.lists_doubtful : w.lists_clean;
  $("verdict").className = told && !told.passes ? "fault" : "";
  drawGutter();
}

// --- what is kept ---
async function open(mine = true) {
  text.readOnly = true;  // or what is typed meanwhile would be gone
  let one = await tried(async () => {
    try { return await askJson(base); } catch (error) { if (error.status === 404) return null; throw error; }
  });
  if (one === undefined) { text.readOnly = !edits || !kept; return; }
  one = one || {text: "", title: "", revision: 0, draft: true, elsewhere: false, phrases: [], rules: [], kind: ""};
  kept = one.text; revision = one.revision; draft = one.draft;
  $("title").textContent = shown(one.title);
  $("elsewhere").hidden = !one.elsewhere;
  const before = mine ? JSON.parse(sessionStorage.getItem(key) || "null") : null;
  text.value = before ? before.text : kept || (edits ? SCHEMA : "");
  if (before) revision = before.revision;
  text.readOnly = !edits;
  choices(one.phrases, one.kind);
  rules(one.rules);
  drawGutter(); standing(); await versions();
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted && lineOf(wanted)) {
    jump(lineOf(wanted));
    if (edits) $("form").elements.phrase.value = wanted;
  }
  check();
}
function choices(phrases, kind) {
  if (!edits) return;
  $("form").hidden = !phrases.length;
  $("severity").hidden = kind !== "forbidden";
  const picked = $("form").elements.phrase, was = picked.value;
  picked.replaceChildren(...phrases.map(one => { const option = make("option", "", `${one.text} (${one.id})`); option.value = one.id; return option; }));
  if (phrases.some(one => one.id === was)) picked.value = was;
}
function rules(told) {
  $("rules-card").hidden = !told.length;
  $("rule-list").replaceChildren(...told.flatMap(one => {
    const title = make("dt"), place = make("button", "plain", `${one.title} [${one.id}]`);
    place.type = "button";
    place.onclick = () => { const line = lineOf(one.id); if (line) jump(line); };
    title.append(place);
    return [title, make("dd", "", `${one.says.join(" ")} ${one.sources.length ? `(${one.sources.join(" · ")})` : ""}`)];
  }));
}
if (edits) {
  $("save").onsubmit = async event => {
    event.preventDefault();
    $("told").textContent = "";
    try {
      const made = await askJson(base, "PUT", {text: text.value, revision, why: $("save").elements.why.value});
      sessionStorage.removeItem(key);
      $("save").reset();
      $("newer").hidden = $("mine").hidden = true;
      await open(false);
      $("told").textContent = `${w.lists_saved} ${made.number}`;
    } catch (error) {
      if (!error.kind) throw error;
      trouble(error.message);
      if (error.kind === "overtaken") $("newer").hidden = false;
    }
  };
  $("throw").onclick = () => { sessionStorage.removeItem(key); $("newer").hidden = true; open(false); };
  // The newer one is looked at; what one wrote oneself waits beside it.
  $("newer").onclick = async () => {
    const mine = text.value;
    $("newer").hidden = true;
    await open(false);
    $("mine").hidden = false;
    $("mine").onclick = () => { text.value = mine; $("mine").hidden = true; text.oninput(); };
  };
  $("take-in").onclick = () => tried(async () => {
    await ask(`${base}/taken-in`, "POST", {});
    const stored = sessionStorage.getItem(key);
    await open(false);
    if (stored) { text.value = JSON.parse(stored).text; text.oninput(); }
  });
  $("form").onsubmit = event => {
    event.preventDefault();
    const form = $("form").elements, words = form.words.value.trim(), severity = form.severity.value;
    if (!words && !severity) { form.words.focus(); return; }
    tried(async () => {
      const body = {file, text: text.value, phrase: form.phrase.value};
      if (words) Object.assign(body, {key: form.key.value, add: [words]});
      if (severity) body.severity = severity;
      text.value = (await askJson("/api/lists/changed", "POST", body)).text;
      form.words.value = "";
      form.severity.value = "";
      text.oninput();
      const line = lineOf(body.phrase);
      $("told").textContent = `${w.lists_changed} ${body.phrase}`;
      if (line) { text.scrollTop = (line - 4) * parseFloat(getComputedStyle(text).lineHeight); gutter.scrollTop = text.scrollTop; }
    });
  };
  $("force").onsubmit = event => {
    event.preventDefault();
    if (text.value !== kept) { $("forced").textContent = w.lists_save_first; return; }
    $("forced").textContent = w.lists_forcing;
    tried(async () => {
      try {
        await ask(`${base}/in-force`, "POST", {revision, why: $("force").elements.why.value});
      } catch (error) { $("forced").textContent = ""; throw error; }
      $("force").reset();
      await open(false);
      $("forced").textContent = w.lists_forced;
    });
  };
}

// --- versions ---
const when = at => at ? new Date(at).toLocaleString(document.documentElement.lang) : "";
function version(one) {
  const row = make("tr"), last = make("td"), sum = make("td", "number", one.sha256.slice(0, 12));
  sum.title = one.sha256;
  const why = one.restored ? `${w.lists_copy_of} ${one.restored}. ${one.why}` : one.why;
  const taken = one.taken ? `${when(one.taken)} ${one.taken_by}${one.taken_why ? `: ${one.taken_why}` : ""}` : "";
  row.append(make("td", "number", one.number), make("td", "", one.by || w.lists_found_there), make("td", "number", when(one.at)), make("td", "", why), make("td", "", taken), sum, last);
  if (edits && one.number !== revision) {
    const back = make("button", "", w.lists_restore);
    back.type = "button";
    back.setAttribute("aria-label", `${w.lists_restore} ${one.number}`);
    back.onclick = () => tried(async () => {
      if (text.value !== kept) { trouble(w.lists_save_first); return; }
      const made = await askJson(`${base}/restored`, "POST", {number: one.number, revision, why: ""});
      await open(false);
      $("told").textContent = `${w.lists_restored} ${made.number}`;
    });
    last.append(back);
  }
  return row;
}
async function versions() {
  const all = await tried(() => askJson(`${base}/versions`)) || [];
  $("no-versions").hidden = all.length > 0;
  $("versions").hidden = $("compare").hidden = !all.length;
  $("rows").replaceChildren(...all.map(version));
  const form = $("compare").elements;
  for (const name of ["before", "after"]) {
    const now = make("option", "", w.lists_now);
    now.value = 0;
    form[name].replaceChildren(now, ...all.map(one => { const option = make("option", "", `${w.lists_version} ${one.number}`); option.value = one.number; return option; }));
  }
  if (all.length) form.after.value = all[0].number;
}
$("compare").onsubmit = event => {
  event.preventDefault();
  const form = $("compare").elements;
  tried(async () => {
    const lines = await askJson(`${base}/differences?before=${form.before.value}&after=${form.after.value}`);
    const table = make("table", "compared"), body = make("tbody");
    const marks = {gone: "−", new: "+", same: "", gap: "⋯"};
    body.append(...lines.map(one => {
      const row = make("tr", one.kind), words = make("td");
      words.append(make("code", "", one.text));
      row.append(make("td", "number", one.before || ""), make("td", "number", one.after || ""), make("td", "", marks[one.kind]), words);
      return row;
    }));
    table.append(body);
    $("differences").replaceChildren(lines.length ? table : make("p", "soft", w.lists_same));
    $("differences").hidden = false;
  });
};

// --- a trial ---
function difference(one) {
  const row = make("tr"), words = make("td", "", one.sentence);
  words.lang = "zh";
  words.title = one.reason;
  const kinds = {came: w.lists_came, went: w.lists_went, changed: w.lists_other};
  const points = one.points > 0 ? `+${one.points}` : one.points;
  row.append(make("td", one.accuses ? "fault" : "", one.accuses ? w.lists_accuses : kinds[one.kind]), make("td", "", one.rule), words,
    make("td", "", one.phrase), make("td", "", `${one.before} → ${one.after}`), make("td", "number", points));
  return row;
}
function sum(one) {
  const states = {running: w.lists_running, done: w.lists_done, cancelled: w.lists_cancelled, late: w.lists_late, failed: w.lists_failed};
  if (one.state === "failed") return `${states.failed} ${one.fault}`;
  const parts = [`${states[one.state]}: ${one.done}/${one.total} ${w.lists_recordings}`, `${one.interactions} ${w.lists_interactions}`, `${one.changed} ${w.lists_scores}`];
  if (one.before !== null) parts.push(`${w.lists_mean} ${one.before} → ${one.after}`);
  parts.push(`${w.lists_accuses} ${one.accusations}`, `${w.lists_cleared} ${one.cleared}`);
  if (one.state === "done" && !one.differences.length) parts.push(w.lists_no_change);
  return parts.join(" · ");
}
async function follow(number) {
  trial = number;
  for (;;) {
    const one = await tried(() => askJson(`/api/lists/trials/${number}`));
    const running = one && one.state === "running";
    $("cancel").hidden = $("progress").hidden = !running;
    $("begin").disabled = Boolean(running);
    if (!one || trial !== number) return;
    $("progress").max = one.total || 1;
    $("progress").value = one.done;
    $("sum").textContent = shown(sum(one));
    $("findings").replaceChildren(...one.differences.map(difference));
    $("differences-found").hidden = !one.differences.length;
    if (!running) return;
    await new Promise(done => setTimeout(done, 700));
  }
}
if (edits) {
  $("trial").onsubmit = event => {
    event.preventDefault();
    if (text.value !== kept || !revision) { $("sum").textContent = w.lists_save_first; return; }
    tried(async () => {
      const count = Number($("trial").elements.count.value);
      await follow((await askJson("/api/lists/trials", "POST", {file, revision, count})).number);
    });
  };
  $("cancel").onclick = () => tried(() => ask(`/api/lists/trials/${trial}`, "DELETE"));
}
open();
