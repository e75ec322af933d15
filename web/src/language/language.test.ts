import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sv from 'virtual:texts/sv'
import { describe, expect, test } from 'vitest'
import statuses from '../../../texts/refusals.json'
import { knownRefusals } from '../api/refusal.ts'

const keys = Object.keys(sv)
const source = join(import.meta.dirname, '..')
const pages = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.(test|d)\.tsx?$/.test(path))
  .map((path) => readFileSync(join(source, path), 'utf8'))
  .join('\n')

describe('the texts of the pages', () => {
  test('every refusal of the server has a sentence, and there are no other sentences', () => {
    const codes = Object.keys(statuses)
    expect(codes.filter((code) => !keys.includes(`error.${code}`))).toEqual([])
    const sentences = keys.filter((key) => key.startsWith('error.')).map((key) => key.slice('error.'.length))
    const isAnnounced = (code: string) =>
      knownRefusals.includes(code) || code === 'other' || pages.includes(`'error.${code}'`)
    expect(sentences.filter((code) => !isAnnounced(code))).toEqual([])
  })

  test('Swedish never calls listening to a recording a wiretap', () => {
    expect(keys.filter((key) => /avlyssn/i.test(sv[key]!))).toEqual([])
  })
})
