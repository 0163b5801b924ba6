// The words for what the contract numbers. A text is [Danish, English].

const STATES = {
  WAITING: ['Venter', 'Waiting'],
  LEASED: ['Udlånt', 'Leased'],
  ACKNOWLEDGED: ['Kvitteret', 'Acknowledged'],
  RETURNED: ['Returneret', 'Returned'],
  WITHDRAWN: ['Trukket tilbage', 'Withdrawn'],
  PARKED: ['Parkeret', 'Parked'],
  UNDELIVERED: ['Uafleveret', 'Undelivered'],
  MISSING: ['Mangler', 'Missing'],
  UNREADABLE: ['Ulæselig', 'Unreadable'],
};

const EVENTS = {
  ACCEPTED: ['Modtaget', 'Accepted'],
  LEASED: ['Udlånt til kommunen', 'Leased by the municipality'],
  ACKNOWLEDGED: ['Kvitteret af kommunen', 'Acknowledged by the municipality'],
  RETURNED: ['Returneret', 'Returned'],
  LEASE_EXPIRED: ['Udlånet løb ud', 'The lease ran out'],
  WITHDRAWN: ['Trukket tilbage af regionen', 'Withdrawn by the region'],
  PARKED: ['Parkeret', 'Parked'],
  REDRIVEN: ['Sat tilbage af driften', 'Put back by operations'],
  OVERDUE: ['Forsinket', 'Overdue'],
  UNDELIVERED: ['Uafleveret', 'Undelivered'],
  DESTROYED: ['Indholdet er slettet uafleveret', 'The content was destroyed undelivered'],
  OUTCOME_ACKNOWLEDGED: ['Regionen kender udfaldet', 'The region took note of the outcome'],
  FORGOTTEN: ['Glemt', 'Forgotten'],
  MISSING: ['Mangler efter gendannelse', 'Missing after a restore'],
  RETURN_PROPOSED: ['Returnering foreslået', 'Return proposed'],
};

const LATENESS = {
  NOT_FETCHED: ['ikke hentet i tide', 'not fetched in time'],
  NOT_ACKNOWLEDGED: ['ikke kvitteret', 'not acknowledged'],
  PAST_DISCHARGE: ['udskrivningen er passeret', 'past the discharge'],
};

const REASONS = {
  NOT_RESIDENT: ['bor ikke i kommunen', 'not a resident'],
  CANNOT_BE_OPENED: ['kan ikke åbnes', 'cannot be opened'],
  RULES_BROKEN: ['bryder en regel', 'breaks a rule'],
  UNSUPPORTED: ['kendes ikke af modtageren', 'not supported by the receiver'],
  DECEASED: ['borgeren er død', 'the citizen is dead'],
  NOT_AUTHENTIC: ['afsenderen er ikke ægte', 'not authentic'],
  NOT_DELIVERABLE: ['kunne ikke afleveres', 'not deliverable'],
  CONSENT_WITHDRAWN: ['samtykket er trukket tilbage', 'consent withdrawn'],
  NOT_IN_TARGET_GROUP: ['ikke i målgruppen', 'not in the target group'],
  SENT_IN_ERROR: ['sendt ved en fejl', 'sent in error'],
  READMITTED: ['genindlagt', 'readmitted'],
};

function named(table, prefix, name) {
  const short = (name ?? '').replace(prefix, '');
  return table[short] ?? [short, short];
}

export const stateWords = (name) => named(STATES, 'NOTICE_STATE_', name);
export const eventWords = (name) => named(EVENTS, 'EVENT_KIND_', name);
export const latenessWords = (name) => named(LATENESS, 'LATENESS_', name);

// Of a return or a withdrawal; null for none.
export function reasonWords(name) {
  if (!name || name.endsWith('_UNSPECIFIED')) return null;
  return named(REASONS, /^(RETURN|WITHDRAWAL)_REASON_/, name);
}
