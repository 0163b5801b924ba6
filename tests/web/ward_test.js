// node ward_test.js SERVER ARTEFACTS: what ward staff see and do in a browser. Prints a line a check; exits with 1 if one
// fails.
'use strict';

const assert = require('node:assert/strict');
const { awaitText, startBrowser } = require('./browser.js');
const { runChecks } = require('./checks.js');
const { judge, judgeAt } = require('./judge.js');
const { startServer } = require('./pages_server.js');
const { fillIn, open, register } = require('./ward_form.js');

const [program, artefacts] = process.argv.slice(2);

const focused = (page) => page.evaluate(() => document.activeElement.id);

async function registersAConsentInDanish(server, browser) {
  const page = await browser.open();
  await open(page, server);
  await awaitText(page, 'h1', 'Registrér samtykke');
  await page.selectOption('#municipality', '0101');
  await awaitText(page, '#scheme', 'Mentor i København · telefon +4533112233');
  await fillIn(page, '1001');
  await page.click('#send');
  await page.waitForSelector('#done:not([hidden])');
  await awaitText(page, '#done-words', 'Meddelelsen sendes, når udskrivningen er planlagt eller sket.');
  assert.equal(await focused(page), 'done-heading');
  assert.equal(await page.inputValue('#name'), '');
  assert.ok(!page.url().includes('1001'));
}

async function showsWhatIsWrongAtItsField(server, browser) {
  const page = await browser.open();
  await open(page, server);
  await page.click('#send');
  await awaitText(page, '#municipality-error', 'Vælg en kommune');
  await awaitText(page, '#contact-error', 'Svar ja eller nej');
  assert.equal(await focused(page), 'number');
  await fillIn(page, '1002');
  await page.fill('#phone', '12');
  await page.fill('#email', 'nobody');
  page.complains = false;  // the browser says of every refusal that it is one
  await page.click('#send');
  await awaitText(page, '#phone-error', 'Nummeret kan ikke ringes op');
  await awaitText(page, '#email-error', 'Det er ikke en e-mailadresse');
  assert.equal(await focused(page), 'phone');
  assert.equal(await page.getAttribute('#phone', 'aria-invalid'), 'true');
  await judge(page, 'errors');
}

async function showsTheLeafletForANo(server, browser) {
  const page = await browser.open();
  await open(page, server);
  await page.fill('#number', '1009');
  await page.selectOption('#municipality', '0101');
  await page.check('#contact-no');
  assert.ok(await page.isHidden('#name'));
  await page.click('#send');
  await page.waitForSelector('#leaflet:not([hidden])');
  await awaitText(page, '#leaflet-words', 'Intet er sendt eller gemt.');
  await awaitText(page, '.leaflet', 'Mentor i København');
  await awaitText(page, '.leaflet', '+4533112233');
  await awaitText(page, '.leaflet', 'Vi ringer til dig, når du er kommet hjem.');
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.isVisible('.leaflet'));
  assert.ok(await page.isHidden('#print') && await page.isHidden('.page-header') && await page.isHidden('#again'));
  await page.emulateMedia({ media: 'screen' });
  await page.click('#again');
  assert.ok(await page.isVisible('#form'));
  await page.selectOption('#municipality', '0101');
  await page.check('#contact-no');
  await page.click('#send');
  await awaitText(page, '#leaflet-words', 'Uden patientens nummer er der ikke set efter et tidligere samtykke.');
}

async function showsTheLeafletWhereNoSchemeTakesPart(server, browser) {
  const page = await browser.open();
  await register(page, server, '1003');
  await open(page, server);
  await page.fill('#number', '1003');
  await page.selectOption('#municipality', '0147');
  await awaitText(page, '#scheme', 'Kommunen deltager ikke');
  await page.click('#send');
  await awaitText(page, '#leaflet-words', 'Et tidligere samtykke er trukket tilbage.');
}

async function withdrawsAConsent(server, browser) {
  const page = await browser.open();
  await register(page, server, '1004');
  await server.set('discharge', '1004');
  await open(page, server, '/lookup');
  await page.fill('#number', '1004');
  await page.keyboard.press('Enter');
  await awaitText(page, '#found-heading', 'Meddelelsen til kommunen er på vej.');
  await awaitText(page, '#notices', 'Venter på at blive sendt · København');
  await page.click('#withdraw');
  assert.equal(await focused(page), 'confirm');
  await page.keyboard.press('Enter');
  await awaitText(page, '#found-heading', 'Samtykket er trukket tilbage: intet sendes.');
  await awaitText(page, '#notices', 'Trukket tilbage (samtykket er trukket tilbage)');
  assert.ok(await page.isHidden('#withdrawal'));
}

async function saysThatNothingIsKnown(server, browser) {
  const page = await browser.open();
  await open(page, server, '/lookup');
  page.complains = false;
  await page.fill('#number', '9999');
  await page.click('#send');
  await awaitText(page, '#number-error', 'Intet vides om det nummer');
}

async function changesItsLanguage(server, browser) {
  const page = await browser.open();
  await open(page, server);
  await page.fill('#number', '1005');
  await page.click('#switch');
  await awaitText(page, 'h1', 'Register consent');
  assert.equal(await page.inputValue('#number'), '1005');
  assert.equal(await page.title(), 'Register consent – envej');
  await open(page, server, '/lookup');
  await awaitText(page, 'h1', 'What became of it?');
}

async function worksByKeyboard(server, browser) {
  const page = await browser.open();
  await open(page, server);
  await page.focus('#number');
  await page.keyboard.type('1006');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'contact-yes');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'disclosure-yes');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowRight');
  assert.ok(await page.isChecked('#contact-no'));
  await page.keyboard.press('Enter');
  await awaitText(page, '#leaflet-why', 'Giv borgeren folderen');
}

async function everybodyCanUseIt(server, browser) {
  let lesser = 0;
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
      const page = await browser.open();
      await page.emulateMedia({ colorScheme });
      const name = (what) => `ward-${what}-${colorScheme}-${width}`;
      await open(page, server);
      await fillIn(page, '1007');
      lesser += await judgeAt(page, width, name('register'), artefacts);
      await page.click('#send');
      await page.waitForSelector('#done:not([hidden])');
      lesser += await judgeAt(page, width, name('done'), artefacts);
      await open(page, server);
      await page.selectOption('#municipality', '0101');
      await page.check('#disclosure-no');
      await page.click('#send');
      await page.waitForSelector('#leaflet:not([hidden])');
      lesser += await judgeAt(page, width, name('leaflet'), artefacts);
      await open(page, server, '/lookup');
      await page.fill('#number', '1004');
      await page.click('#send');
      await awaitText(page, '#facts', 'Udskrevet');
      lesser += await judgeAt(page, width, name('lookup'), artefacts);
      await page.context().close();
    }
  }
  return `${lesser} lesser findings`;
}

async function main() {
  const server = await startServer(program);
  const browser = await startBrowser(server);
  const good = await runChecks([
    registersAConsentInDanish, showsWhatIsWrongAtItsField, showsTheLeafletForANo, showsTheLeafletWhereNoSchemeTakesPart,
    withdrawsAConsent, saysThatNothingIsKnown, changesItsLanguage, worksByKeyboard, everybodyCanUseIt,
  ], server, browser);
  await browser.close();
  await server.stop();
  process.exit(good ? 0 : 1);
}

main();
