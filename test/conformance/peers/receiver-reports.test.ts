/** Seloste's receiver reports as tshark decodes them: a client that gets no reports treats the recorder as dead. */
import { spawnSync } from 'node:child_process'
import { createSecretKey } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SrtcpSession } from 'werift-rtp'
import { createPortAllocator } from '#capture/rtp/allocate-ports.ts'
import { receiveStream, type StreamKeys } from '#capture/rtp/receive-stream.ts'
import { suiteNamed } from '#capture/srtp/suites.ts'
import { protectMedia } from '#test/simulator/protect-media.ts'

const tshark = spawnSync('tshark', ['-v']).status === 0
const skipSuffix = tshark ? '' : ' (left out: there is no tshark)'

/** Sends ten packets with a gap of two, and returns the next report. */
async function reportOf(host: '127.0.0.1' | '::1', seal: (packet: Buffer, n: number) => Buffer, keys?: StreamKeys) {
  const media = await bind(host)
  const reports = await bind(host)
  const ports = await createPortAllocator({ address: host, firstPort: 11_400, lastPort: 11_499 }).allocate()
  if (ports === 'no-port-left') throw new Error(ports)
  const startedMs = performance.now()
  const received: number[] = []
  const stream = receiveStream({
    stream: 0,
    ports,
    peer: { address: host, port: media.address().port },
    reportsPort: reports.address().port,
    codecs: [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }],
    keys,
    recording: {
      source: () => {},
      packet: (_stream, _type, _marker, seq) => received.push(seq) > 0,
      omitted: () => {},
    },
    arrival100us: () => Math.round((performance.now() - startedMs) * 10),
    ssrc: 0x0badcafe,
    cname: 'f00d',
    reportMs: 50,
  })
  for (let n = 0; n < 10; n++) {
    if (n === 4 || n === 5) continue
    const packet = Buffer.alloc(172, 0xd5)
    packet.writeUInt16BE(0x8008, 0)
    packet.writeUInt16BE((65_530 + n) & 0xffff, 2)
    packet.writeUInt32BE(160 * n, 4)
    packet.writeUInt32BE(0x1234abcd, 8)
    media.send(seal(packet, 65_530 + n), ports.port, host)
  }
  await expect.poll(() => received.length).toBe(8)
  // Waits for several, because the first may have been sent before the last packet arrived.
  for (let n = 0; n < 3; n++) await once(reports, 'message')
  const [report] = (await once(reports, 'message')) as [Buffer]
  stream.close()
  media.close()
  reports.close()
  return report
}

async function bind(host: string): Promise<Socket> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4')
  socket.bind(0, host)
  await once(socket, 'listening')
  return socket
}

/** Returns tshark's fields of an RTCP packet. */
async function dissect(report: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-tshark-'))
  const udp = Buffer.alloc(28)
  udp.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1])
  udp.writeUInt16BE(28 + report.length, 2)
  udp.writeUInt16BE(5005, 20)
  udp.writeUInt16BE(5005, 22)
  udp.writeUInt16BE(8 + report.length, 24)
  // Builds a capture file of one raw IP packet (pcap, LINKTYPE_RAW).
  const head = Buffer.alloc(40)
  ;[0xa1b2c3d4, 0x0002_0004, 0, 0, 65_535, 101, 0, 0, 28 + report.length, 28 + report.length].forEach((word, i) =>
    head.writeUInt32BE(word, 4 * i),
  )
  await writeFile(join(folder, 'one.pcap'), Buffer.concat([head, udp, report]))
  const names = ['rtcp.pt', 'rtcp.senderssrc', 'rtcp.ssrc.identifier', 'rtcp.ssrc.fraction', 'rtcp.ssrc.cum_nr']
  const fields = [...names, 'rtcp.ssrc.ext_high', 'rtcp.sdes.text', 'rtcp.length_check', '_ws.malformed', '_ws.expert']
  const request = fields.flatMap((field) => ['-e', field])
  const run = spawnSync('tshark', [
    '-r',
    join(folder, 'one.pcap'),
    '-d',
    'udp.port==5005,rtcp',
    '-T',
    'fields',
    ...request,
  ])
  await rm(folder, { recursive: true })
  const values = run.stdout.toString().replace(/\n$/, '').split('\t')
  return Object.fromEntries(fields.map((field, i) => [field, values[i]]))
}

const counted = {
  'rtcp.pt': '201,202',
  'rtcp.ssrc.identifier': expect.stringMatching(/^0x1234abcd/),
  // Later reports count losses since the previous report: none.
  'rtcp.ssrc.fraction': '0',
  'rtcp.ssrc.cum_nr': '2',
  'rtcp.ssrc.ext_high': String(65_539),
  'rtcp.sdes.text': 'f00d',
  'rtcp.length_check': expect.stringMatching(/^(1|True)$/),
  '_ws.malformed': '',
  '_ws.expert': '',
}

test.skipIf(!tshark).each(['127.0.0.1', '::1'] as const)(
  `lost packets are counted over a rollover and reported to the client’s RTCP port, %s${skipSuffix}`,
  async (host) => {
    expect(await dissect(await reportOf(host, (packet) => packet))).toMatchObject(counted)
  },
)

test.skipIf(!tshark)(`the reports of an SRTP stream are SRTCP under Seloste’s own key${skipSuffix}`, async () => {
  const suite = suiteNamed('AES_CM_128_HMAC_SHA1_80')!
  const [theirs, own] = [Buffer.alloc(30, 7), Buffer.alloc(30, 9)]
  const seal = protectMedia({ suite: 'AES_CM_128_HMAC_SHA1_80', secret: theirs })
  const keys = { theirs: [{ suite, secret: createSecretKey(theirs) }], own: { suite, secret: createSecretKey(own) } }
  const report = await reportOf('127.0.0.1', seal, keys)
  const [key, salt] = [own.subarray(0, 16), own.subarray(16)]
  const reader = new SrtcpSession({
    keys: { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt },
    profile: 1,
  })
  expect(await dissect(Buffer.from(reader.decrypt(report)))).toMatchObject(counted)
})
