// Where one notice is, and what happened to it, hop by hop.

import { ageWords, secondsSince } from './judgement.js';
import { eventWords, latenessWords, reasonWords, stateWords } from './words.js';
import { fill, fillFigures, keepChildren, makeRow, setLevel } from './parts.js';
import { latenessParts } from './late.js';
import { start } from './live.js';

const id = window.location.pathname.split('/')[2];
const UNDER_WAY = ['NOTICE_STATE_WAITING', 'NOTICE_STATE_LEASED', 'NOTICE_STATE_PARKED', 'NOTICE_STATE_MISSING'];
const NEEDS_ACTION = ['NOTICE_STATE_PARKED', 'NOTICE_STATE_MISSING', 'NOTICE_STATE_UNDELIVERED', 'NOTICE_STATE_UNREADABLE'];
const HEADS = [['Tid', 'Time'], ['Hændelse', 'What'], ['Hvem', 'Who'], ['Efter', 'After'], ['Revision', 'Revision']];
const CLASSES = ['', '', 'identifier', 'number', 'number'];
const NONE_WORDS = {
  NOTICE_NOT_FOUND: ['Mægleren kender ingen meddelelse med dette id', 'The broker knows no notice with this id'],
  NOTICE_ID_NOT_RANDOM_UUID: ['Ingen meddelelse kan have dette id: det er ikke et tilfældigt UUID',
    'No notice can have this id: it is not a random UUID'],
};
let traces = null;  // null where there is none
let whyNone = null;  // where there is none for good
let wasAsked = false;
let isAsking = false;

function levelOf(notice) {
  const late = UNDER_WAY.includes(notice.state) && (notice.late ?? []).length > 0;
  if (late || NEEDS_ACTION.includes(notice.state)) return 'bad';
  return UNDER_WAY.includes(notice.state) ? 'warning' : 'good';
}

function showSentence() {
  const sentence = document.getElementById('sentence');
  if (!traces?.length) {
    fill(sentence, whyNone ?? ['Sporet kan ikke læses', 'The trace cannot be read']);
    setLevel(sentence, whyNone ? 'warning' : 'bad');
    return;
  }
  const notice = traces[0].notice;
  const [da, en] = stateWords(notice.state);
  const late = levelOf(notice) === 'bad' && notice.late?.length ? latenessParts(notice)[0] : null;
  fill(sentence, late ? [`${da}: ${late[0]}`, `${en}: ${late[1]}`] : [da, en]);
  setLevel(sentence, levelOf(notice));
}

function makeTrace() {
  const section = document.createElement('section');
  const table = document.createElement('table');
  table.className = 'table table-sm';
  table.append(document.createElement('caption'), document.createElement('thead'), document.createElement('tbody'));
  const head = document.createElement('tr');
  HEADS.forEach((words, place) => {
    const cell = document.createElement('th');
    cell.scope = 'col';
    if (CLASSES[place] === 'number') cell.className = 'number';
    fill(cell, words);
    head.append(cell);
  });
  table.tHead.append(head);
  const scroll = document.createElement('div');
  scroll.className = 'table-scroll';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.append(table);
  const figures = document.createElement('dl');
  figures.className = 'figures';
  section.append(document.createElement('h2'), figures, scroll, document.createElement('p'));
  return section;
}

function figuresOf(notice) {
  const time = (moment) => (moment ? [{ time: moment }] : [['–', '–']]);
  const figures = [
    { key: 'state', name: ['Tilstand', 'State'], value: [stateWords(notice.state)] },
    { key: 'accepted', name: ['Modtaget', 'Accepted'], value: time(notice.acceptedAt) },
    { key: 'entered', name: ['I indbakken siden', 'In the inbox since'], value: time(notice.enteredAt) },
    { key: 'leased', name: ['Først hentet', 'First fetched'], value: time(notice.firstLeasedAt) },
    { key: 'concluded', name: ['Afsluttet', 'Concluded'], value: time(notice.concludedAt) },
    { key: 'leases', name: ['Udlån / udløbne', 'Leases / run out'], value: [`${notice.leaseCount} / ${notice.failureCount}`] },
    { key: 'origin', name: ['System', 'System'], value: [notice.origin || ['–', '–']] },
  ];
  if (notice.returnProposal) {
    const value = [notice.returnProposal.proposedBy];
    figures.push({ key: 'proposal', name: ['Returnering foreslået af', 'Return proposed by'], value });
    figures.push({ key: 'proposal-id', name: ['Forslagets id', 'Proposal id'], value: [notice.returnProposal.proposalId] });
  }
  return figures;
}

function whatParts(hop) {
  const parts = [eventWords(hop.kind)];
  const reason = reasonWords(hop.returnReason) ?? reasonWords(hop.withdrawalReason);
  const lateness = hop.lateness && !hop.lateness.endsWith('_UNSPECIFIED') ? latenessWords(hop.lateness) : null;
  for (const words of [reason, lateness]) {
    if (words) parts.push(': ', words);
  }
  return parts;
}

function showTrace(section, trace, number) {
  const { notice } = trace;
  const title = ['fra region', 'from region', 'til kommune', 'to municipality'];
  const [heading, figures, scroll, leftOut] = section.children;
  fill(heading, [`${title[0]} ${notice.regionCode} ${title[2]} `, `${title[1]} ${notice.regionCode} ${title[3]} `],
    { href: `/inboxes/${notice.municipalityCode}`, text: notice.municipalityCode });
  heading.id = `trace-${number}`;
  section.setAttribute('aria-labelledby', heading.id);
  const caption = scroll.querySelector('caption');
  caption.id = `trace-${number}-caption`;
  scroll.setAttribute('aria-labelledby', caption.id);
  fillFigures(figures, figuresOf(notice));
  const hops = trace.hops ?? [];
  fill(caption, ['Hændelser, den ældste først', 'What happened, the oldest first']);
  const rows = hops.map((hop, place) => ({ hop, place }));
  keepChildren(scroll.querySelector('tbody'), rows, (one) => `${one.place} ${one.hop.kind} ${one.hop.at}`,
    () => makeRow(CLASSES), (row, { hop, place }) => {
      const after = place === 0 ? ['–', '–'] : ageWords(secondsSince(hops[place - 1].at, Date.parse(hop.at)));
      const who = hop.actor || ['mægleren', 'the broker'];
      [[{ time: hop.at }], whatParts(hop), [who], [after], [hop.revision]]
        .forEach((parts, cell) => fill(row.children[cell], ...parts));
    });
  const out = trace.hopsLeftOut;
  leftOut.hidden = !out;
  fill(leftOut, [`${out} hændelser midt i sporet huskes ikke.`, `${out} in the middle are not remembered.`]);
}

function show() {
  if (!wasAsked) return;
  showSentence();
  const keyOf = (trace) => `${trace.notice.regionCode}/${trace.notice.municipalityCode}`;
  const list = traces ?? [];
  keepChildren(document.getElementById('traces'), list, keyOf, makeTrace,
    (section, trace) => showTrace(section, trace, list.indexOf(trace)));
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    const query = new URLSearchParams();
    const here = new URL(window.location.href).searchParams;
    for (const name of ['municipality', 'region']) {
      if (here.get(name)) query.set(name, here.get(name));
    }
    const answer = await fetch(`/api/notices/${id}?${query}`, { cache: 'no-store' });
    traces = answer.ok ? (await answer.json()).traces : null;
    whyNone = answer.status === 404 ? NONE_WORDS[(await answer.json()).reason] : null;
    wasAsked = true;
  } catch {
    // What was had stays; that the connection is lost is said above.
  }
  isAsking = false;
}

fill(document.getElementById('notice-id'), id);
start(['Meddelelsens spor', 'The trace of a notice'], async (snapshot, now, isNew) => {
  if (isNew) await ask();
  show();
});
