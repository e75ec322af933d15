/** RTP and RTCP on one port (RFC 5761): distinguished by their second byte, in plain and SRTP. */
import { createSecretKey } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { RtcpOpener, RtcpSealer } from '../srtp/protect-rtcp.ts'
import { suiteNamed, type MasterKey } from '../srtp/suites.ts'
import { protectMedia } from '#test/simulator/protect-media.ts'
import { createPortAllocator } from './allocate-ports.ts'
import { receiveStream, type ReceivedStream } from './receive-stream.ts'

const host = '127.0.0.1'
const ssrc = 0x1234abcd
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, host)
  await once(socket, 'listening')
  closing.push(() => socket.close())
  return socket
}

const suite = suiteNamed('AES_CM_128_HMAC_SHA1_80')!
const secrets = { theirs: Buffer.alloc(30, 7), own: Buffer.alloc(30, 9) }
const keyOf = (secret: Buffer): MasterKey => ({ suite, secret: createSecretKey(secret) })

/** Opens a stream whose description has one port of the client. */
async function open(options: { mux: boolean; isSecure: boolean }) {
  const client = await bind()
  const ports = await createPortAllocator({ address: host, firstPort: 11_700, lastPort: 11_799 }).allocate()
  if (ports === 'no-port-left') throw new Error(ports)
  const recorded: Buffer[] = []
  const startedMs = performance.now()
  const stream: ReceivedStream = receiveStream({
    ...{ stream: 0, ports, peer: { address: host, port: client.address().port }, mux: options.mux, reportsPort: 9 },
    codecs: [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }],
    ...(options.isSecure && { keys: { theirs: [keyOf(secrets.theirs)], own: keyOf(secrets.own) } }),
    recording: {
      source: () => undefined,
      packet: (_stream, _type, _marker, _seq, _ts, _arrival, bytes, start, end) =>
        recorded.push(Buffer.from(bytes.subarray(start, end))) > 0,
      omitted: () => undefined,
    },
    arrival100us: () => Math.round((performance.now() - startedMs) * 10),
    ...{ ssrc: 0x0badcafe, cname: 'f00d', reportMs: 30 },
  })
  closing.push(() => stream.close())
  const reports: { bytes: Buffer; from: number }[] = []
  client.on('message', (bytes, { port }) => reports.push({ bytes, from: port }))
  const seal = options.isSecure
    ? protectMedia({ suite: 'AES_CM_128_HMAC_SHA1_80', secret: secrets.theirs })
    : (packet: Buffer) => packet
  const sealRtcp = options.isSecure ? new RtcpSealer(keyOf(secrets.theirs)) : undefined
  const send = (bytes: Buffer, port = ports.port) =>
    new Promise<void>((resolve) => client.send(bytes, port, host, () => resolve()))
  return {
    ...{ stream, ports, recorded, reports },
    speak: async (packets: number, marker = false) => {
      for (let n = 0; n < packets; n++) await send(seal(voice(n, marker && n === 0), n))
    },
    sendReport: (port?: number) => send(sealRtcp ? sealRtcp.seal(senderReport()) : senderReport(), port),
    decrypt: (bytes: Buffer) => (options.isSecure ? new RtcpOpener(keyOf(secrets.own)).open(bytes) : bytes),
  }
}

/** Uses payload type 8. With the marker bit, types 64 to 95 would look like RTCP: 72 gives 200, a sender report. */
function voice(n: number, marker: boolean): Buffer {
  const packet = Buffer.alloc(172, n)
  packet.set([0x80, marker ? 0x88 : 8])
  packet.writeUInt16BE(n, 2)
  packet.writeUInt32BE(160 * n, 4)
  packet.writeUInt32BE(ssrc, 8)
  return packet
}

function senderReport(): Buffer {
  const packet = Buffer.alloc(28)
  packet.set([0x80, 200, 0, 6])
  packet.writeUInt32BE(ssrc, 4)
  packet.writeUInt32BE(0xaabbccdd, 8)
  packet.writeUInt32BE(0x11223344, 12)
  packet.writeUInt32BE(20, 20)
  return packet
}

test.each([{ isSecure: false }, { isSecure: true }])(
  'on one port, RTCP reports are accepted between RTP packets, and our reports are sent to that port, keys: $isSecure',
  async ({ isSecure }) => {
    const { stream, ports, recorded, reports, speak, sendReport, decrypt } = await open({ mux: true, isSecure })
    await speak(10, true)
    await sendReport()
    await expect.poll(() => stream.measure().reports).toBe(1)
    expect(stream.report()).toMatchObject({ received: 10, invalid: 0, foreign: 0, unauthentic: 0, rtcp: 1 })
    expect(recorded.map(([first]) => first)).toEqual(Array.from({ length: 10 }, (_, n) => n))
    const answer = () =>
      reports.map(({ bytes }) => decrypt(Buffer.from(bytes))).find((bytes) => bytes?.readUInt32BE(24))
    await expect.poll(answer).toBeDefined()
    // Our report comes from the media port, and has the middle 32 bits of the sender report's NTP time.
    expect(new Set(reports.map(({ from }) => from))).toEqual(new Set([ports.port]))
    const report = answer()!
    expect([report[1], report.readUInt32BE(8), report.readUInt32BE(24)]).toEqual([201, ssrc, 0xccdd1122])
  },
)

test('on two ports, RTCP on the RTP port is ignored, and reports come from the other port', async () => {
  const { stream, ports, reports, speak, sendReport } = await open({ mux: false, isSecure: false })
  await speak(10)
  await sendReport()
  await expect.poll(() => stream.report().rtcp).toBe(1)
  expect(stream.measure().reports).toBe(0)
  expect(reports).toEqual([])
  await sendReport(ports.port + 1)
  await expect.poll(() => reports.length).toBeGreaterThan(0)
  expect(new Set(reports.map(({ from }) => from))).toEqual(new Set([ports.port + 1]))
})

test('a report that is not encrypted with the keys of the call is discarded, also on one port', async () => {
  const { stream, speak } = await open({ mux: true, isSecure: true })
  await speak(4)
  const stranger = await bind()
  stranger.send(senderReport(), stream.port, host)
  await expect.poll(() => stream.report().unauthentic).toBe(1)
  expect(stream.measure().reports).toBe(0)
})

test('a later session description can move RTCP back to its own port', async () => {
  const { stream, ports, reports, speak, sendReport } = await open({ mux: true, isSecure: false })
  await speak(4)
  await sendReport()
  await expect.poll(() => reports.length).toBeGreaterThan(0)
  const peer = { address: host, port: 9 }
  stream.update({ peer, codecs: [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }] })
  reports.splice(0)
  await sendReport(ports.port + 1)
  await expect.poll(() => reports.length).toBeGreaterThan(0)
  expect(new Set(reports.map(({ from }) => from))).toEqual(new Set([ports.port + 1]))
})
