// The words for what the server names. A text is [Danish, English].

const REASONS = {
  PATIENT_NUMBER_INVALID: ['Skriv patientens nummer, højst 64 tegn', 'Type the patient’s number, at most 64 characters'],
  MUNICIPALITY_UNKNOWN: ['Vælg en kommune', 'Choose a municipality'],
  NOT_ANSWERED: ['Svar ja eller nej', 'Answer yes or no'],
  CONSENT_WITHDRAWN_SINCE: ['Borgeren har trukket samtykket tilbage siden da: spørg borgeren igen',
    'The citizen has withdrawn since then: ask the citizen again'],
  DAY_MISSING: ['Vælg en dag', 'Choose a day'],
  FORM_MISSING: ['Vælg, hvordan det blev givet', 'Choose how it was given'],
  CONSENT_TO_CONTACT_INCOMPLETE: ['Både dag og form skal med', 'Both day and form are needed'],
  CONSENT_TO_CONTACT_IN_FUTURE: ['Dagen er ikke kommet endnu', 'That day has not come yet'],
  CONSENT_TO_CONTACT_TOO_OLD: ['Et samtykke gælder i højst et år', 'A consent holds for a year at most'],
  CONSENT_TO_DISCLOSURE_INCOMPLETE: ['Både dag og form skal med', 'Both day and form are needed'],
  CONSENT_TO_DISCLOSURE_IN_FUTURE: ['Dagen er ikke kommet endnu', 'That day has not come yet'],
  CONSENT_TO_DISCLOSURE_TOO_OLD: ['Et samtykke gælder i højst et år', 'A consent holds for a year at most'],
  CRITERION_AGE_MISSING: ['Svar ja eller nej', 'Answer yes or no'],
  CRITERION_MENTAL_ILLNESS_MISSING: ['Svar ja eller nej', 'Answer yes or no'],
  CRITERION_REGIONAL_PSYCHIATRY_MISSING: ['Svar ja eller nej', 'Answer yes or no'],
  CRITERION_NO_SUPPORT_MISSING: ['Svar ja eller nej', 'Answer yes or no'],
  TEXT_NOT_NFC: ['Teksten kan ikke læses', 'The text cannot be read'],
  TEXT_CONTROL_CHARACTER: ['Teksten har tegn, der ikke kan sendes', 'The text has characters that cannot be sent'],
  TEXT_LIKE_CPR_NUMBER: ['Her må der ikke stå noget, der ligner et CPR-nummer', 'Nothing that looks like a CPR number may stand here'],
  NAME_MISSING: ['Skriv et navn', 'Type a name'],
  NAME_TOO_LONG: ['Navnet er for langt', 'The name is too long'],
  PHONE_NUMBER_INVALID: ['Nummeret kan ikke ringes op: se cifrene efter', 'The number cannot be called: check its digits'],
  PHONE_NUMBERS_TOO_MANY: ['For mange numre', 'Too many numbers'],
  EMAIL_INVALID: ['Det er ikke en e-mailadresse', 'That is no e-mail address'],
  POSTAL_ADDRESS_PROTECTED: ['Adressen er beskyttet og må ikke sendes', 'The address is protected and may not be sent'],
  POSTAL_ADDRESS_INVALID: ['Gade, postnummer og by skal alle med', 'Street, postal code and city are all needed'],
};
const INVALID = ['Det kan ikke læses', 'That cannot be read'];

export const reasonWords = (reason) => REASONS[reason] ?? INVALID;

// Why the server did nothing, by its status and reason.
export function problemWords({ status, json }) {
  if (status === 0) return ['Serveren kan ikke nås. Intet er registreret.', 'The server cannot be reached. Nothing is registered.'];
  if (status === 403) return ['Du har ikke adgang.', 'You have no access.'];
  if (json.reason === 'MUNICIPALITIES_NOT_KNOWN_YET') {
    return ['Listen over kommuner er ikke hentet endnu. Et nej kan meldes nu; prøv ellers igen om lidt.',
      'The list of municipalities has not been fetched yet. A no can be told now; otherwise try again shortly.'];
  }
  if (json.reason === 'AGENT_FULL') {
    return ['Der er ikke plads til flere. Intet er registreret: ring til driften.',
      'There is no room for more. Nothing is registered: call operations.'];
  }
  return ['Det lykkedes ikke. Intet er registreret: prøv igen.', 'It did not succeed. Nothing is registered: try again.'];
}

const WHY_NOT = {
  deceased: ['Borgeren er død: intet sendes.', 'The citizen is dead: nothing is sent.'],
  'consent-withdrawn': ['Samtykket er trukket tilbage: intet sendes.', 'The consent is withdrawn: nothing is sent.'],
  'lives-elsewhere': ['Borgeren bor i en kommune, der ikke deltager: intet sendes.',
    'The citizen lives in a municipality that takes no part: nothing is sent.'],
  'not-discharged': ['Meddelelsen sendes, når udskrivningen er planlagt eller sket.',
    'The notice is sent once the discharge is planned or has taken place.'],
  'entered-in-error': ['Indlæggelsen var en fejl i systemet: intet sendes.', 'The stay was entered in error: nothing is sent.'],
  'discharge-cancelled': ['Udskrivningen er aflyst: intet sendes, før der er en ny.',
    'The discharge was cancelled: nothing is sent until there is another.'],
  readmitted: ['Borgeren er genindlagt: intet sendes før næste udskrivning.',
    'The citizen was readmitted: nothing is sent before the next discharge.'],
  'no-consent': ['Der er intet samtykke: intet sendes.', 'There is no consent: nothing is sent.'],
  'not-inpatient': ['Borgeren var ikke indlagt: intet sendes.', 'The citizen was no inpatient: nothing is sent.'],
  'not-home': ['Borgeren er ikke udskrevet til eget hjem: intet sendes.', 'The citizen was not discharged to a home: nothing is sent.'],
  'not-psychiatry': ['Afdelingen hører ikke til regional psykiatri: intet sendes.',
    'The ward is not of regional psychiatry: nothing is sent.'],
  'under-age': ['Borgeren er under 18 år: intet sendes.', 'The citizen is under 18: nothing is sent.'],
  'criterion-not-met': ['Borgeren er ikke i målgruppen: intet sendes.', 'The citizen is not in the target group: nothing is sent.'],
  'contact-missing': ['Navn eller telefonnummer mangler: intet sendes, før de er her.',
    'A name or a phone number is missing: nothing is sent until they are here.'],
  'discharged-long-ago': ['Udskrivningen er for længe siden: intet sendes.', 'The discharge is too long ago: nothing is sent.'],
};
const ON_ITS_WAY = ['Meddelelsen til kommunen er på vej.', 'The notice to the municipality is on its way.'];

const LATER = ['Mægleren kan ikke nås lige nu: meddelelsen sendes, så snart den kan nås igen.',
  'The broker cannot be reached now: the notice is sent as soon as it can be reached again.'];

// Empty: there is a notice, which is sent later where it is held up.
export function whyNotWords(why, isHeldUp) {
  if (why) return WHY_NOT[why] ?? [`Intet sendes (${why}).`, `Nothing is sent (${why}).`];
  return isHeldUp ? LATER : ON_ITS_WAY;
}

const STANDINGS = {
  TO_BE_SENT: ['Venter på at blive sendt', 'Waits to be sent'],
  ACCEPTED: ['Sendt: kommunen har ikke hentet den endnu', 'Sent: the municipality has not fetched it yet'],
  REFUSED: ['Afvist', 'Refused'],
  ACKNOWLEDGED: ['Kommunen har den', 'The municipality has it'],
  RETURNED: ['Returneret af kommunen', 'Returned by the municipality'],
  WITHDRAWN: ['Trukket tilbage', 'Withdrawn'],
  UNDELIVERED: ['Ikke hentet i tide', 'Not fetched in time'],
};
const STAYS = {
  ADMITTED: ['Indlagt', 'Admitted'],
  DISCHARGE_PLANNED: ['Udskrivning planlagt', 'Discharge planned'],
  DISCHARGED: ['Udskrevet', 'Discharged'],
  ENTERED_IN_ERROR: ['Oprettet ved en fejl', 'Entered in error'],
};
const CAUSES = {
  NOT_RESIDENT: ['bor ikke i kommunen', 'not a resident'],
  CANNOT_BE_OPENED: ['kan ikke åbnes', 'cannot be opened'],
  RULES_BROKEN: ['bryder en regel', 'breaks a rule'],
  UNSUPPORTED: ['kendes ikke af modtageren', 'not supported by the receiver'],
  DECEASED: ['borgeren er død', 'the citizen is dead'],
  NOT_AUTHENTIC: ['afsenderen er ikke ægte', 'not authentic'],
  NOT_DELIVERABLE: ['kunne ikke afleveres', 'not deliverable'],
  CONSENT_WITHDRAWN: ['samtykket er trukket tilbage', 'consent withdrawn'],
  NOT_IN_TARGET_GROUP: ['ikke i målgruppen', 'not in the target group'],
  SENT_IN_ERROR: ['sendt ved en fejl', 'sent in error'],
  READMITTED: ['genindlagt', 'readmitted'],
};

const named = (table, name) => table[name] ?? [name, name];

export const standingWords = (name) => named(STANDINGS, name.replace('NOTICE_STANDING_', ''));
export const stayWords = (name) => STAYS[name.replace('STAY_STATE_', '')] ?? ['Intet vides om indlæggelsen', 'Nothing is known of the stay'];

// Why a notice was refused, returned or withdrawn; null where it was not.
export function causeWords({ refused_for: refused, return_reason: returned, withdrawal_reason: withdrawn }) {
  if (refused) return [refused, refused];
  const name = [returned, withdrawn].find((each) => each && !each.endsWith('_UNSPECIFIED'));
  return name ? named(CAUSES, name.replace(/^(RETURN|WITHDRAWAL)_REASON_/, '')) : null;
}
