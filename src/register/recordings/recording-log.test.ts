import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeMark,
  encodeSource,
  markKinds,
  packetHeadBytes,
  walkChunk,
  writeOmitted,
  writePacketHead,
  type LogMark,
  type LogSource,
} from './recording-log.ts'

describe('the recording log', () => {
  test('what is written is read back', () => {
    const source: LogSource = {
      stream: 1,
      source: 3,
      ssrc: 0xfedcba98,
      firstSeq: 65_535,
      firstTs: 0xffffffff,
      codecs: [
        { payloadType: 8, codec: 'PCMA', clockRate: 8000 },
        { payloadType: 111, codec: 'opus', clockRate: 48_000 },
      ],
    }
    const marks = markKinds.map((kind, i): LogMark => ({ kind, arrival100us: i * 1000, detail: { n: 'å', i } }))
    const chunk = Buffer.alloc(4096)
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
    let at = encodeSource(source).copy(chunk)
    writePacketHead(view, at, 1, 8, true, 5, -3, -480, 0xfffffff0)
    chunk.write('hello', at + packetHeadBytes)
    at += packetHeadBytes + 5
    writeOmitted(view, at, 1, 1, 77)
    at += 7
    for (const mark of marks) at += encodeMark(mark).copy(chunk, at)
    chunk.set([0x90, 0, 4, 1, 2, 3, 4], at)
    at += 7

    const seen: unknown[] = []
    const used = walkChunk(chunk, {
      source: (s) => seen.push(s),
      packet: (p) => seen.push({ ...p, text: chunk.toString('latin1', p.start, p.end) }),
      omitted: (stream, seq) => seen.push([stream, seq]),
      mark: (m) => seen.push(m),
    })
    expect(used).toBe(at)
    expect(seen).toEqual([
      source,
      expect.objectContaining({
        stream: 1,
        payloadType: 8,
        marker: true,
        seqOffset: -3,
        tsOffset: -480,
        arrival100us: 0xfffffff0,
        text: 'hello',
      }),
      [1, 77],
      ...marks,
    ])
  })

  test('no bytes crash the reader: it reads to the padding or reports that the log is malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(walkChunk(Buffer.from(bytes), {})).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toMatchObject({ code: 'log-malformed' })
        }
      }),
      { numRuns: 2000 },
    )
  })
})
