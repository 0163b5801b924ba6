'use strict';
// node send.js PORT FILE [CERTIFICATE KEY AUTHORITIES]: sends the file's messages over MLLP by node-hl7-client, each after
// the one before was acknowledged, over TLS where a certificate is named; and writes the acknowledgements to standard
// output.

const fs = require('node:fs');
const { Client, Message } = require('node-hl7-client');

const [port, file, certificate, key, authorities] = process.argv.slice(2);
const connection = { host: '127.0.0.1' };
if (certificate) {
  connection.tls = {
    cert: fs.readFileSync(certificate),
    key: fs.readFileSync(key),
    ca: fs.readFileSync(authorities),
  };
}

const messages = fs.readFileSync(file, 'utf8').split(/(?=^MSH\|)/m);
const ACKNOWLEDGEMENT_MILLISECONDS = 20000;
let deadline;

function sendNext() {
  clearTimeout(deadline);
  deadline = setTimeout(() => {
    process.stderr.write('no acknowledgement within 20 s\n');
    process.exit(1);
  }, ACKNOWLEDGEMENT_MILLISECONDS);
  outbound.sendMessage(new Message({ text: messages.shift().trimEnd() }));
}

const outbound = new Client(connection).createOutbound({ port: Number(port), waitAck: true }, async (answer) => {
  process.stdout.write(`${answer.getMessage().toString()}\n`);
  if (messages.length > 0) {
    sendNext();
    return;
  }
  clearTimeout(deadline);
  await outbound.close();
});
outbound.on('error', () => {
  process.stderr.write('the connection was closed\n');
  process.exit(1);
});
outbound.on('client.connect', sendNext);
