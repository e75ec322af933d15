import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gdprText } from '#test/database/describe-from.ts'
import { parseDescription, seedDescriptionFile } from '../read-description.ts'
import { languages, type Language } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import { promises } from '../promises.ts'
import { publishDescription } from './publish-description.ts'
import { sentencesOf, type PublishedDocument } from './published-document.ts'
import { derivedData } from './derived-data.ts'
import { recordOfProcessing } from './record-of-processing.ts'

const source = readFileSync(new URL('../../../test/vectors/register-description.fi.txt', import.meta.url), 'utf8')
const seed = readFileSync(seedDescriptionFile, 'utf8')
const at = Temporal.Instant.from('2026-11-25T10:00:00Z')

/** The seed, with replacements that must match. */
function descriptionWith(
  ...replacements: readonly (readonly [from: string | RegExp, to: string])[]
): RegisterDescription {
  const text = replacements.reduce((before, [from, to]) => {
    const after = before.replace(from, to)
    if (after === before) throw new Error(`nothing to replace: ${String(from)}`)
    return after
  }, seed)
  return read(text)
}

function read(text: string): RegisterDescription {
  const parsed = parseDescription(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.description
}

/** Returns all text of a document, in the order of the page. */
function textOf(document: PublishedDocument): string {
  const parts = [document.title.text, document.subtitle.text]
  for (const { heading, blocks } of document.sections) {
    parts.push(heading)
    for (const block of blocks) {
      if (block.kind === 'heading') parts.push(block.text)
      else if (block.kind === 'paragraph') parts.push(...block.sentences.map(({ text }) => text))
      else if (block.kind === 'list') parts.push(block.lead?.text ?? '', ...block.items.map(({ text }) => text))
      else if (block.kind === 'facts') {
        for (const { label, lines } of block.facts) parts.push(label, ...lines.map(({ text }) => text))
      } else parts.push(...block.head, ...block.rows.flatMap(({ cells }) => cells.map(({ text }) => text)))
    }
  }
  return parts.join(' ')
}

/** Words only: the source has its own line breaks and bullets. */
const wordsOf = (text: string) => text.replaceAll('•', ' ').replace(/\s+/gu, ' ').trim()

describe('with the seed configuration', () => {
  test('the Finnish page has every word of the source, in order, and nothing else', () => {
    expect(wordsOf(textOf(publishDescription(descriptionWith(), 'fi', at)))).toBe(wordsOf(source))
  })

  test('every sentence of the source is one sentence of the page', () => {
    const sentences = sentencesOf(publishDescription(descriptionWith(), 'fi', at)).map(({ text }) => text)
    const units = source
      .split('\n')
      .flatMap((line) => line.replace('•', '').split(/(?<=\.)\s+(?=[A-ZÄÖ])/u))
      .map((unit) => unit.trim())
      // Headings and labels are no sentences; a label may precede a sentence.
      .map((unit) => unit.replace(/^(REKISTERINPITÄJÄ|REKISTERÖIDYT|REKISTERI) /u, ''))
      .filter((unit) => unit !== '' && !/^[A-ZÄÖ ]+$/u.test(unit) && !unit.startsWith('KÄSITTELYN'))
    expect(units.length).toBeGreaterThanOrEqual(40)
    for (const unit of units) expect(sentences, unit).toContain(unit)
  })

  test('S0 to S35 occur in the same order in the three languages, each once except the title', () => {
    const ids = languages.map((language) =>
      sentencesOf(publishDescription(descriptionWith(), language, at))
        .map(({ id }) => id)
        .filter((id) => /^S\d+$/.test(id)),
    )
    // S0 is the title, which is repeated after REKISTERI.
    expect(ids[0]).toEqual(['S0', 'S1', 'S0', ...Array.from({ length: 34 }, (_, index) => `S${index + 2}`)])
    expect(ids[1]).toEqual(ids[0])
    expect(ids[2]).toEqual(ids[0])
  })

  test('every promise belongs to some sentence', () => {
    const promised = new Set(
      sentencesOf(publishDescription(descriptionWith(), 'fi', at)).flatMap((sentence) => sentence.promises),
    )
    expect([...promised].sort()).toEqual([...promises].sort())
  })
})

describe('a sentence appears if its condition is met', () => {
  const sentencesIn = (description: RegisterDescription, language: Language, moment = at) =>
    new Map(sentencesOf(publishDescription(description, language, moment)).map(({ id, text }) => [id, text]))

  test('a disclosure that is not possible is not mentioned', () => {
    for (const language of languages) {
      const none = sentencesIn(
        descriptionWith(['research: true', 'research: false'], ['authority: true', 'authority: false']),
        language,
      )
      for (const id of ['S23', 'S24', 'S25', 'S26']) expect(none.has(id), `${language} ${id}`).toBe(false)
      expect(none.get('S6')).not.toMatch(/jäljempänä|nedan|below/)
      expect(none.has('S22')).toBe(true)
    }
  })

  test('the pseudonymisation of copies is mentioned only if such copies may be released (L30)', () => {
    const pseudonymised = descriptionWith(['  authority: true\n', '  authority: true\n  pseudonymised: true\n'])
    for (const language of languages) {
      expect(sentencesIn(pseudonymised, language).get('S25')).toMatch(/pseudonymi[sz]|pseudonymiserats|pseudonymisoi/)
      expect(sentencesIn(descriptionWith(), language).get('S25')).not.toMatch(/pseudonymi/)
    }
  })

  test.each([
    ['form', 'home-form'],
    ['signed', 'home-signed'],
    ['identified', 'home-identified'],
  ])('requests from home are published as they are offered: %s', (value, id) => {
    for (const language of languages) {
      expect([...sentencesIn(descriptionWith(), language).keys()].filter((one) => one.startsWith('home-'))).toEqual([])
      for (const text of [seed, gdprText(seed)]) {
        const on = read(text.replace(/^switches:\n/m, `$&  askingFromHome: ${value}\n`))
        expect([...sentencesIn(on, language).keys()].filter((one) => one.startsWith('home-'))).toEqual([id])
      }
    }
  })

  test('transcripts by a program are published only if the description allows them, with the check that proves it', () => {
    for (const language of languages)
      for (const text of [seed, gdprText(seed)]) {
        const id = 'transcripts-research'
        expect(sentencesIn(read(text), language).has(id)).toBe(false)
        const none = read(text.replace(/^switches:\n/m, '$&  transcripts: none\n'))
        expect(sentencesIn(none, language).has(id)).toBe(false)
        const on = read(text.replace(/^switches:\n/m, '$&  transcripts: research\n'))
        const told = sentencesOf(publishDescription(on, language, at)).find((one) => one.id === id)
        expect(told?.promises).toEqual(['transcripts.as-described'])
        expect(told?.text).toMatch(/ilman verkkoyhteyttä|utan nätförbindelse|without a network/)
      }
  })

  test.each([
    ['accessCopy', ['C1-copy']],
    ['holdForInspection', ['C3']],
    ['julklRequests', ['C11']],
    ['mentionedPersons', ['C12']],
  ])('a switch of today’s law adds its promises, in either profile and every language: %s', (name, ids) => {
    for (const language of languages) {
      const without = sentencesIn(descriptionWith(), language)
      expect(ids.some((id) => without.has(id))).toBe(false)
      for (const text of [seed, gdprText(seed)]) {
        const on = sentencesIn(read(text.replace(`${name}: false`, `${name}: true`)), language)
        expect([...on.keys()].filter((id) => /^C\d/.test(id))).toEqual(ids)
      }
    }
  })

  test('the terms of rules are stated if they are shorter than the maximum, by rule if they differ', () => {
    const three = descriptionWith(['recordingMonths: 6', 'recordingMonths: 3'])
    expect(sentencesIn(three, 'fi').get('S21.now')).toBe('Tallenteiden säilytysaika on 2–6 kuukautta, nyt 3 kuukautta.')
    const differing = descriptionWith(
      [
        'numbers: [029 497 000, 029 497 001, 029 497 010]\n      recordingMonths: 6',
        'numbers: [029 497 000]\n      recordingMonths: 6',
      ],
      [
        '    - id: test-line\n',
        '    - id: north\n      version: 1\n      names: { fi: Pohjoinen, sv: Norr, en: North }\n      numbers: [029 497 010]\n      recordingMonths: 2\n      from: 2026-01-01\n    - id: test-line\n',
      ],
    )
    const sentences = sentencesIn(differing, 'en')
    expect(sentences.get('S21.now')).toBe('The retention period of the recordings is 2–6 months, now:')
    expect([sentences.get('S21.now.1'), sentences.get('S21.now.2')]).toEqual([
      'Service numbers: 6 months',
      'North: 2 months',
    ])
  })

  test('if maintenance sees no content, neither its listening nor its purpose is mentioned', () => {
    const denied = (text: string) => text.replace('maintenanceContent: allowed', 'maintenanceContent: denied')
    const maintenance = { fi: /ylläpi/i, sv: /underhåll/i, en: /maintenance/i }
    const notice = gdprText(seed)
    for (const language of languages) {
      const page = (text: string) => textOf(publishDescription(read(text), language, at))
      for (const text of [seed, notice]) {
        expect(page(text), language).toMatch(maintenance[language])
        expect(page(denied(text)), language).not.toMatch(maintenance[language])
      }
      const emergency = notice.replace('maintenanceContent: allowed', 'maintenanceContent: breakGlass')
      expect(page(emergency), language).toBe(page(notice))
    }
    const version = { version: 1, sha256: '', effectiveFrom: '' }
    const { purposes, security } = recordOfProcessing(read(denied(notice)), version, 'en', at)
    expect(purposes.map(({ id }) => id)).not.toContain('MAINTENANCE')
    expect(security.roles.find(({ role }) => role === 'MAINTENANCE')?.purposes).toEqual([])
  })

  test('the documents made from calls are listed with their owner and term, as far as the description allows them', () => {
    const version = { version: 1, sha256: '', effectiveFrom: '' }
    const notice = gdprText(seed)
    const { arising } = recordOfProcessing(read(notice), version, 'en', at).retention
    expect(arising).toContainEqual({
      ...{ id: 'ATTENDANCE_LISTS', dataSubjects: ['STAFF'], months: 14, from: 'SESSION_END' },
    })
    expect(arising).toContainEqual({
      ...{ id: 'EVALUATIONS', dataSubjects: ['CALLERS', 'ANSWERING_OFFICIALS'], endsWith: 'RECORDING' },
    })
    const without = derivedData({ uses: (purpose) => purpose !== 'QUALITY' && purpose !== 'TRAINING' })
    expect(without.map(({ id }) => id)).toEqual(['CALLS_AS_TOLD', 'COUNTS_OF_CALLS'])
    const page = sentencesIn(read(notice), 'fi')
    expect(page.get('L2-training')).toContain('14 kuukauden')
    expect(page.get('L2-evaluations')).toContain('viimeistään tallenteen mukana')
    expect(page.get('L2-counts')).toContain('viiden tarkkuudella')
  })

  test('without a rule in force, nothing is said to be recorded', () => {
    const before = Temporal.Instant.from('2025-11-25T10:00:00Z')
    const sentences = sentencesIn(descriptionWith(), 'en', before)
    expect(sentences.get('S13')).toBe('At present no calls are recorded.')
    for (const id of ['S10', 'S14', 'S15', 'S16']) expect(sentences.has(id), id).toBe(false)
  })
})

describe('as a notice under GDPR Articles 13 and 14', () => {
  const notice = read(gdprText(seed))

  test('the three languages have the same sentences in the same order', () => {
    const [fi, sv, en] = languages.map((language) =>
      sentencesOf(publishDescription(notice, language, at)).map(({ id }) => id),
    )
    expect(sv).toEqual(fi)
    expect(en).toEqual(fi)
    expect(new Set(fi).size, 'only S0 occurs twice').toBe((fi?.length ?? 0) - 1)
  })

  test('it has every sentence number and every promise of the description under the Personal Data Act', () => {
    const ids = new Set(sentencesOf(publishDescription(notice, 'fi', at)).map(({ id }) => id))
    for (let number = 0; number <= 35; number += 1) expect(ids.has(`S${number}`), `S${number}`).toBe(true)
    const promised = sentencesOf(publishDescription(notice, 'fi', at)).flatMap((sentence) => sentence.promises)
    expect([...new Set(promised)].sort()).toEqual([...promises].sort())
  })

  test.each(languages)('it has what Article 13(1) and (2) require, in %s', (language) => {
    const document = publishDescription(notice, language, at)
    const text = textOf(document)
    for (const required of [
      notice.controller.name[language],
      'tietosuoja@vero.example',
      '1050/2018',
      'www.tietosuoja.fi',
      notice.controller.postalAddress[language],
    ]) {
      expect(text).toContain(required)
    }
    expect(text).not.toMatch(/undefined|523\/1999|10 §/)
  })
})
