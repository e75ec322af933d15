import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { access, chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NamedProgram } from '#platform/processes/named-programs.ts'
import { runInChildProcess } from '#platform/processes/run-in-child-process.ts'
import { findIsolation } from '#platform/processes/isolate-program.ts'
import { recogniseProcess } from './recognise-process.ts'
import { voiceProcess } from './voice-process.ts'

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).error === undefined
const isolation = await findIsolation()
const hasUnshare = spawnSync('unshare', ['--user', '--net', 'true']).status === 0

const shell = '/bin/sh'
let folder: string
let script: string
let model: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-engine-'))
  // Copies, because an engine that is group-writable is refused, and a checkout may be.
  script = join(folder, 'engine.mts')
  model = join(folder, 'model.bin')
  await copyFile(new URL('../../../../test/disclosure/engine-for-tests.mts', import.meta.url), script)
  await writeFile(model, 'weights')
  await chmod(script, 0o644)
  await chmod(model, 0o644)
})
afterAll(() => rm(folder, { recursive: true }))

const samples = Int16Array.from({ length: 16_000 }, (_, i) =>
  i >= 4_000 && i < 6_000 ? 0 : 3_000 * Math.sin((2 * Math.PI * 200 * i) / 8_000) + 20,
)
const redacted = [{ from: 4_000, to: 6_000 }]

test('an external engine re-speaks a track, and redacted parts stay silent', async () => {
  const spoken = await (await engine('invert')).revoice({ samples, redacted }, randomBytes)
  expect(spoken.length).toBe(samples.length)
  expect(spoken.every((sample, i) => sample === -samples[i]!)).toBe(true)
  const seeded = await (
    await engine('seed-into-samples')
  ).revoice({ samples, redacted }, () => new Uint8Array(32).fill(7))
  expect(new Set(seeded.subarray(0, 16))).toEqual(new Set([0x07_07]))
})

test.skipIf(!hasFfmpeg)('an external engine that runs a real program re-speaks a track', async () => {
  const spoken = await (await engine('raise')).revoice({ samples, redacted }, randomBytes)
  const crossings = (track: Int16Array) =>
    track.subarray(500, 3_500).filter((v, i, all) => i > 0 && v > 0 !== all[i - 1]! > 0)
  expect(crossings(spoken).length / crossings(samples).length).toBeGreaterThan(1.1)
  expect(spoken.subarray(4_000, 6_000).every((sample) => sample === 0)).toBe(true)
})

describe('the output of an engine is discarded', () => {
  test.each([
    ['crashes before it reads', 'crash-at-once', 'program-failed', /ended with 7/],
    ['crashes half way', 'crash-half-way', 'program-failed', /ended with 9/],
    ['returns too little', 'short', 'engine-answer-wrong', /31998 bytes for 16000 samples/],
    ['returns too much', 'long', 'program-answer-too-long', /more than 32000 bytes/],
    ['returns its input', 'echo', 'engine-answer-wrong', /returned the original/],
  ])('if the engine %s', async (_, behaviour, code, message) => {
    const refusal = (await engine(behaviour)).revoice({ samples, redacted }, randomBytes)
    await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  test('if the engine does not finish, and the engine is stopped', async () => {
    const started = performance.now()
    const program = await namedProgram('forever')
    const input = [Buffer.from('{}\n')]
    await expect(runInChildProcess(program, { input, maxBytes: 10, limitMs: 700 })).rejects.toMatchObject({
      code: 'program-too-slow',
    })
    expect(performance.now() - started).toBeLessThan(20_000)
    await expect(isRunning()).resolves.toBe(false)
  })

  test('if its program, script or model has changed, is unreadable, or may be written by others', async () => {
    const revoice = async (change: Partial<NamedProgram>) => {
      const program = { ...(await namedProgram('read-model')), ...change }
      return voiceProcess(program, 'N').revoice({ samples, redacted }, randomBytes)
    }
    const { files = [] } = await namedProgram('read-model')
    await expect(revoice({})).resolves.toHaveLength(samples.length)
    await expect(revoice({ sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'program-changed' })
    await expect(revoice({ program: `${shell}-no` })).rejects.toMatchObject({ code: 'program-missing' })
    await expect(revoice({ files: [...files, { ...files[1]!, path: folder }] })).rejects.toMatchObject({
      code: 'program-missing',
    })
    await writeFile(model, 'other weights')
    await expect(revoice({ files })).rejects.toMatchObject({
      code: 'program-changed',
      message: expect.stringContaining(model) as string,
    })
    await writeFile(model, 'weights')
    await chmod(model, 0o666)
    await expect(revoice({ files })).rejects.toMatchObject({ code: 'program-writable' })
    await chmod(model, 0o644)
    await expect(revoice({ files })).resolves.toHaveLength(samples.length)
  })
})

test('an evaluation covers the program and models, so another model is another engine', async () => {
  const before = await engine('invert')
  await writeFile(model, 'other weights')
  expect((await engine('invert')).sources).not.toBe(before.sources)
  await writeFile(model, 'weights')
  expect((await engine('invert')).sources).toBe(before.sources)
})

test.skipIf(isolation === 'none')('an engine has no network access, not even to this machine', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  try {
    const program = await namedProgram('connect', String((server.address() as AddressInfo).port))
    await expect(voiceProcess(program, 'N').revoice({ samples, redacted }, randomBytes)).resolves.toBeDefined()
    const input = [Buffer.from('{"kind":"voice","samples":1,"models":[]}\n'), Buffer.alloc(2)]
    if (hasUnshare) {
      const isolated = runInChildProcess(program, { input, maxBytes: 100, limitMs: 30_000, isolation: 'unshare' })
      await expect(isolated).resolves.toHaveLength(2)
    }
    // With network access the same program fails, because it reached the server.
    const withNetwork = { ...program, network: 'trusted' as const }
    const isReached = runInChildProcess(withNetwork, { input, maxBytes: 100, limitMs: 30_000, isolation: 'none' })
    await expect(isReached).rejects.toMatchObject({ code: 'program-failed' })
  } finally {
    server.close()
  }
})

test('where a machine cannot isolate the network, an engine runs only if the administrator accepts it', async () => {
  const input = [Buffer.from(`{"kind":"voice","samples":1,"models":[]}\n`), Buffer.from([1, 0])]
  const options = { input, maxBytes: 2, limitMs: 30_000, isolation: 'none' as const }
  const program = await namedProgram('invert')
  await expect(runInChildProcess(program, options)).rejects.toMatchObject({ code: 'program-network-open' })
  await expect(runInChildProcess({ ...program, network: 'trusted' }, options)).resolves.toHaveLength(2)
})

test.skipIf(isolation !== 'bwrap')('files that an engine writes under bubblewrap are removed with it', async () => {
  const path = join(folder, 'written')
  await voiceProcess(await namedProgram('write', path), 'N').revoice({ samples, redacted }, randomBytes)
  await expect(access(path)).rejects.toThrow()
})

test('recognition returns words with their times and nothing else', async () => {
  const recogniser = recogniseProcess(await namedProgram('words'))
  expect(await recogniser.recognise(samples, 'fi')).toEqual(
    [0, 1, 2].map((i) => ({ text: `sana${i}`, from: i * 800, to: i * 800 + 700, confidence: 0.9, language: 'fi' })),
  )
  for (const behaviour of ['words-cut', 'words-miscounted', 'words-outside', 'words-strange']) {
    const refusal = await recogniseProcess(await namedProgram(behaviour))
      .recognise(samples, 'sv')
      .catch((error: unknown) => error)
    expect(refusal, behaviour).toMatchObject({ code: 'engine-answer-wrong' })
    expect(String(refusal)).not.toContain('Meikäläinen')
  }
})

async function engine(behaviour: string) {
  return voiceProcess(await namedProgram(behaviour), 'N')
}

async function namedProgram(behaviour: string, detail = ''): Promise<NamedProgram> {
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  const files = await Promise.all(
    [script, model].map(async (path) => ({ path, sha256: await hash(path), licence: 'EUPL-1.2' })),
  )
  const identity = { name: 'upside-down', version: '1', licence: 'MIT' }
  const args = ['-c', 'exec "$0" "$@"', process.execPath, script, behaviour, detail]
  // The Node binary has a hundred megabytes, and hashing it each time would dominate these tests.
  const folders = [dirname(process.execPath)]
  return { ...identity, program: shell, sha256: await hash(shell), arguments: args, files, folders }
}

/** Returns true if an engine started by these tests still runs. */
async function isRunning(): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    if (!spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.includes(script)) return false
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return true
}
