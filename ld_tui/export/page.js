"use strict";
(() => {
  const scenes = [...document.querySelectorAll(".scene")];
  const points = new Map(
    [...document.querySelectorAll(".point")].map((point) => [point.getAttribute("href"), point]),
  );
  const find = (id) => document.getElementById(id);
  const play = find("play");
  let now = 0;
  let timer = 0;

  function show(at) {
    now = Math.max(0, Math.min(scenes.length - 1, at));
    scenes.forEach((scene, i) => scene.classList.toggle("now", i === now));
    for (const [href, point] of points) point.classList.toggle("now", href === `#${scenes[now].id}`);
    find("where").textContent = `${scenes[now].dataset.title} (${now} of ${scenes.length - 1})`;
    find("first").disabled = find("back").disabled = now === 0;
    find("next").disabled = find("last").disabled = now === scenes.length - 1;
    find("notable").disabled = notable() < 0;
    // Some browsers refuse this for a page from a disk.
    try { history.replaceState(null, "", `#${scenes[now].id}`); } catch { /* Only a link less. */ }
  }

  function notable() {
    return scenes.findIndex((scene, i) => i > now && "notable" in scene.dataset);
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
    play.textContent = "Play";
  }

  function tick() {
    if (now === scenes.length - 1) return stop();
    show(now + 1);
    timer = setTimeout(tick, 1000 * find("pace").value);
  }

  function toggle() {
    if (timer) return stop();
    if (now === scenes.length - 1) show(0);
    play.textContent = "Pause";
    timer = setTimeout(tick, 1000 * find("pace").value);
  }

  const go = (at) => { stop(); show(at); };
  const acts = {
    first: () => go(0),
    back: () => go(now - 1),
    play: toggle,
    next: () => go(now + 1),
    last: () => go(scenes.length - 1),
    notable: () => go(notable() < 0 ? now : notable()),
  };
  const keys = {
    Home: acts.first, ArrowLeft: acts.back, " ": acts.play, ArrowRight: acts.next,
    End: acts.last, n: acts.notable,
  };
  for (const [id, act] of Object.entries(acts)) find(id).addEventListener("click", act);
  addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const isTaken = event.key === " " && event.target.closest("button, a, summary");
    if (!act || isTaken || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("select")) return;
    event.preventDefault();
    act();
  });
  const linked = (hash) => scenes.findIndex((scene) => `#${scene.id}` === hash);
  for (const link of document.querySelectorAll('a[href^="#t"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(linked(link.getAttribute("href")));
      if (link.closest(".written")) find("controls").scrollIntoView();
    });
  }
  addEventListener("hashchange", () => linked(location.hash) >= 0 && go(linked(location.hash)));
  document.documentElement.classList.add("js");
  find("controls").hidden = false;
  const at = linked(location.hash);
  show(Math.max(0, at));
  // The browser goes to where the turn would be in the list.
  if (at >= 0) addEventListener("load", () => setTimeout(() => scrollTo(0, 0)));
})();
