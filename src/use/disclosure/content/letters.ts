import type { Language } from './word.ts'

/** Names of letters. A name that is also a word counts only next to digits or other letters. */
const names: Record<Language, string> = {
  fi: `A aa B bee C see D dee E ee F äf F äffä F ef G gee H hoo I ii J jii K koo L äl L ällä M äm M ämmä N än N ännä O oo P pee
    Q kuu R är R ärrä S äs S ässä T tee U uu V vee W kaksoisvee X äks X äksä Y yy Z tset Z tseta Å ruotsalainenoo Ä ää Ö öö`,
  sv: `A a B be C ce C se D de E e F eff F äff G ge H hå I i J ji K kå L ell L äll M em M äm N enn N än O o P pe Q ku R ärr S ess
    S äss T te U u V ve W dubbelve X ex X äx Y y Z zäta Z säta Å å Ä ä Ö ö`,
  en: `A ay B bee B be C cee C see D dee E ee F eff F ef G gee H aitch H haitch I eye J jay K kay L ell L el M em N en O oh P pee
    P pea Q cue R ar S ess T tee T tea U you V vee W doubleyou X ex Y why Z zed Z zee`,
}

/** Words of spelling alphabets ("T niinku Tyyne"). */
const spelling: Record<Language, string> = {
  fi: `aarne bertta celsius daavid eemeli faarao gideon heikki iivari jussi kalle lauri matti niilo otto paavo risto sakari
    tyyne urho vihtori viski äksä yrjö tseta åke äiti öljy`,
  sv: `adam bertil cesar david erik filip gustav helge ivar johan kalle ludvig martin niklas olof petter qvintus rudolf sigurd
    tore urban viktor wilhelm xerxes yngve zäta åke ärlig östen`,
  en: `alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra
    tango uniform victor whiskey xray yankee zulu`,
}

const byName: Record<Language, ReadonlyMap<string, string>> = { fi: pairs('fi'), sv: pairs('sv'), en: pairs('en') }
const bySpelling: Record<Language, ReadonlySet<string>> = { fi: set('fi'), sv: set('sv'), en: set('en') }

/** Returns the letter that a word names, upper case. */
export function letterNamed(text: string, language: Language): string | undefined {
  if (/^\p{L}$/u.test(text)) return text.toUpperCase()
  return byName[language].get(text)
}

/** Returns true if the word is in a spelling alphabet. */
export function spellsLetter(text: string, language: Language): boolean {
  return bySpelling[language].has(text)
}

function pairs(language: Language): Map<string, string> {
  const list = names[language].split(/\s+/)
  const map = new Map<string, string>()
  for (let index = 0; index + 1 < list.length; index += 2) map.set(list[index + 1] ?? '', list[index] ?? '')
  return map
}

function set(language: Language): Set<string> {
  return new Set(spelling[language].split(/\s+/))
}
