// Late notices as a table.

import { latenessWords, stateWords } from './words.js';
import { ageWords, secondsSince } from './judgement.js';
import { fill, fillTable, showTable, traceLink } from './parts.js';

export function latenessParts(notice) {
  const parts = (notice.late ?? []).map(latenessWords);
  if (notice.undeliveredToldAt) parts.push(['uafleveret', 'undelivered']);
  return [[parts.map((words) => words[0]).join(', '), parts.map((words) => words[1]).join(', ')]];
}

function sinceParts(notice, now) {
  const [da, en] = ageWords(secondsSince(notice.enteredAt, now));
  return notice.enteredAt ? [{ time: notice.enteredAt }, [` (${da})`, ` (${en})`]] : [['–', '–']];
}

// The second column names what `otherOf` gives of a notice.
export function showLate(late, now, otherOf) {
  const notices = late?.notices ?? [];
  const isWhole = !late?.nextPageToken && Number(late?.leftOut ?? 0) === 0;
  const none = !isWhole ? ['Der er forsinkede, som ikke er vist', 'Some are overdue that are not shown']
    : ['Intet er forsinket', 'Nothing is overdue'];
  showTable('late', notices, late ? none : ['De forsinkede kan ikke læses', 'What is overdue cannot be read']);
  const more = document.getElementById('late-more');
  more.hidden = isWhole;
  fill(more, ['Der er flere, som ikke er vist her.', 'There are more that are not shown here.']);
  const keyOf = (notice) => `${notice.municipalityCode}/${notice.regionCode}/${notice.noticeId}`;
  fillTable('late', notices, keyOf, ['identifier', '', '', '', 'wide'], (notice) => [
    [{ href: traceLink(notice), text: notice.noticeId }],
    otherOf(notice),
    latenessParts(notice),
    sinceParts(notice, now),
    [stateWords(notice.state)],
  ]);
}
