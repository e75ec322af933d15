import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseDescription, seedDescriptionFile } from '#description/read-description.ts'
import { readCsv } from '#platform/csv/read-csv.ts'
import { readNumbersFile } from '#safeguards/versions/import-numbers.ts'

// The desk reads files of people or numbers in its only thread: while it reads a file, it answers no other request.
const read = (text: string) => {
  const began = performance.now()
  const answer = readCsv(Buffer.from(text), { required: ['name', 'phone'], optional: [] })
  return { answer, ms: performance.now() - began }
}
/** The largest accepted file. */
const largest = `name;phone\n${'Aino Aalto;+358295121001\n'.repeat(20_000)}`

test.each([
  ['rows with one letter', `name;phone\n${'x\n'.repeat(1_500_000)}`],
  ['empty rows', `name;phone\n${'\r'.repeat(3_000_000)}`],
  ['rows with only a separator', `name;phone\r\n${';\r\n'.repeat(1_500_000)}`],
  ['line breaks within one cell', `name;phone\n"${'\n'.repeat(4_000_000)}";1\n`],
])('refuses a file of millions of %s faster than it reads the largest accepted file', (_what, text) => {
  const { answer: accepted, ms: longest } = read(largest)
  expect(accepted.ok).toBe(true)
  const { answer, ms } = read(text)
  expect(answer).toMatchObject({ ok: false })
  expect(ms).toBeLessThan(longest)
})

// A draft is parsed when it is saved and each time anybody reads it.
test.each([
  ['a long word before a broken character', (n: number) => `a: ${'x'.repeat(n)} Ã¤`],
  ['tags', (n: number) => `a: ${'!!str '.repeat(n / 6)}`],
  ['anchors', (n: number) => `a: ${'&a '.repeat(n / 3)}`],
  ['wrong escapes', (n: number) => `a: "${'\\x'.repeat(n / 2)}"`],
  ['commas', (n: number) => `a: [${','.repeat(n)}]`],
])('reads a description of %s in a time that is linear in its length', (_what, make) => {
  const msOf = (text: string) => {
    const began = performance.now()
    expect(parseDescription(text).ok).toBe(false)
    return performance.now() - began
  }
  const [short, long] = [msOf(make(30_000)), msOf(make(120_000))]
  expect(long).toBeLessThan(9 * short + 150)
})

test('refuses a file of numbers that repeats one number not much later than it accepts one without', async () => {
  const seed = await readFile(seedDescriptionFile, 'utf8')
  const read = (numberOf: (row: number) => number) => {
    const rows = Array.from({ length: 800 }, (_, row) => `+35829${numberOf(row)};NATIONAL_SERVICE;fi;a;b;c;2027-01-01`)
    const file = Buffer.from(['number;kind;language;name_fi;name_sv;name_en;valid_from', ...rows].join('\n'))
    const began = performance.now()
    return { ok: readNumbersFile(file, seed).ok, ms: () => performance.now() - began }
  }
  read((row) => 5_200_000 + row)
  const accepted = read((row) => 5_300_000 + row)
  const longest = accepted.ms()
  expect(accepted.ok).toBe(true)
  const repeated = read(() => 5_200_000)
  expect(repeated.ms()).toBeLessThan(3 * longest + 100)
  expect(repeated.ok).toBe(false)
})
