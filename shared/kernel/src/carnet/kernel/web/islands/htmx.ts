// htmx for every page. After a form was sent, the keyboard and the screen reader go to what came back.
import "htmx.org";

document.addEventListener("htmx:afterSettle", (event) => {
  const { target, boosted } = (event as CustomEvent<{ target: Element; boosted?: boolean }>).detail;
  if (target.id === "notice" || boosted) document.getElementById(target.id === "notice" ? "notice" : "main")?.focus();
});
