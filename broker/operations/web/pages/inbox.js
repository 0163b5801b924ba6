// One inbox: how it is, whom to phone, what is late in it.

import { LEVEL_WORDS, ageWords, judgeInbox, secondsSince } from './judgement.js';
import { fill, fillFigures, keepChildren, makeProblem, phoneParts, setLevel } from './parts.js';
import { showLate } from './late.js';
import { start } from './live.js';

const code = window.location.pathname.split('/')[2];
let shown = null;   // {inboxes, late}, or null where the inbox cannot be had
let isUnknown = false;
let wasAsked = false;
let isAsking = false;

function showSentence(level, words) {
  const sentence = document.getElementById('sentence');
  fill(sentence, words);
  setLevel(sentence, level);
}

function showNone() {
  if (isUnknown) {
    showSentence('warning', [`Ingen kommune i registret har koden ${code}`,
      `No municipality in the register has the code ${code}`]);
  } else if (shown) {
    showSentence('idle', ['Kommunen deltager ikke, og dens indbakke er tom',
      'The municipality takes no part, and its inbox is empty']);
  } else {
    showSentence('bad', [`Indbakke ${code} kan ikke læses`, `Inbox ${code} cannot be read`]);
  }
}

function showCounts(inbox, now) {
  const since = (moment) => {
    if (!moment) return [['ikke kendt', 'not known']];
    const [da, en] = ageWords(secondsSince(moment, now));
    return [{ time: moment }, [` (for ${da} siden)`, ` (${en} ago)`]];
  };
  const figure = (key, da, en, value, level) => ({ key, name: [da, en], value, level });
  const badIfAny = (number) => (Number(number) > 0 ? 'bad' : '');
  fillFigures(document.getElementById('counts'), [
    figure('waiting', 'Venter', 'Waiting', [inbox.waiting]),
    figure('leased', 'Udlånt', 'Leased', [inbox.leased]),
    figure('parked', 'Parkeret', 'Parked', [inbox.parked], badIfAny(inbox.parked)),
    figure('missing', 'Mangler', 'Missing', [inbox.missing], badIfAny(inbox.missing)),
    figure('overdue', 'Forsinket', 'Overdue', [inbox.overdue], badIfAny(inbox.overdue)),
    figure('undelivered', 'Uafleveret', 'Undelivered', [inbox.undelivered], badIfAny(inbox.undelivered)),
    figure('oldest', 'Ældste', 'Oldest', inbox.oldestEnteredAt ? since(inbox.oldestEnteredAt) : [['ingen', 'none']]),
    figure('fetch', 'Hentet sidst', 'Last fetch', since(inbox.lastFetchAt)),
    figure('pull', 'Spurgte sidst', 'Last pull', since(inbox.lastPullAt)),
    figure('seen', 'Kaldte sidst', 'Last call', since(inbox.lastSeenAt)),
    figure('consumers', 'Modtagere forbundet', 'Consumers connected', [inbox.consumersConnected]),
    figure('accepted', 'Modtaget i dag', 'Accepted today', [inbox.acceptedToday]),
    figure('acknowledged', 'Kvitteret i dag', 'Acknowledged today', [inbox.acknowledgedToday]),
    figure('returned', 'Returneret i dag', 'Returned today', [inbox.returnedToday]),
  ]);
}

function show(now) {
  if (!wasAsked) return;
  const inbox = shown?.inboxes?.inboxes?.[0];
  document.querySelectorAll('main section').forEach((section) => { section.hidden = !inbox; });
  if (!inbox) {
    showNone();
    return;
  }
  const name = `${inbox.municipalityCode} ${inbox.name}`;
  fill(document.getElementById('heading'), [`Indbakke ${name}`, `Inbox ${name}`]);
  const { level, reasons } = judgeInbox(inbox, now);
  showSentence(level, LEVEL_WORDS[level]);
  const list = document.getElementById('problems');
  keepChildren(list, reasons, (one) => one.words[0].replace(/\d.*/, ''), makeProblem,
    (item, reason) => { fill(item, reason.words); setLevel(item, reason.level); });
  showCounts(inbox, now);
  fill(document.getElementById('phone'), ...phoneParts(inbox.onCall));
  showLate(shown.late, now, (notice) => [notice.regionCode]);
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(`/api/inboxes/${code}`, { cache: 'no-store' });
    shown = answer.ok ? await answer.json() : null;
    isUnknown = answer.status === 404;
    wasAsked = true;
  } catch {
    // What was had stays; that the connection is lost is said above.
  }
  isAsking = false;
}

start([`Indbakke ${code}`, `Inbox ${code}`], async (snapshot, now, isNew) => {
  if (isNew) await ask();
  show(now);
});
