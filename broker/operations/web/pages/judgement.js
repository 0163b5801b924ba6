// What is bad, and why, in words: the one place where the pages decide it. Pure: what was answered and the time in, a
// level and reasons out. A text is [Danish, English]. Levels, the worst first: bad, warning, good, idle.

const DAY = 86400;
export const EXPIRES_SOON_SECONDS = 30 * DAY;
const EXPIRES_NOW_SECONDS = 7 * DAY;
const LISTS_EXPIRE_SOON_SECONDS = 12 * 3600;
const CHECKPOINT_LATE_SECONDS = 10 * 60;
// As the alerts EnvejStoreSyncSlow and EnvejDiskLow have them; a test compares.
const SYNC_SLOW_SECONDS = 0.25;
const DISK_LOW_BYTES = 5 * 2 ** 30;

const LEVELS = ['bad', 'warning', 'good', 'idle'];

export const LEVEL_WORDS = {
  bad: ['✖ Kræver handling', '✖ Needs action'],
  warning: ['▲ Hold øje', '▲ Keep an eye on it'],
  good: ['✔ Tømmes', '✔ Is emptied'],
  idle: ['– Tom', '– Empty'],
};

// How many seconds ago; null if the moment is not known.
export function secondsSince(moment, now) {
  return moment ? Math.max(0, (now - Date.parse(moment)) / 1000) : null;
}

export function secondsUntil(moment, now) {
  return moment ? (Date.parse(moment) - now) / 1000 : null;
}

export function ageWords(seconds) {
  if (seconds === null) return ['–', '–'];
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return [`${Math.floor(seconds)} s`, `${Math.floor(seconds)} s`];
  if (minutes < 60) return [`${minutes} min`, `${minutes} min`];
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return [`${hours} t ${minutes % 60} min`, `${hours} h ${minutes % 60} min`];
  return [`${Math.floor(hours / 24)} døgn ${hours % 24} t`, `${Math.floor(hours / 24)} d ${hours % 24} h`];
}

function count(number) {
  return Number(number ?? 0);
}

function worst(reasons, otherwise) {
  const level = LEVELS.find((one) => reasons.some((reason) => reason.level === one));
  return { level: level ?? otherwise, reasons };
}

export function judgeInbox(inbox, now) {
  const reasons = [];
  const add = (level, da, en) => reasons.push({ level, words: [da, en] });
  const waiting = count(inbox.waiting);
  if (inbox.silent) {
    const [da, en] = ageWords(secondsSince(inbox.silentSince, now));
    add('bad', `tavs i ${da}: ${waiting} venter, og ingen henter`, `silent for ${en}: ${waiting} waiting, nobody fetches`);
  }
  const tell = (number, level, da, en) => count(number) > 0 && add(level, `${number} ${da}`, `${number} ${en}`);
  tell(inbox.undelivered, 'bad', 'uafleveret', 'undelivered');
  tell(inbox.overdue, 'bad', 'forsinket', 'overdue');
  tell(inbox.missing, 'bad', 'mangler efter gendannelse', 'missing after a restore');
  tell(inbox.parked, 'bad', 'parkeret, udleveres ikke', 'parked, not handed out');
  if (inbox.suspended) add(waiting > 0 ? 'bad' : 'warning', 'kommunen er suspenderet', 'the municipality is suspended');
  if (inbox.silenceUnknown) {
    add('warning', 'mægleren er lige startet: om lidt vides, om nogen henter',
      'the broker started just now: soon it knows whether anybody fetches');
  } else if (waiting > 0 && !inbox.silent && !inbox.suspended && !inbox.lastPullAt) {
    add('warning', 'ingen har hentet, så vidt mægleren ved', 'nobody has pulled, as far as the broker knows');
  }
  return worst(reasons, waiting + count(inbox.leased) > 0 ? 'good' : 'idle');
}

// One sentence about all inboxes.
export function sentenceOf(inboxes, status, now) {
  if (status && !status.canWrite) {
    return {
      level: 'bad',
      words: ['Mægleren kan ikke skrive: intet udleveres', 'The broker cannot write: nothing is handed out'],
    };
  }
  if (status && status.recovering) {
    return {
      level: 'bad',
      words: ['Mægleren er gendannet: intet udleveres endnu', 'The broker was restored: nothing is handed out yet'],
    };
  }
  if (!inboxes) return { level: 'bad', words: ['Indbakkerne kan ikke læses', 'The inboxes cannot be read'] };
  const total = inboxes.length;
  if (total === 0) return { level: 'warning', words: ['Der er ingen indbakker', 'There are no inboxes'] };
  const silent = inboxes.filter((inbox) => inbox.silent).length;
  const countOf = (level) => inboxes.filter((inbox) => judgeInbox(inbox, now).level === level).length;
  const bad = countOf('bad');
  const doubtful = countOf('warning');
  const da = silent === 1 ? 'er tavs' : 'er tavse';
  const en = silent === 1 ? 'is silent' : 'are silent';
  if (silent > 0) {
    return { level: 'bad', words: [`${silent} af ${total} indbakker ${da}`, `${silent} of ${total} inboxes ${en}`] };
  }
  const unknown = inboxes.filter((inbox) => inbox.silenceUnknown).length;
  if (unknown > 0) {
    return {
      level: bad > 0 ? 'bad' : 'warning',
      words: [`Mægleren er lige startet: om lidt vides, om ${unknown} af ${total} indbakker er tavse`,
        `The broker started just now: soon it knows whether ${unknown} of ${total} inboxes are silent`],
    };
  }
  if (bad > 0) {
    return {
      level: 'bad',
      words: [`Ingen indbakke er tavs, men ${bad} af ${total} kræver handling`,
        `No inbox is silent, but ${bad} of ${total} ${bad === 1 ? 'needs' : 'need'} action`],
    };
  }
  if (doubtful > 0) {
    return {
      level: 'warning',
      words: [`Ingen indbakke er tavs, men hold øje med ${doubtful} af ${total}`,
        `No inbox is silent, but keep an eye on ${doubtful} of ${total}`],
    };
  }
  return { level: 'good', words: [`Alle ${total} indbakker bliver tømt`, `All ${total} inboxes are being emptied`] };
}

function judgeTrust(trust, now, add) {
  if (trust.reloadRefused) add('bad', 'nye certifikatfiler er afvist', 'new certificate files were refused');
  const own = secondsUntil(trust.certificateExpiresAt, now);
  if (own !== null && own < EXPIRES_SOON_SECONDS) {
    const [da, en] = ageWords(Math.max(0, own));
    add(own < EXPIRES_NOW_SECONDS ? 'bad' : 'warning', `mæglerens certifikat udløber om ${da}`,
      `the broker's certificate expires in ${en}`);
  }
  const lists = secondsUntil(trust.revocationListsExpireAt, now);
  if (lists !== null && lists < LISTS_EXPIRE_SOON_SECONDS) {
    const [da, en] = ageWords(Math.max(0, lists));
    add('bad', `spærrelisten udløber om ${da}`, `the revocation list expires in ${en}`);
  }
}

function judgeJournal(journal, now, add) {
  const checkpoint = secondsSince(journal.checkpointAt, now);
  if (checkpoint !== null && checkpoint > CHECKPOINT_LATE_SECONDS) {
    const [da, en] = ageWords(checkpoint);
    add('bad', `journalen er ikke underskrevet i ${da}`, `the journal was not signed for ${en}`);
  }
}

// 0 means that it cannot be told.
export function isDiskLow(store) {
  return store.freeBytes !== undefined && count(store.freeBytes) < DISK_LOW_BYTES;
}

// What is wrong with the broker itself.
export function judgeBroker(status, now) {
  const reasons = [];
  const add = (level, da, en) => reasons.push({ level, words: [da, en] });
  if (!status) {
    add('bad', 'mæglerens tilstand kan ikke læses', "the broker's state cannot be read");
    return worst(reasons, 'good');
  }
  const store = status.store ?? {};
  if (!status.canWrite) add('bad', 'mægleren kan ikke skrive', 'the broker cannot write');
  if (status.recovering) add('bad', 'udlevering er lukket efter gendannelse', 'pulls are closed after a restore');
  if (store.damaged) add('bad', 'lageret er beskadiget', 'the store is damaged');
  if (store.nearlyFull) {
    add('bad', 'disken er næsten fuld: nyt afvises', 'the disk is nearly full: what is new is refused');
  } else if (isDiskLow(store)) {
    add('warning', 'disken er snart fuld', 'the disk is running low');
  }
  if (store.sync && secondsOf(store.sync.p99) > SYNC_SLOW_SECONDS) {
    add('warning', 'disken er langsom', 'the disk is slow');
  }
  judgeTrust(status.trust ?? {}, now, add);
  judgeJournal(status.journal ?? {}, now, add);
  return worst(reasons, 'good');
}

export function judgeExpiry(moment, now) {
  return secondsUntil(moment, now) < EXPIRES_NOW_SECONDS ? 'bad' : 'warning';
}

// "1.5s" as protobuf writes it; null for none.
export function secondsOf(duration) {
  return duration ? Number.parseFloat(duration) : null;
}
