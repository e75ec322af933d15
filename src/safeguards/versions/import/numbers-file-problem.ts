import { problemOf, type CsvProblem } from '#platform/csv/csv-problem.ts'

/** What can be wrong with a row of a file of numbers; words in braces are filled in. */
const problems = {
  'number.missing': {
    fi: 'Numero puuttuu.',
    sv: 'Numret saknas.',
    en: 'The number is missing.',
  },
  'number.not-a-number': {
    fi: '”{written}” ei ole puhelinnumero, johon asiakkaat voivat soittaa.',
    sv: '”{written}” är inte ett telefonnummer som kunderna kan ringa.',
    en: '“{written}” is no telephone number that customers can call.',
  },
  'number.kind': {
    fi: 'Lajiksi kelpaa {known}, ei ”{written}”.',
    sv: 'Som slag duger {known}, inte ”{written}”.',
    en: 'The kind is one of {known}, not “{written}”.',
  },
  'number.language': {
    fi: 'Kieleksi kelpaa {known}, ei ”{written}”.',
    sv: 'Som språk duger {known}, inte ”{written}”.',
    en: 'The language is one of {known}, not “{written}”.',
  },
  'number.name-missing': {
    fi: 'Nimi puuttuu. Numerolla on nimi kaikilla kolmella kielellä.',
    sv: 'Namnet saknas. Numret har ett namn på alla tre språk.',
    en: 'The name is missing. A number has a name in all three languages.',
  },
  'number.text-wrong': {
    fi: 'Tekstissä on merkki, jota ei voi tallentaa.',
    sv: 'Texten har ett tecken som inte kan sparas.',
    en: 'The text has a character that cannot be stored.',
  },
  'number.region-missing': {
    fi: 'Alueellisella palvelunumerolla on alue kaikilla kolmella kielellä.',
    sv: 'Ett regionalt servicenummer har en region på alla tre språk.',
    en: 'A regional service number has a region in all three languages.',
  },
  'number.region-extra': {
    fi: 'Vain alueellisella palvelunumerolla on alue. Tyhjennä solu tai vaihda laji.',
    sv: 'Bara ett regionalt servicenummer har en region. Töm cellen eller byt slag.',
    en: 'Only a regional service number has a region. Empty the cell or change the kind.',
  },
  'number.from-missing': {
    fi: 'Ensimmäinen voimassaolopäivä puuttuu.',
    sv: 'Den första giltighetsdagen saknas.',
    en: 'The first day on which it is valid is missing.',
  },
  'number.not-a-day': {
    fi: '”{written}” ei ole päivä. Kirjoita se näin: 2026-03-01 tai 1.3.2026.',
    sv: '”{written}” är inte en dag. Skriv den så här: 2026-03-01 eller 1.3.2026.',
    en: '“{written}” is no day. Write it like this: 2026-03-01 or 1.3.2026.',
  },
  'number.ends-before-it-begins': {
    fi: 'Voimassaolo päättyy ennen kuin se alkaa.',
    sv: 'Giltigheten slutar innan den börjar.',
    en: 'It ends before it begins.',
  },
  'number.twice-in-file': {
    fi: 'Numero {written} on samaan aikaan voimassa myös rivillä {other}.',
    sv: 'Numret {written} gäller samtidigt också på rad {other}.',
    en: 'The number {written} is valid at the same time on row {other} too.',
  },
  'number.in-draft': {
    fi: 'Numero {written} on luonnoksessa jo voimassa {since} alkaen. Anna sille tiedostossa myös rivi, jolla se päättyy ennen tätä.',
    sv: 'Numret {written} gäller redan i utkastet från och med {since}. Ge det i filen också en rad där det slutar före detta.',
    en: 'The number {written} is valid in the draft already, from {since} on. Give it a row in the file, too, on which it ends before this.',
  },
  'number.draft-unreadable': {
    fi: 'Luonnoksen numeroluetteloa ei voi lukea. Korjaa ensin luonnoksen ongelmat.',
    sv: 'Utkastets nummerförteckning kan inte läsas. Rätta först utkastets problem.',
    en: 'The list of numbers of the draft cannot be read. Correct the problems of the draft first.',
  },
  'number.draft-too-long': {
    fi: 'Luonnoksesta tulisi liian pitkä.',
    sv: 'Utkastet skulle bli för långt.',
    en: 'The draft would become too long.',
  },
} as const

export type NumbersFileProblemCode = keyof typeof problems

/** What is wrong with a row, or with the file as a whole, in words. */
export function numbersFileProblem(
  code: NumbersFileProblemCode,
  row: number,
  column?: string,
  values: Readonly<Record<string, string | number>> = {},
): CsvProblem {
  return problemOf(problems, code, { row, column }, values)
}
