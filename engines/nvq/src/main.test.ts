// What an administrator installs: the entry printed by `npm run entry`, run by Seloste itself.
import { createHash, randomBytes } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { namedEngines } from '../../../src/use/disclosure/voice/named-engines.ts'
import { spokenDialogue } from '../../../test/disclosure/spoken-sound.ts'
import type { Entry } from './entry.ts'

const spoken = spokenDialogue('car-tax').subarray(0, 8000 * 3)
const redacted = [{ from: 8000, to: 12_000 }]
const samples = Int16Array.from(spoken)
samples.fill(0, redacted[0]!.from, redacted[0]!.to)

let folder: string
let entry: Entry
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nvq-'))
  // Outside the repository, so that only what the entry names can be read, and not writable by a group.
  cpSync(join(import.meta.dirname, '..'), folder, { recursive: true })
  spawnSync('chmod', ['-R', 'go-w', folder])
  const made = spawnSync(process.execPath, [join(folder, 'src/write-entry.ts'), 'record.json'], { encoding: 'utf8' })
  expect(made.stderr).toBe('')
  file = join(folder, 'engines.json')
  writeFileSync(file, made.stdout)
  entry = (JSON.parse(made.stdout) as { signal: [Entry] }).signal[0]
})
afterAll(() => rmSync(folder, { recursive: true }))

const named = () => {
  const { voices, faults } = namedEngines(file)
  expect(faults).toEqual([])
  expect(voices).toHaveLength(1)
  return voices[0]!.engine
}

test('the entry lists every file of the program with its hash, and no test', () => {
  expect(entry.files.map(({ path }) => path.slice(folder.length))).toEqual(
    expect.arrayContaining(['/package.json', '/src/main.ts', '/src/nvq.ts', '/src/accent-data.ts']),
  )
  for (const { path, sha256 } of [{ path: entry.program, sha256: entry.sha256 }, ...entry.files]) {
    expect(path).not.toMatch(/[.]test[.]ts$/)
    expect(sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'))
  }
  expect(entry.evaluation).toMatch(/^\/.*record[.]json$/)
})

test('Seloste runs it at level D: a track of the same length, another voice, silent where redacted', async () => {
  const engine = named()
  expect(engine).toMatchObject({ name: 'nvq', version: '8', level: 'D' })
  const seed = randomBytes(32)
  const [one, again, other] = [
    await engine.revoice({ samples, redacted }, () => Uint8Array.from(seed)),
    await engine.revoice({ samples, redacted }, () => Uint8Array.from(seed)),
    await engine.revoice({ samples, redacted }, randomBytes),
  ]
  expect(one.length).toBe(samples.length)
  expect(one.subarray(8000, 12_000).every((sample) => sample === 0)).toBe(true)
  expect(one.some((sample) => Math.abs(sample) > 300)).toBe(true)
  // All its randomness comes from the seed.
  expect(again).toEqual(one)
  expect(other).not.toEqual(one)
})

test('a changed file keeps it from running', async () => {
  const changed = join(folder, 'src/nvq.ts')
  const before = readFileSync(changed)
  writeFileSync(changed, `${before.toString()}\n`)
  await expect(named().revoice({ samples, redacted }, randomBytes)).rejects.toMatchObject({ code: 'program-changed' })
  writeFileSync(changed, before)
  chmodSync(changed, 0o644)
  expect(existsSync(changed)).toBe(true)
})

test.each([
  ['no line', 'x'],
  ['another kind', '{"protocol":1,"kind":"recognise","rate":8000,"samples":0}\n'],
  ['another version', '{"protocol":2,"kind":"voice","rate":8000,"samples":0}\n'],
  [
    'too few samples',
    `{"protocol":1,"kind":"voice","rate":8000,"samples":4,"redacted":[],"seed":"${'00'.repeat(32)}"}\nxx`,
  ],
  ['no chance', '{"protocol":1,"kind":"voice","rate":8000,"samples":0,"redacted":[],"seed":"00"}\n'],
])('a request with %s is a fault and returns no sound', (_, input) => {
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'src/main.ts')], { input })
  expect(status).not.toBe(0)
  expect(stdout).toHaveLength(0)
})
