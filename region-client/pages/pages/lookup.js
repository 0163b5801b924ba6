// Shows what became of a patient's consent and notices, and withdraws a consent.

import { ask, clearErrors, clockText, fill, find, setUpLanguage, showErrors, showProblem } from './parts.js';
import { causeWords, problemWords, reasonWords, standingWords, stayWords, whyNotWords } from './words.js';

const names = new Map();
const nameOf = (code) => names.get(code) ?? code;
let asked = '';  // the number that is shown

async function learnNames() {
  const { status, json } = await ask('/api/municipalities');
  if (status === 200) json.municipalities.forEach(({ code, name }) => names.set(code, name));
}

function consentWords(consent) {
  if (!consent) return [['Intet samtykke er registreret', 'No consent is registered']];
  if (consent.withdrawn_at) return [['Trukket tilbage ', 'Withdrawn '], clockText(consent.withdrawn_at)];
  return [['Registreret ', 'Registered '], clockText(consent.registered_at), ` · ${nameOf(consent.municipality_code)}`];
}

function showFacts(found) {
  const facts = [
    [['Kendingsnummer her', 'Known here as'], [found.patient_reference]],
    [['Samtykke', 'Consent'], consentWords(found.consent)],
    [['Indlæggelse', 'Stay'], [stayWords(found.stay_state), found.discharge_date ? ` · ${found.discharge_date}` : '']],
  ];
  find('facts').replaceChildren(...facts.flatMap(([name, value]) => {
    const term = document.createElement('dt');
    const detail = document.createElement('dd');
    fill(term, name);
    fill(detail, ...value);
    return [term, detail];
  }));
}

function showNotices(notices) {
  find('notices-none').hidden = notices.length > 0;
  find('notices').replaceChildren(...[...notices].reverse().map((notice) => {
    const item = document.createElement('li');
    const cause = causeWords(notice);
    const because = cause ? [[` (${cause[0]})`, ` (${cause[1]})`]] : [];
    fill(item, standingWords(notice.standing), ...because, ` · ${nameOf(notice.municipality_code)} · `,
      ['udskrivning ', 'discharge '], notice.discharge_date, ` · ${clockText(notice.changed_at)}`);
    return item;
  }));
}

// Where there is to be a notice, how the newest one stands.
function headingOf({ why_not: why, notices, broker_away: isAway }) {
  const newest = notices.at(-1)?.standing.replace('NOTICE_STANDING_', '');
  if (why || !newest || newest === 'ACCEPTED') return whyNotWords(why);
  return newest === 'TO_BE_SENT' ? whyNotWords(why, isAway) : standingWords(newest);
}

function showFound(found) {
  fill(find('found-heading'), headingOf(found));
  showFacts(found);
  showNotices(found.notices);
  find('withdrawal').hidden = !found.consent || Boolean(found.consent.withdrawn_at);
  find('withdraw').hidden = false;
  find('sure').hidden = true;
  find('found').hidden = false;
  find('found-heading').focus();
}

function showRefusal(answer) {
  if (answer.json.errors) {
    return showErrors(answer.json.errors.map(({ field, reason }) => ({ path: field, text: reasonWords(reason) })));
  }
  if (answer.status === 404) return showErrors([{ path: 'patient.value', text: ['Intet vides om det nummer', 'Nothing is known by that number'] }]);
  return showProblem(problemWords(answer));
}

async function lookUp(number) {
  clearErrors();
  find('found').hidden = true;
  const answer = await ask('/api/lookups', { patient: { value: number } });
  if (answer.status !== 200) return showRefusal(answer);
  if (names.size === 0) await learnNames();
  asked = number;
  return showFound(answer.json);
}

async function withdraw() {
  clearErrors();
  const answer = await ask('/api/withdrawals', { patient: { value: asked } });
  if (answer.status !== 200) return showRefusal(answer);
  return lookUp(asked);
}

function askWhetherSure(sure) {
  find('withdraw').hidden = sure;
  find('sure').hidden = !sure;
  find(sure ? 'confirm' : 'withdraw').focus();
}

setUpLanguage(['Slå op', 'Look up']);
find('form').addEventListener('submit', (event) => {
  event.preventDefault();
  lookUp(find('number').value.trim());
});
find('withdraw').addEventListener('click', () => askWhetherSure(true));
find('cancel').addEventListener('click', () => askWhetherSure(false));
find('confirm').addEventListener('click', withdraw);
