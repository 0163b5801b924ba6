// node pages_test.js PROGRAM ARTEFACTS: what an operator sees of a real broker. Prints a line a check; exits with 1 if one
// fails. The checks follow one another: each goes on from where the one before has left the broker.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const tls = require('node:tls');
const { awaitText, startBrowser } = require('../web/browser.js');
const { runChecks } = require('../web/checks.js');
const { judgeAt } = require('../web/judge.js');
const { startTalking } = require('../web/talking_program.js');

const [program, artefacts] = process.argv.slice(2);
const WIDTHS = [360, 1280];
const CODE = '0101';
const OTHER_CODE = '0147';
const OWN = 'urn:envej:operations:night-watch';
const SILENT_MINUTES = 11;
const OVERDUE_MINUTES = 4 * 60 + 1;

async function startBroker() {
  const talking = await startTalking(program);
  const answerOf = (line) => {
    const answer = JSON.parse(line);
    if (answer.error) throw new Error(answer.error);
    return answer;
  };
  const { port, certificate, key } = answerOf(talking.first);
  return {
    origin: `https://127.0.0.1:${port}`,
    certificate,
    key,
    // The serial number of the certificate that a new connection is shown.
    serial: () => new Promise((resolve, reject) => {
      const socket = tls.connect({
        host: '127.0.0.1', port, cert: fs.readFileSync(certificate), key: fs.readFileSync(key), rejectUnauthorized: false,
      }, () => {
        resolve(socket.getPeerCertificate().serialNumber.toLowerCase());
        socket.destroy();
      });
      socket.on('error', reject);
    }),
    do: async (told) => answerOf(await talking.ask(told)),
    stop: talking.stop,
  };
}

// A page that stays open over all checks, so that whatever it shows it shows without being loaded again.
async function open(broker, browser, where) {
  const page = await browser.open();
  await page.goto(broker.origin + where, { waitUntil: 'load' });
  await page.waitForSelector('#sentence:not([data-level="unknown"])');
  await page.evaluate(() => { window.stillHere = true; });
  return page;
}

const opened = {};
const ids = {};

async function seesNoticesArrive(broker, browser) {
  opened.dashboard = await open(broker, browser, '/');
  await awaitText(opened.dashboard, '#sentence', 'Alle 3 indbakker bliver tømt');
  await awaitText(opened.dashboard, '#connection-state', 'Forbundet');
  await awaitText(opened.dashboard, '#about', 'broker-1');
  ids[CODE] = (await broker.do(`submit ${CODE}`)).id;
  ids[OTHER_CODE] = (await broker.do(`submit ${OTHER_CODE}`)).id;
  for (const code of [CODE, OTHER_CODE]) {
    await awaitText(opened.dashboard, `#inboxes tr[data-key="${code}"] td:nth-child(3)`, '1');
  }
  opened.inbox = await open(broker, browser, `/inboxes/${CODE}`);
  await awaitText(opened.inbox, 'h1', `Indbakke ${CODE} København`);
  opened.trace = await open(broker, browser, `/notices/${ids[CODE]}`);
  await awaitText(opened.trace, '#sentence', 'Venter');
  await awaitText(opened.trace, '#traces', 'Modtaget');
}

async function seesInboxesGoSilent(broker) {
  await broker.do(`skip ${SILENT_MINUTES}`);
  await awaitText(opened.dashboard, '#sentence', '2 af 3 indbakker er tavse');
  await awaitText(opened.dashboard, '#problems', `${CODE} København: tavs i 1`);
  await awaitText(opened.dashboard, '#problems', 'Vagten +4599000101');
  await awaitText(opened.dashboard, '#late-none', 'Intet er forsinket');
  await awaitText(opened.inbox, '#problems', 'tavs i 1');
  await awaitText(opened.inbox, '#phone', '+4599000101');
}

async function seesNoticesBecomeOverdue(broker) {
  await broker.do(`skip ${OVERDUE_MINUTES - SILENT_MINUTES}`);
  await awaitText(opened.dashboard, '#problems', '1 forsinket');
  for (const code of [CODE, OTHER_CODE]) await awaitText(opened.dashboard, '#late', ids[code]);
  await awaitText(opened.dashboard, '#late', 'ikke hentet i tide');
  await awaitText(opened.inbox, '#late', ids[CODE]);
  await awaitText(opened.trace, '#sentence', 'Venter: ikke hentet i tide');
}

async function seesWhatOtherOperatorsDo(broker) {
  await broker.do(`propose ${CODE}`);
  await awaitText(opened.trace, '#traces', 'Returnering foreslået af');
  await awaitText(opened.trace, '#traces', 'urn:envej:operations:day-watch');
  await broker.do(`suspend urn:envej:municipality:${OTHER_CODE}`);
  await broker.do('suspend urn:envej:region:1082');
  await awaitText(opened.dashboard, '#problems', 'kommunen er suspenderet');
  await awaitText(opened.dashboard, '#problems', 'Region Midtjylland er suspenderet');
}

async function isAccessible() {
  let lesser = 0;
  for (const [name, page] of Object.entries(opened)) {
    for (const language of ['da', 'en']) {
      assert.equal(await page.getAttribute('html', 'lang'), language);
      for (const width of WIDTHS) lesser += await judgeAt(page, width, `broker-${name}-${language}-${width}`, artefacts);
      await page.click('#switch');
    }
  }
  return `${lesser} lesser findings`;
}

async function seesNoticesDelivered(broker) {
  await broker.do(`resume urn:envej:municipality:${OTHER_CODE}`);
  await broker.do('resume urn:envej:region:1082');
  await broker.do(`lease ${CODE}`);
  await awaitText(opened.trace, '#sentence', 'Udlånt');
  await broker.do(`acknowledge ${CODE}`);
  await awaitText(opened.trace, '#sentence', 'Kvitteret');
  await awaitText(opened.trace, '#traces', 'Kvitteret af kommunen');
  await awaitText(opened.inbox, '#sentence', 'Tom');
  await awaitText(opened.dashboard, '#sentence', '1 af 3 indbakker er tavs');
  await broker.do(`lease ${OTHER_CODE}`);
  await broker.do(`return ${OTHER_CODE}`);
  await awaitText(opened.dashboard, '#sentence', 'Alle 3 indbakker bliver tømt');
  await awaitText(opened.dashboard, '#late-none', 'Intet er forsinket');
  await opened.trace.goto(`${broker.origin}/notices/${ids[OTHER_CODE]}`);
  await awaitText(opened.trace, '#traces', 'Returneret: bor ikke i kommunen');
  await opened.trace.goto(`${broker.origin}/notices/${ids[CODE].replace(/.$/, (last) => (last === '0' ? '1' : '0'))}`);
  opened.trace.complains = false;  // the browser says itself that it was not found
  await awaitText(opened.trace, '#sentence', 'kender ingen meddelelse');
  await opened.trace.context().close();
  delete opened.trace;
}

async function isServedWithTheNewCertificate(broker, browser) {
  const before = await broker.serial();
  const { serial } = await broker.do('renew');
  assert.notEqual(serial, before);
  assert.equal(await broker.serial(), serial);
  const page = await open(broker, browser, '/');
  await awaitText(page, '#connection-state', 'Forbundet');
  await page.context().close();
  await awaitText(opened.dashboard, '#connection-state', 'Forbundet');
}

async function isTurnedAway(broker, browser, told, back, picture) {
  opened.dashboard.complains = false;  // the browser says itself that it is turned away
  opened.inbox.complains = false;
  await broker.do(told);
  for (const page of Object.values(opened)) await awaitText(page, '#connection-state', 'Certifikatet giver ikke adgang længere');
  const before = await opened.dashboard.evaluate(
    () => getComputedStyle(document.getElementById('sentence'), '::before').content);
  assert.match(before, /Ikke længere sikkert/, 'what was good is not said to be so');
  await opened.dashboard.screenshot({ path: path.join(artefacts, `broker-${picture}.png`), fullPage: true });
  const page = await browser.open();
  page.complains = false;
  const answer = await page.goto(broker.origin);
  assert.equal(answer.status(), 403);
  await awaitText(page, 'body', 'Certifikatet giver ikke adgang');
  await page.context().close();
  await broker.do(back);
  for (const one of Object.values(opened)) await awaitText(one, '#connection-state', 'Forbundet');
}

async function isTurnedAwayWhileSuspended(broker, browser) {
  await isTurnedAway(broker, browser, `suspend ${OWN}`, `resume ${OWN}`, 'suspended');
}

async function isTurnedAwayOnceStruckOffTheRegister(broker, browser) {
  await isTurnedAway(broker, browser, 'strike', 'restore', 'struck-off');
}

async function neverLoadedThePagesAgain() {
  for (const page of Object.values(opened)) assert.equal(await page.evaluate(() => window.stillHere), true);
}

async function main() {
  const broker = await startBroker();
  const browser = await startBrowser(broker);
  const allHold = await runChecks([seesNoticesArrive, seesInboxesGoSilent, seesNoticesBecomeOverdue,
    seesWhatOtherOperatorsDo, isAccessible, seesNoticesDelivered, isServedWithTheNewCertificate, isTurnedAwayWhileSuspended,
    isTurnedAwayOnceStruckOffTheRegister, neverLoadedThePagesAgain], broker, browser);
  await browser.close();
  const code = await broker.stop();
  if (code !== 0) console.log(`FAILED: the broker's program ended with ${code}`);
  process.exit(allHold && code === 0 ? 0 : 1);
}

main();
