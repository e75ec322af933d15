import { type ProblemText } from './problem-text.ts'

/** A version against the one before it. */
export const successionTexts = {
  'version.number': {
    message: {
      fi: 'Version numero ei ole se, jonka vuoro on.',
      sv: 'Versionens nummer är inte det som står i tur.',
      en: 'The version’s number is not the one whose turn it is.',
    },
    remedy: { fi: 'Numeron on oltava {expected}.', sv: 'Numret ska vara {expected}.', en: 'It must be {expected}.' },
  },
  'version.not-later': {
    message: {
      fi: 'Versio ei tule voimaan edellisen jälkeen, joka tuli voimaan {previous}.',
      sv: 'Versionen träder inte i kraft efter den föregående, som trädde i kraft {previous}.',
      en: 'The version does not come into force after the one before, which did on {previous}.',
    },
    remedy: {
      fi: 'Valitse myöhempi voimaantulo.',
      sv: 'Välj ett senare ikraftträdande.',
      en: 'Choose a later coming into force.',
    },
  },
  'rule.version-unraised': {
    message: {
      fi: 'Sääntö {rule} on muuttunut, mutta sen versio {version} on jo käytetty.',
      sv: 'Regeln {rule} har ändrats, men dess version {version} är redan använd.',
      en: 'The rule {rule} has changed, but its version {version} has been used already.',
    },
    remedy: {
      fi: 'Anna säännölle versio {expected}.',
      sv: 'Ge regeln version {expected}.',
      en: 'Give the rule version {expected}.',
    },
  },
  'rule.version-skipped': {
    message: {
      fi: 'Säännön {rule} versio {version} ei seuraa edellistä.',
      sv: 'Regelns {rule} version {version} följer inte på den föregående.',
      en: 'The rule {rule} jumps to version {version}.',
    },
    remedy: {
      fi: 'Anna säännölle versio {expected}.',
      sv: 'Ge regeln version {expected}.',
      en: 'Give the rule version {expected}.',
    },
  },
  'rule.version-idle': {
    message: {
      fi: 'Sääntö {rule} ei ole muuttunut, mutta sen versiota on nostettu.',
      sv: 'Regeln {rule} har inte ändrats, men dess version har höjts.',
      en: 'The rule {rule} has not changed, but its version was raised.',
    },
    remedy: {
      fi: 'Palauta versioksi {expected}.',
      sv: 'Återställ versionen till {expected}.',
      en: 'Put its version back to {expected}.',
    },
  },
  'number.vanished': {
    message: {
      fi: 'Numero {number} on ollut käytössä {since} alkaen, mutta luettelo ei enää tunne sitä siltä ajalta.',
      sv: 'Numret {number} har varit i bruk sedan {since}, men förteckningen känner det inte längre för den tiden.',
      en: 'The number {number} has been in use since {since}, but the list no longer knows it for that time.',
    },
    remedy: {
      fi: 'Pidä numero luettelossa ja anna sille viimeinen päivä (validTo): vanhat puhelut säilyttävät merkityksensä.',
      sv: 'Behåll numret i förteckningen och ge det en sista dag (validTo): gamla samtal behåller sin betydelse.',
      en: 'Keep the number in the list and give it a last day (validTo): old calls keep their meaning.',
    },
  },
  'number.kind-changed': {
    message: {
      fi: 'Käytössä olleen numeron {number} laji on muuttunut.',
      sv: 'Slaget för numret {number}, som har varit i bruk, har ändrats.',
      en: 'The kind of {number}, which has been in use, has changed.',
    },
    remedy: {
      fi: 'Anna vanhalle viimeinen päivä (validTo) ja lisää numero uutena lajina seuraavasta päivästä.',
      sv: 'Ge det gamla en sista dag (validTo) och lägg till numret som nytt slag från följande dag.',
      en: 'Give the old entry a last day (validTo) and list the number as its new kind from the next day on.',
    },
  },
} as const satisfies Record<string, ProblemText>
