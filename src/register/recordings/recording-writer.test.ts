import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { walkChunk } from './recording-log.ts'
import { createRecordingWriter } from './recording-writer.ts'
import { createTailJournal } from './tail-journal.ts'

const { identity, recipient } = generateKeyPair()
const startedAt = Temporal.Instant.from('2026-03-02T09:00:00Z')
const codecs = [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const]
let directory = ''
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'seloste-writer-'))))
afterEach(() => rmSync(directory, { recursive: true }))

test('a recording that cannot be created leaves neither of its files, and no file of another', async () => {
  writeFileSync(join(directory, 'r.body'), 'of another recording')
  const create = () => createRecordingWriter({ id: 'r', directory, intakePublicKey: recipient, startedAt })
  await expect(create()).rejects.toThrow('EEXIST')
  expect(readdirSync(directory)).toEqual(['r.body'])
  expect(readFileSync(join(directory, 'r.body'), 'utf8')).toBe('of another recording')
})

test('a recording starts without waiting for the disk, and is durable with the next frames of the tail', async () => {
  const tail = await createTailJournal({ directory, run: 'a', intervalMs: 1_000_000 })
  const file = await open(join(directory, 'any'), 'w')
  const prototype = Object.getPrototypeOf(file) as FileHandle
  const [datasync, sync] = [vi.spyOn(prototype, 'datasync'), vi.spyOn(prototype, 'sync')]
  await file.close()
  const writer = await createRecordingWriter({ id: 'r', directory, intakePublicKey: recipient, startedAt, tail })
  expect([datasync.mock.calls.length, sync.mock.calls.length]).toEqual([0, 0])
  datasync.mockRejectedValueOnce(new Error('EIO'))
  await tail.flush()
  expect(sync).toHaveBeenCalledTimes(0)
  await tail.flush()
  // Header and body, and the folder with their names.
  expect(datasync.mock.calls.length).toBeGreaterThanOrEqual(4)
  expect(sync).toHaveBeenCalledTimes(1)
  const before = datasync.mock.calls.length
  await tail.flush()
  expect(datasync).toHaveBeenCalledTimes(before)
  vi.restoreAllMocks()
  await writer.finish(10)
  await tail.close()
})

test('a discarded recording leaves no file, and its tail is free', async () => {
  const tail = await createTailJournal({ directory, run: 'a' })
  const writer = await createRecordingWriter({ id: 'r', directory, intakePublicKey: recipient, startedAt, tail })
  writer.source(0, 111, 5, 7, codecs)
  for (let n = 0; n < 1000; n++) writer.packet(0, 8, false, n, n * 160, n * 200, Buffer.alloc(160), 0, 160)
  await tail.flush()
  await writer.discard()
  await tail.close()
  expect(readdirSync(directory)).toEqual([])
})

test('a finished writer leaves no audio in the memory that it releases, and writes nothing more there', async () => {
  const first = await createRecordingWriter({ id: 'first', directory, intakePublicKey: recipient, startedAt })
  first.source(0, 111, 5, 7, codecs)
  for (let n = 0; n < 100; n++) first.packet(0, 8, false, n, n * 160, n * 200, Buffer.alloc(150, 0xaa), 0, 150)
  await first.finish(20_000)
  const second = await createRecordingWriter({ id: 'second', directory, intakePublicKey: recipient, startedAt })
  second.source(0, 333, 5, 7, codecs)
  // More packets than the first recording had, so that a late write of the first would change the audio of one of these.
  for (let n = 0; n < 200; n++) second.packet(0, 8, false, n, n * 160, n * 200, Buffer.alloc(160, 0x55), 0, 160)
  const before = { ...second.counts }
  first.mark('hold', 30_000)
  first.source(1, 222, 6, 8, codecs)
  first.packet(0, 8, false, 200, 0, 40_000, Buffer.alloc(160, 0xaa), 0, 160)
  expect(second.counts).toEqual(before)
  const { bodyPath, headerPath } = await second.finish(10)
  const body = readFileSync(bodyPath)
  const fileKey = readAgeHeader(readFileSync(headerPath), identity)
  const opened = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  const log = await opened.openChunk(0)
  const kinds: string[] = []
  const stored: Buffer[] = []
  walkChunk(log, {
    mark: ({ kind }) => kinds.push(kind),
    packet: ({ start, end }) => stored.push(log.subarray(start, end)),
  })
  expect(kinds).toEqual(['start', 'end'])
  expect(stored).toEqual(new Array(200).fill(Buffer.alloc(160, 0x55)))
})

test('every packet is in the sealed recording, and every chunk can be read alone', async () => {
  const tail = await createTailJournal({ directory, run: 'a', intervalMs: 5, segmentMs: 30 })
  const writer = await createRecordingWriter({ id: 'r1', directory, intakePublicKey: recipient, startedAt, tail })
  writer.source(0, 111, 5, 7, codecs)
  writer.source(1, 222, 6, 8, codecs)
  const payload = Buffer.alloc(160)
  for (let n = 0; n < 3000; n++) {
    payload.fill(n & 0xff)
    for (const stream of [0, 1]) {
      expect(writer.packet(stream, 8, n === 0, n, n * 160, n * 200, payload, 0, 160)).toBe(true)
    }
    if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const finished = await writer.finish(600_000)
  await tail.close()
  expect(readdirSync(directory).sort()).toEqual(['r1.body', 'r1.hdr'])
  const body = readFileSync(finished.bodyPath)
  expect(finished).toMatchObject({ packets: 6000, packetsShed: 0, sizeBytes: body.length, payloadBytes: 960_000 })
  expect(createHash('sha256').update(body).digest('hex')).toBe(finished.sha256)

  const fileKey = readAgeHeader(readFileSync(finished.headerPath), identity)
  const opened = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  expect(opened.chunks).toBe(finished.chunks)
  const next = [0, 0]
  for (let n = 0; n < opened.chunks; n++) {
    const chunk = await opened.openChunk(n)
    const known = new Set<number>()
    walkChunk(chunk, {
      source: ({ stream }) => known.add(stream),
      packet: (p) => {
        expect(known.has(p.stream)).toBe(true)
        expect(p.seqOffset).toBe(next[p.stream]!++)
        expect(chunk[p.start]).toBe(p.seqOffset & 0xff)
        expect(p.end - p.start).toBe(160)
      },
    })
  }
  expect(next).toEqual([3000, 3000])
})

test.skipIf(spawnSync('age', ['--version']).status !== 0)(
  'header and body together are a file that age decrypts',
  async () => {
    const writer = await createRecordingWriter({ id: 'r2', directory, intakePublicKey: recipient, startedAt })
    const { headerPath, bodyPath } = await writer.finish(10)
    writeFileSync(join(directory, 'key'), identity)
    const input = Buffer.concat([readFileSync(headerPath), readFileSync(bodyPath)])
    const log = execFileSync('age', ['-d', '-i', join(directory, 'key')], { input })
    const kinds: string[] = []
    walkChunk(log, { mark: ({ kind }) => kinds.push(kind) })
    expect(kinds).toEqual(['start', 'end'])
  },
)

test('a disk that refuses writes causes packets above the limit to be dropped and counted, and no other loss', async () => {
  const faults: string[] = []
  const writer = await createRecordingWriter({
    id: 'r3',
    directory,
    intakePublicKey: recipient,
    startedAt,
    pendingChunksLimit: 2,
    retryMs: 5,
    onFault: ({ code }) => faults.push(code),
  })
  writer.source(0, 1, 1, 1, codecs)
  const payload = Buffer.alloc(1000)
  // Without a turn of the event loop no write ends: the same as a stalled disk.
  let stored = 0
  for (let n = 0; n < 500; n++) if (writer.packet(0, 8, false, n, n * 160, n, payload, 0, 1000)) stored++
  expect(faults).toEqual(['writer-starved'])
  expect(stored).toBeLessThan(500)
  const finished = await writer.finish(600)
  expect(finished).toMatchObject({ packets: stored, packetsShed: 500 - stored })
  const body = readFileSync(finished.bodyPath)
  const fileKey = readAgeHeader(readFileSync(finished.headerPath), identity)
  const { chunks, openChunk } = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  let seen = 0
  const shed: unknown[] = []
  for (let n = 0; n < chunks; n++) {
    walkChunk(await openChunk(n), { packet: () => seen++, mark: (m) => m.kind === 'shed' && shed.push(m.detail) })
  }
  expect(seen).toBe(stored)
  expect(shed).toEqual([{ packets: 500 - stored }])
})

test('a packet as large as UDP allows is dropped, and later ones are not affected', async () => {
  const writer = await createRecordingWriter({ id: 'r4', directory, intakePublicKey: recipient, startedAt })
  writer.source(0, 1, 1, 1, codecs)
  expect(writer.packet(0, 8, false, 0, 0, 0, Buffer.alloc(65_495), 0, 65_495)).toBe(false)
  for (let n = 1; n < 9; n++) expect(writer.packet(0, 8, false, n, 0, 0, Buffer.alloc(32_000), 0, 32_000)).toBe(true)
  const { bodyPath, headerPath } = await writer.finish(10)
  const body = readFileSync(bodyPath)
  const fileKey = readAgeHeader(readFileSync(headerPath), identity)
  const { chunks, openChunk } = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  const seqs: number[] = []
  for (let n = 0; n < chunks; n++) walkChunk(await openChunk(n), { packet: (p) => seqs.push(p.seqOffset) })
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})
