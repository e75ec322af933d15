import { lexicon } from './numeral-lexicon.ts'

/** Swedish of Finland and of Sweden, with short spoken forms; "en" and "ett" are also articles. */
export const swedishNumerals = lexicon(`
  unit 0 noll nolla nollan
  unit 1 ett en? ettan etta
  unit 2 två tvåan tvåa tu?
  unit 3 tre trean trea
  unit 4 fyra fyran fyr
  unit 5 fem femman femma
  unit 6 sex sexan sexa
  unit 7 sju sjuan sjua
  unit 8 åtta åttan
  unit 9 nio nie nian nia nii
  teen 10 tio tie tian
  teen 11 elva
  teen 12 tolv
  teen 13 tretton
  teen 14 fjorton
  teen 15 femton
  teen 16 sexton
  teen 17 sjutton
  teen 18 arton aderton
  teen 19 nitton
  ten 20 tjugo tjugi tjuge tjugu
  ten 30 trettio tretti
  ten 40 fyrtio fyrti förti
  ten 50 femtio femti
  ten 60 sextio sexti
  ten 70 sjuttio sjutti
  ten 80 åttio åtti
  ten 90 nittio nitti
  hundred 100 hundra
  thousand 1000 tusen ettusen
  unit. 1 första?
  unit. 2 andra?
  unit. 3 tredje
  unit. 4 fjärde
  unit. 5 femte
  unit. 6 sjätte
  unit. 7 sjunde
  unit. 8 åttonde
  unit. 9 nionde
  teen. 10 tionde
  teen. 11 elfte
  teen. 12 tolfte
  teen. 13 trettonde
  teen. 14 fjortonde
  teen. 15 femtonde
  teen. 16 sextonde
  teen. 17 sjuttonde
  teen. 18 artonde
  teen. 19 nittonde
  ten. 20 tjugonde
  ten. 30 trettionde
`)
