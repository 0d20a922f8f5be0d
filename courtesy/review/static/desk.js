// What all pages share: words, asking the server, signing in again without losing anything.
export const w = JSON.parse(document.getElementById("words").textContent);
export const $ = id => document.getElementById(id);

export class Refused extends Error {
  constructor(status, error) { super(error.message); this.status = status; this.kind = error.kind; }
}

// Marks that turn the reading direction around could make a sentence look like another one; each
// character becomes one, so that places in a text hold.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
export const shown = text => String(text).replace(UNSEEN, "\ufffd");

export function make(tag, name, text) {
  const one = document.createElement(tag);
  if (name) one.className = name;
  if (text !== undefined && text !== null) one.textContent = shown(text);
  return one;
}

export const listed = names => new Intl.ListFormat(document.documentElement.lang, {style: "narrow"}).format(names);

async function sent(path, method, body) {
  if (body === undefined) return fetch(path, {method});
  const sound = body instanceof Blob;
  const headers = {"Content-Type": sound ? "application/octet-stream" : "application/json"};
  return fetch(path, {method, headers, body: sound ? body : JSON.stringify(body)});
}

// Ask; whose session has ended signs in on the spot and asks once more.
export async function ask(path, method = "GET", body = undefined) {
  for (;;) {
    const began = performance.now();
    let answer;
    try {
      answer = await sent(path, method, body);
    } catch (error) {
      trouble(w.offline);
      throw error;
    }
    if (answer.ok) settled(method, began);
    if (answer.status === 401 && path !== "/api/session") { await signInAgain(); continue; }
    if (!answer.ok) {
      const told = await answer.json().catch(() => ({error: {kind: "http", message: answer.statusText}}));
      refused = method;
      throw new Refused(answer.status, told.error);
    }
    return answer;
  }
}

export async function askJson(path, method, body) {
  const answer = await ask(path, method, body);
  return answer.status === 204 || answer.status === 201 ? null : answer.json();
}

// What was refused is told until something of its kind is done: what a page asks for by itself, or
// asked for before, says nothing about it.
let refused = "", since = 0;
function settled(method, began) {
  const offline = $("trouble").textContent === shown(w.offline);
  if (offline || (began > since && (method !== "GET" || refused === "GET"))) trouble("");
}
export function trouble(text) {
  const strip = $("trouble");
  since = performance.now();
  if (strip.textContent !== shown(text)) strip.textContent = shown(text);
  strip.hidden = !text;
}

let again = null;
function signInAgain() {
  if (again) return again;
  const dialog = $("again"), form = dialog.querySelector("form"), fault = form.querySelector(".fault");
  again = new Promise(done => {
    form.onsubmit = async event => {
      event.preventDefault();
      const answer = await sent("/api/session", "POST", {name: form.name.value, password: form.password.value});
      if (answer.ok) { form.password.value = ""; fault.textContent = ""; dialog.close(); again = null; done(); return; }
      fault.textContent = (await answer.json()).error.message;
      form.password.select();
    };
    dialog.oncancel = event => event.preventDefault();
    dialog.showModal();
  });
  return again;
}

// What somebody types outlives the page: it is in this browser's tab until it is sent.
export function draft(field, name) {
  const key = `draft ${name}`, before = field.dataset.draft;
  // What was typed while the first one was opened belongs to it.
  const typed = before === undefined ? field.value : "";
  if (before === undefined) field.addEventListener("input", () => sessionStorage.setItem(field.dataset.draft, field.value));
  field.dataset.draft = key;
  if (typed) sessionStorage.setItem(key, typed);
  if (before !== key) field.value = sessionStorage.getItem(key) || "";
  return () => { field.value = ""; sessionStorage.removeItem(key); };
}

const out = $("sign-out");
if (out) out.onclick = async () => { await ask("/api/session", "DELETE"); location.href = "/sign-in"; };
