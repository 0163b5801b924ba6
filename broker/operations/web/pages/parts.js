// What the pages are built of. A text is [Danish, English]: both are in the page, and the style shows the one that the
// page is in, so that the language changes without anything being asked for again.

const filled = new WeakMap();

function span(language, text) {
  const element = document.createElement('span');
  element.lang = language;
  element.textContent = text;
  return element;
}

function link(part) {
  const element = document.createElement('a');
  element.href = part.href;
  element.append(...nodes(part.text));
  return element;
}

function moment(part) {
  const element = document.createElement('time');
  element.dateTime = part.time;
  element.textContent = clockText(part.time);
  return element;
}

function mark(part) {
  const element = document.createElement('span');
  element.className = 'mark';
  element.dataset.level = part.level;
  element.append(...nodes(part.text));
  return element;
}

// A part is a plain text, [Danish, English], {href, text}, {time} or {level, text}.
function nodes(part) {
  if (Array.isArray(part)) return part[0] === part[1] ? [part[0]] : [span('da', part[0]), span('en', part[1])];
  if (typeof part !== 'object') return [String(part)];
  if (part.href) return [link(part)];
  return [part.time ? moment(part) : mark(part)];
}

// Puts the parts into the element, unless they are there already: what has the focus keeps it.
export function fill(element, ...parts) {
  const key = JSON.stringify(parts);
  if (filled.get(element) === key) return;
  filled.set(element, key);
  element.replaceChildren(...parts.flatMap(nodes));
}

export function setLevel(element, level) {
  if (level) element.dataset.level = level;
  else delete element.dataset.level;
}

// Keeps one child of `parent` for each item, in their order. `make` gives a new child, `update` what is in it.
export function keepChildren(parent, items, keyOf, make, update) {
  const had = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focused = document.activeElement;
  items.forEach((item, place) => {
    const key = String(keyOf(item));
    let child = had.get(key);
    had.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  had.forEach((child) => child.remove());
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

// An item of a list of problems.
export function makeProblem() {
  const item = document.createElement('li');
  item.className = 'problem';
  return item;
}

// A row whose first cell names it; `classes` are those of the cells.
export function makeRow(classes) {
  const row = document.createElement('tr');
  classes.forEach((name, place) => {
    const cell = document.createElement(place === 0 ? 'th' : 'td');
    if (place === 0) cell.scope = 'row';
    if (name) cell.className = name;
    row.append(cell);
  });
  return row;
}

// Rows as lists of cells, each a list of parts.
export function fillTable(id, items, keyOf, classes, cellsOf) {
  const body = document.querySelector(`#${id} tbody`);
  keepChildren(body, items, keyOf, () => makeRow(classes), (row, item) => {
    cellsOf(item).forEach((parts, place) => fill(row.children[place], ...parts));
  });
}

// Figures as {key, name, value: parts, level}.
export function fillFigures(element, figures) {
  const make = () => {
    const box = document.createElement('div');
    box.append(document.createElement('dt'), document.createElement('dd'));
    return box;
  };
  keepChildren(element, figures, (figure) => figure.key, make, (box, figure) => {
    fill(box.children[0], figure.name);
    fill(box.children[1], ...figure.value);
    setLevel(box, figure.level);
  });
}

// The table where there is something in it, and otherwise that there is nothing.
export function showTable(id, items, nothing) {
  const none = document.getElementById(`${id}-none`);
  fill(none, nothing);
  none.hidden = items.length > 0;
  document.getElementById(id).parentElement.hidden = items.length === 0;
}

const CLOCK = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short', timeStyle: 'medium', timeZone: 'Europe/Copenhagen',
});

// In Danish time, the same in both languages.
export function clockText(time) {
  return CLOCK.format(new Date(time));
}

// With one decimal, after which the unit stands.
export function numberWords(number, unit = '') {
  return ['da', 'en'].map((language) => `${number.toLocaleString(language,
    { minimumFractionDigits: 1, maximumFractionDigits: 1 })}${unit}`);
}

// Whom to phone.
export function phoneParts(contact) {
  if (!contact?.phoneNumber) return [['ingen er angivet', 'nobody is named']];
  return [`${contact.name} `, { href: `tel:${contact.phoneNumber}`, text: contact.phoneNumber }];
}

// To the trace of a notice; of all notices with its id, where it is known by that alone.
export function traceLink({ municipalityCode, regionCode, noticeId }) {
  const query = municipalityCode ? `?municipality=${municipalityCode}&region=${regionCode}` : '';
  return `/notices/${noticeId}${query}`;
}
