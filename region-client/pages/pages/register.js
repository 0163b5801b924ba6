// Registers what a citizen answered, or shows the leaflet where nothing is to be sent.

import { ask, clearErrors, fill, find, setUpLanguage, showErrors, showProblem, today } from './parts.js';
import { problemWords, reasonWords, whyNotWords } from './words.js';

const QUESTIONS = ['contact', 'disclosure'];
const CRITERIA = {
  aged: 'aged_18_or_over',
  illness: 'mental_illness',
  psychiatry: 'discharged_from_regional_psychiatry',
  support: 'no_support_under_serviceloven',
};
const AGAIN_MILLISECONDS = 5000;

const byCode = new Map();
const answerTo = (name) => document.querySelector(`input[name="${name}"]:checked`)?.value ?? '';
const valueOf = (id) => find(id).value.trim();
const saidNo = () => QUESTIONS.some((name) => answerTo(name) === 'no');
const chosen = () => byCode.get(find('municipality').value);
const sendsNothing = () => saidNo() || chosen()?.takes_part === false;

async function showMunicipalities() {
  const answer = await ask('/api/municipalities');
  if (answer.status !== 200) {
    showProblem(problemWords(answer));
    setTimeout(showMunicipalities, AGAIN_MILLISECONDS);
    return;
  }
  find('problem').hidden = true;
  const all = answer.json.municipalities.sort((one, other) => one.name.localeCompare(other.name, 'da'));
  all.forEach((municipality) => byCode.set(municipality.code, municipality));
  find('municipality').replaceChildren(new Option('–', ''), ...all.map(({ name, code }) => new Option(name, code)));
}

function schemeWords(municipality) {
  if (!municipality) return [''];
  if (!municipality.takes_part) return [['Kommunen deltager ikke: der sendes intet.', 'The municipality takes no part: nothing is sent.']];
  return [`${municipality.scheme_name} · `, ['telefon ', 'phone '], municipality.phone_number];
}

// What is asked follows from what was answered.
function showWhatIsAsked() {
  fill(find('scheme'), ...schemeWords(chosen()));
  QUESTIONS.forEach((name) => { find(`${name}-given`).hidden = sendsNothing() || answerTo(name) !== 'yes'; });
  find('rest').hidden = sendsNothing();
  find('address').hidden = find('protection').checked;
  fill(find('send-words'), sendsNothing() ? ['Vis folderen', 'Show the leaflet'] : ['Registrér', 'Register']);
}

// What the form itself can see.
function missing() {
  const errors = [];
  const miss = (path, reason) => errors.push({ path, text: reasonWords(reason) });
  // A no needs no list.
  if (!chosen() && !(saidNo() && byCode.size === 0)) miss('consent.municipality_code', 'MUNICIPALITY_UNKNOWN');
  if (!sendsNothing() && !valueOf('number')) miss('patient.value', 'PATIENT_NUMBER_INVALID');
  QUESTIONS.forEach((name) => {
    const path = `consent.consent.${name}`;
    if (!answerTo(name) && !sendsNothing()) miss(path, 'NOT_ANSWERED');
    if (answerTo(name) !== 'yes' || sendsNothing()) return;
    if (!valueOf(`${name}-date`)) miss(`${path}.given_on`, 'DAY_MISSING');
    if (!answerTo(`${name}-form`)) miss(`${path}.form`, 'FORM_MISSING');
  });
  if (sendsNothing()) return errors;
  Object.entries(CRITERIA).forEach(([name, path]) => {
    if (!answerTo(name)) miss(`consent.criteria.${path}`, 'NOT_ANSWERED');
  });
  return errors;
}

function partOf(name) {
  return answerTo(name) === 'yes' ? { given_on: valueOf(`${name}-date`), form: answerTo(`${name}-form`) } : undefined;
}

function contactOf() {
  const isProtected = find('protection').checked;
  const address = { street: valueOf('street'), postal_code: valueOf('postal-code'), city: valueOf('city') };
  return {
    name: valueOf('name'),
    phone_numbers: [valueOf('phone'), valueOf('phone-2')].filter(Boolean),
    email: valueOf('email'),
    name_and_address_protection: isProtected,
    postal_address: isProtected ? undefined : address,
  };
}

// Where nothing is to be sent, nothing but the number is told: an earlier consent is looked for, and a no withdraws it.
function request() {
  const patient = { value: valueOf('number') };
  const municipality_code = find('municipality').value;
  if (saidNo()) return { patient, consent: { municipality_code } };
  if (sendsNothing()) return { patient, consent: { municipality_code, consent: { contact: {}, disclosure: {} } } };
  const consent = Object.fromEntries(QUESTIONS.map((name) => [name, partOf(name)]));
  const criteria = Object.fromEntries(Object.entries(CRITERIA).map(([name, path]) => [path, answerTo(name) === 'yes']));
  return { patient, consent: { municipality_code, consent, criteria, contact: contactOf() } };
}

function show(section, heading) {
  find('form').hidden = true;
  find('form').reset();
  find(section).hidden = false;
  find('again-line').hidden = false;
  find(heading).focus();
}

function showDone({ why_not: why, patient_reference: reference, broker_away: away }) {
  fill(find('done-words'), whyNotWords(why, away));
  fill(find('reference'), reference);
  show('done', 'done-heading');
}

function leafletWords({ because, withdrawn, standing }) {
  if (!valueOf('number')) {
    return ['Intet er sendt eller gemt. Uden patientens nummer er der ikke set efter et tidligere samtykke.',
      'Nothing was sent or kept. Without the patient’s number no earlier consent was looked for.'];
  }
  if (withdrawn) return ['Et tidligere samtykke er trukket tilbage.', 'An earlier consent was withdrawn.'];
  if (standing) {
    return ['Et tidligere samtykke står der endnu: slå patienten op, og træk det tilbage, hvis det ikke gælder mere.',
      'An earlier consent still stands: look the patient up, and withdraw it if it holds no more.'];
  }
  return because === 'no' ? ['Intet er sendt eller gemt.', 'Nothing was sent or kept.']
    : ['Kommunen deltager ikke. Intet er sendt eller gemt.', 'The municipality takes no part. Nothing was sent or kept.'];
}

function showLeaflet(answer) {
  const known = answer.municipality !== null;
  const { name, scheme_name: scheme, phone_number: phone = '', leaflet_text: text } = answer.municipality ?? {};
  fill(find('leaflet-why'), ['Giv borgeren folderen', 'Hand out the leaflet']);
  fill(find('leaflet-words'), leafletWords(answer));
  fill(find('leaflet-heading'), scheme || name || ['Kommunens folder', 'The municipality’s leaflet']);
  fill(find('leaflet-phone'), phone ? ['Ring selv, når du vil: ', 'Call whenever you like: '] : '', phone);
  const noText = known ? ['Kommunen har ingen mentorordning, der deltager. Spørg afdelingen om råd.',
    'The municipality has no mentor scheme that takes part. Ask the ward for advice.']
    : ['Kommunens ordning kendes ikke her endnu.', 'The municipality’s scheme is not known here yet.'];
  fill(find('leaflet-text'), text || (scheme ? '' : noText));
  show('leaflet', 'leaflet-why');
}

async function send(event) {
  event.preventDefault();
  clearErrors();
  const errors = missing();
  if (errors.length > 0) return showErrors(errors);
  find('send').disabled = true;
  const answer = await ask('/api/consents', request());
  find('send').disabled = false;
  if (answer.json.errors) {
    return showErrors(answer.json.errors.map(({ field, reason }) => ({ path: field, text: reasonWords(reason) })));
  }
  if (answer.status !== 200) return showProblem(problemWords(answer));
  return answer.json.outcome === 'leaflet' ? showLeaflet(answer.json) : showDone(answer.json);
}

function beginAgain() {
  ['done', 'leaflet', 'again-line'].forEach((id) => { find(id).hidden = true; });
  find('form').hidden = false;
  clearErrors();
  showWhatIsAsked();
  find('number').focus();
}

setUpLanguage(['Registrér samtykke', 'Register consent']);
QUESTIONS.forEach((name) => { find(`${name}-date`).max = today(); });
find('form').addEventListener('change', showWhatIsAsked);
find('form').addEventListener('submit', send);
find('print').addEventListener('click', () => window.print());
find('again').addEventListener('click', beginAgain);
showWhatIsAsked();
showMunicipalities();
