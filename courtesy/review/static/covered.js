// In the sound a tone covers what is personal; who has the right may hear it all the same, and says why.
import {$, ask, shown, trouble, w} from "./desk.js";

async function heard(answer) {
  return {bytes: await answer.arrayBuffer(), covered: Number(answer.headers.get("Courtesy-Covered"))};
}
// An error is given, not thrown: pages show it where the sound would be.
export const fetchSound = path => ask(path).then(heard, error => error);

let path = "", play = null;
// `from` is where it can be heard with nothing covered; `open` takes what is heard then.
export function tell(found, from, open) {
  path = from; play = open;
  const wordless = found instanceof Error && found.kind === "words gone", many = found.covered ?? 0;
  $("covered").textContent = many ? shown(w.covered.replace("{count}", many)) : "";
  $("covered").hidden = !many;
  if ($("unmask")) $("unmask").hidden = !many && !wordless;
}

if ($("unmask")) {
  const dialog = $("unmasking"), why = dialog.querySelector("textarea");
  $("unmask").onclick = () => { dialog.returnValue = ""; dialog.showModal(); };
  dialog.onclose = async () => {
    if (dialog.returnValue !== "listen") return;
    const open = play, from = path;
    try {
      const found = await heard(await ask(from, "POST", {reason: why.value}));
      if (open !== play) return;  // another one is looked at by now
      why.value = "";
      tell(found, from, open);
      open(found);
    } catch (error) {
      if (!error.kind) throw error;
      trouble(error.message);
    }
  };
}
