// What decisions teach: how good each phrase is, and what might be changed in the lists.
import {$, ask, askJson, make, trouble, w} from "./desk.js";

const may = "edit" in $("proposals").dataset;
const share = value => `${Math.round(100 * value)} %`;
let folder = null;

function cited(phrase, state, text) {
  const link = make("a", "", text);
  link.href = `/findings?${new URLSearchParams({state, phrase})}`;
  return link;
}
function phraseRow(one) {
  const line = make("tr"), name = make("th", "", one.name);
  name.scope = "row"; name.lang = "zh";
  const good = make("td", "number"), bad = make("td", "number");
  good.append(cited(one.phrase, "confirmed", one.confirmed));
  bad.append(cited(one.phrase, "rejected", one.rejected));
  const [low, high] = one.interval, told = one.few ? w.learning_few : share(one.precision);
  line.append(name, make("td", one.few ? "soft" : "number", told), make("td", "number", `${share(low)} – ${share(high)}`), good, bad);
  return line;
}
function pair(list, title, value) {
  const name = make("dt", "", title), told = make("dd");
  if (value instanceof Node) told.append(value); else told.textContent = value;
  list.append(name, told);
  return told;
}
function told(counts) {
  const names = {confirmed: w.confirmed, rejected: w.rejected, open: w.learning_open};
  const parts = Object.keys(names).filter(name => counts[name]).map(name => `${names[name]} ${counts[name]}`);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return parts.length ? `${all} (${parts.join(", ")})` : "0";
}
function effect(one) {
  const box = make("div"), what = one.effect;
  if (!what) { box.append(make("p", "soft", w.learning_working)); return box; }
  if (what.refused) box.append(make("p", "fault", w.learning_fails + what.refused));
  const list = make("dl", "told");
  pair(list, w.learning_talks, what.recordings);
  const gone = pair(list, w.learning_gone, told(what.gone));
  if (what.gone.confirmed) gone.className = "bad";
  pair(list, w.learning_come, told(what.come));
  pair(list, w.learning_scores, what.scores);
  pair(list, w.learning_sentences, `${what.sentences}${what.refused ? "" : ` · ${w.learning_all_right}`}`);
  if (what.gold.dialogues) {
    const outcome = found => `${w.learning_right} ${found.right}, ${w.learning_wrong} ${found.wrong}, ${w.learning_missed} ${found.missed}`;
    pair(list, w.learning_gold_set, `${w.learning_before}: ${outcome(what.gold.before)} · ${w.learning_after}: ${outcome(what.gold.after)}`);
  }
  box.append(list);
  if (what.examples.length) {
    const more = make("details"), items = make("ul");
    more.append(make("summary", "", w.learning_examples));
    for (const some of what.examples) {
      const item = make("li", "", `${some.way === "gone" ? w.learning_gone : w.learning_come}: `), words = make(some.flag ? "a" : "span", "", some.said || some.rule);
      if (some.flag) words.href = `/findings/${some.flag}`;
      words.lang = "zh";
      item.append(words, make("span", "soft", ` ${some.told === "open" ? w.learning_open : w[some.told]}`));
      items.append(item);
    }
    more.append(items);
    box.append(more);
  }
  return box;
}
function card(one) {
  const item = make("li", "card"), title = make("h3"), phrase = make("span", "", one.name), bar = make("div", "bar");
  phrase.lang = "zh";
  title.append(make("small", "soft", `${w[`learning_${one.kind}`]} `), phrase);
  item.append(title, make("p", "change", one.change), make("p", "soft", one.why));
  const flags = make("p");
  flags.append(`${w.learning_cited}: `);
  one.flags.slice(0, 8).forEach(flag => { const link = make("a", "", flag); link.href = `/findings/${flag}`; link.setAttribute("aria-label", `${w.learning_cited} ${flag}`); flags.append(link, " "); });
  flags.append(cited(one.phrase, "rejected", w.rejected), " ", cited(one.phrase, "confirmed", w.confirmed));
  item.append(flags);
  if (one.state === "open") {
    if (one.reason) item.append(make("p", "soft", w.learning_earlier + one.reason));
    const heading = make("h4", "", w.learning_effect);
    item.append(heading, effect(one));
    const yes = make("button", "main", w.learning_accept), no = make("button", "", w.learning_decline);
    yes.disabled = !folder || !one.effect || Boolean(one.effect.refused);
    yes.onclick = () => send(one, "accept", {revision: one.revision});
    no.onclick = () => reasoned(one, "decline", w.learning_why_not);
    if (may) bar.append(yes, no);
  } else {
    item.append(make("p", "", `${w[`learning_${one.state}`]} · ${one.by} · ${one.at.slice(0, 10)}${one.reason ? ` · ${one.reason}` : ""}`));
    if (may && one.state === "accepted") {
      const back = make("button", "", w.learning_undo);
      back.onclick = () => reasoned(one, "undo", w.learning_why_undo);
      bar.append(back);
    }
  }
  for (const button of bar.children) button.setAttribute("aria-label", `${button.textContent} ${one.name}: ${one.change}`);
  item.append(bar);
  return item;
}
function reasoned(one, what, title) {
  const dialog = $("ask"), form = dialog.querySelector("form");
  $("ask-title").textContent = title;
  form.reset();
  form.onsubmit = () => send(one, what, {revision: one.revision, reason: form.elements.reason.value.trim() || "–"});
  dialog.showModal();
}
async function send(one, what, body) {
  try {
    const found = await (await ask(`/api/learning/proposals/${one.id}/${what}`, "POST", body)).json();
    await load();
    $("told").textContent = what === "accept" ? `${w.learning_later} ${found.file}` : w[`learning_${found.state}`];
  } catch (error) {
    if (!error.kind) throw error;
    await load();
    trouble(error.message);
  }
}
async function load() {
  const found = await askJson("/api/learning");
  folder = found.folder;
  $("folder").textContent = folder ? `${w.learning_folder} ${folder}` : w.learning_no_folder;
  const open = found.proposals.filter(one => one.state === "open"), done = found.proposals.filter(one => one.state !== "open");
  $("proposals").replaceChildren(...open.map(card));
  $("none").hidden = open.length > 0;
  $("done").replaceChildren(...done.map(card));
  $("past").hidden = !done.length;
  $("phrases").replaceChildren(...found.phrases.map(phraseRow));
  $("nothing").hidden = found.phrases.length > 0;
  // What is worked out in the background comes by itself.
  if (open.some(one => !one.effect)) setTimeout(load, 10000);
}
$("leave").onclick = () => $("ask").close();
load().catch(error => { if (error.kind) trouble(error.message); else throw error; });
