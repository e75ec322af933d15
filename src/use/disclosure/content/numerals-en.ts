import { lexicon } from './numeral-lexicon.ts'

/** English; "oh" and "o" are zero among digits only, "for" and "to" are misheard four and two. */
export const englishNumerals = lexicon(`
  unit 0 zero oh? o? nought naught nil
  unit 1 one? won?
  unit 2 two to? too?
  unit 3 three
  unit 4 four for? fore?
  unit 5 five
  unit 6 six
  unit 7 seven
  unit 8 eight ate?
  unit 9 nine niner
  teen 10 ten
  teen 11 eleven
  teen 12 twelve
  teen 13 thirteen
  teen 14 fourteen
  teen 15 fifteen
  teen 16 sixteen
  teen 17 seventeen
  teen 18 eighteen
  teen 19 nineteen
  ten 20 twenty
  ten 30 thirty
  ten 40 forty fourty
  ten 50 fifty
  ten 60 sixty
  ten 70 seventy
  ten 80 eighty
  ten 90 ninety
  hundred 100 hundred
  thousand 1000 thousand
  times 2 double
  times 3 triple treble
  unit. 1 first?
  unit. 2 second?
  unit. 3 third
  unit. 4 fourth
  unit. 5 fifth
  unit. 6 sixth
  unit. 7 seventh
  unit. 8 eighth
  unit. 9 ninth
  teen. 10 tenth
  teen. 11 eleventh
  teen. 12 twelfth
  teen. 13 thirteenth
  teen. 14 fourteenth
  teen. 15 fifteenth
  teen. 16 sixteenth
  teen. 17 seventeenth
  teen. 18 eighteenth
  teen. 19 nineteenth
  ten. 20 twentieth
  ten. 30 thirtieth
`)
