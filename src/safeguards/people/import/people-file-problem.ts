import { problemOf, type CsvProblem, type ThreeLanguages } from '#platform/csv/csv-problem.ts'

/** What can be wrong with a row of a file of people; words in braces are filled in. */
const problems = {
  'person.user-id-missing': {
    fi: 'Käyttäjätunnus puuttuu.',
    sv: 'Användarnamnet saknas.',
    en: 'The user id is missing.',
  },
  'person.user-id-wrong': {
    fi: '”{written}” ei kelpaa käyttäjätunnukseksi: se alkaa kirjaimella tai numerolla, siinä on enintään 64 merkkiä eikä välejä.',
    sv: '”{written}” duger inte som användarnamn: det börjar med en bokstav eller siffra, har högst 64 tecken och inga mellanslag.',
    en: '“{written}” is no user id: one begins with a letter or a digit, has 64 characters at most and no blanks.',
  },
  'person.not-personal': {
    fi: 'Käyttäjätunnus on tehtävän nimi eikä henkilön: tunnus kuuluu yhdelle luonnolliselle henkilölle.',
    sv: 'Användarnamnet är namnet på en uppgift, inte på en person: ett användarnamn hör till en enda fysisk person.',
    en: 'The user id is the name of a function, not of a person: an account belongs to one natural person.',
  },
  'person.twice': {
    fi: 'Käyttäjätunnus ”{written}” on jo rivillä {other}.',
    sv: 'Användarnamnet ”{written}” finns redan på rad {other}.',
    en: 'The user id “{written}” is on row {other} already.',
  },
  'person.name-missing': {
    fi: 'Nimi puuttuu.',
    sv: 'Namnet saknas.',
    en: 'The name is missing.',
  },
  'person.text-too-long': {
    fi: 'Tekstissä on yli {limit} merkkiä.',
    sv: 'Texten har över {limit} tecken.',
    en: 'The text has more than {limit} characters.',
  },
  'person.text-wrong': {
    fi: 'Tekstissä on merkki, jota ei voi tallentaa.',
    sv: 'Texten har ett tecken som inte kan sparas.',
    en: 'The text has a character that cannot be stored.',
  },
  'person.not-a-day': {
    fi: '”{written}” ei ole päivä. Kirjoita se näin: 2026-03-01 tai 1.3.2026.',
    sv: '”{written}” är inte en dag. Skriv den så här: 2026-03-01 eller 1.3.2026.',
    en: '“{written}” is no day. Write it like this: 2026-03-01 or 1.3.2026.',
  },
  'person.employed-from-missing': {
    fi: 'Palvelussuhteen ensimmäinen päivä puuttuu: se tarvitaan, koska henkilöä ei vielä ole hakemistossa.',
    sv: 'Anställningens första dag saknas: den behövs, eftersom personen inte ännu finns i katalogen.',
    en: 'The first day of the employment is missing: it is needed, as the person is not in the directory yet.',
  },
  'person.ends-before-it-begins': {
    fi: 'Palvelussuhde päättyy ennen kuin se alkaa.',
    sv: 'Anställningen slutar innan den börjar.',
    en: 'The employment ends before it begins.',
  },
  'person.not-employed': {
    fi: 'Henkilön palvelussuhde on päättynyt: hänen yksikkönsä, esihenkilönsä ja numeronsa eivät enää muutu.',
    sv: 'Personens anställning har upphört: enheten, chefen och numren ändras inte längre.',
    en: 'The person has left: their unit, supervisor and numbers do not change any more.',
  },
  'person.not-a-number': {
    fi: '”{written}” ei ole puhelinnumero, johon virkailija voi vastata.',
    sv: '”{written}” är inte ett telefonnummer som en tjänsteman kan svara på.',
    en: '“{written}” is no telephone number at which an official can answer.',
  },
  'person.phone-twice-in-file': {
    fi: 'Numero {written} on samaan aikaan myös rivin {other} henkilöllä.',
    sv: 'Numret {written} hör samtidigt också till personen på rad {other}.',
    en: 'The number {written} is at the same time that of the person on row {other}.',
  },
  'person.phone-taken': {
    fi: 'Numero {written} on henkilöllä {name} ({userId}) {until}.',
    sv: 'Numret {written} hör till {name} ({userId}) {until}.',
    en: 'The number {written} is that of {name} ({userId}) {until}.',
  },
  'person.unknown-supervisor': {
    fi: 'Esihenkilöä ”{written}” ei ole hakemistossa eikä tässä tiedostossa.',
    sv: 'Chefen ”{written}” finns varken i katalogen eller i denna fil.',
    en: 'The supervisor “{written}” is neither in the directory nor in this file.',
  },
  'person.circle': {
    fi: 'Esihenkilöt muodostavat kehän: {written}.',
    sv: 'Cheferna bildar en ring: {written}.',
    en: 'The supervisors form a circle: {written}.',
  },
} as const

export type PeopleFileProblemCode = keyof typeof problems

/** What is wrong with a row, in words. */
export function peopleFileProblem(
  code: PeopleFileProblemCode,
  row: number,
  column: string,
  values: Readonly<Record<string, string | number | ThreeLanguages>> = {},
): CsvProblem {
  return problemOf(problems, code, { row, column }, values)
}
