// What the broker answers, invented: five inboxes, in good order and in trouble.
'use strict';

const ID = '4b1c8d0e-7a52-4c1e-9d3f-0a6b5c4d3e2f';
const NAMES = { '0101': 'København', '0147': 'Frederiksberg', '0265': 'Roskilde', '0461': 'Odense', '0751': 'Aarhus' };
const MINUTE = 60;
const DAY = 86400;

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const ahead = (seconds) => ago(-seconds);
const onCall = { name: 'Udskrivningsteamet', phoneNumber: '+4511223344' };

function inboxes(changes = {}) {
  return {
    inboxes: Object.entries(NAMES).map(([municipalityCode, name]) => ({
      municipalityCode, name, participating: true, lastFetchAt: ago(20), lastPullAt: ago(9), lastSeenAt: ago(5),
      consumersConnected: 1,
      acceptedToday: '12', acknowledgedToday: '12', returnedToday: '0', onCall, ...changes[municipalityCode],
    })),
    countedAt: ago(0),
  };
}

const waiting = { waiting: '1', oldestEnteredAt: ago(10) };
const silent = {
  waiting: '3', overdue: '1', oldestEnteredAt: ago(75 * MINUTE), silent: true, silentSince: ago(65 * MINUTE),
  consumersConnected: 0, lastFetchAt: ago(80 * MINUTE), lastPullAt: ago(78 * MINUTE), lastSeenAt: ago(75 * MINUTE),
};

function notice(state, more = {}) {
  return {
    regionCode: '1081', municipalityCode: '0101', noticeId: ID, revision: 1, state, kind: 'ITEM_KIND_NOTICE',
    origin: 'cosmic', acceptedAt: ago(75 * MINUTE), enteredAt: ago(75 * MINUTE), ...more,
  };
}

const late = { notices: [notice('NOTICE_STATE_WAITING', { late: ['LATENESS_NOT_FETCHED'] })] };

const hops = [
  { kind: 'EVENT_KIND_ACCEPTED', at: ago(75 * MINUTE), revision: 1, actor: '1f2e3d4c' },
  { kind: 'EVENT_KIND_OVERDUE', at: ago(15 * MINUTE), revision: 1, lateness: 'LATENESS_NOT_FETCHED' },
];
const deliveredHops = [
  ...hops,
  { kind: 'EVENT_KIND_LEASED', at: ago(20), revision: 1, actor: 'a1b2c3d4' },
  { kind: 'EVENT_KIND_ACKNOWLEDGED', at: ago(5), revision: 1, actor: 'a1b2c3d4' },
];

const waitingTrace = { traces: [{ notice: late.notices[0], hops }] };
const deliveredTrace = {
  traces: [{
    notice: notice('NOTICE_STATE_ACKNOWLEDGED', { firstLeasedAt: ago(20), leaseCount: 1, concludedAt: ago(5) }),
    hops: deliveredHops,
  }],
};

const participants = {
  participants: [
    { participant: 'urn:envej:region:1081', name: 'Region Nordjylland', onCall,
      certificates: [{ fingerprint: '1f2e3d4c', expiresAt: ahead(3 * DAY), lastSeenAt: ago(9) }] },
    { participant: 'urn:envej:municipality:0751', name: 'Aarhus', onCall, inboxCertificatesExpireAt: [ahead(20 * DAY)] },
  ],
};

function status(more = {}) {
  const times = { count: '40', p50: '12.5s', p95: '63s', p99: '310s' };
  return {
    broker: 'broker-1', programVersion: '0.1.0', startedAt: ago(9 * DAY), canWrite: true,
    store: { freeBytes: String(93 * 2 ** 30), schemaVersion: 3, sync: { count: '900', p50: '0.002s', p95: '0.004s', p99: '0.009s' } },
    journal: { newestBatch: '81244', checkpointAt: ago(30), mirrored: true, mirroredBatch: '81244' },
    trust: { certificateExpiresAt: ahead(200 * DAY), revocationListsExpireAt: ahead(5 * DAY) },
    acceptedToFetched: times, acceptedToAcknowledged: times, acceptedPerSecond: 4.2, acknowledgedPerSecond: 4.1, ...more,
  };
}

const troubledStatus = () => status({ canWrite: false,
  store: { freeBytes: String(2 ** 29), nearlyFull: true, sync: { count: '9', p50: '0.2s', p95: '1s', p99: '4s' } } });

module.exports = {
  ID, deliveredTrace, inboxes, late, participants, silent, status, troubledStatus, waiting, waitingTrace,
};
