// One look: whether every inbox is being emptied, and what is to be done.

import {
  LEVEL_WORDS, ageWords, isDiskLow, judgeBroker, judgeExpiry, judgeInbox, secondsOf, secondsSince, secondsUntil, sentenceOf,
} from './judgement.js';
import {
  fill, fillFigures, fillTable, keepChildren, makeProblem, numberWords, phoneParts, setLevel, showTable,
} from './parts.js';
import { Graph } from './graph.js';
import { showLate } from './late.js';
import { start } from './live.js';

const WORST_FIRST = { bad: 0, warning: 1, good: 2, idle: 3 };
let graphs = null;

function nameOf(inbox) {
  return `${inbox.municipalityCode} ${inbox.name}`;
}

function agoWords(moment, now) {
  const [da, en] = ageWords(secondsSince(moment, now));
  return moment ? [`for ${da} siden`, `${en} ago`] : ['ikke kendt', 'not known'];
}

function showInboxes(inboxes, now) {
  const judged = inboxes.map((inbox) => ({ inbox, judgement: judgeInbox(inbox, now) }));
  judged.sort((left, right) => WORST_FIRST[left.judgement.level] - WORST_FIRST[right.judgement.level]
    || left.inbox.municipalityCode.localeCompare(right.inbox.municipalityCode));
  const number = 'number wide';
  const classes = ['', '', 'number', 'number', 'number', number, number, 'wide', number, number, 'wide'];
  fillTable('inboxes', judged, (one) => one.inbox.municipalityCode, classes, ({ inbox, judgement }) => [
    [{ href: `/inboxes/${inbox.municipalityCode}`, text: nameOf(inbox) }],
    [{ level: judgement.level, text: LEVEL_WORDS[judgement.level] }],
    [inbox.waiting],
    [inbox.overdue],
    [ageWords(secondsSince(inbox.oldestEnteredAt, now))],
    [inbox.leased],
    [inbox.parked],
    [agoWords(inbox.lastFetchAt, now)],
    [inbox.consumersConnected],
    [`${inbox.acceptedToday} / ${inbox.acknowledgedToday} / ${inbox.returnedToday}`],
    phoneParts(inbox.onCall),
  ]);
}

function problemsOf(snapshot, now) {
  const problems = judgeBroker(snapshot.status, now).reasons.map((reason) => ({
    key: `broker ${reason.words[0].replace(/\d.*/, '')}`, level: reason.level, parts: [reason.words],
  }));
  for (const inbox of snapshot.inboxes?.inboxes ?? []) {
    const { level, reasons } = judgeInbox(inbox, now);
    if (level !== 'bad' && level !== 'warning') continue;
    const words = [0, 1].map((language) => `: ${reasons.map((reason) => reason.words[language]).join('; ')}. `);
    const link = { href: `/inboxes/${inbox.municipalityCode}`, text: nameOf(inbox) };
    const phone = [['Ring til: ', 'Phone: '], ...phoneParts(inbox.onCall)];
    problems.push({ key: inbox.municipalityCode, level, parts: [link, words, ...phone] });
  }
  for (const participant of snapshot.participants?.participants ?? []) {
    if (!participant.suspended || participant.participant.includes(':municipality:')) continue;
    const words = [` ${participant.name} er suspenderet`, ` ${participant.name} is suspended`];
    problems.push({ key: participant.participant, level: 'warning', parts: [words] });
  }
  return problems.sort((left, right) => WORST_FIRST[left.level] - WORST_FIRST[right.level]);
}

function showProblems(problems) {
  const shown = problems.length > 0 ? problems
    : [{ key: 'none', level: 'good', parts: [['✔ Intet kræver handling', '✔ Nothing needs action']] }];
  const list = document.getElementById('problems');
  keepChildren(list, shown, (one) => one.key, makeProblem, (item, problem) => {
    const symbol = { bad: '✖ ', warning: '▲ ', good: '' }[problem.level];
    fill(item, ...(symbol ? [symbol] : []), ...problem.parts);
    setLevel(item, problem.level);
  });
}

function percentileCells(name, percentiles) {
  const cell = (duration) => [duration ? ageWords(secondsOf(duration)) : ['–', '–']];
  return [[name], [percentiles?.count ?? '0'], cell(percentiles?.p50), cell(percentiles?.p95), cell(percentiles?.p99)];
}

function showTimes(status) {
  const lines = [
    percentileCells(['hentet', 'fetched'], status?.acceptedToFetched),
    percentileCells(['kvitteret', 'acknowledged'], status?.acceptedToAcknowledged),
  ];
  fillTable('times', lines, (cells) => cells[0][0][0], ['', 'number', 'number', 'number', 'number'], (cells) => cells);
  for (const [id, rate] of [['accepted-rate', status?.acceptedPerSecond], ['acknowledged-rate', status?.acknowledgedPerSecond]]) {
    fill(document.getElementById(id), rate === undefined ? '–' : numberWords(rate));
  }
}

function sizeWords(bytes) {
  return numberWords(Number(bytes) / 2 ** 30, ' GiB');
}

function untilWords(moment, now) {
  const seconds = secondsUntil(moment, now);
  if (seconds === null) return ['ikke kendt', 'not known'];
  const [da, en] = ageWords(Math.abs(seconds));
  return seconds < 0 ? [`udløbet for ${da} siden`, `expired ${en} ago`] : [`om ${da}`, `in ${en}`];
}

function diskLevel(store) {
  if (store.nearlyFull) return 'bad';
  return isDiskLow(store) ? 'warning' : '';
}

function showBroker(status, now) {
  const store = status?.store ?? {};
  const trust = status?.trust ?? {};
  const journal = status?.journal ?? {};
  const sync = secondsOf(store.sync?.p99);
  const writes = status?.canWrite ? ['✔ ja', '✔ yes'] : ['✖ nej', '✖ no'];
  fillFigures(document.getElementById('broker'), [
    { key: 'write', name: ['Kan skrive', 'Can write'], value: [writes], level: status?.canWrite ? '' : 'bad' },
    { key: 'disk', name: ['Fri disk', 'Disk free'], level: diskLevel(store),
      value: [store.freeBytes === undefined ? '–' : sizeWords(store.freeBytes)] },
    { key: 'sync', name: ['Synkronisering, 99 %', 'Sync, 99 %'], value: [sync === null ? '–' : numberWords(sync * 1000, ' ms')] },
    { key: 'journal', name: ['Journalens nyeste', "Journal's newest"], value: [journal.newestBatch ?? '–'] },
    { key: 'mirror', name: ['Spejlet til', 'Mirrored to'],
      value: [journal.mirrored ? journal.mirroredBatch : ['intet spejl', 'no mirror']] },
    { key: 'checkpoint', name: ['Underskrevet', 'Signed'], value: [agoWords(journal.checkpointAt, now)] },
    { key: 'certificate', name: ['Certifikatet udløber', 'Certificate expires'], value: [untilWords(trust.certificateExpiresAt, now)] },
    { key: 'lists', name: ['Spærrelisten udløber', 'Revocation list expires'],
      value: [trust.revocationListsExpireAt ? untilWords(trust.revocationListsExpireAt, now) : ['spørges ikke', 'is not asked']] },
    { key: 'started', name: ['Startet', 'Started'], value: [agoWords(status?.startedAt, now)] },
  ]);
}

function expiringOf(participants) {
  return participants.flatMap((participant) => [
    ...(participant.certificates ?? []).map((certificate) => ({
      participant, at: certificate.expiresAt, name: [certificate.fingerprint, certificate.fingerprint],
    })),
    ...(participant.inboxCertificatesExpireAt ?? []).map((at) => ({
      participant, at, name: ['indbakkens certifikat', "the inbox's certificate"],
    })),
  ]).sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
}

function showExpiring(participants, now) {
  const expiring = expiringOf(participants?.participants ?? []);
  showTable('expiring', expiring, participants ? ['Ingen certifikater udløber snart', 'No certificate expires soon']
    : ['Deltagerne kan ikke læses', 'The participants cannot be read']);
  const keyOf = (one) => `${one.participant.participant} ${one.name[0]} ${one.at}`;
  fillTable('expiring', expiring, keyOf, ['', 'identifier', '', ''], (one) => [
    [`${one.participant.name} (${one.participant.participant})`],
    [one.name],
    [{ level: judgeExpiry(one.at, now), text: untilWords(one.at, now) }],
    phoneParts(one.participant.onCall),
  ]);
}

// Of whom no certificate is known, none can be told.
function showUnseen(unseen) {
  const names = (unseen?.participants ?? []).map((one) => `${one.name} (${one.participant})`).join(', ');
  const paragraph = document.getElementById('unseen');
  fill(paragraph, [`Ikke kendt, da de aldrig er lukket ind, så vidt mægleren ved: ${names}`,
    `Not known, as they were never let in as far as the broker knows: ${names}`]);
  paragraph.hidden = names === '';
}

function showGraphs(status, now) {
  graphs ??= {
    rates: new Graph('rates', ['Meddelelser i sekundet', 'Notices a second'],
      [['modtaget', 'accepted'], ['kvitteret', 'acknowledged']]),
    delays: new Graph('delays', ['Sekunder fra modtagelse', 'Seconds from acceptance'],
      [['hentet, 50 %', 'fetched, 50 %'], ['hentet, 95 %', 'fetched, 95 %'], ['kvitteret, 95 %', 'acknowledged, 95 %']]),
  };
  if (!status) return;
  graphs.rates.add(now, [status.acceptedPerSecond, status.acknowledgedPerSecond]);
  graphs.delays.add(now, [secondsOf(status.acceptedToFetched?.p50), secondsOf(status.acceptedToFetched?.p95),
    secondsOf(status.acceptedToAcknowledged?.p95)]);
}

start(['Overblik', 'Overview'], (snapshot, now) => {
  const inboxes = snapshot.inboxes?.inboxes;
  const { level, words } = sentenceOf(inboxes, snapshot.status, now);
  const sentence = document.getElementById('sentence');
  fill(sentence, words);
  setLevel(sentence, level);
  showProblems(problemsOf(snapshot, now));
  showInboxes(inboxes ?? [], now);
  const names = new Map((inboxes ?? []).map((inbox) => [inbox.municipalityCode, nameOf(inbox)]));
  showLate(snapshot.late, now, (notice) => [names.get(notice.municipalityCode) ?? notice.municipalityCode]);
  showTimes(snapshot.status);
  showBroker(snapshot.status, now);
  showExpiring(snapshot.participants, now);
  showUnseen(snapshot.unseen);
  showGraphs(snapshot.status, now);
});
