/** A text for people in the three languages of the product. */
export interface ThreeLanguages {
  fi: string
  sv: string
  en: string
}

/** What is wrong with a file, and on which line of it (the heading is 1). */
export interface CsvProblem {
  row: number
  column?: string
  code: string
  message: ThreeLanguages
}

/** Every code this folder gives; words in braces are filled in. */
const csvProblems = {
  'csv.empty': {
    fi: 'Tiedostossa ei ole yhtään riviä otsikon jälkeen.',
    sv: 'Filen har inga rader efter rubriken.',
    en: 'The file has no rows after the heading.',
  },
  'csv.spreadsheet': {
    fi: 'Tiedosto on taulukkolaskennan tiedosto eikä CSV. Tallenna se muodossa ”CSV UTF-8” ja lähetä uudelleen.',
    sv: 'Filen är en kalkylbladsfil och inte CSV. Spara den som ”CSV UTF-8” och skicka den på nytt.',
    en: 'The file is a spreadsheet and not CSV. Save it as “CSV UTF-8” and send it again.',
  },
  'csv.encoding-utf-16': {
    fi: 'Tiedosto on UTF-16-muodossa. Tallenna se muodossa ”CSV UTF-8” ja lähetä uudelleen.',
    sv: 'Filen är i formatet UTF-16. Spara den som ”CSV UTF-8” och skicka den på nytt.',
    en: 'The file is in UTF-16. Save it as “CSV UTF-8” and send it again.',
  },
  'csv.encoding': {
    fi: 'Rivin {row} merkki {position} ei ole UTF-8-muodossa: tiedosto on luultavasti muodossa Windows-1252 (Latin-1), jossa siinä lukisi ”{read}”. Tallenna tiedosto muodossa ”CSV UTF-8” ja lähetä uudelleen.',
    sv: 'Tecken {position} på rad {row} är inte UTF-8: filen är sannolikt i formatet Windows-1252 (Latin-1), där det skulle stå ”{read}”. Spara filen som ”CSV UTF-8” och skicka den på nytt.',
    en: 'Character {position} of row {row} is not UTF-8: the file is probably in Windows-1252 (Latin-1), in which it would read “{read}”. Save it as “CSV UTF-8” and send it again.',
  },
  'csv.encoding-broken': {
    fi: 'Rivillä {row} lukee ”{read}”: kirjaimet ovat menneet rikki jo ennen lähetystä. Korjaa alkuperäinen tiedosto ja tallenna se muodossa ”CSV UTF-8”.',
    sv: 'På rad {row} står det ”{read}”: bokstäverna gick sönder redan före sändningen. Rätta den ursprungliga filen och spara den som ”CSV UTF-8”.',
    en: 'Row {row} reads “{read}”: the letters were broken before the file was sent. Correct the original file and save it as “CSV UTF-8”.',
  },
  'csv.quote': {
    fi: 'Rivillä {row} on lainausmerkki, joka ei pääty tai on väärässä kohdassa. Lainausmerkki solun sisällä kirjoitetaan kahdesti.',
    sv: 'På rad {row} finns ett citattecken som inte avslutas eller står på fel ställe. Ett citattecken inuti en cell skrivs två gånger.',
    en: 'Row {row} has a quotation mark that does not end or is in the wrong place. A quotation mark within a cell is written twice.',
  },
  'csv.fields': {
    fi: 'Rivillä on {found} saraketta, otsikossa {expected}. Tarkista erottimet.',
    sv: 'Raden har {found} kolumner, rubriken {expected}. Kontrollera skiljetecknen.',
    en: 'The row has {found} columns, the heading {expected}. Check the separators.',
  },
  'csv.column-missing': {
    fi: 'Sarake ”{column}” puuttuu.',
    sv: 'Kolumnen ”{column}” saknas.',
    en: 'The column “{column}” is missing.',
  },
  'csv.column-twice': {
    fi: 'Sarake ”{column}” on kahdesti.',
    sv: 'Kolumnen ”{column}” finns två gånger.',
    en: 'The column “{column}” is there twice.',
  },
  'csv.column-unknown': {
    fi: 'Saraketta ”{column}” ei tunneta. Sarakkeet ovat {known}.',
    sv: 'Kolumnen ”{column}” är okänd. Kolumnerna är {known}.',
    en: 'The column “{column}” is not known. The columns are {known}.',
  },
  'csv.cell-too-long': {
    fi: 'Solussa on yli {limit} merkkiä.',
    sv: 'Cellen har över {limit} tecken.',
    en: 'The cell has more than {limit} characters.',
  },
  'csv.too-long': {
    fi: 'Tiedosto on liian pitkä: enintään {limit}. Lähetä se osissa.',
    sv: 'Filen är för lång: högst {limit}. Skicka den i delar.',
    en: 'The file is too long: {limit} at most. Send it in parts.',
  },
} as const satisfies Record<string, ThreeLanguages>

export type CsvProblemCode = keyof typeof csvProblems

/** A problem of the file itself, in words. */
export function csvProblem(
  code: CsvProblemCode,
  row: number,
  values: Readonly<Record<string, string | number>> = {},
): CsvProblem {
  return problemOf(csvProblems, code, { row }, { row, ...values })
}

/** Every row that is wrong; nothing of the file is taken over. */
export interface ImportRefused {
  refused: 'import.refused'
  problems: readonly CsvProblem[]
}

/** A problem of a catalogue, with the words in its braces filled in. */
export function problemOf<Code extends string>(
  catalogue: Readonly<Record<Code, ThreeLanguages>>,
  code: Code,
  { row, column }: { row: number; column?: string | undefined },
  values: Readonly<Record<string, string | number | ThreeLanguages>>,
): CsvProblem {
  const fill = (language: keyof ThreeLanguages) =>
    catalogue[code][language].replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? ''
      return String(typeof value === 'object' ? value[language] : value)
    })
  return {
    row,
    ...(column !== undefined && { column }),
    code,
    message: { fi: fill('fi'), sv: fill('sv'), en: fill('en') },
  }
}
