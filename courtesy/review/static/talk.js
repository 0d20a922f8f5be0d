// What was said, with the phrases in it marked.
import {make, shown} from "./desk.js";

// Offsets count characters as Python does; a string here would count some of them twice.
export function phrases(said, hant) {
  const text = make("span", "text"), chars = Array.from(shown(hant ? said.hant : said.text)), tones = chars.map(() => "");
  for (const mark of said.marks)
    for (let i = mark.span[0]; i < Math.min(mark.span[1], chars.length); i++) tones[i] = mark.tone || "doubt";
  text.lang = hant ? "zh-Hant" : "zh-Hans";
  for (let from = 0, to; from < chars.length; from = to) {
    for (to = from + 1; to < chars.length && tones[to] === tones[from]; to++);
    const piece = chars.slice(from, to).join("");
    text.append(tones[from] ? make("mark", tones[from], piece) : piece);
  }
  return text;
}
