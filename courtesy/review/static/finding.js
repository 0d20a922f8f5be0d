// One flag: listen, read, decide; the next one is fetched meanwhile.
import {$, ask, askJson, draft, make, shown, trouble, w} from "./desk.js";
import {fetchSound, tell} from "./covered.js";
import {phrases} from "./talk.js";
import {Sound} from "./sound.js";

const desk = $("desk"), role = desk.dataset.role, chosen = new URLSearchParams(location.search);
const sound = new Sound($("wave"), $("clock"));
const fetched = new Map();  // flags and their sound, by number
let now = null, hant = false, forget = [];
const decided = [];  // numbers this page decided about, the last one last

const queue = () => { const asked = new URLSearchParams(chosen); if (!asked.has("state")) asked.set("state", "waiting"); return asked; };

function fetchOne(number) {
  if (!fetched.has(number)) {
    const one = askJson(`/api/findings/${number}`);
    const heard = fetchSound(`/api/findings/${number}/sound`);
    fetched.set(number, {one, heard});
    one.catch(() => fetched.delete(number));
  }
  return fetched.get(number);
}

async function open(number, {replace = false} = {}) {
  desk.setAttribute("aria-busy", "true");
  const got = fetchOne(number);
  try {
    now = await got.one;
  } catch (error) {
    $("name").textContent = w.error;
    if (error.kind) trouble(error.message);
    return;
  }
  history[replace ? "replaceState" : "pushState"](number, "", `/findings/${number}?${chosen}`);
  fetched.delete(number);  // looked at again it may be another
  show();
  // At once, or who decides before the sound is there would be led to this one again.
  preload();
  const heard = await got.heard;
  if (now.id !== number) return;
  tell(heard, `/api/findings/${number}/unmasked`, listen);
  if (heard instanceof Error) silent(heard); else listen(heard);
  desk.removeAttribute("aria-busy");
}
function silent(error) {
  sound.close();
  $("silent").textContent = shown(error.message);
  $("silent").hidden = false;
}
function listen({bytes}) {
  $("silent").hidden = true;
  const first = now.place ? Math.max(0, now.place[0] - now.around) : 0;
  sound.open(bytes, now.place && now.place.map(at => at - first));
  sound.audio.playbackRate = Number($("speed").value);
  if (now.part && role !== "clerk") sound.replay();
}

async function after(number) {
  const asked = queue();
  asked.set("after", `${now.rank},${number}`);
  const found = await askJson(`/api/findings?${asked}`);
  if (found.findings.length) return found.findings[0].id;
  asked.delete("after");
  const rest = (await askJson(`/api/findings?${asked}`)).findings.filter(one => one.id !== number);
  return rest.length ? rest[0].id : null;
}
let following = null;
function preload() {
  following = after(now.id).then(id => { if (id !== null) fetchOne(id); return id; });
  following.catch(() => {});
}
async function goOn() {
  const id = await following;
  if (id === null) $("done").textContent = w.no_more; else await open(id);
}

function show() {
  document.title = `${now.rule.name} · ${w.title}`;
  $("name").textContent = now.rule.name;
  const when = now.began ? now.began.replace("T", " ").slice(0, 16) : "";
  $("about").textContent = shown([w[now.state], now.severity && w[now.severity], now.hall, now.window, now.clerk, when].filter(Boolean).join(" · "));
  $("lines").replaceChildren(...now.utterances.map(line));
  const here = $("lines").querySelector(".here");
  if (here) $("talk").scrollTop = here.offsetTop - $("talk").offsetTop - $("talk").clientHeight / 3;
  $("reason").textContent = now.finding ? now.finding.reason : w.gone;
  $("evidence").replaceChildren(...now.evidence.map(evidence));
  showHistory();
  const mayDecide = ["reviewer", "supervisor"].includes(role) && now.part && !(now.part === "final" && role !== "supervisor");
  $("decide").hidden = !mayDecide; $("reasons").hidden = true;
  $("undo").hidden = !now.mine;
  $("objecting").hidden = !(role === "clerk" && !now.appeal && ["waiting", "confirmed"].includes(now.state));
  const over = now.appeal_until && new Date(`${now.appeal_until}Z`) < new Date();
  $("appeal").disabled = over;
  $("appeal-until").textContent = over ? w.appeal_over : now.appeal_until ? `${w.appeal_until} ${now.appeal_until.replace("T", " ").slice(0, 16)} UTC` : "";
  $("withdraw").hidden = !(role === "clerk" && now.state === "appealed");
  $("answering").hidden = !(role === "supervisor" && now.state === "appealed");
  if (now.appeal) $("appealed").textContent = shown(`${now.appeal.by}: ${now.appeal.reason} (${w.until} ${now.appeal.until.slice(0, 10)})`);
  forget = ["note", "comment", "objection", "answer"].filter(id => $(id)).map(id => draft($(id), `${now.id} ${id}`));
  $("done").textContent = now.blind ? w.blind : "";
}

function line(said) {
  const one = make("li", said.here ? `${said.role} here` : said.role), text = phrases(said, hant);
  const who = make("span", "who", said.role_name + (said.start === null ? "" : ` · ${said.start.toFixed(1)} s`));
  if (["reviewer", "supervisor"].includes(role)) {
    const change = make("button", "plain", w.correct);
    change.onclick = () => correct(one, said);
    who.append(" ", change);
  }
  one.append(who, text);
  if (said.corrected) {
    const parts = [said.corrected.role && w["role_" + said.corrected.role], said.corrected.heard].filter(Boolean).join(" ");
    one.append(make("span", "who", `${w.corrected} ${parts} (${said.corrected.by})`));
  }
  return one;
}

function correct(one, said) {
  if (one.querySelector("form")) return;
  const form = make("form"), words = make("textarea"), who = make("select"), save = make("button", "", w.save), leave = make("button", "plain", w.cancel);
  words.value = (said.corrected && said.corrected.heard) || said.text; words.maxLength = 2000; words.setAttribute("aria-label", w.heard);
  for (const name of ["clerk", "customer", "unknown"]) { const option = make("option", "", w["role_" + name]); option.value = name; who.append(option); }
  who.value = (said.corrected && said.corrected.role) || said.role; who.setAttribute("aria-label", w.state);
  leave.type = "button"; leave.onclick = () => form.remove();
  form.append(words, who, save, leave);
  form.onsubmit = async event => {
    event.preventDefault();
    const body = {utterance: said.id};
    if (words.value !== said.text) body.heard = words.value;
    if (who.value !== said.role) body.role = who.value;
    await tried(async () => { await ask(`/api/findings/${now.id}/corrections`, "POST", body); await again(); });
  };
  one.append(form);
  words.focus();
}

function evidence(match) {
  const one = make("div"), pairs = make("div", "pairs");
  for (const [wanted, wantedSound, heard, heardSound, same] of match.compared) {
    const pair = make("div", same ? "" : "other");
    pair.append(make("small", "", wantedSound), make("span", "", wanted || "–"), make("br"), make("span", "", heard || "–"), make("small", "", heardSound));
    pairs.append(pair);
  }
  const sure = `${w.sure} ${Math.round(100 * match.confidence)} %`;
  one.append(pairs, make("p", "", `${w.canonical}：${match.phrase}`), make("p", "soft", [match.why, sure].join(" · ")), make("p", "soft", `${w.source}：${match.source}`));
  return one;
}

function told(event) {
  switch (event.kind) {
    case "decision": return [w[event.part + "_part"], w[event.outcome] + (event.why ? ` (${w["why_" + event.why]})` : ""), event.text];
    case "taken back": return [w.taken_back];
    case "correction": return [w.kind_correction, w.sentence.replace("{}", event.utterance + 1), event.role && w["role_" + event.role], event.heard];
    case "answer": return [event.upheld ? w.upheld : w.granted, event.text];
    default: return [w["kind_" + event.kind], event.text];
  }
}
function showHistory() {
  $("history").replaceChildren(...now.history.map(event =>
    make("li", "", [event.by, ...told(event), event.at && event.at.replace("T", " ").slice(0, 16)].filter(Boolean).join(" · "))));
}

// What is refused is told, and what was typed stays.
async function tried(work) {
  try {
    await work();
  } catch (error) {
    if (!error.kind) throw error;
    trouble(error.message);
    if (error.kind === "overtaken") { now = await askJson(`/api/findings/${now.id}`); show(); trouble(error.message); }
  }
}
async function again() { now = await askJson(`/api/findings/${now.id}`); show(); }

let done = null;  // the flag that was decided about; the next one may be at once
async function decide(outcome, why = "") {
  if (done === now.id || $("decide").hidden) return;
  if (outcome === "rejected" && !why) { $("reasons").hidden = false; $("reasons").querySelector("button").focus(); return; }
  done = now.id;
  let kept = false;
  await tried(async () => {
    const found = await askJson(`/api/findings/${now.id}/decision`, "POST", {revision: now.revision, outcome, why, note: $("note").value});
    kept = true;
    forget.forEach(one => one());
    decided.push(now.id);
    $("done").textContent = w.kept + w[found.state];
    await goOn();
    if ($("done").textContent === "") $("done").textContent = w.kept + w[found.state];
  });
  if (!kept) done = null;
}
async function undo() {
  done = null;
  if (!now.mine && decided.length) { await open(decided.pop()); }
  if (now.mine) await tried(async () => { await askJson(`/api/findings/${now.id}/decision?revision=${now.revision}`, "DELETE"); await again(); });
}

desk.querySelectorAll("[data-outcome]").forEach(one => { one.onclick = () => decide(one.dataset.outcome); });
desk.querySelectorAll("[data-why]").forEach(one => { one.onclick = () => decide("rejected", one.dataset.why); });
desk.querySelectorAll("[data-upheld]").forEach(one => {
  one.onclick = () => tried(async () => {
    await askJson(`/api/findings/${now.id}/answer`, "POST", {revision: now.revision, upheld: one.dataset.upheld === "true", answer: $("answer").value});
    forget.forEach(f => f()); await again();
  });
});
$("appeal").onclick = () => tried(async () => {
  await askJson(`/api/findings/${now.id}/appeal`, "POST", {revision: now.revision, reason: $("objection").value});
  forget.forEach(f => f()); await again();
});
$("withdraw").onclick = () => tried(async () => { await askJson(`/api/findings/${now.id}/appeal?revision=${now.revision}`, "DELETE"); await again(); });
if ($("say")) $("say").onclick = () => tried(async () => {
  await ask(`/api/findings/${now.id}/comments`, "POST", {text: $("comment").value});
  forget.forEach(f => f()); await again();
});
$("play").onclick = () => sound.toggle();
$("replay").onclick = () => sound.replay();
$("loop").onclick = () => { sound.looping = !sound.looping; $("loop").setAttribute("aria-pressed", sound.looping); };
$("speed").onchange = () => { sound.audio.playbackRate = Number($("speed").value); };
$("script").onclick = () => { hant = !hant; $("lines").replaceChildren(...now.utterances.map(line)); };
if ($("swap")) $("swap").onclick = () => tried(async () => { await ask(`/api/findings/${now.id}/roles`, "POST"); await again(); });
$("undo").onclick = undo;
$("keys").onclick = () => $("help").showModal();
$("next").onclick = goOn;

const keys = {" ": () => sound.toggle(), r: () => sound.replay(), l: () => $("loop").click(), s: () => $("script").click(),
  c: () => decide("confirmed"), x: () => decide("rejected"), u: () => decide("unsure"), z: undo, n: goOn,
  "[": () => faster(-1), "]": () => faster(1), w: () => $("swap") && $("swap").click(), "?": () => $("help").showModal()};
function faster(by) { const speed = $("speed"); speed.selectedIndex = Math.max(0, Math.min(speed.length - 1, speed.selectedIndex + by)); speed.onchange(); }
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /TEXTAREA|INPUT|SELECT/.test(event.target.tagName) || document.querySelector("dialog[open]") || !now) return;
  const why = !$("reasons").hidden && ["words", "person", "quoted", "context", "sound"][Number(event.key) - 1];
  const does = why ? () => decide("rejected", why) : keys[event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  does();
});
window.onpopstate = event => open(event.state || Number(desk.dataset.number), {replace: true});
open(Number(desk.dataset.number), {replace: true});
