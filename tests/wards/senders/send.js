'use strict';
// node send.js PORT FILE [CERTIFICATE KEY AUTHORITIES]: sends the message over MLLP by node-hl7-client, over TLS where a
// certificate is named, and writes the acknowledgement to standard output.

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

const deadline = setTimeout(() => {
  process.stderr.write('no acknowledgement within 20 s\n');
  process.exit(1);
}, 20000);

const outbound = new Client(connection).createOutbound({ port: Number(port), waitAck: true }, async (answer) => {
  clearTimeout(deadline);
  process.stdout.write(answer.getMessage().toString());
  await outbound.close();
});
outbound.on('error', () => {
  process.stderr.write('the connection was closed\n');
  process.exit(1);
});
outbound.on('client.connect', () => outbound.sendMessage(new Message({ text: fs.readFileSync(file, 'utf8').trimEnd() })));
