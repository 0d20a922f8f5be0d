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
  // As the browser reads it, which leaves out what does not show: nobody is led to another site.
  const there = new URL(back, location.origin);
  location.href = there.origin === location.origin ? there.href : "/findings";
};
