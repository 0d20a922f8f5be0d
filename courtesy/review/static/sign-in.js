import {$} from "./desk.js";

const form = $("sign-in"), fault = form.querySelector(".fault");
form.onsubmit = async event => {
  event.preventDefault();
  const answer = await fetch("/api/session", {
    method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({name: form.name.value, password: form.password.value}),
  });
  if (!answer.ok) {
    fault.textContent = (await answer.json()).error.message;
    form.password.select();
    return;
  }
  const back = new URLSearchParams(location.search).get("back") || "/findings";
  location.href = /^\/(?![/\\])/.test(back) ? back : "/findings";
};
