import { type ProblemText } from './problem-text.ts'

/** Edits of single fields that cannot be made. */
export const editTexts = {
  'edit.unreadable': {
    message: {
      fi: 'Tekstiä ei voi muuttaa kentittäin, koska sitä ei voi lukea.',
      sv: 'Texten kan inte ändras fält för fält eftersom den inte kan läsas.',
      en: 'The text cannot be changed by fields because it cannot be read.',
    },
    remedy: {
      fi: 'Korjaa teksti ensin riviltä {line}.',
      sv: 'Rätta först texten på rad {line}.',
      en: 'Mend the text at line {line} first.',
    },
  },
  'edit.no-place': {
    message: {
      fi: 'Tässä kohdassa ei ole paikkaa arvolle.',
      sv: 'Det finns ingen plats för värdet här.',
      en: 'There is no place for the value here.',
    },
    remedy: {
      fi: 'Luettelon uusi kohta tulee sen viimeiseksi, ja arvon sisälle ei voi kirjoittaa toista arvoa.',
      sv: 'En ny punkt kommer sist i sin lista, och inuti ett värde kan inget annat värde skrivas.',
      en: 'A new item comes last in its list, and inside a value no other value can be written.',
    },
  },
  'edit.value': {
    message: {
      fi: 'Arvoa ei voi kirjoittaa selosteeseen.',
      sv: 'Värdet kan inte skrivas i beskrivningen.',
      en: 'The value cannot be written into the description.',
    },
    remedy: {
      fi: 'Arvo on teksti, luku, kyllä tai ei, tai niistä koottu luettelo.',
      sv: 'Värdet är en text, ett tal, ja eller nej, eller en lista av sådana.',
      en: 'A value is a text, a number, true or false, or a list of those.',
    },
  },
} as const satisfies Record<string, ProblemText>
