// node ward_agent_test.js SERVER ARTEFACTS: what comes of what ward staff do in a browser, at a real agent, a real broker
// and the municipality. Prints a line a check; exits with 1 if one fails.
'use strict';

const assert = require('node:assert/strict');
const { awaitText, startBrowser } = require('./browser.js');
const { runChecks } = require('./checks.js');
const { judgeAt } = require('./judge.js');
const { startServer } = require('./pages_server.js');
const { TODAY, fillIn, open, register } = require('./ward_form.js');

const [program, artefacts] = process.argv.slice(2);
const LOOKS = 60;
const LOOK_MILLISECONDS = 500;

const held = (...names) => names.map((name) => `${TODAY} / ${name} / +4520123456`);

async function lookUp(page, server, number, query = '') {
  await open(page, server, `/lookup${query}`);
  await page.fill('#number', number);
  await page.click('#send');
  await page.waitForSelector('#found:not([hidden])');
}

// What becomes of a notice is not told: staff look again.
async function lookUpUntil(page, server, number, text) {
  for (let look = 0; look < LOOKS; look += 1) {
    await lookUp(page, server, number);
    if ((await page.innerText('#found')).includes(text)) return;
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MILLISECONDS); });
  }
  throw new Error(`${number}: ${JSON.stringify(await page.innerText('#found'))}, and not ${JSON.stringify(text)}`);
}

async function aConsentAndADischargeBecomeANotice(server, browser) {
  const page = await browser.open();
  await register(page, server, '2001', 'Nanna Agertoft');
  await awaitText(page, 'h1', 'Registrér samtykke');
  await awaitText(page, '#done-words', 'Meddelelsen sendes, når udskrivningen er planlagt eller sket.');
  await server.set('notices', 0);
  await server.set('discharge', { number: '2001', name: 'Agertoft' });
  await server.set('held', held('Nanna Agertoft'));
  await lookUpUntil(page, server, '2001', 'Kommunen har den');
  await awaitText(page, '#found-heading', 'Kommunen har den');
  await page.context().close();
}

async function showsTheLeaflet(page, municipality, answer) {
  await page.selectOption('#municipality', municipality);
  if (answer) await page.check(answer);
  await page.click('#send');
  await page.waitForSelector('#leaflet:not([hidden])');
  await awaitText(page, '#leaflet-why', 'Giv borgeren folderen');
}

async function aNoShowsTheLeafletAndSendsNothing(server, browser) {
  const page = await browser.open();
  await open(page, server);
  await page.fill('#number', '2002');
  await showsTheLeaflet(page, '0101', '#disclosure-no');
  await awaitText(page, '#leaflet-words', 'Intet er sendt eller gemt.');
  await awaitText(page, '.leaflet', 'Vejen videre');
  await awaitText(page, '.leaflet', '+4599000001');
  await awaitText(page, '.leaflet', 'Ring til os.');
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.isVisible('.leaflet'));
  for (const screen of ['.page-header', '#leaflet-why', '#print', '#again']) assert.ok(await page.isHidden(screen), screen);
  await server.set('discharge', { number: '2002', name: 'Birkemose' });
  await server.set('notices', 1);
  await page.context().close();
}

async function aMunicipalityWithoutASchemeShowsTheLeafletAndSendsNothing(server, browser) {
  const page = await browser.open();
  await open(page, server);
  await page.fill('#number', '2003');
  await showsTheLeaflet(page, '0151');
  await awaitText(page, '#leaflet-words', 'Kommunen deltager ikke. Intet er sendt eller gemt.');
  await page.click('#again');
  await page.fill('#number', '2003');
  await showsTheLeaflet(page, '0851');  // whose agreement is over
  await server.set('discharge', { number: '2003', name: 'Clausager' });
  await server.set('notices', 1);
  await page.context().close();
}

async function aWithdrawalErasesWhatTheMunicipalityHas(server, browser) {
  const page = await browser.open();
  await lookUp(page, server, '2001');
  await page.click('#withdraw');
  await page.click('#confirm');
  await awaitText(page, '#found-heading', 'Samtykket er trukket tilbage: intet sendes.');
  await server.set('held', []);
  await page.context().close();
}

async function saysThatANoticeIsSentLaterWhileTheBrokerIsAway(server, browser) {
  const page = await browser.open();
  await register(page, server, '2004', 'Nanna Dalumgaard');
  await server.set('broker', 'away');
  await server.set('discharge', { number: '2004', name: 'Dalumgaard' });
  await lookUp(page, server, '2004');
  await awaitText(page, '#found-heading', 'Mægleren kan ikke nås lige nu: meddelelsen sendes, så snart den kan nås igen.');
  await awaitText(page, '#notices', 'Venter på at blive sendt');
  await judgeAt(page, 360, 'ward-agent-away', artefacts);

  await server.set('agent', 'again');
  await server.set('discharge', { number: '2005', name: 'Egelykke' });
  await register(page, server, '2005', 'Nanna Egelykke');
  await awaitText(page, '#done-words', 'meddelelsen sendes, så snart den kan nås igen');
  await page.click('#switch');
  await awaitText(page, '#done-words', 'the notice is sent as soon as it can be reached again');
  await page.click('#switch');
  await server.set('broker', 'back');
  await server.set('held', held('Nanna Dalumgaard', 'Nanna Egelykke'));
  await lookUpUntil(page, server, '2005', 'Kommunen har den');
  await page.context().close();
}

async function everybodyCanUseIt(server, browser) {
  let lesser = 0;
  for (const language of ['da', 'en']) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.open();
      await page.emulateMedia({ colorScheme });
      const judged = async (what) => {
        lesser += await judgeAt(page, 360, `ward-agent-${what}-${language}-${colorScheme}`, artefacts);
      };
      await open(page, server, `/?lang=${language}`);
      await fillIn(page, '2006', 'Nanna Fuglsang');
      await judged('register');
      await page.click('#send');
      await page.waitForSelector('#done:not([hidden])');
      await judged('done');
      await open(page, server, `/?lang=${language}`);
      await page.selectOption('#municipality', '0101');
      await page.check('#contact-no');
      await page.click('#send');
      await page.waitForSelector('#leaflet:not([hidden])');
      await judged('leaflet');
      await lookUp(page, server, '2005', `?lang=${language}`);
      await judged('lookup');
      await page.context().close();
    }
  }
  return `${lesser} lesser findings`;
}

async function main() {
  const server = await startServer(program);
  const browser = await startBrowser(server);
  const good = await runChecks([
    aConsentAndADischargeBecomeANotice, aNoShowsTheLeafletAndSendsNothing,
    aMunicipalityWithoutASchemeShowsTheLeafletAndSendsNothing, aWithdrawalErasesWhatTheMunicipalityHas,
    saysThatANoticeIsSentLaterWhileTheBrokerIsAway, everybodyCanUseIt,
  ], server, browser);
  await browser.close();
  await server.stop();
  process.exit(good ? 0 : 1);
}

main();
