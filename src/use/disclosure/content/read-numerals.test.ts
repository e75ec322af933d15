import fc from 'fast-check'
import { expect, test } from 'vitest'
import { speakCardinal, speakCode, speakDigits } from '#test/disclosure/spoken/speak-numbers.ts'
import { symbolRuns } from './symbol-runs.ts'
import { tokensOf } from './tokens.ts'
import type { Language } from './word.ts'

const languages = fc.constantFrom<Language>('fi', 'sv', 'en')

test('a spoken number is read as its digits in three languages, in formal and colloquial Finnish', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 999_999 }), languages, fc.boolean(), (value, language, casual) => {
      expect(digitsIn(speakCardinal(value, language, casual), language)).toBe(String(value))
    }),
    { numRuns: 2000 },
  )
})

// Words that are also something other than numerals ("one", "oh", "kuusi") make no run alone, and a few numbers consist
// only of them.
const digitsSaid = fc.tuple(
  fc.stringMatching(/^\d{4,16}$/),
  languages,
  fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
)
const samples = 500
const maxMisread = 5

test('digits read out one by one are recognised, leading zeros included, in 99 % of cases', () => {
  const wrong = fc.sample(digitsSaid, samples).filter(([digits, language], n) => {
    const chances = n % 2 === 0 ? [0.1, 0.9] : [0.9, 0.9]
    return (
      digitsIn(
        speakDigits(digits, language, () => chances.shift() ?? 0.99),
        language,
      ) !== digits
    )
  })
  expect(wrong.length).toBeLessThanOrEqual(maxMisread)
})

test('digits read out in pairs and threes are one run from first word to last, in 99 % of cases', () => {
  const wrong = fc.sample(digitsSaid, samples).filter(([digits, language, chances]) => {
    const spoken = speakDigits(digits, language, () => chances.next().value ?? 0.3)
    const [run, ...more] = runsIn(spoken, language)
    return more.length > 0 || run?.first !== 0 || run.last !== spoken.split(/[\s-]/).length - 1
  })
  expect(wrong.length).toBeLessThanOrEqual(maxMisread)
})

test.each<[Language, string, string]>([
  ['fi', 'nolla viisi nolla', '050'],
  ['fi', 'nolla viiskyt', '050'],
  ['fi', 'nolla neljäsataa yksi kaksi kolme', '0400123'],
  ['fi', 'viiskyt kolme', '53'],
  ['fi', 'kolmetoista kymmenen viiskytkaks viiva kolmesataakahdeksan tee', '131052308T'],
  ['fi', 'viidenkymmenenkolmen', '53'],
  ['fi', 'kahdestoista viidettä seitkytkaks', '12572'],
  ['fi', 'seiska kasi ysi nelonen', '7894'],
  ['sv', 'noll fem noll', '050'],
  ['sv', 'femtiotre', '53'],
  ['sv', 'nittonhundrafemtitvå', '1952'],
  ['sv', 'etthundrafem tusen', '105000'],
  ['sv', 'ettusen', '1000'],
  ['sv', 'ettusentvåhundra', '1200'],
  ['en', 'oh five oh', '050'],
  ['en', 'double two triple three', '22333'],
  ['en', 'nineteen fifty two', '1952'],
  ['en', 'one hundred and five', '105'],
  ['en', 'plus three five eight fifty', '35850'],
])('%s "%s" is %s', (language, spoken, symbols) => {
  expect(digitsIn(spoken, language)).toBe(symbols)
})

test('a misheard word among digits becomes the digit that it resembles, or a question mark', () => {
  expect(digitsIn('nolla viisi nolla kurmitsa kaksi kolme neljä', 'fi')).toBe('050?234')
  expect(digitsIn('noll fem noll fyrra två tre', 'sv')).toBe('050423')
})

test('"en", "oh" and "one" in other speech are not digits, and an amount after digits is a run of its own', () => {
  expect(runsIn('en minä tiedä', 'fi')).toEqual([])
  expect(runsIn('det är en bil som vi har', 'sv')).toEqual([])
  expect(runsIn('oh i see that one', 'en')).toEqual([])
  expect(runsIn('nolla viisi nolla yksi kaksi kaksisataa euroa', 'fi')).toMatchObject([
    { symbols: '05012', amount: false },
    { symbols: '200', amount: true },
  ])
})

test('a spelled code keeps its letters', () => {
  expect(
    digitsIn(
      speakCode('ABC-123', 'fi', () => 0.9),
      'fi',
    ),
  ).toBe('ABC123')
  expect(digitsIn('äf ii kaksi yksi', 'fi')).toBe('FI21')
})

function runsIn(spoken: string, language: Language) {
  const words = spoken.split(' ').map((text, index) => {
    const from = index * 4000
    return { text, language, track: 0 as const, from, to: from + 3600 }
  })
  return symbolRuns(tokensOf(words, 0), language)
}

function digitsIn(spoken: string, language: Language): string {
  return runsIn(spoken, language)
    .map(({ symbols }) => symbols)
    .join(' ')
}
