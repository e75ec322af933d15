import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { knownRefusals } from '../api/refusal.ts'

type Dictionary = Record<string, string>

const source = join(import.meta.dirname, '..')
const dictionaryOf = (language: string) =>
  JSON.parse(readFileSync(join(source, '../../texts', `${language}.json`), 'utf8')) as Dictionary
const dictionaries = { fi: dictionaryOf('fi'), sv: dictionaryOf('sv'), en: dictionaryOf('en') }
const keys = Object.keys(dictionaries.fi)

const pages = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.(test|d)\.tsx?$/.test(path))
  .map((path) => readFileSync(join(source, path), 'utf8'))
  .join('\n')

describe('the dictionaries', () => {
  test('every word is there in Finnish, Swedish and English', () => {
    expect(Object.keys(dictionaries.sv)).toEqual(keys)
    expect(Object.keys(dictionaries.en)).toEqual(keys)
    for (const dictionary of Object.values(dictionaries)) expect(Object.values(dictionary)).not.toContain('')
  })

  test('a sentence has the same blanks in all three languages', () => {
    const blanks = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort()
    for (const key of keys) {
      expect(blanks(dictionaries.sv[key]!), key).toEqual(blanks(dictionaries.fi[key]!))
      expect(blanks(dictionaries.en[key]!), key).toEqual(blanks(dictionaries.fi[key]!))
    }
  })

  test('every refusal of the server has a sentence, and no other sentence is said of it', () => {
    const codes = Object.keys(dictionaryOf('refusals'))
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

  test('every word that a page says by name is in the dictionaries', () => {
    const said = [...pages.matchAll(/\bsay\(\s*'([\w.-]+)'/g)].map((match) => match[1]!)
    const known = new Set(keys.map((key) => key.replace(/_(zero|one|other)$/, '')))
    expect(said.length).toBeGreaterThan(80)
    expect(said.filter((key) => !known.has(key))).toEqual([])
  })

  test('Swedish never calls listening to a recording a wiretap', () => {
    expect(Object.entries(dictionaries.sv).filter(([, text]) => /avlyssn/i.test(text))).toEqual([])
  })
})
