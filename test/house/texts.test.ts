import { globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'

type Area = Record<string, Record<string, string | readonly string[]>>

const root = join(import.meta.dirname, '../..')
/** Texts of the pages in a browser, and texts written by the server. */
const sides = [
  { folder: 'texts/pages', programs: ['web/src/**/*.{ts,tsx}', 'texts/refusals.json'] },
  { folder: 'texts/server', programs: ['src/**/*.ts'] },
].map(({ folder, programs }) => ({
  areas: readdirSync(join(root, folder)).map((file) => ({
    name: basename(file, '.json'),
    texts: JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as Area,
  })),
  program: globSync(programs, { cwd: root })
    .filter((path) => !/\.(test|d)\.tsx?$/.test(path))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n'),
}))
const areas = sides.flatMap((side) => side.areas)
const texts: Area = Object.assign({}, ...areas.map((area) => area.texts))
const keys = Object.keys(texts)
const allOf = (key: string) => Object.values(texts[key]!).map((text) => (typeof text === 'string' ? [text] : text))
/** Returns a name without its case forms, which differ between languages. */
const blanksOf = (text: readonly string[]) =>
  [...new Set([...text.join('\n').matchAll(/{{(agency(?=[A-Z])|\w+)\w*}}/g)].map(([, name]) => name))].sort()

describe('the texts', () => {
  test('are in the file named by the first part of their key, with a few hundred in each file', () => {
    expect(areas.map(({ name }) => name).toSorted()).toEqual([...new Set(areas.map(({ name }) => name))].toSorted())
    for (const area of areas) {
      const named = Object.keys(area.texts)
      expect(named.filter((key) => key.split('.', 1)[0] !== area.name)).toEqual([])
      expect(named.length, area.name).toBeLessThan(450)
    }
  })

  test('exist in Finnish, Swedish and English, side by side', () => {
    const isWhole = (key: string) =>
      Object.keys(texts[key]!).join() === 'fi,sv,en' &&
      allOf(key).every((text) => text.length > 0 && text.every(Boolean))
    expect(keys.filter((key) => !isWhole(key))).toEqual([])
  })

  test('have the same placeholders in all three languages', () => {
    for (const key of keys) for (const text of allOf(key)) expect(blanksOf(text), key).toEqual(blanksOf(allOf(key)[0]!))
  })

  test('are all used', () => {
    for (const { areas: areasOfSide, program } of sides) {
      const written = new Set([...program.matchAll(/['"`]([\w.-]+)['"`]/g)].map((match) => match[1]!))
      const starts = [...program.matchAll(/`([\w.-]+\.)\$\{/g)].map((match) => match[1]!)
      // For keys composed from an area's name, the last part must occur in some file.
      const isNamed = (key: string, start: string) =>
        start.indexOf('.') < start.length - 1 ||
        key
          .slice(start.length)
          .split('.')
          .some((_, at, parts) => written.has(parts.slice(0, at + 1).join('.')))
      const unused = areasOfSide
        .flatMap((area) => Object.keys(area.texts))
        .map((key) => key.replace(/_(zero|one|other)$/, ''))
        .filter((key) => !written.has(key) && !starts.some((start) => key.startsWith(start) && isNamed(key, start)))
      expect(unused).toEqual([])
    }
  })

  test('of problems have a code that some check returns', () => {
    const codes = keys
      .filter((key) => /^(problem|file)[.]/.test(key) && !/[.](expected|until)[.]|[.]remedy$/.test(key))
      .map((key) => key.slice(key.indexOf('.') + 1))
    expect(codes.length).toBeGreaterThan(100)
    expect(codes.filter((code) => !sides[1]!.program.includes(`'${code}'`))).toEqual([])
  })

  test('exist for every key that the code names', () => {
    const known = new Set(keys.map((key) => key.replace(/_(zero|one|other)$/, '')))
    const isOfTexts = new Set(areas.map(({ name }) => name))
    for (const { program } of sides) {
      const text = [...program.matchAll(/\b(?:t|\w+Text)\(\s*'([\w-]+)(\.[\w.-]+)'/g)].map(([, area, rest]) => [
        area!,
        `${area}${rest}`,
      ])
      expect(text.filter(([area, key]) => isOfTexts.has(area!) && !known.has(key!))).toEqual([])
    }
  })
})
