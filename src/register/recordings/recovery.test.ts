import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { rebuildBody } from './rebuild-body.ts'
import { walkChunk, type MarkKind } from './recording-log.ts'
import { createRecordingWriter, type RecordingWriter } from './recording-writer.ts'
import { recoverRecordings, type RecoveredRecording } from './recover-recordings.ts'
import { chunkBytes } from '#platform/age/seal-stream.ts'
import { createTailJournal, type TailJournal } from './tail-journal.ts'

const { identity, recipient } = generateKeyPair()
const startedAt = Temporal.Instant.from('2026-03-02T09:00:00Z')
let directory = ''
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'seloste-recovery-'))))
afterEach(() => rmSync(directory, { recursive: true }))

type Found = { seqs: number[]; stamps: bigint[]; marks: MarkKind[] }

async function readBack(recording: RecoveredRecording): Promise<Found> {
  const fileKey = readAgeHeader(readFileSync(recording.headerPath), identity)
  const body = readFileSync(recording.bodyPath)
  const { chunks, openChunk } = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  const found: Found = { seqs: [], stamps: [], marks: [] }
  for (let n = 0; n < chunks; n++) {
    const chunk = await openChunk(n)
    if (n < chunks - 1) expect(chunk.length).toBe(chunkBytes)
    walkChunk(chunk, {
      packet: (p) => {
        found.seqs.push(p.seqOffset)
        found.stamps.push(chunk.readBigUInt64BE(p.start))
      },
      mark: ({ kind }) => found.marks.push(kind),
    })
  }
  return found
}

async function rebuild(recording: RecoveredRecording) {
  const fileKey = readAgeHeader(readFileSync(recording.headerPath), identity)
  return rebuildBody({ fileKey, bodyPath: recording.bodyPath, tailPath: recording.tailPath })
}

describe('kill -9', () => {
  test.each([1300, 2900, 4300])('after %i ms of 20 recordings costs at most one second of each', async (afterMs) => {
    const script = new URL('./write-until-killed.ts', import.meta.url).pathname
    const child = spawn(process.execPath, ['--no-warnings', script, directory, recipient, '20'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await sleep(afterMs)
    const exit = once(child, 'exit')
    const killedAt = process.hrtime.bigint()
    child.kill('SIGKILL')
    await exit
    const recordings = await recoverRecordings(directory)
    expect(recordings).toHaveLength(20)
    expect(readdirSync(directory).filter((name) => name.endsWith('.journal'))).toEqual([])
    for (const recording of recordings) {
      expect((await rebuild(recording)).rebuilt).toBe(true)
      const { seqs, stamps, marks } = await readBack(recording)
      const step = recording.id === 'call-0' ? 10 : 1
      expect(seqs).toEqual(seqs.map((_, n) => n * step))
      expect(Number(killedAt - stamps.at(-1)!) / 1e6).toBeLessThan(1000 + step * 10)
      expect(marks).toEqual(['start', 'endInferred'])
      expect((await rebuild(recording)).rebuilt).toBe(false)
    }
    expect(readdirSync(directory).filter((name) => !/\.(hdr|body)$/.test(name))).toEqual([])
  })
})

describe('damaged files', () => {
  async function writeSome(packets: number) {
    const tail = await createTailJournal({ directory, run: 'x', intervalMs: 1_000_000 })
    const writer = await createRecordingWriter({ id: 'r', directory, intakePublicKey: recipient, startedAt, tail })
    writer.source(0, 1, 0, 0, [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }])
    const payload = Buffer.alloc(1000)
    for (let n = 0; n < packets; n++) {
      writer.packet(0, 8, false, n, n * 160, n * 200, payload, 0, 1000)
      if (n % 30 === 29) await tail.flush()
    }
    await tail.flush()
    await sleep(50)
    return { tail, writer }
  }
  /** Closes the writer and the journal, whose files were removed while in use. */
  async function abandon(tail: TailJournal, writer: RecordingWriter) {
    await writer.finish(0).catch(() => {})
    await tail.close().catch(() => {})
  }
  const journal = () =>
    join(
      directory,
      readdirSync(directory).find((name) => name.endsWith('.journal'))!,
    )

  test('a journal and a body cut anywhere still give a recording, with every packet before the cut', async () => {
    const { tail, writer } = await writeSome(200)
    const journalBytes = readFileSync(journal())
    const journalPath = journal()
    const bodyPath = join(directory, 'r.body')
    const body = readFileSync(bodyPath)
    const originalHeader = readFileSync(join(directory, 'r.hdr'))
    for (const [cutBody, cutJournal] of [
      [0, 0],
      [1, 0],
      [70_000, 0],
      [0, 1],
      [0, 30_000],
      [70_000, 40_000],
      [body.length, 0],
      [body.length, 1e9],
    ] as const) {
      writeFileSync(bodyPath, body)
      writeFileSync(journalPath, journalBytes)
      writeFileSync(join(directory, 'r.hdr'), originalHeader)
      truncateSync(bodyPath, body.length - cutBody)
      truncateSync(journalPath, Math.max(0, journalBytes.length - cutJournal))
      rmSync(join(directory, 'r.tail'), { force: true })
      const [recording] = await recoverRecordings(directory)
      await rebuild(recording!)
      const { seqs, marks } = await readBack(recording!)
      expect(seqs).toEqual(seqs.map((_, n) => n))
      if (cutJournal === 0) expect(seqs).toHaveLength(200)
      else expect(seqs.length).toBeLessThanOrEqual(200)
      expect(marks.at(-1)).toBe('endInferred')
    }
    await abandon(tail, writer)
  })

  test('an altered frame adds nothing', async () => {
    const { tail, writer } = await writeSome(20)
    const bytes = readFileSync(journal())
    bytes[200] = bytes[200]! ^ 1
    writeFileSync(journal(), bytes)
    const [recording] = await recoverRecordings(directory)
    expect(recording!.tailPath).toBeUndefined()
    await rebuild(recording!)
    expect((await readBack(recording!)).seqs).toEqual([])
    await abandon(tail, writer)
  })

  test('a recording with a header emptied by a power loss leaves nothing, and does not block the recovery of others', async () => {
    const { tail, writer } = await writeSome(20)
    for (const end of ['hdr', 'body']) writeFileSync(join(directory, `emptied.${end}`), '')
    expect((await recoverRecordings(directory)).map(({ id }) => id)).toEqual(['r'])
    expect(readdirSync(directory).sort()).toEqual(['r.body', 'r.hdr', 'r.tail'])
    await abandon(tail, writer)
  })

  test('a finished recording is not changed', async () => {
    const { tail, writer } = await writeSome(100)
    const finished = await writer.finish(30_000)
    const [recording] = await recoverRecordings(directory)
    expect(await rebuild(recording!)).toEqual({
      rebuilt: false,
      chunks: finished.chunks,
      sizeBytes: finished.sizeBytes,
      sha256: finished.sha256,
    })
    await tail.close().catch(() => {})
  })
})
