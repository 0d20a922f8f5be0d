// One interaction: what was said, why it got its score, its sound.
import {$, ask, askJson, make, shown, trouble, w} from "./desk.js";
import {fetchSound, tell} from "./covered.js";
import {Sound} from "./sound.js";
import {phrases} from "./talk.js";

const desk = $("talked"), place = desk.dataset.place, sound = new Sound($("wave"), $("clock"));
let now = null, hant = false, from = null;

function line(said) {
  const one = make("li", said.role), who = make("span", "who", said.role_name + (said.start === null ? "" : ` · ${said.start.toFixed(1)} s`));
  if (said.start !== null) {
    const play = make("button", "plain", "▶");
    play.setAttribute("aria-label", `${w.play_from}: ${shown(said.text)}`);
    play.onclick = () => listen(said.start);
    who.append(" ", play);
  }
  one.append(who, phrases(said, hant));
  if (said.corrected) {
    const parts = [said.corrected.role && w["role_" + said.corrected.role], said.corrected.heard].filter(Boolean).join(" ");
    one.append(make("span", "who", `${w.corrected} ${parts} (${said.corrected.by})`));
  }
  return one;
}
function rule(one) {
  const line = make("li", `ruled ${one.verdict}`), head = make("p"), points = one.points ? `${one.points > 0 ? "+" : ""}${one.points}` : "";
  head.append(make("strong", "", one.name), " ", make("span", `verdict ${one.verdict}`, one.told), " ", make("span", "number", points));
  if (one.flag) {
    const link = make("a", "", w[one.flag.state]);
    link.href = `/findings/${one.flag.id}?state=${one.flag.state}`;
    head.append(" ", link);
  }
  line.append(head);
  if (one.reason) line.append(make("p", "soft", one.reason));
  return line;
}
function phrase(one) {
  const line = make("li");
  line.append(make("span", "", one.phrase), " ", make("span", "soft", [one.why, one.source].filter(Boolean).join(" · ")));
  return line;
}
function show() {
  const score = now.score === null ? w.unscored : `${w.score} ${now.score.toFixed(1).replace(/\.0$/, "")}`;
  const before = now.score !== now.first_score && now.first_score !== null ? ` (${w.first_score} ${now.first_score})` : "";
  $("name").textContent = shown([score + before, now.grade].filter(Boolean).join(" · "));
  const when = now.began ? now.began.replace("T", " ").slice(0, 16) : "";
  $("about").textContent = shown([now.hall, now.window, now.clerk, when, now.mode, now.note].filter(Boolean).join(" · "));
  $("old").hidden = now.current;
  $("lines").replaceChildren(...now.utterances.map(line));
  $("wordless").hidden = now.utterances.length > 0;
  const idle = one => one.verdict === "na" && !one.flag;
  $("rules").replaceChildren(...now.findings.filter(one => !idle(one)).map(rule));
  $("idle").replaceChildren(...now.findings.filter(idle).map(rule));
  $("phrases").replaceChildren(...now.matches.map(phrase));
  $("versions").textContent = now.versions ? shown(`courtesy ${now.versions.courtesy} · ${now.versions.rubric}`) : "";
}

// Some two minutes are fetched at once; a line that is not among them has its own fetched.
async function fetchFrom(at) {
  const query = at === null ? "" : `?at=${at}`;
  const heard = await fetchSound(`/api/interactions/${place}/sound${query}`), silent = $("silent");
  from = at === null ? now.start : at;
  tell(heard, `/api/interactions/${place}/unmasked${query}`, unmasked => { opened(unmasked); sound.audio.play().catch(() => {}); });
  if (heard instanceof Error) { sound.close(); silent.textContent = shown(heard.message); silent.hidden = false; return; }
  opened(heard);
}
function opened({bytes}) {
  $("silent").hidden = true;
  sound.open(bytes, null);
  sound.audio.playbackRate = Number($("speed").value);
}
async function listen(at) {
  if (from === null || at < from || at > from + sound.length - 1) await fetchFrom(at);
  sound.seek(at - from);
  sound.audio.play().catch(() => {});
}

$("play").onclick = () => sound.toggle();
$("speed").onchange = () => { sound.audio.playbackRate = Number($("speed").value); };
$("script").onclick = () => { hant = !hant; $("lines").replaceChildren(...now.utterances.map(line)); };
$("back").href = `/interactions${location.search}`;
try {
  now = await askJson(`/api/interactions/${place}`);
  show();
  await fetchFrom(null);
} catch (error) {
  $("name").textContent = w.error;
  if (!error.kind) throw error;
  trouble(error.message);
}
desk.removeAttribute("aria-busy");
