// Practice: what there is to do, and a scenario walked through, typed or spoken.
import {$, ask, askJson, draft, listed, make, trouble, w} from "./desk.js";
import {Recording, canSay, hush, say} from "./voice.js";

const form = $("answer"), text = form.elements.text;
const OUTCOMES = {right: w.drill_right, close: w.drill_close, missing: w.drill_missing, forbidden: w.drill_forbidden, silent: w.drill_no_answer};
const SIGNS = {said: "✓", close: "≈", missing: "✗"}, TONES = {said: "good", close: "doubt", missing: "bad"};
let home = null, walk = null, shownSince = 0, recording = null, starting = false, generation = 0, speaks = false, sending = false, sent = () => {}, unsent = null;

async function tried(work) {
  try { return await work(); } catch (error) { if (!error.kind) throw error; trouble(error.message); return null; }
}
function button(words, work, label) {
  const one = make("button", "", words);
  one.type = "button";
  one.onclick = work;
  if (label) one.setAttribute("aria-label", label);
  return one;
}

// --- what there is to do ---
async function showHome() {
  leave();
  $("home").ariaBusy = "true";
  home = await tried(() => askJson("/api/drill"));
  if (!home) return;
  $("walk").hidden = true; $("home").hidden = false;
  $("left").hidden = !home.left;
  if (home.left) {
    const name = (home.scenarios.find(one => one.id === home.left) || {name: home.left}).name;
    const go = button(w.drill_go_on, () => tried(async () => open(await askJson("/api/drill/walk"))));
    go.className = "main";
    $("left").replaceChildren(make("span", "", w.drill_left + name), go);
  }
  $("due").replaceChildren(home.due ? make("strong", "", home.due) : make("span", "soft", w.drill_due_none));
  if (home.due) $("due").append(button(w.drill_practise, () => begin({due: true}), `${w.drill_practise} ${w.drill_due}`));
  const given = $("given");
  given.hidden = !home.assignments.length;
  given.querySelector("ol").replaceChildren(...home.assignments.map(assigned));
  choices($("window"), "window"); choices($("situation"), "situation");
  list();
  $("levels").replaceChildren(...home.levels.map(level));
  $("recent").replaceChildren(...home.recent.length ? home.recent.map(recent) : [make("li", "soft", w.drill_none)]);
  $("home").ariaBusy = "false";
}
function assigned(one) {
  const item = make("li", "bar"), name = make("span", "", `${one.name} · ${one.class}`);
  item.append(name);
  if (one.examination) item.append(make("span", "badge doubt", w.drill_examination));
  if (one.due) item.append(make("span", one.late ? "fault" : "soft", `${w.drill_until} ${one.due}${one.late ? ` · ${w.drill_late}` : ""}`));
  if (one.done) item.append(make("span", "badge", w.drill_done));
  if (!one.examination || !(one.done || one.late))
    item.append(button(one.done ? w.drill_again : w.drill_begin, () => {
      if (one.examination && !confirm(w.drill_exam_about)) return;
      begin({assignment: one.id});
    }, `${w.drill_begin} ${one.name}`));
  return item;
}
function choices(select, key) {
  const before = select.value, all = make("option", "", w.all);
  all.value = "";
  select.replaceChildren(all, ...[...new Set(home.scenarios.map(one => one[key]))].map(name => make("option", "", name)));
  select.value = before;
  select.onchange = list;
}
function list() {
  const some = home.scenarios.filter(one => ["window", "situation"].every(key => !$(key).value || one[key] === $(key).value));
  $("scenarios").replaceChildren(...some.map(one => {
    const item = make("li", "bar"), more = [one.window, one.situation, w.drill_steps.replace("{}", one.steps)];
    if (one.points !== null) more.push(`${w.drill_last} ${one.points} ${w.drill_points}`);
    item.append(make("span", "", one.name), make("span", "soft", more.join(" · ")), button(w.drill_practise, () => begin({scenario: one.id}), `${w.drill_practise} ${one.name}`));
    return item;
  }));
}
function level(one) {
  const item = make("li"), title = make("p", "bar"), shownIn = one.situations.reduce((sum, some) => sum + some.shown, 0);
  const wanted = one.situations.reduce((sum, some) => sum + some.wanted, 0), bar = make("progress");
  bar.max = wanted; bar.value = shownIn; bar.setAttribute("aria-label", one.name);
  title.append(make("strong", "", one.name), bar, make("span", "soft", `${shownIn}/${wanted}`));
  if (one.held) title.append(make("span", "badge", `${w.drill_held} ${one.until}`));
  for (const own of home.certificates.filter(some => some.level === one.id)) {
    const link = make("a", "", w.drill_certificate);
    link.href = `/certificates/${own.id}`;
    title.append(link);
  }
  item.append(title);
  const open = one.situations.filter(some => some.shown < some.wanted);
  if (open.length && open.length < one.situations.length) item.append(make("p", "soft", `${w.drill_not_held} ${listed(open.map(some => some.name))}`));
  return item;
}
function recent(one) {
  const item = make("li", "bar");
  item.append(make("span", "", one.name), make("strong", "", `${one.points} ${w.drill_points}`));
  if (one.spoken) item.append(make("span", "soft", w.drill_speaking));
  if (one.examination) item.append(make("span", "badge doubt", w.drill_examination));
  item.append(make("span", "soft", new Date(one.at).toLocaleString(document.documentElement.lang)));
  return item;
}
const begin = wanted => tried(async () => open(await askJson("/api/drill/walk", "POST", wanted)));

// --- a scenario walked through ---
// What was begun for a line ends with it: a sound, and a recording.
function leave() {
  generation++;
  hush();
  if (recording) recording.forget();
  recording = null;
}
function open(state) {
  leave();
  walk = state;
  speaks = false;
  keep(null);
  $("home").hidden = true; $("walk").hidden = false; $("over").hidden = true;
  $("name").textContent = `${state.scenario.name} · ${state.scenario.window}`;
  $("examination").hidden = $("give-up").hidden = !state.examination;
  $("give-up").hidden = state.examination || state.over;
  retell(state.turns.flatMap(turn => [customer(turn.customer), said(turn.answer), ...turn.mark ? [verdict(turn.mark)] : []]));
  $("speak").disabled = !home.spoken;
  $("why-not").hidden = home.spoken;
  $("why-not").textContent = w.drill_no_model;
  sent = draft(text, `drill ${state.scenario.id} ${state.turn}`);
  put();
}
// What was told before is not read out once more.
function retell(items) {
  $("talk").ariaLive = "off";
  $("talk").replaceChildren(...items);
  requestAnimationFrame(() => { $("talk").ariaLive = "polite"; });
}
function bubble(kind, who, words) {
  const item = make("li", kind);
  item.append(make("span", "who", who), make("span", "words", words));
  item.querySelector(".words").lang = "zh-Hans";
  return item;
}
const customer = words => bubble("customer", w.drill_customer, words);
const said = words => bubble("clerk", w.drill_you, words || w.drill_silent);
const address = (step, model) => `/api/drill/sound/${encodeURIComponent(walk.scenario.id)}/${encodeURIComponent(step)}${model ? "?model=true" : ""}`;

async function put() {
  $("after").hidden = true;
  form.hidden = walk.over;
  if (walk.over) { over(); return; }
  const line = customer(walk.step.customer), own = walk.step;
  if (canSay(own.said, own.recorded)) line.append(button(w.drill_hear, () => say(own.said, own.recorded && address(own.id)), `${w.drill_hear} ${own.customer}`));
  $("talk").append(line);
  line.scrollIntoView({block: "nearest"});
  shownSince = performance.now();
  if (!speaks) { text.focus(); return; }
  $("speak").focus();
  const before = generation;
  await say(own.said, own.recorded && address(own.id));
  if (before !== generation) return;
  shownSince = performance.now();
  listen(answerSpoken);
}
function over() {
  const right = walk.turns.filter(turn => turn.mark && turn.mark.outcome === "right").length;
  $("sum").textContent = `${right}/${walk.turns.length} ${w.drill_right} · ${walk.points} ${w.drill_points}`;
  $("give-up").hidden = true;
  $("once-more").hidden = Boolean(walk.examination);
  if (walk.examination) retell(walk.turns.flatMap(turn => [customer(turn.customer), said(turn.answer), verdict(turn.mark)]));
  $("over").hidden = false;
  $("back").focus();
}

// What an answer came to.
function verdict(mark) {
  const item = make("li", `mark ${mark.outcome}`), parts = [];
  item.append(make("strong", "", `${OUTCOMES[mark.outcome]} · ${mark.points} ${w.drill_points}`));
  const list = make("ul");
  for (const one of mark.wanted) {
    const line = make("li", TONES[one.verdict], `${SIGNS[one.verdict]} ${one.name}${one.heard ? `: “${one.heard}”` : ""}`);
    if (one.verdict === "close" && one.syllables.length) line.append(pairs(one.syllables), make("span", "soft", listed(one.slips)));
    list.append(line);
  }
  for (const one of mark.breaches) list.append(make("li", "bad", `✗ ${w.drill_never} “${one.heard}” (${one.sources.join("; ")})`));
  for (const one of mark.better) list.append(make("li", "doubt", one.said ? `→ ${w.drill_better}${one.said} → ${one.say}` : `→ ${w.drill_better}${one.say}`));
  for (const one of mark.manner) list.append(make("li", "doubt", `→ ${one}`));
  item.append(list);
  if (mark.response_seconds !== null) parts.push(`${mark.response_seconds.toFixed(1)} ${w.drill_seconds}`);
  if (mark.pace !== null) parts.push(`${mark.pace.toFixed(1)} ${w.drill_pace}`);
  if (mark.loudness !== null) parts.push(`${mark.loudness.toFixed(0)} dBFS`);
  if (parts.length) item.append(make("p", "soft", parts.join(" · ")));
  if (mark.outcome !== "right") {
    const model = make("p", "", `${w.drill_model}: `), words = make("span", "", mark.model);
    words.lang = "zh-Hans";
    model.append(words);
    item.append(model);
  }
  return item;
}
function pairs(syllables) {
  const box = make("div", "pairs");
  for (const one of syllables) {
    const cell = make("div", one.slip ? "other" : "");
    cell.append(make("small", "", one.wanted_sound || "–"), make("span", "", one.wanted || "–"), make("small", "", `${one.said || "–"} ${one.said_sound}`));
    box.append(cell);
  }
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", `${w.drill_wanted} ${syllables.map(one => one.wanted_sound).join(" ")}, ${w.drill_said} ${syllables.map(one => one.said_sound).join(" ")}`);
  return box;
}
function taken(found) {
  sent();
  keep(null);
  walk = found;
  $("talk").append(said(found.heard), found.mark ? verdict(found.mark) : make("li", "soft", w.drill_kept));
  $("talk").lastChild.scrollIntoView({block: "nearest"});
  text.value = "";
  sent = draft(text, `drill ${walk.scenario.id} ${walk.turn}`);
  if (!found.heard) speaks = false;  // nobody is there, or the microphone is muted
  const right = !found.mark || found.mark.outcome === "right";
  if (right) { put(); return; }
  form.hidden = true;
  const model = walk.turns.length && canSay(found.mark.model, false);
  $("hear-model").hidden = !model;
  $("hear-model").onclick = () => say(found.mark.model, "");
  $("repeat").hidden = !home.spoken || walk.examination || walk.over;
  $("after").hidden = false;
  $("next").focus();
}
form.onsubmit = event => {
  event.preventDefault();
  if (sending) return;  // a second Enter, while the first is on its way
  leave();
  const seconds = Math.min(86400, (performance.now() - shownSince) / 1000);
  speaks = false;
  tried(() => marked("/api/drill/walk/answers", {turn: walk.turn, walk: walk.walk, text: text.value, seconds}));
};
// What was said is not to be said again since the network was away.
function keep(answer) {
  unsent = answer;
  $("resend").hidden = !answer;
}
async function marked(path, body) {
  sending = true;
  keep(null);
  try {
    taken(await askJson(path, "POST", body));
  } catch (error) {
    // Elsewhere it may have come to its end as well.
    if (error.kind === "overtaken") await askJson("/api/drill/walk").then(open, showHome);
    else if (body instanceof Blob && error.kind !== "unheard") keep({path, body});
    throw error;
  } finally { sending = false; }
}
text.onkeydown = event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); form.requestSubmit(); }
};
$("next").onclick = put;
$("resend").onclick = () => { leave(); tried(() => marked(unsent.path, unsent.body)); };
$("back").onclick = async () => { await showHome(); $("title").focus(); };
$("once-more").onclick = () => begin({scenario: walk.scenario.id});
$("give-up").onclick = () => tried(async () => { await ask("/api/drill/walk", "DELETE"); await showHome(); });

// --- spoken ---
async function listen(whole) {
  if (recording) { recording.stop(); return; }
  if (starting) return;
  hush();
  keep(null);
  const own = ++generation;
  starting = true;
  try {
    recording = await Recording.begin(level => { $("loud").value = level; });
  } catch {
    $("why-not").textContent = w.drill_no_microphone;
    $("why-not").hidden = false;
    speaks = false;
    return;
  } finally { starting = false; }
  if (own !== generation) { recording.forget(); recording = null; return; }
  $("why-not").hidden = home.spoken;
  $("listening").textContent = w.drill_listens;
  $("loud").hidden = false;
  form.hidden = false;
  $("speak").textContent = w.drill_stop;
  const sound = await recording.whole;
  $("loud").hidden = true;
  try {
    if (!sound || own !== generation) return;
    recording = null;
    $("listening").textContent = w.drill_hearing;
    $("speak").disabled = true;
    await tried(() => whole(sound));
  } finally {
    $("listening").textContent = "";
    $("speak").disabled = !home.spoken;
    $("speak").replaceChildren(w.drill_speak, " ", make("kbd", "", "F2"));
  }
}
const answerSpoken = sound => marked(`/api/drill/walk/spoken?turn=${walk.turn}&walk=${walk.walk}`, sound);
$("speak").onclick = () => { speaks = true; listen(answerSpoken); };
$("repeat").onclick = () => listen(async sound => {
  const found = await askJson(`/api/drill/walk/spoken?turn=${walk.turn}&walk=${walk.walk}&repeated=true`, "POST", sound);
  $("talk").append(said(found.heard), verdict(found.mark));
  $("talk").lastChild.scrollIntoView({block: "nearest"});
  form.hidden = true;
});
document.addEventListener("keydown", event => {
  if (event.key === "F2" && !event.repeat && !$("walk").hidden && !$("speak").disabled) {
    event.preventDefault();
    if (!$("after").hidden && !$("repeat").hidden) $("repeat").click();
    else if (!form.hidden) $("speak").click();
  }
});
showHome();
