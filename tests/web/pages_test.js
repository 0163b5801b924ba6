// node pages_test.js SERVER ARTEFACTS: what staff see in a browser. Prints a line a check; exits with 1 if one fails.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const answers = require('./answers.js');
const { awaitText, startBrowser } = require('./browser.js');
const { runChecks } = require('./checks.js');
const { judge, judgeAt } = require('./judge.js');
const { startServer } = require('./pages_server.js');

const [program, artefacts] = process.argv.slice(2);
const WIDTHS = [360, 1280];
const PAGES = [['dashboard', '/'], ['inbox', '/inboxes/0101'], ['trace', `/notices/${answers.ID}`]];

async function setGood(server) {
  await server.set('inboxes', answers.inboxes());
  await server.set('late', {});
  await server.set('status', answers.status());
  await server.set('participants', {});
  await server.set('trace', {});
}

async function setTroubled(server) {
  await server.set('late', answers.late);
  await server.set('trace', answers.waitingTrace);
  await server.set('participants', answers.participants);
  await server.set('status', answers.troubledStatus());
  await server.set('inboxes', answers.inboxes({
    '0101': answers.silent, '0265': { parked: '2' }, '0461': answers.waiting, '0751': { suspended: true },
  }));
}

async function open(page, server, where) {
  await page.goto(server.origin + where, { waitUntil: 'load' });
  await page.waitForSelector('#sentence:not([data-level="unknown"])');
}

async function seesANoticeComeAndGo(server, browser) {
  await setGood(server);
  const page = await browser.open();
  await open(page, server, '/');
  await page.evaluate(() => { window.stillHere = true; });
  await awaitText(page, '#sentence', 'Alle 5 indbakker bliver tømt');
  await awaitText(page, '#connection-state', 'Forbundet');
  await page.focus('#inboxes a[href="/inboxes/0101"]');

  await server.set('inboxes', answers.inboxes({ '0101': answers.waiting }));
  await awaitText(page, '#inboxes tr[data-key="0101"] td:nth-child(3)', '1');
  await awaitText(page, '#sentence', 'Alle 5 indbakker bliver tømt');

  await server.set('inboxes', answers.inboxes({ '0101': { ...answers.waiting, lastPullAt: undefined } }));
  await awaitText(page, '#sentence', 'Ingen indbakke er tavs, men hold øje med 1 af 5');
  await awaitText(page, '#problems', 'ingen har hentet, så vidt mægleren ved');

  await server.set('inboxes', answers.inboxes({ '0101': { ...answers.waiting, silenceUnknown: true } }));
  await awaitText(page, '#sentence', 'Mægleren er lige startet: om lidt vides, om 1 af 5 indbakker er tavse');
  await awaitText(page, '#problems', 'om lidt vides, om nogen henter');

  await server.set('late', answers.late);
  await server.set('inboxes', answers.inboxes({ '0101': answers.silent }));
  await awaitText(page, '#sentence', '1 af 5 indbakker er tavs');
  await awaitText(page, '#problems', 'tavs i 1 t 5 min');
  await awaitText(page, '#problems', '+4511223344');
  await awaitText(page, '#late', answers.ID);
  await awaitText(page, '#late', 'ikke hentet i tide');
  assert.equal(await page.getAttribute('#inboxes tbody tr:first-child', 'data-key'), '0101', 'the worst stands first');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '/inboxes/0101', 'focus is kept');
  await page.screenshot({ path: path.join(artefacts, 'overdue.png'), fullPage: true });

  await server.set('late', {});
  await server.set('inboxes', answers.inboxes());
  await awaitText(page, '#sentence', 'Alle 5 indbakker bliver tømt');
  await awaitText(page, '#late-none', 'Intet er forsinket');
  assert.equal(await page.evaluate(() => window.stillHere), true, 'without a reload');
  await page.context().close();
}

async function seesWhatIsWrongWithTheBroker(server, browser) {
  await setGood(server);
  const page = await browser.open();
  await open(page, server, '/');
  await awaitText(page, '#problems', 'Intet kræver handling');
  const disk = '#broker [data-key="disk"]';
  assert.equal(await page.getAttribute(disk, 'data-level'), null);
  assert.equal(await page.isVisible('#unseen'), false);

  const store = { freeBytes: String(5 * 2 ** 30 - 1), sync: { count: '900', p99: '0.251s' } };
  await server.set('status', answers.status({ store }));
  await awaitText(page, '#problems', 'disken er snart fuld');
  await awaitText(page, '#problems', 'disken er langsom');
  assert.equal(await page.getAttribute(disk, 'data-level'), 'warning');
  await server.set('participants', answers.participants);
  await awaitText(page, '#unseen', 'Aarhus (urn:envej:municipality:0751)');
  assert.doesNotMatch(await page.textContent('#unseen'), /Nordjylland/);

  await server.set('status', answers.status({ recovering: true }));
  await awaitText(page, '#sentence', 'Mægleren er gendannet: intet udleveres endnu');
  await server.set('status', answers.status({ canWrite: false }));
  await awaitText(page, '#sentence', 'Mægleren kan ikke skrive: intet udleveres');
  await page.context().close();
}

async function followsATrace(server, browser) {
  await setGood(server);
  await server.set('trace', answers.waitingTrace);
  const page = await browser.open();
  await open(page, server, `/notices/${answers.ID}?municipality=0101`);
  await awaitText(page, '#sentence', 'Venter: ikke hentet i tide');
  assert.equal(await page.locator('#traces tbody tr').count(), 2);
  await server.set('trace', answers.deliveredTrace);
  await server.set('inboxes', answers.inboxes({ '0101': { acknowledgedToday: '13' } }));
  await awaitText(page, '#sentence', 'Kvitteret');
  await awaitText(page, '#traces tbody', 'a1b2c3d4');
  assert.equal(await page.locator('#traces tbody tr').count(), 4);
  await page.context().close();
}

async function saysWhatIsNotThere(server, browser) {
  await setGood(server);
  const page = await browser.open();
  page.complains = false;  // the browser says itself that it is not found
  const paths = [
    ['/inboxes/0999', 'Ingen kommune i registret har koden 0999', 'No municipality in the register has the code 0999'],
    [`/notices/${answers.ID}`, 'Mægleren kender ingen meddelelse med dette id', 'The broker knows no notice with this id'],
    ['/notices/4b1c8d0e-7a52-1c1e-9d3f-0a6b5c4d3e2f', 'det er ikke et tilfældigt UUID', 'it is not a random UUID'],
    ['/notices/1', 'det er ikke et tilfældigt UUID', 'it is not a random UUID'],
  ];
  for (const [where, da, en] of paths) {
    await open(page, server, `${where}?lang=da`);
    await awaitText(page, '#sentence', da);
    await page.click('#switch');
    await awaitText(page, '#sentence', en);
    await judge(page, where);
  }
  await page.context().close();
}

async function speaksBothLanguages(server, browser) {
  await setGood(server);
  const page = await browser.open();
  await open(page, server, '/');
  assert.equal(await page.getAttribute('html', 'lang'), 'da');
  await page.click('#switch');
  await awaitText(page, '#sentence', 'All 5 inboxes are being emptied');
  assert.match(await page.title(), /^Overview/);
  await open(page, server, '/inboxes/0101');
  await awaitText(page, 'h1', 'Inbox 0101');
  await open(page, server, '/?lang=da');
  await awaitText(page, 'h1', 'Overblik');
  await page.context().close();
}

async function worksByKeyboard(server, browser) {
  await setGood(server);
  await server.set('trace', answers.waitingTrace);
  const page = await browser.open();
  await open(page, server, '/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip-link');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.focus('#find-id');
  await page.keyboard.type('nonsense');
  await page.keyboard.press('Enter');
  await awaitText(page, '#find-error', '8-4-4-4-12');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(` ${answers.ID.toUpperCase()} `);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/notices/${answers.ID}`);
  await page.waitForSelector('#sentence:not([data-level="unknown"])');
  await awaitText(page, '#sentence', 'Venter');
  await page.context().close();
}

async function findsANoticeAsTheTerminalNamesIt(server, browser) {
  await setGood(server);
  await server.set('trace', answers.waitingTrace);
  const page = await browser.open();
  await open(page, server, '/');
  await page.focus('#find-id');
  await page.keyboard.insertText(` 0101/1081/${answers.ID.toUpperCase()} `);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/notices/${answers.ID}?municipality=0101&region=1081`);
  await awaitText(page, '#sentence', 'Venter');
  await page.context().close();
}

async function isAccessible(server, browser) {
  let lesser = 0;
  let judged = 0;
  await setTroubled(server);
  for (const [name, where] of PAGES) {
    const page = await browser.open();
    for (const language of ['da', 'en']) {
      await open(page, server, `${where}?lang=${language}`);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        for (const width of WIDTHS) {
          lesser += await judgeAt(page, width, `${name}-${language}-${colorScheme}-${width}`, artefacts);
          judged += 1;
        }
      }
    }
    await page.context().close();
  }
  return `${judged} judged, ${lesser} lesser findings`;
}

// What the checks above hold the pages to, they find where it is broken.
async function findsWhatIsWrong(server, browser) {
  await setGood(server);
  const page = await browser.open();
  await open(page, server, '/');
  await page.evaluate(() => {
    document.querySelector('main').append(document.createElement('img'));
    return fetch('https://127.0.0.2:1/').catch(() => null);
  });
  await assert.rejects(judge(page, 'planted'), /image-alt/);
  const complaints = browser.complaints.splice(0);
  assert.ok(complaints.some((complaint) => complaint.includes('Content Security Policy')), complaints.join('\n'));
  await page.context().close();
}

async function refusesWhoHasNoCertificate(server, browser) {
  const page = await browser.open(false);
  await assert.rejects(page.goto(server.origin), /ERR_/);
  await page.context().close();
}

async function saysWhenTheConnectionIsLost(server, browser) {
  await setGood(server);
  const page = await browser.open();
  await open(page, server, '/');
  await awaitText(page, '#connection-state', 'Forbundet');
  page.complains = false;  // the browser says itself that nobody answers
  await server.stop();
  await awaitText(page, '#connection-state', 'Forbindelsen er tabt');
  await awaitText(page, '#connection-age', 'gamle');
  const before = await page.evaluate(() => getComputedStyle(document.getElementById('sentence'), '::before').content);
  assert.match(before, /Ikke længere sikkert/, 'what was good is not said to be so');
  await page.screenshot({ path: path.join(artefacts, 'lost.png'), fullPage: true });
  await page.context().close();
}

async function main() {
  const server = await startServer(program);
  const browser = await startBrowser(server);
  const allHold = await runChecks([seesANoticeComeAndGo, seesWhatIsWrongWithTheBroker, followsATrace, saysWhatIsNotThere,
    speaksBothLanguages,
    worksByKeyboard, findsANoticeAsTheTerminalNamesIt, isAccessible, findsWhatIsWrong, refusesWhoHasNoCertificate,
    saysWhenTheConnectionIsLost],
  server, browser);
  await browser.close();
  await server.stop();
  process.exit(allHold ? 0 : 1);
}

main();
