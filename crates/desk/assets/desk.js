// The desk's page made live. Every form works without this; here it is made quick and loud.
// It must never put text into the page as HTML other than what the server rendered and escaped.
'use strict';
(() => {
  const facts = JSON.parse(document.querySelector('meta[name=desk]').content);
  const words = facts.words;
  const page = document.body.dataset.page;
  const $ = (id) => document.getElementById(id);
  const skew = facts.now - Date.now();
  const now = () => Date.now() + skew;
  const keep = {
    // Kept in this browser only: drafts, seen offers, the choice of keys. Signing out removes drafts.
    get(key) { try { return localStorage.getItem('desk.' + key); } catch { return null; } },
    set(key, value) { try { value === null ? localStorage.removeItem('desk.' + key) : localStorage.setItem('desk.' + key, value); } catch { /* private mode */ } },
  };

  // ---- Saying things to screen readers and in a corner -------------------------------------
  function say(id, text) { const place = $(id); place.textContent = ''; setTimeout(() => { place.textContent = text; }, 50); }
  let toastGone;
  function toast(text) {
    $('toast').textContent = text; $('toast').hidden = false;
    clearTimeout(toastGone); toastGone = setTimeout(() => { $('toast').hidden = true; }, 8000);
    say('say-now', text);
  }

  // ---- Times -------------------------------------------------------------------------------
  const two = (n) => String(n).padStart(2, '0');
  function span(ms) {
    const s = Math.max(0, Math.floor(ms / 1000)), m = Math.floor(s / 60), h = Math.floor(s / 3600);
    if (s < 60) return s + ' s';
    if (s < 3600) return m + ' min';
    if (s < 172800) return h + ' h ' + two(m % 60);
    return Math.floor(h / 24) + ' × 24 h';
  }
  function put(node, text) { if (node.textContent !== text) node.textContent = text; }
  function times() {
    const lang = document.documentElement.lang;
    for (const time of document.querySelectorAll('time[data-since]')) put(time, span(now() - Number(time.dataset.since)));
    for (const time of document.querySelectorAll('time[data-at]')) {
      const at = new Date(Number(time.dataset.at));
      const today = at.toDateString() === new Date(now()).toDateString();
      const short = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
      const long = { day: 'numeric', month: 'short', ...short };
      put(time, at.toLocaleString(lang, today && !time.classList.contains('day') ? short : long));
    }
  }

  // ---- Renewing a part of the page without losing focus, drafts or scroll --------------------
  function morph(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id || '') !== (fresh.id || '')) { old.replaceWith(fresh); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) { old.data = fresh.data; return; }
    if ('keep' in old.dataset) return;
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !(name === 'open' && 'keepOpen' in old.dataset) && name !== 'aria-busy') old.removeAttribute(name);
    }
    for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    children(old, fresh);
  }
  function children(old, fresh) {
    const wanted = new Set([...fresh.children].map((child) => child.id));
    for (const child of [...old.children]) if (child.id && !wanted.has(child.id)) child.remove();
    const known = new Map();
    for (const child of [...old.childNodes]) if (child.id) known.set(child.id, child);
    let place = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const same = child.id ? known.get(child.id) : null;
      if (same) {
        if (same !== place) old.insertBefore(same, place); else place = place.nextSibling;
        morph(same, child);
        known.delete(child.id);
      } else if (place && !place.id && !child.id && place.nodeName === child.nodeName) {
        const next = place.nextSibling; morph(place, child); place = next;
      } else {
        old.insertBefore(child, place);
      }
    }
    while (place) { const next = place.nextSibling; place.remove(); place = next; }
  }
  // One request at a time for each part; what moves meanwhile leads to one more.
  const parts = new Map();
  async function renew(address, id, after) {
    const state = parts.get(address) ?? { busy: false, again: false };
    parts.set(address, state);
    if (state.busy) { state.again = true; return; }
    state.busy = true;
    try {
      do {
        state.again = false;
        const answer = await fetch(address, { headers: { 'x-desk': 'live' }, cache: 'no-store' });
        if (answer.status === 401) { location.href = '/desk/sign-in'; return; }
        if (answer.status === 403 || answer.status === 410 || answer.status === 404) { if (id === 'talk') { try { sessionStorage.setItem('desk.toast', words.noLonger); } catch { /* no storage */ } location.href = '/desk'; } return; }
        if (!answer.ok) throw new Error(String(answer.status));
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id);
        if (!fresh) return;
        const focused = document.activeElement?.id;
        morph($(id), document.adoptNode(fresh));
        if (focused && document.activeElement?.id !== focused) ($(focused) ?? $('main')).focus({ preventScroll: true });
        times();
        if (after) after();
        toEnd();
      } while (state.again);
      connection(address, true);
    } catch {
      // A page that looks fresh and isn't would hide a child's words: say so and try again.
      connection(address, false);
      setTimeout(() => renew(address, id, after), 3000);
    } finally { state.busy = false; }
  }
  const talk = () => $('talk');
  // The newest line stays in sight unless the counsellor scrolled away from it.
  let pinned = true;
  const grows = 'ResizeObserver' in window ? new ResizeObserver(() => toEnd()) : null;
  function toEnd() {
    const log = $('lines');
    if (!log) return;
    if (!log.bound) {
      log.bound = true;
      log.addEventListener('scroll', () => { pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 60; });
      grows?.observe(log);
    }
    if (pinned) log.scrollTop = log.scrollHeight;
  }
  function renewHead() { return renew('/desk/head', 'head', () => { offers(); unreadTalks(); }); }
  function renewBoard() { if ($('board')) renew('/desk/board', 'board'); }
  function renewTalk() {
    if (!talk()) return;
    renew('/desk/c/' + talk().dataset.conversation + '/live', 'talk', bindDrafts);
  }

  // ---- Offers: sound, title, notification, again every 5 s until seen -----------------------
  const title0 = document.title;
  // My other talks: what came since I last looked is marked, said once and counted in the title.
  const toldUnread = new Map();
  function unreadTalks() {
    unread = 0;
    const here = document.hidden ? null : talk()?.dataset.conversation;
    for (const chip of document.querySelectorAll('#my-talks [data-talk]')) {
      const id = chip.dataset.talk, last = Number(chip.dataset.last), known = keep.get('read.' + id);
      if (id === here || known === null) keep.set('read.' + id, String(last));
      const isNew = id !== here && known !== null && last > Number(known);
      $('new-' + id).hidden = !isNew;
      chip.classList.toggle('unread', isNew);
      if (id === talk()?.dataset.conversation) chip.setAttribute('aria-current', 'page');
      if (!isNew) continue;
      unread += 1;
      if (toldUnread.get(id) !== last) { toldUnread.set(id, last); say('say-polite', words.newMessage + ' · ' + chip.textContent.trim()); }
    }
    title();
  }
  let unread = 0, waitingOffers = [], lastRing = 0, leader = true;
  const sound = new Audio(facts.sound);
  sound.preload = 'auto';
  const seen = () => new Set(JSON.parse(keep.get('seen') ?? '[]'));
  function see(key) { const all = [...seen(), key].slice(-200); keep.set('seen', JSON.stringify(all)); }
  function title() {
    const count = waitingOffers.length + unread;
    document.title = count ? '(' + count + ') ' + (waitingOffers.length ? words.offerTitle + ' · ' : '') + title0 : title0;
  }
  async function play() {
    try { sound.currentTime = 0; await sound.play(); $('sound-hint').hidden = true; return true; }
    catch (error) { if (error.name === 'NotAllowedError') $('sound-hint').hidden = false; return false; }
  }
  function offers() {
    const here = talk()?.dataset.conversation;
    const done = seen(), told = new Set(waitingOffers);
    waitingOffers = [];
    for (const offer of document.querySelectorAll('#offers [data-offer]')) {
      const key = offer.dataset.key;
      offer.hidden = offer.dataset.offer === here; // the page itself shows it, larger
      if (offer.dataset.offer === here) see(key);
      else if (!done.has(key)) {
        waitingOffers.push(key);
        if (!told.has(key)) { say('say-now', words.offerSaid + ' ' + offer.dataset.urgency); lastRing = 0; notify(offer); }
      }
    }
    for (const alarm of document.querySelectorAll('#alarms [data-alarm]')) waitingOffers.push('alarm ' + alarm.dataset.alarm);
    title(); ring();
  }
  function ring() {
    if (waitingOffers.length) { const done = seen(); waitingOffers = waitingOffers.filter((key) => !done.has(key)); title(); }
    if (!waitingOffers.length || !leader || Date.now() - lastRing < 5000) return;
    lastRing = Date.now(); play();
  }
  function notify(offer) {
    if (!leader || !('Notification' in window) || Notification.permission !== 'granted') return;
    const shown = new Notification(words.offerBody, { body: offer.dataset.urgency, tag: offer.dataset.key });
    shown.onclick = () => { window.focus(); location.href = '/desk/c/' + offer.dataset.offer; };
  }
  function unlock() { if (!$('sound-hint').hidden) { $('sound-hint').hidden = true; lastRing = 0; ring(); } }
  addEventListener('pointerdown', unlock); addEventListener('keydown', unlock);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) unreadTalks(); });

  // ---- Sending forms ------------------------------------------------------------------------
  function freshKey() { return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join(''); }
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if ('signOut' in form.dataset) { keep.set('leave', '1'); return; }
    if (!('live' in form.dataset)) return;
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const composing = 'compose' in form.dataset, box = composing ? form.querySelector('textarea') : null;
    const sent = box?.value;
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { 'x-desk': 'live', 'x-csrf-token': facts.csrf } });
      const line = await answer.json();
      if (line.signedOut) { location.href = '/desk/sign-in'; return; }
      if (!line.ok) { toast(line.words); renewHead(); renewTalk(); renewBoard(); return; }
      if (composing) {
        // What was typed while it was on its way stays.
        box.value = box.value.startsWith(sent) ? box.value.slice(sent.length) : box.value;
        draft(box); const key = form.querySelector('[name=client_key]'); if (key) key.value = freshKey();
        if (form.id === 'note') form.closest('details').open = false;
        box.focus();
      }
      if (form.id === 'wrap-up') keep.set(draftName($('wrap-up-note')), null);
      const here = talk() && line.to === '/desk/c/' + talk().dataset.conversation;
      const stays = here || form.id === 'duty' || form.action.endsWith('/alarms-seen');
      if (stays) { renewHead(); renewBoard(); renewTalk(); } else location.href = line.to;
    } catch { toast(words.failed); } finally { form.ariaBusy = 'false'; }
  });

  // ---- Drafts -------------------------------------------------------------------------------
  function draftName(box) { return 'draft.' + (talk()?.dataset.conversation ?? '') + '.' + box.dataset.draft; }
  function draft(box) { keep.set(draftName(box), box.value || null); }
  function bindDrafts() {
    for (const box of document.querySelectorAll('textarea[data-draft]')) {
      if (box.bound) continue;
      box.bound = true;
      if (!box.value) box.value = keep.get(draftName(box)) ?? '';
      box.addEventListener('input', () => draft(box));
      if (box.dataset.draft === 'wrap-up') continue;
      box.addEventListener('keydown', (event) => {
        // isComposing: Enter that ends a word in Chinese, Japanese or Korean input sends nothing.
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        if (box.value.trim()) box.form.requestSubmit();
      });
    }
  }

  // ---- Keys ---------------------------------------------------------------------------------
  const open = (id) => { const box = $(id); if (!box) return; box.open = true; box.querySelector('textarea, input:not([type=hidden]), button')?.focus(); };
  function step(by) {
    const rows = [...document.querySelectorAll('#board [data-row]')];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement.closest?.('[data-row]'));
    rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))].focus();
  }
  const keys = {
    j: () => step(1), k: () => step(-1), q: () => { location.href = '/desk'; },
    a: () => {
      const row = document.activeElement.closest?.('.row');
      (row?.querySelector('[data-accept]') ?? $('accept') ?? (row ? null : document.querySelector('#offers button.main')))?.click();
    },
    r: () => $('reply')?.focus(), n: () => open('note-box'),
    f: () => ($('wrap-up')?.querySelector('input[type=radio]') ? $('wrap-up').querySelector('input[type=radio]').focus() : open('finish-box')),
    o: () => document.querySelector('#offers a, #alarms a')?.focus(),
    '?': help,
  };
  function help() { const box = $('help'); if (box && !box.open) box.showModal(); }
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest?.('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog')) return;
    if (keep.get('keys') === 'off' || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault(); keys[event.key]();
  });
  document.addEventListener('click', async (event) => {
    const at = event.target.closest?.('#help-open, [data-test-alert], [data-notify]');
    if (!at) return;
    if (at.id === 'help-open') { if ($('help')) { event.preventDefault(); help(); } return; }
    const result = at.closest('dialog, main')?.querySelector('[data-result]');
    const tell = (text) => { if (result) result.textContent = text; else toast(text); };
    if ('testAlert' in at.dataset) { if (await play()) tell(words.soundOk); return; }
    if (!('Notification' in window)) { tell(words.notifyOff); return; }
    tell(await Notification.requestPermission() === 'granted' ? words.notifyOn : words.notifyOff);
  });
  for (const box of document.querySelectorAll('#keys-on')) {
    box.checked = keep.get('keys') !== 'off';
    box.addEventListener('change', () => keep.set('keys', box.checked ? null : 'off'));
  }

  // ---- Live: one stream for all tabs where the browser can share, else one each --------------
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('desk') : null;
  function moved(what) {
    renewHead();
    if (what.all || what.board) renewBoard();
    if (talk() && (what.all || what.conversations.includes(talk().dataset.conversation))) renewTalk();
  }
  const failing = new Set();
  function connection(what, works) {
    works ? failing.delete(what) : failing.add(what);
    const ok = failing.size === 0;
    if (ok === $('offline').hidden) return;
    $('offline').hidden = ok; say('say-polite', ok ? words.online : words.offline);
  }
  let stream;
  function listen() {
    leader = true;
    stream = new EventSource('/desk/events');
    stream.addEventListener('moved', (event) => {
      const what = JSON.parse(event.data);
      connection('stream', true); moved(what); channel?.postMessage(what);
    });
    stream.onerror = () => {
      connection('stream', false);
      // A stream that was refused isn't tried again by the browser: signed out, or the server is starting.
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => { renewHead(); listen(); }, 3000);
    };
    beat();
  }
  if (channel) channel.onmessage = (event) => moved(event.data);
  if (!facts.live) leader = false;
  else if (channel && navigator.locks) {
    leader = false;
    navigator.locks.request('desk-stream', () => { listen(); return new Promise(() => {}); });
  } else listen();

  // ---- Signs of life ------------------------------------------------------------------------
  let lastBeat = 0;
  async function beat() {
    lastBeat = Date.now();
    if (!facts.live) return;
    try {
      const answer = await fetch('/desk/heartbeat', { method: 'POST', headers: { 'x-desk': 'live', 'x-csrf-token': facts.csrf, 'content-type': 'application/x-www-form-urlencoded' }, body: '' });
      if (answer.status === 401) location.href = '/desk/sign-in';
      // Somebody else signed in in another tab of this browser. Once, not for ever.
      if (answer.status === 403) {
        const last = Number(sessionStorage.getItem('desk.reloaded') ?? 0);
        if (Date.now() - last > 60000) { sessionStorage.setItem('desk.reloaded', String(Date.now())); location.reload(); return; }
      }
      connection('beat', answer.ok);
    } catch { connection('beat', false); }
  }
  function tick() { times(); ring(); if (Date.now() - lastBeat >= 10000) beat(); }
  try { new Worker(facts.beat).onmessage = tick; } catch { setInterval(tick, 1000); }

  bindDrafts(); times(); offers(); unreadTalks(); toEnd();
  try { const told = sessionStorage.getItem('desk.toast'); if (told) { sessionStorage.removeItem('desk.toast'); toast(told); } } catch { /* no storage */ }
})();
