'use strict';

// Opens sealed notices with the program `openssl`, since Node.js has no CMS. What was sealed passes through pipes alone
// and never touches the disk; only the signer's certificate, which is no secret, is written to a temporary file.

const { spawnSync } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { isDeepStrictEqual } = require('util');

const OPENSSL_MILLISECONDS = 20000;
const AUTH_ENVELOPED_DATA = Buffer.from('060b2a864886f70d0109100117', 'hex'); // its object identifier, in DER
const REGION_URI = /^urn:envej:region:(\d{4})(:[a-z0-9-]{1,32})?$/;
const BROKER_URI = /^urn:envej:broker:[a-z0-9-]{1,32}$/;

const CANNOT_BE_OPENED = { reason: 'RETURN_REASON_CANNOT_BE_OPENED' };
const NOT_AUTHENTIC = { reason: 'RETURN_REASON_NOT_AUTHENTIC' };

// What openssl wrote, or null if it refused. Throws if it could not work at all, which is no fault of a notice.
function openssl(commandLine, input) {
  const options = { input, timeout: OPENSSL_MILLISECONDS, stdio: ['pipe', 'pipe', 'ignore'] };
  const { status, stdout, error } = spawnSync('openssl', commandLine, options);
  if (status === null) throw new Error(`openssl did not run: ${error ? error.message : 'it was killed'}`);
  return status === 0 ? stdout : null;
}

// Whatever is wrong here would otherwise have every notice returned.
function checkMeans(options) {
  if (!/^OpenSSL ([3-9]|\d\d)/.test(openssl(['version'], ''))) throw new Error('openssl is not OpenSSL 3 or newer');
  const certificate = new crypto.X509Certificate(fs.readFileSync(options['inbox-certificate']));
  if (!certificate.checkPrivateKey(crypto.createPrivateKey(fs.readFileSync(options['inbox-key'])))) {
    throw new Error('--inbox-key is not the key of --inbox-certificate');
  }
}

// What is read of bytes from outside; null if they cannot be read.
function read(parse, bytes) {
  try {
    return parse(bytes);
  } catch {
    return null;
  }
}

function isAuthEnvelopedData(cms) {
  return cms !== undefined && cms.subarray(0, 32).includes(AUTH_ENVELOPED_DATA);
}

function findSigner(signerCertificates, fingerprint = '') {
  const named = Buffer.from(fingerprint).toString('hex');
  const der = signerCertificates.find((one) => crypto.createHash('sha256').update(one).digest('hex') === named);
  return read((bytes) => new crypto.X509Certificate(bytes), der);
}

// Whether it is the sending region's, or a broker's where the broker sealed, as of when the notice was accepted.
function isSigner(certificate, item, sealed, authorities) {
  const names = certificate.subjectAltName || '';
  const uris = names.split(', ').filter((name) => name.startsWith('URI:'));
  if (uris.length !== 1 || names.includes('"')) return false; // in quotes stand names that try to look like several
  const uri = uris[0].slice('URI:'.length);
  const byBroker = sealed.sealedBy === 'SEALED_BY_BROKER';
  const region = REGION_URI.exec(uri);
  if (byBroker ? !BROKER_URI.test(uri) : !region || region[1] !== item.lease.name.regionCode) return false;
  const commandLine = ['verify', '-partial_chain', '-CAfile', authorities, '-no-CApath', '-no-CAstore'];
  commandLine.push('-auth_level', '2', '-purpose', byBroker ? 'sslserver' : 'sslclient');
  commandLine.push('-attime', String(item.acceptedAt.seconds || 0));
  return openssl(commandLine, certificate.toString()) !== null;
}

function verify(signedData, certificate) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'envej-'));
  try {
    const file = path.join(folder, 'signer.pem');
    fs.writeFileSync(file, certificate.toString(), { mode: 0o600 });
    const commandLine = ['cms', '-verify', '-inform', 'DER', '-binary', '-noverify', '-nointern', '-certfile', file];
    return openssl(commandLine, signedData);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

// What of an envelope is sealed with the content.
function bound({ contentCommitment, formerCommitments, ...envelope }) {
  return envelope;
}

// Gives a function that opens an item, with the signers' certificates that came along: { notice } with its citizen,
// { withdrawal, sealedBy }, or { reason } why it is to be returned. `decodePayload` reads an envej.v1.SealedPayload.
function createOpener(options, decodePayload) {
  checkMeans(options);
  const decryption = ['cms', '-decrypt', '-inform', 'DER', '-binary'];
  decryption.push('-recip', options['inbox-certificate'], '-inkey', options['inbox-key']);

  const unseal = (item, sealed, signerCertificates) => {
    if (!sealed || !isAuthEnvelopedData(sealed.cms)) return CANNOT_BE_OPENED;
    const signedData = openssl(decryption, sealed.cms);
    if (signedData === null) return CANNOT_BE_OPENED;
    const signer = findSigner(signerCertificates, sealed.signerFingerprint);
    if (!signer || !isSigner(signer, item, sealed, options.authorities)) return NOT_AUTHENTIC;
    const bytes = verify(signedData, signer);
    if (bytes === null) return NOT_AUTHENTIC;
    const payload = read(decodePayload, bytes);
    return payload && payload.regionCode === item.lease.name.regionCode ? { payload } : NOT_AUTHENTIC;
  };

  const openWithdrawal = (item, signerCertificates) => {
    const { sealed, ...withdrawal } = item.withdrawal || {};
    const { payload, reason } = unseal(item, sealed, signerCertificates);
    if (reason) return { reason };
    const isOfItem = isDeepStrictEqual(payload.withdrawal, withdrawal);
    return isOfItem ? { withdrawal, sealedBy: sealed.sealedBy } : NOT_AUTHENTIC;
  };

  const openNotice = (item, signerCertificates) => {
    const { sealed, envelope } = item.notice || {};
    if (!envelope) return CANNOT_BE_OPENED;
    const { payload, reason } = unseal(item, sealed, signerCertificates);
    if (reason) return { reason };
    const isOfItem =
      payload.citizen && payload.envelope && isDeepStrictEqual(bound(payload.envelope), bound(envelope));
    return isOfItem ? { notice: { envelope: bound(envelope), citizen: payload.citizen } } : NOT_AUTHENTIC;
  };

  return (item, signerCertificates) => {
    const openItem = item.kind === 'ITEM_KIND_WITHDRAWAL' ? openWithdrawal : openNotice;
    return openItem(item, signerCertificates);
  };
}

module.exports = { createOpener };
