// R22, R39: a recording that capture or a client made so that processing it never ends does not stop the custodian.
// Each recording here is a few megabytes; naive processing takes time or memory that grows with the square of the size.
import { describe, expect, test } from 'vitest'
import { ingestRecordings } from '#app/custodian/ingest/ingest-recordings.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { openTraces } from '#platform/traces/traces.ts'
import { findAnchors } from '#register/recordings/find-anchors.ts'
import { indexRecording } from '#register/recordings/index-recording.ts'
import type { IngestContext } from '#register/recordings/ingest-recording.ts'
import { rangesWithoutMixed } from '#register/recordings/mixed-streams.ts'
import {
  encodeSource,
  omittedBytes,
  packetHeadBytes,
  writeOmitted,
  writePacketHead,
} from '#register/recordings/recording-log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestRegister } from '../register/make-register.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const timeout = 20_000

test(
  'places packets that all arrive at one instant, with RTP times that jump back after the first and forward at the last',
  { timeout },
  () => {
    const count = 500_000
    const seqs = Array.from({ length: count }, (_, n) => n)
    const rtpTimes = seqs.map((n) => (n === 0 ? 0 : n === count - 1 ? -6_250 : -62_500))
    const { anchors } = findAnchors({ seqs, rtpTimes, arrivals: seqs.map(() => 10) })
    expect(anchors.length).toBeGreaterThan(0)
  },
)

test('counts ten thousand missing sequence numbers before each packet', { timeout }, async () => {
  const [chunks, packetsPerChunk] = [100, 3_000]
  const source = encodeSource({
    ...{ stream: 0, source: 0, ssrc: 1, firstSeq: 0, firstTs: 0 },
    codecs: [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }],
  })
  const openChunk = async (n: number) => {
    const chunk = Buffer.alloc(source.length + omittedBytes + packetsPerChunk * packetHeadBytes)
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
    source.copy(chunk)
    writeOmitted(view, source.length, 0, 1, 5)
    for (let i = 0; i < packetsPerChunk; i++) {
      const at = source.length + omittedBytes + i * packetHeadBytes
      const index = n * packetsPerChunk + i
      writePacketHead(view, at, 0, 8, false, 0, index * 5_000, index * 160, index * 200)
    }
    return chunk
  }
  const { tracks } = await indexRecording({ chunks, openChunk })
  expect(tracks).toMatchObject([
    { packetsReceived: chunks * packetsPerChunk, packetsLost: (chunks * packetsPerChunk - 1) * 4_999 - 1 },
  ])
})

test(
  'does not compare every gap of one voice with every gap of the other if a mixed stream exists beside them',
  { timeout },
  () => {
    const count = 100_000
    const gaps = (['caller', 'official'] as const).flatMap((track) =>
      Array.from({ length: count }, (_, n) => ({
        ...{ track, kind: 'loss' as const },
        fromSample: n * 320 + 160,
        toSample: n * 320 + 320,
      })),
    )
    const track = { streams: [], codecs: [], packetsReceived: 1, packetsLost: 0, packetsOmitted: 0 }
    const tracks = (['caller', 'official', 'mixed'] as const).map((name) => ({ ...track, track: name }))
    const durationSamples = count * 320
    expect(rangesWithoutMixed({ tracks, gaps, durationSamples })).toEqual([{ from: 0, to: durationSamples }])
  },
)

describe('a recording for which the custodian lacks memory', () => {
  const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const start = (context: IngestContext) =>
    ingestRecordings({
      ...{ context, pool: database.as('seloste_custodian').pool, databaseUrl: database.url('seloste_custodian') },
      ...{ traces: openTraces({ endpoint: undefined, service: 'test', version: '1', onFault: () => undefined }) },
      ...{ clock: systemClock, log: silentLog as never },
    })
  const rowOf = async (id: string) =>
    (
      await database
        .as()
        .pool.query<{ kept: boolean; fault: string | null }>(
          'select kept_at is not null as kept, keeping_fault as fault from recording where id = $1',
          [id],
        )
    ).rows[0]!

  test('is marked before it is decrypted', { timeout: 60_000 }, async () => {
    const payload = Buffer.alloc(1_400)
    const { id } = await register.record(
      {},
      {
        script: (writer) => {
          writer.source(0, 1, 0, 0, [{ payloadType: 11, codec: 'L16', clockRate: 8000 }])
          for (let n = 0; n < 1_000; n++) writer.packet(0, 11, false, n, n * 700, n * 875, payload, 0, payload.length)
        },
      },
    )
    const found: (string | null)[] = []
    const { objects } = register.ingest
    const store: ObjectStore = {
      ...objects,
      // Simulates a recording larger than that of a call of hours.
      sizeBytes: async (key) => (key.endsWith('.tail') ? 1 << 30 : objects.sizeBytes(key)),
      readRange: async (key, from, to) => {
        found.push((await rowOf(id)).fault)
        return objects.readRange(key, from, to)
      },
    }
    const ingester = start({ ...register.ingest, objects: store })
    try {
      await expect.poll(() => rowOf(id), { timeout: 30_000 }).toEqual({ kept: true, fault: null })
    } finally {
      await ingester.stop()
    }
    expect(found[0]).toBe('custodian-ended')
  })

  test('is skipped by the next process, which ingests the others meanwhile', { timeout: 60_000 }, async () => {
    const [hostile, other] = [await register.record(), await register.record()]
    await database.as().pool.query(`update recording set keeping_fault = 'custodian-ended' where id = $1`, [hostile.id])
    const ingester = start(register.ingest)
    try {
      await expect.poll(() => rowOf(other.id), { timeout: 30_000 }).toEqual({ kept: true, fault: null })
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      expect(await rowOf(hostile.id)).toEqual({ kept: false, fault: 'custodian-ended' })
      expect(ingester.oldest()).toMatchObject({ code: 'custodian-ended' })
    } finally {
      await ingester.stop()
    }
  })
})
