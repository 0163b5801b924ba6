// What both pages are built of. A text is [Danish, English]: both are in the page, and the style shows the one that the
// page is in.

function span(language, text) {
  const element = document.createElement('span');
  element.lang = language;
  element.textContent = text;
  return element;
}

const filled = new WeakMap();

// Puts texts into the element, plain ones or [Danish, English], unless they are there already: a click on what is
// replaced meanwhile would be lost.
export function fill(element, ...texts) {
  const key = JSON.stringify(texts);
  if (filled.get(element) === key) return;
  filled.set(element, key);
  element.replaceChildren(...texts.flatMap((text) => (Array.isArray(text)
    ? [span('da', text[0]), span('en', text[1])] : [String(text)])));
}

export const find = (id) => document.getElementById(id);

function remembered() {
  try {
    return window.localStorage.getItem('language');
  } catch {
    return null;  // the browser keeps nothing
  }
}

function remember(value) {
  try {
    window.localStorage.setItem('language', value);
  } catch {
    // It holds for this page.
  }
}

// `titles` is the page's title.
export function setUpLanguage(titles) {
  const set = (value) => {
    document.documentElement.lang = value;
    document.title = `${titles[value === 'en' ? 1 : 0]} – envej`;
  };
  const asked = new URL(window.location.href).searchParams.get('lang') ?? remembered();
  set(asked === 'en' ? 'en' : 'da');
  find('switch').addEventListener('click', () => {
    set(document.documentElement.lang === 'da' ? 'en' : 'da');
    remember(document.documentElement.lang);
  });
}

// Asks the server. Answers {status, json}; status 0 where it cannot be reached.
export async function ask(path, request) {
  try {
    const answer = await fetch(path, request === undefined ? { cache: 'no-store' } : {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request), cache: 'no-store',
    });
    const isJson = (answer.headers.get('Content-Type') ?? '').startsWith('application/json');
    return { status: answer.status, json: isJson ? await answer.json() : {} };
  } catch {
    return { status: 0, json: {} };
  }
}

// The field that a path is about, or else the one around it.
function fieldOf(path) {
  for (let part = path; part; part = part.replace(/(\.[^.]*|^[^.]*)$/, '')) {
    const field = document.querySelector(`[data-field="${CSS.escape(part)}"]`);
    if (field && !field.closest('[hidden]')) return field;
  }
  return null;
}

const errorOf = (field) => find(`${field.id}-error`) ?? field.querySelector('.field-error');

export function clearErrors() {
  document.querySelectorAll('.field-error').forEach((error) => fill(error));
  document.querySelectorAll('[aria-invalid]').forEach((field) => field.removeAttribute('aria-invalid'));
  find('problem').hidden = true;
}

// Says at the top what stands in the way, and leads there.
export function showProblem(text) {
  fill(find('problem'), text);
  find('problem').hidden = false;
  find('problem').focus();
}

// Shows each error at its field, and leads to the first. `errors` are [{path, text}].
export function showErrors(errors) {
  const fields = errors.map(({ path, text }) => {
    const field = fieldOf(path);
    if (!field) return null;
    fill(errorOf(field), text);
    if (field.matches('input, select')) field.setAttribute('aria-invalid', 'true');
    return field;
  }).filter(Boolean);
  if (fields.length === 0) return showProblem(['Oplysningerne blev ikke godtaget.', 'What was entered was not accepted.']);
  const first = fields.sort((one, other) => (one.compareDocumentPosition(other) & 4 ? -1 : 1))[0];
  const target = first.matches('input, select') ? first : first.querySelector('input') ?? first;
  target.focus();
  return undefined;
}

const CLOCK = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: 'Europe/Copenhagen' });

// In Danish time, the same in both languages.
export const clockText = (time) => CLOCK.format(new Date(time));

// Today in Denmark, YYYY-MM-DD.
export const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Copenhagen' }).format(new Date());
