import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import statuses from '../../../texts/refusals.json'
import { knownRefusals } from '../api/refusal.ts'

type Area = Record<string, Record<string, string>>

const source = join(import.meta.dirname, '..')
const folder = join(source, '../../texts/pages')
const areas = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Area] as const,
)
const texts: Area = Object.assign({}, ...areas.map(([, area]) => area))
const keys = Object.keys(texts)
const allOf = (key: string) => Object.values(texts[key]!)

const pages = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.(test|d)\.tsx?$/.test(path))
  .map((path) => readFileSync(join(source, path), 'utf8'))
  .join('\n')

describe('the texts of the pages', () => {
  test('stand in the file that the first part of their key names, a few hundred to a file', () => {
    for (const [file, area] of areas) {
      const named = Object.keys(area)
      expect(named.filter((key) => `${key.split('.', 1)[0]}.json` !== file)).toEqual([])
      expect(named.length, file).toBeLessThan(450)
    }
  })

  test('are there in Finnish, Swedish and English, side by side', () => {
    const incomplete = keys.filter(
      (key) => Object.keys(texts[key]!).join() !== 'fi,sv,en' || !allOf(key).every(Boolean),
    )
    expect(incomplete).toEqual([])
  })

  test('have the same blanks in all three languages', () => {
    const blanks = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort()
    for (const key of keys) for (const text of allOf(key)) expect(blanks(text), key).toEqual(blanks(texts[key]!['fi']!))
  })

  test('every refusal of the server has a sentence, and no other sentence is said of it', () => {
    const codes = Object.keys(statuses)
    expect(codes.filter((code) => !keys.includes(`error.${code}`))).toEqual([])
    const sentences = keys.filter((key) => key.startsWith('error.')).map((key) => key.slice('error.'.length))
    const isSaid = (code: string) =>
      knownRefusals.includes(code) || code === 'other' || pages.includes(`'error.${code}'`)
    expect(sentences.filter((code) => !isSaid(code))).toEqual([])
  })

  test('no word is left that no page says', () => {
    const written = new Set([...pages.matchAll(/['"`]([\w.-]+)['"`]/g)].map((match) => match[1]!))
    const starts = [...pages.matchAll(/`([\w.-]+\.)\$\{/g)].map((match) => match[1]!)
    const unsaid = keys
      .map((key) => key.replace(/_(zero|one|other)$/, ''))
      .filter((key) => !written.has(key) && !starts.some((start) => key.startsWith(start)))
    expect(unsaid).toEqual([])
  })

  test('every word that a page says by name has a text', () => {
    const said = [...pages.matchAll(/\bsay\(\s*'([\w.-]+)'/g)].map((match) => match[1]!)
    const known = new Set(keys.map((key) => key.replace(/_(zero|one|other)$/, '')))
    expect(said.length).toBeGreaterThan(80)
    expect(said.filter((key) => !known.has(key))).toEqual([])
  })

  test('Swedish never calls listening to a recording a wiretap', () => {
    expect(keys.filter((key) => /avlyssn/i.test(texts[key]!['sv']!))).toEqual([])
  })
})
