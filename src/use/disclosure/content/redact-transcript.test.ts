import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chanceFrom, labelledCalls } from '#test/disclosure/spoken/labelled-calls.ts'
import { identifiersIn } from '#test/disclosure/identifiers-in.ts'
import { proposeSpans, widenedForSound } from './propose-spans.ts'
import { redactTranscript, replacementText } from './redact-transcript.ts'
import { maxTimingError, wordsOfTurn, type TrackTurn } from './estimate-word-times.ts'

const turn: TrackTurn = {
  track: 1,
  language: 'fi',
  from: 8000,
  to: 88_000,
  text: 'nimeni on Liisa Korhonen ja soitan verokortista',
}

test('the words of a turn share its time in order, longer words taking longer', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.nat(500_000),
      fc.array(fc.stringMatching(/^[a-zåäö0-9]{1,12}$/), { minLength: 1 }),
      (from, long, texts) => {
        const words = wordsOfTurn({ ...turn, from, to: from + long, text: texts.join(' ') })
        expect(words.map(({ text }) => text)).toEqual(texts)
        expect(words[0]?.from).toBe(from)
        expect(words.at(-1)?.to).toBe(from + long)
        for (const [index, word] of words.entries()) if (index > 0) expect(word.from).toBe(words[index - 1]?.to)
      },
    ),
  )
  expect(maxTimingError(turn)).toBe(8000)
})

test('words touched by a span are replaced by the name of its category, once for consecutive words', () => {
  const spans = proposeSpans(wordsOfTurn(turn), 100_000)
  const [redacted] = redactTranscript([turn], spans)
  expect(redacted).toMatchObject({ from: 8000, to: 88_000, track: 1, language: 'fi' })
  expect(redacted?.text).toContain('[nimi poistettu]')
  expect(redacted?.text).not.toMatch(/liisa|korhonen/i)
  expect(redacted?.text.match(/poistettu/g)).toHaveLength(1)
})

test('if only the turn has times, the silence is extended by a tenth of the turn, within the turn', () => {
  const proposal = { track: 1, from: 40_000, to: 50_000, category: 'NAME', trigger: 'phrase', confidence: 1 } as const
  expect(widenedForSound([proposal], [turn])).toMatchObject([{ from: 32_000, to: 58_000 }])
  expect(widenedForSound([{ ...proposal, from: 12_000 }], [turn])).toMatchObject([{ from: 8000, to: 58_000 }])
  expect(widenedForSound([proposal], [{ ...turn, words: [] }])).toEqual([proposal])
})

test('a span of the other track removes nothing', () => {
  const spans = [{ track: 0, from: 0, to: 100_000, category: 'NAME' }] as const
  expect(redactTranscript([turn], spans)[0]?.text).toBe(turn.text)
})

test('the replacement text is in the language of the turn', () => {
  expect(replacementText('ADDRESS', 'sv')).toBe('[adress borttagen]')
  expect(replacementText('ADDRESS', 'en')).toBe('[address removed]')
})

test('a check of a redacted text reports the remaining codes with their positions, and no replacements', () => {
  const text = 'Mikä on nimenne?\nNimeni on [nimi poistettu] ja soitan.\nHenkilötunnus?\nSe on 131052-308T, kiitos.'
  const findings = identifiersIn(text, 'fi')
  expect(findings.map(({ category }) => category)).toEqual(['IDENTITY_CODE'])
  expect(text.slice(findings[0]?.from, findings[0]?.to)).toContain('131052-308T')
})

test('most calls are clean if all planted words are removed, and most remaining codes are found', () => {
  const calls = labelledCalls(30, 21)
  let clean = 0
  let codes = 0
  let noticed = 0
  for (const [index, call] of calls.entries()) {
    const turns: TrackTurn[] = call.words.map((word) => ({ ...word, words: [word] }))
    const text = (spans: typeof call.labels) =>
      redactTranscript(turns, spans)
        .map((turn) => turn.text)
        .join(' ')
    if (identifiersIn(text(call.labels), call.language, 0.75).length === 0) clean += 1
    const left = call.labels.filter(({ category }) => category === 'IDENTITY_CODE' || category === 'PHONE')
    if (left.length === 0) continue
    codes += 1
    const kept = left[Math.floor(chanceFrom(index)() * left.length)]!
    const remaining = call.labels.filter((label) => label !== kept)
    const found = identifiersIn(text(remaining), call.language).some(({ category }) => category !== 'NAME')
    if (found) noticed += 1
  }
  expect(clean / calls.length).toBeGreaterThan(0.8)
  expect(codes).toBeGreaterThan(15)
  expect(noticed / codes).toBeGreaterThan(0.9)
})
