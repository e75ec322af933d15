// A wrong entry of the engines file is reported with its path in the file, and its engine is not offered. The other engines are.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fingerprintOf } from '#platform/processes/verify-program.ts'
import { recordAtDemand } from '#test/disclosure/name-voice.ts'
import { faultsOfEngines, openVoiceEngines, faultsOfFileAccess } from './voice-engines.ts'

const folder = await mkdtemp(join(tmpdir(), 'seloste-engines-'))
afterAll(() => rm(folder, { recursive: true }))
const file = join(folder, 'engines.json')
const record = join(folder, 'record.json')
const entry = { name: 'nn', version: '2', licence: 'MIT', program: join(folder, 'none'), sha256: 'ab'.repeat(32) }

async function open(content: unknown) {
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  const engines = await openVoiceEngines(file)
  await engines.stop()
  expect(engines.engineFor('T')).toMatchObject({ level: 'T' })
  return { engines, reported: engines.faults.map(({ code, message }) => `${code}: ${message}`).join('\n') }
}

test('a missing file, invalid JSON or unknown content configures no engine, and the transcript’s voices are used', async () => {
  const missing = await openVoiceEngines(join(folder, 'nowhere.json'))
  await missing.stop()
  expect(missing.engineFor('T')).toMatchObject({ level: 'T' })
  expect(missing.faults.map(({ message }) => message)).toEqual([expect.stringContaining('cannot be read (ENOENT)')])
  for (const [content, place] of [
    ['{', 'is not JSON'],
    [{ voices: [] }, '"voices"'],
    [{ recognition: [{ ...entry, sha256: 'no' }] }, '/recognition/0/sha256'],
  ] as const) {
    const { engines, reported } = await open(content)
    expect(reported).toContain(place)
    expect(reported).toContain(file)
    expect([engines.engineFor('N'), engines.recogniser]).toEqual(['no-engine', undefined])
  }
})

test('a wrong entry does not prevent the others from being offered', async () => {
  const { engines, reported } = await open({ neural: [{ ...entry, network: 'open' }], recognition: [entry] })
  expect(reported).toContain('/neural/0/network')
  expect(engines.recogniser).toMatchObject({ name: 'nn' })
})

test('an engine with an unreadable evaluation record is not offered', async () => {
  for (const content of ['{', '{"format":2}', undefined]) {
    await (content === undefined ? rm(record) : writeFile(record, content))
    const { engines, reported } = await open({ neural: [{ ...entry, evaluation: record }] })
    expect(reported).toContain(`record-wrong: The evaluation record ${record}`)
    expect(engines.engineFor('N')).toBe('no-evaluation')
  }
})

test('an engine of level D is offered only with an evaluation record of that level and of exactly its files', async () => {
  const sources = fingerprintOf(entry)
  const offered = async (content: object) => {
    await writeFile(record, JSON.stringify(content))
    const { engines } = await open({ signal: [{ ...entry, evaluation: record }] })
    return { D: engines.engineFor('D'), N: engines.engineFor('N') }
  }
  const engine = { engine: 'nn', version: '2' }
  expect(await offered(recordAtDemand('D', sources, engine))).toMatchObject({
    D: { name: 'nn', version: '2', level: 'D', evaluation: { date: '2026-11-26' } },
    N: 'no-engine',
  })
  // Simulates a change of one of the engine's files.
  expect(await offered(recordAtDemand('D', '0'.repeat(64), engine))).toMatchObject({ D: 'no-evaluation' })
  expect(await offered(recordAtDemand('N', sources, engine))).toMatchObject({ D: 'no-evaluation' })
  expect(await faultsOfEngines(file)).toContainEqual(
    expect.stringContaining(`record-wrong: The evaluation record ${record}`),
  )
})

test('Seloste has no engine of level D of its own', async () => {
  const engines = await openVoiceEngines()
  await engines.stop()
  expect(engines.engineFor('D')).toBe('no-engine')
})

test('the status hashes configured programs, and reports a missing one before it is needed', async () => {
  await writeFile(file, JSON.stringify({ recognition: [entry] }))
  expect(await faultsOfEngines(file)).toEqual([expect.stringContaining(`program-missing: nn: ${entry.program}`)])
  expect(await faultsOfEngines(undefined)).toEqual([])
})

test('programs that can read this account’s files are reported, and a program without network or files is not', () => {
  const [isolated, trusted] = [
    { ...entry, name: 'a' },
    { ...entry, name: 'b', network: 'trusted' as const },
  ]
  const reported = (isolation: Parameters<typeof faultsOfFileAccess>[1]) =>
    faultsOfFileAccess([isolated, trusted], isolation).map(({ code, message }) => [code, message.split(' can read')[0]])
  expect([reported('bwrap'), reported('unshare')]).toEqual([[], []])
  expect(reported('shared-files')).toEqual([['program-files-shared', 'a, b']])
  expect(reported('none')).toEqual([['program-files-shared', 'b']])
})

test('a recogniser that would have a network is not used, and the fault says so', async () => {
  const { engines, reported } = await open({ recognition: [{ ...entry, network: 'trusted' }] })
  expect(engines.recogniser).toBeUndefined()
  expect(reported).toContain('program-network-open: nn is not used')
  const second = await open({
    recognition: [
      { ...entry, network: 'trusted' },
      { ...entry, name: 'other' },
    ],
  })
  expect(second.engines.recogniser?.name).toBe('other')
})
