// The frame of every page: its language, its search, and its connection to the broker, which says how old what is shown
// is. The page is given each snapshot, and the time as the broker has it.

import { ageWords } from './judgement.js';
import { clockText, fill, traceLink } from './parts.js';

const LOST_SECONDS = 25;  // heartbeats come every 15
const AGAIN_MILLISECONDS = 3000;
const ASK_AGAIN_SECONDS = 10;
// ID, or MUNICIPALITY/REGION/ID as the terminal names a notice.
const NOTICE = /^(?:(\d{4})\/(\d{4})\/)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;
const STATE_WORDS = {
  opening: ['◌ Forbinder …', '◌ Connecting …'],
  live: ['● Forbundet', '● Connected'],
  lost: ['✖ Forbindelsen er tabt: det viste er gammelt', '✖ The connection is lost: what is shown is old'],
  refused: ['✖ Certifikatet giver ikke adgang længere: det viste er gammelt',
    '✖ The certificate gives no access any more: what is shown is old'],
  crowded: ['✖ For mange sider er åbne med dette certifikat: luk en af dem. Det viste er gammelt',
    '✖ Too many pages are open with this certificate: close one of them. What is shown is old'],
};

const language = {
  get: () => document.documentElement.lang,
  set(value) {
    document.documentElement.lang = value;
    document.title = `${titles[value === 'en' ? 1 : 0]} – envej`;
    document.dispatchEvent(new Event('language'));
  },
};
let titles = ['envej', 'envej'];

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

function setUpLanguage() {
  const asked = new URL(window.location.href).searchParams.get('lang');
  const first = asked ?? remembered();
  language.set(first === 'en' ? 'en' : 'da');
  document.getElementById('switch').addEventListener('click', () => {
    language.set(language.get() === 'da' ? 'en' : 'da');
    remember(language.get());
    const here = new URL(window.location.href);
    here.searchParams.set('lang', language.get());
    window.history.replaceState(null, '', here);
  });
}

function setUpSearch() {
  const field = document.getElementById('find-id');
  document.getElementById('find').addEventListener('submit', (event) => {
    event.preventDefault();
    const notice = NOTICE.exec(field.value.trim().toLowerCase());
    if (notice) {
      const [, municipalityCode, regionCode, noticeId] = notice;
      window.location.assign(traceLink({ municipalityCode, regionCode, noticeId }));
      return;
    }
    field.setAttribute('aria-invalid', 'true');
    fill(document.getElementById('find-error'), ['Skriv et id (8-4-4-4-12 tegn) eller KOMMUNE/REGION/ID',
      'Type an id (8-4-4-4-12 characters) or MUNICIPALITY/REGION/ID']);
    field.focus();
  });
}

let checkedAt = null;     // by the broker's clock, in milliseconds: what is shown held then
let checkedHere = 0;      // the same moment by this page's own
let isOpen = false;
let whyLost = null;       // why the feed turned us away, where it is known

// The broker's time, in milliseconds.
export function brokerNow() {
  return checkedAt === null ? Date.now() : checkedAt + (performance.now() - checkedHere);
}

export function currentLanguage() {
  return language.get();
}

function heard(at) {
  const moment = Date.parse(at);
  if (Number.isNaN(moment) || moment === checkedAt) return;
  checkedAt = moment;
  checkedHere = performance.now();
}

function showConnection() {
  const age = checkedAt === null ? null : (performance.now() - checkedHere) / 1000;
  let state = 'live';
  if (checkedAt === null) state = isOpen || performance.now() < 5000 ? 'opening' : 'lost';
  else if (!isOpen || age > LOST_SECONDS) state = 'lost';
  document.getElementById('connection').dataset.state = state;
  document.body.dataset.connection = state;
  fill(document.getElementById('connection-state'), STATE_WORDS[(state === 'lost' && whyLost) || state]);
  const words = ageWords(age);
  const at = checkedAt === null ? '' : clockText(checkedAt);
  const old = checkedAt === null ? '' : [`· data fra ${at}, ${words[0]} gamle`, `· data of ${at}, ${words[1]} old`];
  fill(document.getElementById('connection-age'), old);
}

const WHY = { 403: 'refused', 429: 'crowded' };

// What a stream of events that is turned away does not tell.
async function askWhy() {
  try {
    whyLost = WHY[(await fetch('/feed', { method: 'HEAD', cache: 'no-store' })).status] ?? null;
  } catch {
    whyLost = null;
  }
  showConnection();
}

function listen(shown) {
  const source = new EventSource('/feed');
  source.addEventListener('open', () => { isOpen = true; whyLost = null; showConnection(); });
  source.addEventListener('snapshot', (event) => {
    const snapshot = JSON.parse(event.data);
    heard(snapshot.at);
    shown(snapshot);
    showConnection();
  });
  source.addEventListener('heartbeat', (event) => { heard(JSON.parse(event.data).at); showConnection(); });
  source.addEventListener('error', () => {
    isOpen = false;
    showConnection();
    // Turned away for good, as when too many listen, the browser itself does not try again.
    if (source.readyState !== EventSource.CLOSED) return;
    askWhy();
    setTimeout(() => listen(shown), AGAIN_MILLISECONDS);
  });
}

// `both` is the page's title. `shown` is called with each snapshot, and again each second with the last one, since what
// is shown grows older by itself. Its third argument says whether there may be something new to ask for.
export function start(both, shown) {
  titles = both;
  setUpLanguage();
  setUpSearch();
  let last = null;
  const show = (snapshot) => {
    last = snapshot;
    const status = snapshot.status ?? {};
    fill(document.getElementById('about'), `${status.broker ?? ''} · envej ${status.programVersion ?? ''}`);
    shown(snapshot, brokerNow(), true);
  };
  showConnection();
  listen(show);
  let seconds = 0;
  setInterval(() => {
    showConnection();
    seconds += 1;
    if (last) shown(last, brokerNow(), isOpen && seconds % ASK_AGAIN_SECONDS === 0);
  }, 1000);
}
