import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseDescription } from '#description/read-description.ts'
import { openTerminal } from '../ask.ts'
import { newDescription } from './new-description.ts'

let folder = ''
let printed = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-new-'))
  printed = ''
  for (const method of ['log', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line: string) => void (printed += `${line}\n`))
  }
})
afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await rm(folder, { recursive: true })
})

/** Returns the lines typed as answers to the ten questions. `replaced` has other lines for some questions, by number. */
const answersWith = (replaced: Readonly<Record<number, string[]>> = {}) => {
  const answers: string[][] = [
    [
      'Esimerkkivirasto / Exempelverket / Example Agency',
      'Esimerkkiviraston, Esimerkkivirastolla, Esimerkkivirastossa',
    ],
    ['Palveluyksikkö / Serviceenheten / Service Unit', 'Palveluyksikköön'],
    ['PL 1, 00100 HELSINKI / PB 1, 00100 HELSINGFORS / PO Box 1, 00100 HELSINKI', 'Esimerkkikatu 1, Helsinki'],
    ['029 599 0000', '029 599'],
    ['029 599 1000', '', 'Neuvonta / Rådgivningen / Advice', ''],
    ['', '', '029 599 1099'],
    ['2026-11-20', 'Pöytäkirja 11/2026'],
    ['Konesali / Serverrummet / Server room', '', 'Turvallisuusyksikkö', '2026-11-25', ''],
    ['saavutettavuus@virasto.example', '', '', 'PL 1, 00100 HELSINKI', 'tietosuoja@virasto.example', '029 599 0000'],
    ['eero', 'riitta', '2026-11-28', '2026-12-01'],
  ]
  return answers.flatMap((lines, index) => replaced[index + 1] ?? lines)
}
const openWithLines = (lines: readonly string[]) => {
  let shown = ''
  const open = () => openTerminal(Readable.from(lines.map((line) => `${line}\n`)), (text) => void (shown += text))
  return { open, shown: () => shown }
}

test('ten questions, with defaults in brackets, make a valid description', async () => {
  const file = join(folder, 'description.yaml')
  const { open, shown } = openWithLines(answersWith())
  await newDescription(file, undefined, open)
  expect(parseDescription(await readFile(file, 'utf8'))).toMatchObject({ ok: true, description: { profile: 'gdpr' } })
  expect(shown().match(/^\d+\/10 /gm)).toHaveLength(10)
  expect(printed).toContain('is a valid description')
  await expect(newDescription(file, undefined, open)).rejects.toThrow('exists already')
})

test('a question is asked again if its answer cannot be read', async () => {
  const file = join(folder, 'description.yaml')
  const { open, shown } = openWithLines(
    answersWith({ 7: ['soon', '20.11.2026', '2026-11-20', 'Pöytäkirja'], 6: ['100', '10', '', ''] }),
  )
  await newDescription(file, undefined, open)
  expect(shown().match(/not a date: write it as 2026-12-31/g)).toHaveLength(2)
  expect(shown()).toContain('a whole number from 0 to 99')
  expect(process.exitCode).toBeUndefined()
})

test('answers that make an invalid description are stored, each problem is printed, and the stored answers can be corrected', async () => {
  const file = join(folder, 'description.yaml')
  await newDescription(
    file,
    undefined,
    openWithLines(answersWith({ 10: ['eero', 'Eero', '2026-11-28', '2026-12-01'] })).open,
  )
  expect(process.exitCode).toBe(1)
  expect(printed).toMatch(/description\.yaml:\d+ {2}decision\.approver {2}/)
  await expect(readFile(file)).rejects.toThrow('ENOENT')
  const stored = `${file}.answers.yaml`
  await writeFile(stored, (await readFile(stored, 'utf8')).replace('approver: Eero', 'approver: riitta'))
  await newDescription(file, stored)
  expect(parseDescription(await readFile(file, 'utf8')).ok).toBe(true)
})

test('an input that ends too early writes nothing', async () => {
  const file = join(folder, 'description.yaml')
  await expect(newDescription(file, undefined, openWithLines(answersWith().slice(0, 9)).open)).rejects.toThrow(
    'input ended',
  )
  await expect(readFile(file)).rejects.toThrow('ENOENT')
})
