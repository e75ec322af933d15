import { type ProblemText } from './problem-text.ts'

/** Numbers that customers call. */
export const numberTexts = {
  'number.unreadable': {
    message: {
      fi: '”{value}” ei ole puhelinnumero.',
      sv: '”{value}” är inget telefonnummer.',
      en: '“{value}” is not a telephone number.',
    },
    remedy: {
      fi: 'Kirjoita numero suuntanumeroineen: 029 497 000.',
      sv: 'Skriv numret med riktnummer: 029 497 000.',
      en: 'Write the number with its area code: 029 497 000.',
    },
  },
  'number.exchange-form': {
    message: {
      fi: 'Vaihteen alkuosa ei kelpaa.',
      sv: 'Växelns begynnelsesiffror duger inte.',
      en: 'The exchange’s prefix cannot be used.',
    },
    remedy: {
      fi: 'Kirjoita numeron alku nollasta alkaen: 029 512.',
      sv: 'Skriv numrets början med en nolla först: 029 512.',
      en: 'Write the beginning of the number from its zero on: 029 512.',
    },
  },
  'number.twice': {
    message: {
      fi: 'Numero {number} on luettelossa kahteen kertaan samalta ajalta.',
      sv: 'Numret {number} finns två gånger i förteckningen för samma tid.',
      en: 'The number {number} is listed twice for the same time.',
    },
    remedy: {
      fi: 'Poista toinen, tai anna aiemmalle viimeinen päivä (validTo).',
      sv: 'Ta bort den ena, eller ge den tidigare en sista dag (validTo).',
      en: 'Remove one of them, or give the earlier one a last day (validTo).',
    },
  },
  'number.two-kinds': {
    message: {
      fi: 'Numero {number} on samalta ajalta luettelossa kahtena eri lajina.',
      sv: 'Numret {number} finns i förteckningen som två olika slag för samma tid.',
      en: 'The number {number} is of two kinds at the same time.',
    },
    remedy: {
      fi: 'Numero on joko palvelunumero tai vaihteen numero: poista toinen, tai anna aiemmalle viimeinen päivä (validTo).',
      sv: 'Ett nummer är antingen ett servicenummer eller ett växelnummer: ta bort den ena, eller ge den tidigare en sista dag (validTo).',
      en: 'A number is either a service number or a switchboard’s: remove one, or give the earlier one a last day (validTo).',
    },
  },
  'number.region-missing': {
    message: {
      fi: 'Alueelliselta palvelunumerolta puuttuu alue.',
      sv: 'Det regionala servicenumret saknar region.',
      en: 'The regional service number has no region.',
    },
    remedy: {
      fi: 'Lisää region suomeksi, ruotsiksi ja englanniksi.',
      sv: 'Lägg till region på finska, svenska och engelska.',
      en: 'Add region in Finnish, Swedish and English.',
    },
  },
  'number.region-extra': {
    message: {
      fi: 'Vain alueellisella palvelunumerolla on alue.',
      sv: 'Bara ett regionalt servicenummer har en region.',
      en: 'Only a regional service number has a region.',
    },
    remedy: {
      fi: 'Poista region, tai valitse lajiksi REGIONAL_SERVICE.',
      sv: 'Ta bort region, eller välj slaget REGIONAL_SERVICE.',
      en: 'Remove region, or choose the kind REGIONAL_SERVICE.',
    },
  },
  'number.switchboard-unlisted': {
    message: {
      fi: 'Puhelinvaihteen numeroa {number} ei ole numeroluettelossa vaihteen numerona version ollessa voimassa.',
      sv: 'Telefonväxelns nummer {number} finns inte i nummerförteckningen som växelnummer när versionen gäller.',
      en: 'The switchboard’s number {number} is not listed as a switchboard number while this version is in force.',
    },
    remedy: {
      fi: 'Lisää se kohtaan numbers (kind: SWITCHBOARD), tai korjaa numero.',
      sv: 'Lägg till det under numbers (kind: SWITCHBOARD), eller rätta numret.',
      en: 'Add it to numbers (kind: SWITCHBOARD), or correct the number.',
    },
  },
} as const satisfies Record<string, ProblemText>
