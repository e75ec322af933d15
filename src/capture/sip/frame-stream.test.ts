import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStreamFramer, type Frame } from './frame-stream.ts'
import { cpuMs } from '#test/house/cpu-ms.ts'

const message = (body: string, head = 'OPTIONS sip:a@b SIP/2.0\r\nVia: x') =>
  Buffer.from(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)

const shown = (frames: Frame[]) =>
  frames.map((frame) => (frame.kind === 'message' ? frame.bytes.toString() : frame.kind))

test('yields the same messages and pings for chunks of any size', () => {
  const bodies = fc.array(fc.oneof(fc.constant('PING'), fc.string({ maxLength: 60 })), { maxLength: 8 })
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (parts, cuts) => {
      const stream = Buffer.concat(parts.map((part) => (part === 'PING' ? Buffer.from('\r\n\r\n') : message(part))))
      const framer = createStreamFramer()
      const frames: Frame[] = []
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = cuts[i % cuts.length]!
        frames.push(...framer.push(stream.subarray(at, at + size)))
        at += size
      }
      expect(shown(frames)).toEqual(parts.map((part) => (part === 'PING' ? 'ping' : message(part).toString())))
      expect(framer.partial).toBe(false)
    }),
  )
})

test('skips single line ends between messages', () => {
  const framer = createStreamFramer()
  const frames = framer.push(Buffer.concat([Buffer.from('\r\n'), message('a'), Buffer.from('\r\n'), message('b')]))
  expect(shown(frames)).toEqual([message('a').toString(), message('b').toString()])
})

test('accepts compact and folded Content-Length, and LF line ends', () => {
  const framer = createStreamFramer()
  const frames = framer.push(Buffer.from('BYE sip:a SIP/2.0\nl : 3\n\nabcBYE sip:b SIP/2.0\r\nVia: x\r\n\r\n'))
  expect(shown(frames)).toEqual(['BYE sip:a SIP/2.0\nl : 3\n\nabc', 'BYE sip:b SIP/2.0\r\nVia: x\r\n\r\n'])
})

test.each([
  ['Content-Length: 1\r\nContent-Length: 2', 'Content-Length twice'],
  ['Content-Length: -1', 'Invalid Content-Length'],
  ['Content-Type: application/sdp', 'Content-Length missing'],
  ['Content-Length: 70000', 'Message Too Large'],
])('%s breaks the stream, and the head is returned for an answer', (header, reason) => {
  const framer = createStreamFramer()
  const head = `INVITE sip:a SIP/2.0\r\n${header}\r\n\r\n`
  expect(framer.push(Buffer.from(`${head}rest`))).toEqual([{ kind: 'broken', reason, bytes: Buffer.from(head) }])
  expect(framer.push(message('later'))).toEqual([])
})

test('breaks an endless head at the limit, in linear time even byte by byte', () => {
  const framer = createStreamFramer()
  const startMs = cpuMs()
  let frames: Frame[] = []
  for (let i = 0; i < 65_600 && frames.length === 0; i++) frames = framer.push(Buffer.from('x'))
  expect(frames[0]).toMatchObject({ kind: 'broken', reason: 'Head too long' })
  expect(cpuMs() - startMs).toBeLessThan(1000)
})
