'use strict';

// Pulls the notices that wait in a municipality's inbox, opens and prints each as one line of JSON, and acknowledges
// them, over mutual TLS, until the inbox is empty. See README.md for what a real receiver must do besides.

const fs = require('fs');
const path = require('path');
const { parseArgs } = require('util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const { createOpener } = require('./open_notice.js');

const USAGE =
  'usage: node pull_notices.js --broker HOST:PORT --certificate FILE --key FILE --authorities FILE\n' +
  '                            --municipality CODE --inbox-certificate FILE --inbox-key FILE [--proto DIR]';
const REQUIRED = ['broker', 'certificate', 'key', 'authorities', 'municipality', 'inbox-certificate', 'inbox-key'];
const CALL_MILLISECONDS = 20000;
const ATTEMPTS = 5;
const BATCH = 100;
const HANDLED = new Set(['ITEM_KIND_NOTICE', 'ITEM_KIND_WITHDRAWAL']);
const TRY_AGAIN = new Set([grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED, grpc.status.RESOURCE_EXHAUSTED,
  grpc.status.CANCELLED]);

function readOptions() {
  const { values } = parseArgs({
    options: {
      broker: { type: 'string' },
      certificate: { type: 'string' },
      key: { type: 'string' },
      authorities: { type: 'string' },
      municipality: { type: 'string' },
      'inbox-certificate': { type: 'string' },
      'inbox-key': { type: 'string' },
      proto: { type: 'string', default: path.join(__dirname, '..', '..', '..', 'proto') },
    },
  });
  for (const name of REQUIRED) {
    if (values[name] === undefined) throw new Error(`--${name} is missing\n${USAGE}`);
  }
  return values;
}

function loadContract(folder) {
  return protoLoader.loadSync(['envej/v1/inbox_service.proto', 'envej/v1/sealed_payload.proto'], {
    includeDirs: [folder],
    enums: String,
    longs: Number,
    oneofs: true,
    arrays: true,
  });
}

function connect(options, definition) {
  const { InboxService } = grpc.loadPackageDefinition(definition).envej.v1;
  const credentials = grpc.credentials.createSsl(
    fs.readFileSync(options.authorities),
    fs.readFileSync(options.key),
    fs.readFileSync(options.certificate),
  );
  return new InboxService(options.broker, credentials);
}

function callOnce(client, method, request) {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + CALL_MILLISECONDS;
    client[method](request, { deadline }, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

// A call that failed may have been carried out; repeating it with the same tokens is always right.
async function call(client, method, request) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await callOnce(client, method, request);
    } catch (error) {
      if (!TRY_AGAIN.has(error.code) || attempt === ATTEMPTS) throw error;
      const longest = Math.min(10000, 200 * 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
    }
  }
}

// What this program does not handle gets a reason to return it, never an acknowledgement.
function judge(item, signerCertificates, open) {
  if (!HANDLED.has(item.kind)) return { item, reason: 'RETURN_REASON_UNSUPPORTED' };
  return { item, ...open(item, signerCertificates) };
}

async function acknowledge(client, municipalityCode, opened) {
  if (opened.length === 0) return 0;
  const leases = opened.map(({ item }) => item.lease.name);
  const { results } = await call(client, 'acknowledgeNotices', { municipalityCode, leases });
  for (const result of results) {
    if (result.outcome === 'rejected') console.error(`${result.lease.noticeId}: ${result.rejected.reason}`);
  }
  return results.filter((result) => result.outcome === 'acknowledgedAt').length;
}

async function giveBack(client, municipalityCode, refused) {
  if (refused.length === 0) return 0;
  const returns = refused.map(({ item, reason }) => ({ lease: item.lease.name, reason }));
  const { results } = await call(client, 'returnNotices', { municipalityCode, returns });
  return results.filter((result) => result.outcome === 'returnedAt').length;
}

async function main() {
  const options = readOptions();
  const municipalityCode = options.municipality;
  const definition = loadContract(options.proto);
  const open = createOpener(options, definition['envej.v1.SealedPayload'].deserialize);
  const client = connect(options, definition);
  let received = 0;
  let acknowledged = 0;
  let returned = 0;
  try {
    for (;;) {
      const pull = { municipalityCode, maxNotices: BATCH };
      const { items, signerCertificates } = await call(client, 'pullNotices', pull);
      if (items.length === 0) break;
      received += items.length;
      const judged = items.map((item) => judge(item, signerCertificates, open));
      const opened = judged.filter(({ reason }) => !reason);
      for (const { notice, withdrawal, sealedBy } of opened) {
        console.log(JSON.stringify(notice || { withdrawal, sealedBy }));
      }
      const taken = await acknowledge(client, municipalityCode, opened);
      const refused = judged.filter(({ reason }) => reason);
      const givenBack = await giveBack(client, municipalityCode, refused);
      if (taken + givenBack === 0) throw new Error('the broker took no acknowledgement');
      acknowledged += taken;
      returned += givenBack;
    }
  } finally {
    client.close();
  }
  console.error(`received ${received}, returned ${returned}, acknowledged ${acknowledged}`);
  return acknowledged === received ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`pull_notices: ${error.message}`);
    process.exitCode = error.code === grpc.status.UNAVAILABLE ? 3 : 1;
  },
);
