// Speaks digits as people do, in a language and at random, for invented calls. Shares no table with the code under test.

export type SpokenLanguage = 'fi' | 'sv' | 'en'
/** Random number from 0 up to, but not including, 1. */
export type Chance = () => number

const units = {
  fi: 'nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän'.split(' '),
  casual: 'nolla yks kaks kolme neljä viis kuus seittemän kaheksan yheksän'.split(' '),
  sv: 'noll ett två tre fyra fem sex sju åtta nio'.split(' '),
  en: 'zero one two three four five six seven eight nine'.split(' '),
}
const tens = {
  fi: ['', '', ...units.fi.slice(2).map((unit) => `${unit}kymmentä`)],
  casual: ['', '', 'kakskyt', 'kolkyt', 'nelkyt', 'viiskyt', 'kuuskyt', 'seitkyt', 'kaheksankyt', 'yheksänkyt'],
  sv: ' - tjugo trettio fyrtio femtio sextio sjuttio åttio nittio'.split(' '),
  en: ' - twenty thirty forty fifty sixty seventy eighty ninety'.split(' '),
}
const teens = {
  fi: ['kymmenen', ...units.fi.slice(1).map((unit) => `${unit}toista`)],
  casual: ['kymppi', ...units.casual.slice(1).map((unit) => `${unit}toista`)],
  sv: 'tio elva tolv tretton fjorton femton sexton sjutton arton nitton'.split(' '),
  en: 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' '),
}

/** Speaks a number below a million as a number: "viisikymmentäkolme", "etthundrafem", "one hundred and five". */
export function speakCardinal(value: number, language: SpokenLanguage, casual = false): string {
  const style = language === 'fi' && casual ? 'casual' : language
  if (value >= 1000) {
    const [thousands, below] = [Math.floor(value / 1000), value % 1000]
    const joint = language === 'fi' ? '' : ' '
    const one = { fi: 'tuhat', sv: 'ettusen', en: 'one thousand' }[language]
    const many = { fi: 'tuhatta', sv: ' tusen', en: ' thousand' }[language]
    const head = thousands === 1 ? one : `${speakCardinal(thousands, language, casual)}${many}`
    return below === 0 ? head : `${head}${joint}${speakCardinal(below, language, casual)}`
  }
  if (value >= 100) {
    const [hundreds, below] = [Math.floor(value / 100), value % 100]
    const one = { fi: 'sata', sv: 'etthundra', en: 'one hundred' }[language]
    const many = { fi: 'sataa', sv: 'hundra', en: ' hundred' }[language]
    const head = hundreds === 1 ? one : `${units[style][hundreds]}${many}`
    const joint = { fi: '', sv: '', en: ' and ' }[language]
    return below === 0 ? head : `${head}${joint}${speakCardinal(below, language, casual)}`
  }
  if (value >= 20) {
    const [ten, unit] = [Math.floor(value / 10), value % 10]
    const joint = language === 'en' ? ' ' : ''
    return unit === 0 ? tens[style][ten]! : `${tens[style][ten]}${joint}${units[style][unit]}`
  }
  return value >= 10 ? teens[style][value - 10]! : units[style][value]!
}

/** Speaks digits as people read them out: one by one, in pairs, sometimes in threes or "double two". */
export function speakDigits(digits: string, language: SpokenLanguage, chance: Chance): string {
  const casual = chance() < 0.5
  const style = language === 'fi' && casual ? 'casual' : language
  const inPairs = chance() < 0.4
  const words: string[] = []
  for (let at = 0; at < digits.length;) {
    const digit = digits[at]!
    if (language === 'en' && digit === digits[at + 1] && chance() < 0.5) {
      words.push('double', digit === '0' ? 'oh' : units.en[Number(digit)]!)
      at += 2
    } else if (inPairs && digit !== '0' && at + 1 < digits.length && chance() < 0.7) {
      const long = language !== 'en' && at + 2 < digits.length && chance() < 0.15 ? 3 : 2
      words.push(speakCardinal(Number(digits.slice(at, at + long)), language, casual))
      at += long
    } else {
      words.push(language === 'en' && digit === '0' && chance() < 0.6 ? 'oh' : units[style][Number(digit)]!)
      at += 1
    }
  }
  return words.join(' ')
}

const letters = {
  fi: new Map(
    'A aa B bee C see D dee E ee F äf H hoo J jii K koo L äl M äm N än O oo P pee R är S äs T tee U uu V vee W kaksoisvee X äks Y yy I ii G gee Z tset Ä ää Ö öö Å oo'
      .split(' ')
      .map((word, index, all) => [word, all[index + 1] ?? ''] as const)
      .filter((_, index) => index % 2 === 0),
  ),
  sv: new Map(
    'A a B be C se D de E e F eff H hå J ji K kå L ell M em N enn O o P pe R ärr S ess T te U u V ve W dubbelve X ex Y y I i G ge Z zäta Ä ä Ö ö Å å'
      .split(' ')
      .map((word, index, all) => [word, all[index + 1] ?? ''] as const)
      .filter((_, index) => index % 2 === 0),
  ),
}

/** Speaks a letter by its name; in English as recognisers write it. */
export function speakLetter(letter: string, language: SpokenLanguage): string {
  return language === 'en' ? letter.toLowerCase() : (letters[language].get(letter) ?? letter.toLowerCase())
}

/** Speaks letters and digits; `-` is spoken or omitted. */
export function speakCode(code: string, language: SpokenLanguage, chance: Chance): string {
  const dash = { fi: 'viiva', sv: 'streck', en: 'dash' }[language]
  const saysDash = chance() < 0.6
  return (code.match(/\d+|\D/g) ?? [])
    .map((part) => {
      if (/\d/.test(part)) return speakDigits(part, language, chance)
      if (/[-/.]/.test(part)) return saysDash ? dash : ''
      return part === ' ' ? '' : speakLetter(part, language)
    })
    .filter((words) => words !== '')
    .join(' ')
}
