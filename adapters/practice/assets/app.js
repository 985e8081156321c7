// Plays the child. What is sent carries an id made here, and is tried with the same id until the
// house has it: a lost answer never makes a second message. All words come from the page.
"use strict";

const say = document.body.dataset;
const talk = document.getElementById("talk");
const log = document.getElementById("log");
const state = document.getElementById("state");
const text = document.getElementById("text");

const freshName = (start) => start + crypto.getRandomValues(new Uint32Array(3)).join("-");

// The pseudonym: two tabs are two devices of the same child.
let child = new URLSearchParams(location.search).get("child") || localStorage.getItem("practice-child");
if (!child) child = freshName("child-");
localStorage.setItem("practice-child", child);

// What this browser knows of the talk: {own: [{id, text, after, gone, edited}]}.
const memoryKey = "practice-talk-" + child;
const memory = JSON.parse(localStorage.getItem(memoryKey) || '{"own":[]}');
const remember = () => localStorage.setItem(memoryKey, JSON.stringify(memory));

let last = 0;
const shown = new Map();

function add(tag, parent, more = {}) {
  const element = Object.assign(document.createElement(tag), more);
  parent.append(element);
  return element;
}

function bubble(who, words) {
  const item = document.createElement("li");
  add("span", item, { className: "who", textContent: who });
  add("span", item, { className: "words", textContent: words, dir: "auto" });
  return item;
}

function place(item) {
  log.append(item);
  showNewest();
}

// The whole of it with its answers; of one that is too long for the screen, its beginning.
function showNewest() {
  const item = log.lastElementChild;
  item?.scrollIntoView({ block: item.offsetHeight > talk.clientHeight ? "start" : "end" });
}

function showBot(message) {
  if (message.n <= last) return;
  last = message.n;
  const item = bubble(say.helpline, message.text);
  item.lang = message.lang;
  item.dataset.n = message.n;
  if (message.choices.length) {
    const choices = add("div", item, { className: "choices" });
    message.choices.forEach((choice, index) => {
      const button = add("button", choices, { type: "button", textContent: `${index + 1}. ${choice.label}`, dir: "auto" });
      button.dataset.value = choice.value;
      button.addEventListener("click", () => press(button, choice));
    });
  }
  place(item);
}

function showOwn(own) {
  if (shown.has(own.id)) return;
  const item = bubble(say.me, own.text);
  item.className = "me";
  item.dataset.id = own.id;
  shown.set(own.id, item);
  const acts = add("div", item, { className: "acts" });
  const act = (label, run) => add("button", acts, { type: "button", textContent: label }).addEventListener("click", run);
  act(say.edit, () => startEdit(own));
  act(say.delete, () => takeBack(own.id));
  place(item);
  if (own.gone) markGone(own.id);
  else if (own.edited) markEdited(own.id, own.text);
}

function markEdited(id, words) {
  const item = shown.get(id);
  if (!item) return;
  item.querySelector(".words").textContent = words;
  item.querySelector(".who").textContent = `${say.me} · ${say.edited}`;
}

function markGone(id) {
  const item = shown.get(id);
  if (!item) return;
  const words = item.querySelector(".words");
  words.textContent = say.deleted;
  words.classList.add("gone");
  item.querySelector(".acts")?.remove();
}

function known(id) {
  return memory.own.find((own) => own.id === id);
}

function takeOwn(own) {
  if (known(own.id)) return;
  memory.own.push({ ...own, after: last });
  remember();
  showOwn(own);
}

function edited(id, words) {
  const own = known(id);
  if (own) Object.assign(own, { text: words, edited: true });
  remember();
  markEdited(id, words);
}

function gone(id) {
  const own = known(id);
  if (own) Object.assign(own, { gone: true, text: "" });
  remember();
  markGone(id);
}

// One after the other, in order, each until it is taken.
let queue = Promise.resolve();
function send(what) {
  const body = JSON.stringify({ child, ...what });
  queue = queue.then(() => deliver(body));
}

async function deliver(body) {
  state.textContent = say.sending;
  for (let wait = 500; ; wait = Math.min(wait * 2, 10000)) {
    try {
      const answer = await fetch("/practice/api/send", {
        method: "POST", body, headers: { "Content-Type": "application/json" },
      });
      if (answer.status === 202) {
        state.textContent = say.sent;
        return;
      }
      const told = await answer.json().catch(() => ({}));
      state.textContent = told.say || say.again;
      if (answer.status !== 429 && answer.status < 500) return;
    } catch {
      state.textContent = say.again;
    }
    await new Promise((resume) => setTimeout(resume, wait));
  }
}

function write(words) {
  const own = { id: freshName("m-"), text: words };
  takeOwn(own);
  send({ id: own.id, text: words });
}

function press(button, choice) {
  button.setAttribute("aria-pressed", "true");
  const own = { id: freshName("m-"), text: choice.label };
  takeOwn(own);
  send({ id: own.id, choice: { value: choice.value, label: choice.label } });
}

function startEdit(own) {
  const item = shown.get(own.id);
  const acts = item.querySelector(".acts");
  const words = item.querySelector(".words");
  const field = document.createElement("textarea");
  field.value = words.textContent;
  field.setAttribute("aria-label", say.edit);
  const row = document.createElement("div");
  row.className = "acts";
  const done = () => { field.replaceWith(words); row.replaceWith(acts); acts.firstChild.focus(); };
  add("button", row, { type: "button", textContent: say.save }).addEventListener("click", () => {
    done();
    send({ id: freshName("e-"), edit: { of: own.id, text: field.value } });
    edited(own.id, field.value);
  });
  add("button", row, { type: "button", textContent: say.cancel }).addEventListener("click", done);
  words.replaceWith(field);
  acts.replaceWith(row);
  field.focus();
}

function takeBack(id) {
  send({ id: freshName("d-"), redact: { of: id } });
  gone(id);
  text.focus();
}

function listen() {
  // The browser resumes by itself with the number of the last event it saw.
  const events = new EventSource(`/practice/api/events?child=${encodeURIComponent(child)}&after=${last}`);
  events.addEventListener("message", (event) => showBot(JSON.parse(event.data)));
  events.addEventListener("own", (event) => {
    const own = JSON.parse(event.data);
    if (own.kind === "text") takeOwn({ id: own.id, text: own.text });
    else if (own.kind === "edit") edited(own.of, own.text);
    else if (own.kind === "redact") gone(own.of);
  });
}

// Puts the child's own bubbles back between the helpline's, where they were.
async function begin() {
  let bot = [];
  try {
    bot = (await (await fetch(`/practice/api/messages?child=${encodeURIComponent(child)}`)).json()).messages;
  } catch {
    state.textContent = say.again;
  }
  const own = [...memory.own];
  for (const message of bot) {
    while (own.length && own[0].after < message.n) showOwn(own.shift());
    showBot(message);
  }
  own.forEach(showOwn);
  listen();
  text.focus();
}

document.getElementById("write").addEventListener("submit", (event) => {
  event.preventDefault();
  write(text.value);
  text.value = "";
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
document.getElementById("new-child").addEventListener("click", () => {
  localStorage.setItem("practice-child", freshName("child-"));
  location.assign("/practice");
});
// The keyboard of a phone comes up, or the phone is turned.
addEventListener("resize", showNewest);
begin();
