import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseDescription, seedDescriptionFile } from '../read-description.ts'
import { languages, type RegisterDescription } from '../register-description.ts'
import { promises } from '../promises.ts'
import { publishDescription } from './publish-description.ts'
import { sentencesOf, type PublishedDocument } from './published-document.ts'

const source = readFileSync(new URL('../../../test/vectors/register-description.fi.txt', import.meta.url), 'utf8')
const seed = readFileSync(seedDescriptionFile, 'utf8')
const at = Temporal.Instant.from('2026-11-25T10:00:00Z')

function described(change: (text: string) => string = (text) => text): RegisterDescription {
  const text = change(seed)
  if (change(seed) === seed && change.length > 0 && change.toString().includes('replace')) {
    throw new Error('the change changed nothing')
  }
  const parsed = parseDescription(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.description
}

/** All the text of a document, in the order of the page. */
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

/** Words alone: the source breaks lines and draws its bullets. */
const wordsOf = (text: string) => text.replaceAll('•', ' ').replace(/\s+/gu, ' ').trim()

describe('with the seed configuration', () => {
  test('the Finnish page says what the source says: every word, in its order, and nothing else', () => {
    expect(wordsOf(textOf(publishDescription(described(), 'fi', at)))).toBe(wordsOf(source))
  })

  test('every sentence of the source is one sentence of the page', () => {
    const sentences = sentencesOf(publishDescription(described(), 'fi', at)).map(({ text }) => text)
    const units = source
      .split('\n')
      .flatMap((line) => line.replace('•', '').split(/(?<=\.)\s+(?=[A-ZÄÖ])/u))
      .map((unit) => unit.trim())
      // Headings and labels are no sentences; a label may stand before one.
      .map((unit) => unit.replace(/^(REKISTERINPITÄJÄ|REKISTERÖIDYT|REKISTERI) /u, ''))
      .filter((unit) => unit !== '' && !/^[A-ZÄÖ ]+$/u.test(unit) && !unit.startsWith('KÄSITTELYN'))
    expect(units.length).toBeGreaterThanOrEqual(40)
    for (const unit of units) expect(sentences, unit).toContain(unit)
  })

  test('each of S0 to S35 is there once, in the three languages, in the same order', () => {
    const ids = languages.map((language) =>
      sentencesOf(publishDescription(described(), language, at))
        .map(({ id }) => id)
        .filter((id) => /^S\d+$/.test(id)),
    )
    // S0 is the title, and stands once more behind REKISTERI.
    expect(ids[0]).toEqual(['S0', 'S1', 'S0', ...Array.from({ length: 34 }, (_, index) => `S${index + 2}`)])
    expect(ids[1]).toEqual(ids[0])
    expect(ids[2]).toEqual(ids[0])
  })

  test('every promise stands behind some sentence', () => {
    const promised = new Set(
      sentencesOf(publishDescription(described(), 'fi', at)).flatMap((sentence) => sentence.promises),
    )
    expect([...promised].sort()).toEqual([...promises].sort())
  })
})
