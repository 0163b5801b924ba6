// The form on which ward staff register what a citizen answered, as they fill it in.
'use strict';

const CRITERIA = ['aged', 'illness', 'psychiatry', 'support'];
const TODAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Copenhagen' }).format(new Date());

async function open(page, server, where = '/') {
  await page.goto(server.origin + where, { waitUntil: 'load' });
  await page.waitForSelector('h1');
  if (!where.startsWith('/lookup')) await page.waitForSelector('#municipality option[value="0101"]', { state: 'attached' });
}

async function answerYes(page, name) {
  await page.check(`#${name}-yes`);
  await page.fill(`#${name}-date`, TODAY);
  await page.check(`#${name}-form-CONSENT_FORM_WRITTEN`);
}

// A yes to everything.
async function fillIn(page, number, name = 'Nanna Prøve') {
  await page.fill('#number', number);
  await page.selectOption('#municipality', '0101');
  await answerYes(page, 'contact');
  await answerYes(page, 'disclosure');
  for (const criterion of CRITERIA) await page.check(`#${criterion}-yes`);
  await page.fill('#name', name);
  await page.fill('#phone', '20 12 34 56');
}

async function register(page, server, number, name) {
  await open(page, server);
  await fillIn(page, number, name);
  await page.click('#send');
  await page.waitForSelector('#done:not([hidden])');
}

module.exports = { TODAY, fillIn, open, register };
