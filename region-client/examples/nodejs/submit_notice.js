#!/usr/bin/env node
'use strict';

// Submits one discharge notice over mTLS with nothing but gRPC and the .proto files, and prints its receipt.
// Exit codes: 0 accepted, 1 refused, 2 wrong usage or an unreadable file, 3 the broker could not be reached.

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const PROTOS = path.join(__dirname, '..', '..', '..', 'proto');
const DEADLINE_MILLISECONDS = 30_000;

const USAGE = `Usage: node submit_notice.js OPTIONS
  --broker HOST:PORT         the broker
  --certificate FILE         PEM, this client's certificate chain
  --key FILE                 PEM, its private key
  --authorities FILE         PEM, the authorities that vouch for the broker
  --municipality CODE        the citizen's municipality, such as 0101
  --name NAME                the citizen's name
  --phone NUMBER             in E.164 form, such as +4511223344; may be given again
  --discharge-date DAY       YYYY-MM-DD
  --consent-date DAY         the day both parts of the consent were given; the discharge date without it
  --consent-form FORM        written (without it) or oral
  --id UUID                  the notice's id, to submit the same notice again; a new one without it
  --created-at TIME          RFC 3339; now without it
By running this the ward attests every criterion of the target group.`;

const OPTIONS = {
  broker: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  authorities: { type: 'string' },
  municipality: { type: 'string' },
  name: { type: 'string' },
  phone: { type: 'string', multiple: true },
  'discharge-date': { type: 'string' },
  'consent-date': { type: 'string' },
  'consent-form': { type: 'string', default: 'written' },
  id: { type: 'string' },
  'created-at': { type: 'string' },
  help: { type: 'boolean', default: false },
};
const REQUIRED = ['broker', 'certificate', 'key', 'authorities', 'municipality', 'name', 'phone', 'discharge-date'];
const CONSENT_FORMS = { written: 'CONSENT_FORM_WRITTEN', oral: 'CONSENT_FORM_ORAL_RECORDED' };

class UsageError extends Error {}

function readArguments() {
  let values;
  try {
    ({ values } = parseArgs({ options: OPTIONS }));
  } catch {
    throw new UsageError('an option is unknown, or lacks its value');
  }
  if (values.help) return values;
  const missing = REQUIRED.filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new UsageError(`missing: ${missing.map((name) => `--${name}`).join(', ')}`);
  if (!(values['consent-form'] in CONSENT_FORMS)) throw new UsageError('--consent-form is written or oral');
  if (values['created-at'] !== undefined && Number.isNaN(Date.parse(values['created-at']))) {
    throw new UsageError('--created-at is not a time');
  }
  return values;
}

function makeNotice(values) {
  const milliseconds = values['created-at'] === undefined ? Date.now() : Date.parse(values['created-at']);
  const consentPart = {
    givenOn: values['consent-date'] ?? values['discharge-date'],
    form: CONSENT_FORMS[values['consent-form']],
  };
  return {
    envelope: {
      municipalityCode: values.municipality,
      noticeId: values.id ?? crypto.randomUUID(),
      revision: 1,
      createdAt: { seconds: Math.floor(milliseconds / 1000), nanos: 0 },
      dischargeDate: values['discharge-date'],
      consent: { contact: consentPart, disclosure: consentPart },
      criteria: {
        aged_18OrOver: true,
        mentalIllness: true,
        dischargedFromRegionalPsychiatry: true,
        noSupportUnderServiceloven: true,
      },
      contractVersion: 1,
    },
    citizen: { name: values.name.normalize('NFC'), phoneNumbers: values.phone },
  };
}

function readPem(file) {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file}: cannot be read (${error.code})`);
  }
}

function connect(values, definitions) {
  let credentials;
  try {
    credentials = grpc.credentials.createSsl(
      readPem(values.authorities), readPem(values.key), readPem(values.certificate));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('certificate, key and authorities are not proper PEM files that belong together');
  }
  const { IntakeService } = grpc.loadPackageDefinition(definitions).envej.v1;
  return new IntakeService(values.broker, credentials);
}

// What a failed call says in grpc-status-details-bin: the reason, and each wrong field.
function readDetails(error, definitions) {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  const found = { reason: undefined, fields: [] };
  if (bytes === undefined) return found;
  const decode = (type, value) => definitions[type].deserialize(value);
  for (const detail of decode('google.rpc.Status', bytes).details) {
    const type = detail.type_url.split('/').pop();
    if (type === 'google.rpc.ErrorInfo') {
      const info = decode(type, detail.value);
      if (info.domain === 'envej') found.reason = info.reason;
    } else if (type === 'google.rpc.BadRequest') {
      found.fields = decode(type, detail.value).fieldViolations.map((violation) => violation.field);
    }
  }
  return found;
}

function printable(receipt) {
  return JSON.stringify(receipt, (_, value) => {
    const isBytes = value?.type === 'Buffer' && Array.isArray(value.data);
    return isBytes ? Buffer.from(value.data).toString('base64') : value;
  }, 2);
}

function submit(values) {
  const definitions = loader.loadSync(
    ['envej/v1/intake_service.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'],
    { includeDirs: [PROTOS], longs: String, enums: String, arrays: true, defaults: true, oneofs: true });
  const client = connect(values, definitions);
  const deadline = new Date(Date.now() + DEADLINE_MILLISECONDS);
  const notice = makeNotice(values);
  const { noticeId, createdAt } = notice.envelope;
  return new Promise((resolve) => {
    client.submitNotice({ notice }, { deadline }, (error, response) => {
      client.close();
      if (!error) {
        console.log(printable(response.receipt));
        console.error(response.repeatedSubmission ? 'accepted before' : 'accepted');
        resolve(0);
        return;
      }
      const { reason, fields } = readDetails(error, definitions);
      if (reason !== undefined) {
        console.error(`refused: ${reason}: ${error.details}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`);
        resolve(1);
        return;
      }
      console.error(`the broker at ${values.broker} could not be reached (${grpc.status[error.code]}): ` +
        'check its address and the certificates, then run the same again with ' +
        `--id ${noticeId} --created-at ${new Date(createdAt.seconds * 1000).toISOString()}`);
      resolve(3);
    });
  });
}

async function main() {
  try {
    const values = readArguments();
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    return await submit(values);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nnode submit_notice.js --help says more`);
    return 2;
  }
}

main().then((code) => { process.exitCode = code; });
