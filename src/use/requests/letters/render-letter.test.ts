import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { otherAgencyText } from '#test/database/describe-from.ts'
import { parseDescription, seedDescriptionFile } from '#description/read-description.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { knownFields } from './fields.ts'
import { inventedFacts, type LetterFacts } from './letter-facts.ts'
import { letterKinds, refusalGrounds, type LetterContent, type LetterKind } from './letter.ts'
import { shippedTemplate, letterLists, letterTexts } from './letter-texts.ts'
import { renderLetter } from './render-letter.ts'
import { problemsOf } from './template-language.ts'

const description = described(otherAgencyText(readFileSync(seedDescriptionFile, 'utf8')))
const every = letterKinds.flatMap((kind) => languages.map((language) => [kind, language] as const))

function described(text: string): RegisterDescription {
  const parsed = parseDescription(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.description
}

function letter(kind: LetterKind, language: Language, facts: Partial<LetterFacts> = {}): LetterContent {
  return renderLetter(
    kind,
    { ...inventedFacts(kind, language), ...facts },
    shippedTemplate(kind, language),
    description,
  )
}

function textOf({ title, parts, sender, recipient, marks }: LetterContent): string {
  const lines = parts.map((part) => {
    if (part.kind === 'list') return part.items.join('\n')
    return part.kind === 'facts' ? part.facts.map(({ label, text }) => `${label}: ${text}`).join('\n') : part.text
  })
  return [...sender, ...recipient, ...marks.map(({ text }) => text), title, ...lines].join('\n')
}

describe.each(every)('the letter %s in %s', (kind, language) => {
  test('has a default template with everything the law requires and no unknown field', () => {
    expect(problemsOf(shippedTemplate(kind, language), knownFields(kind, language))).toEqual([])
  })

  test('states its agency, recipient, request and date, and has no empty field', () => {
    const { controller } = description
    const text = textOf(letter(kind, language))
    for (const wanted of [
      controller.name[language],
      controller.unit[language],
      controller.postalAddress[language],
      inventedFacts(kind, language).name,
      'P-2026-17',
      language === 'en' ? '26 Nov 2026' : '26.11.2026',
    ]) {
      expect(text).toContain(wanted)
    }
    expect(text).not.toMatch(/[{}]|undefined|null|NaN/)
  })

  test('names only the agency in the description', () => {
    expect(textOf(letter(kind, language))).not.toMatch(/vero(hallin|\b)|skatt|tax admin/i)
  })
})

test.each(languages)('a refusal gives the reason and where to complain, on any ground, in %s', (language) => {
  for (const ground of refusalGrounds) {
    const text = textOf(letter('refusal', language, { ground }))
    for (const reason of letterLists(language)(`letter.ground.${ground}`)) expect(text).toContain(reason)
    expect(text).toContain(letterTexts(language)('letter.ombudsman'))
  }
})

test.each(languages)('the answer states for each call what happened to its recording, in %s', (language) => {
  const t = letterTexts(language)
  const [own] = inventedFacts('answer', language).calls!
  const answerFor = (recording: object) => {
    const call = own!.call!
    const parts = [{ ...call.parts[0]!, recording: recording as never }]
    return textOf(letter('answer', language, { calls: [{ ...own!, call: { ...call, parts } }] }))
  }
  const at = '2026-11-20T10:00:00Z'
  const day = language === 'en' ? '20 Nov 2026' : '20.11.2026'
  expect(answerFor({ state: 'none' })).toContain(t('letter.not-recorded'))
  expect(answerFor({ state: 'destroying' })).toContain(t('letter.destroying'))
  for (const cause of ['retention', 'caller', 'official', 'trimming'] as const) {
    expect(answerFor({ state: 'destroyed', at, cause })).toContain(
      `${t('letter.destroyed', { day })} ${t(`letter.cause.${cause}`)}`,
    )
  }
  expect(answerFor({ state: 'none' })).toContain(t('letter.nothing-to-hear'))
  expect(answerFor({ state: 'kept', at })).toContain(t('letter.listen'))
})

test.each(languages)('the answer states the booked time and then does not offer to book one, in %s', (language) => {
  const t = letterTexts(language)
  const { appointment } = inventedFacts('appointment', language)
  const text = textOf(letter('answer', language, { appointment: appointment! }))
  expect(text).toContain(t('letter.booked'))
  expect(text).toContain(appointment!.officeName[language])
  expect(text).not.toContain(t('letter.listen'))
  expect(textOf(letter('answer', language, { appointment: null }))).not.toContain(t('letter.booked'))
})

test('the contact history is given on request: callers see their number, officials only what screens show', () => {
  const kinds: LetterFacts['kinds'] = ['KNOW', 'HISTORY']
  expect(textOf(letter('answer', 'fi', { kinds }))).toContain('Soittajan numero: 040 123 4567')
  expect(textOf(letter('answer', 'fi', { kinds, party: 'OFFICIAL' }))).toContain('Soittajan numero: +358 40 *** **67')
  expect(textOf(letter('answer', 'fi', { kinds: ['KNOW'] }))).not.toContain('040 123 4567')
})

test('a name and an address are inserted as plain text: no markup or field is interpreted, and no character changes the text direction', () => {
  const { recipient } = letter('received', 'fi', {
    name: '<script>{puhelut}</script> \u202Etxet\u202C',
    address: 'Katu 1,\n00100 HELSINKI\n\n',
  })
  expect(recipient).toEqual(['<script>{puhelut}</script> txet', 'Katu 1,', '00100 HELSINKI'])
})
