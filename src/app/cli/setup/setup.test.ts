import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { seedDescriptionFile } from '#description/read-description.ts'
import { openTerminal } from '../ask.ts'
import { readSettingsFile, withSettings } from './settings-file.ts'
import { setup } from './setup.ts'

let folder = ''
let printed = ''
let file = ''
const packaged = await readFile('packaging/deb/seloste.env', 'utf8')
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-setup-'))
  file = join(folder, 'seloste.env')
  await writeFile(file, packaged)
  printed = ''
  vi.spyOn(console, 'log').mockImplementation((line: string) => void (printed += `${line}\n`))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

const openWithLines = (...lines: string[]) =>
  openTerminal(Readable.from(lines.map((line) => `${line}\n`)), (text) => void (printed += text))

test('a setting replaces its line or its commented example, and the rest of the file stays', () => {
  const text = withSettings(
    packaged,
    new Map([
      ['SELOSTE_SIP', '192.0.2.7:5060'],
      ['SELOSTE_SITES', 'a, b'],
      ['SELOSTE_BACKUP_AT', '03.00'],
    ]),
  )
  const changed = text.split('\n').filter((line) => !packaged.split('\n').includes(line))
  expect(changed).toEqual(['SELOSTE_SIP=192.0.2.7:5060', 'SELOSTE_SITES="a, b"', 'SELOSTE_BACKUP_AT=03.00'])
  expect(text).not.toContain('#SELOSTE_SIP=')
  expect(readSettingsFile(text).get('SELOSTE_SITES')).toBe('a, b')
  expect(withSettings(text, readSettingsFile(text))).toBe(text)
  expect(() => withSettings(text, new Map([['SELOSTE_SITES', 'a$b']]))).toThrow('by hand')
})

test('five answers make the settings of a first installation, which --show prints without writing them', async () => {
  await setup(['--settings', file, '--show'], () =>
    openWithLines('192.0.2.5', '192.0.2.10,192.0.2.11', '', 'https://seloste.example/', seedDescriptionFile),
  )
  expect(printed).toContain('SELOSTE_SIP=192.0.2.5:5060\n')
  expect(printed).toContain('SELOSTE_SIP_SOURCES=192.0.2.10, 192.0.2.11\n')
  expect(printed).toContain('SELOSTE_RTP=192.0.2.5:30000-39999\n')
  expect(printed).toContain('SELOSTE_PUBLIC_URL=https://seloste.example\n')
  expect(printed).toContain(`SELOSTE_DESCRIPTION=${seedDescriptionFile}\n`)
  expect(printed).toContain('seloste create-database\n')
  expect(await readFile(file, 'utf8')).toBe(packaged)
})

test('a question is asked again if its answer cannot be used, and "no" changes nothing', async () => {
  await setup(['--settings', file], () =>
    openWithLines(
      '192.0.2.5',
      '0.0.0.x',
      '',
      '192.0.2.10',
      '10-20-30',
      '',
      'seloste.example',
      'https://seloste.example',
      '',
      'no',
    ),
  )
  expect(printed).toContain('Nothing was changed.')
  expect(await readFile(file, 'utf8')).toBe(packaged)
})

test('a file of settings is checked as a whole before anything is written', async () => {
  const from = join(folder, 'mine.env')
  const refused = async (text: string) => {
    await writeFile(from, text)
    return setup(['--settings', file, '--from', from]).then(
      () => 'done',
      (error: unknown) => (error as Error).message,
    )
  }
  expect(await refused('SELOSTE_SIP=192.0.2.5:5060\n')).toContain('SELOSTE_SIP_SOURCES is not set')
  expect(await refused('SELOSTE_SPI=192.0.2.5:5060\n')).toContain('SELOSTE_SPI is not a setting')
  expect(await refused('DATABASE_URL=postgres://seloste:secret@db.example/seloste\n')).toMatch(
    /^DATABASE_URL has a password/,
  )
  const description = join(folder, 'description.yaml')
  await writeFile(description, 'version: 1\n')
  expect(await refused(`SELOSTE_DESCRIPTION=${description}\n`)).toContain('is not a valid description')
  expect(await readFile(file, 'utf8')).toBe(packaged)
})
