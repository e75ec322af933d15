/**
 * SRTP end to end: keys in an offer over TLS, media from the simulator and from FFmpeg, a sealed recording, decrypted.
 */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createPortAllocator } from '#capture/rtp/allocate-ports.ts'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import { createRecorder } from '#capture/session/recorder.ts'
import { openSpool } from '#capture/session/recovery/spool.ts'
import { followCertificate } from '#capture/sip/follow-certificate.ts'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import { startSipServer, type SipServer } from '#capture/sip/server.ts'
import { readShippedDescription } from '../../database/describe-from.ts'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { indexRecording } from '#register/recordings/index-recording.ts'
import { headerKey } from '#register/recordings/objects.ts'
import { openRecordingBody } from '#register/recordings/open-recording.ts'
import { renderAudio } from '#register/recordings/render-audio.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import { makeAuthority } from '#test/conformance/sip/make-certificates.ts'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import { makeMediaKey, suites, type SuiteName } from '#test/simulator/protect-media.ts'
import { startRecordingClient } from '#test/simulator/recording-client.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { findSound, soundOf } from '../../whole/compare-sound.ts'

const aino = officialByKey('aino')
const intake = generateKeyPair()
const trunk = makeAuthority('trunk authority')
const serverAuthority = makeAuthority('server authority')
const tls = { ...trunk.issue({ name: 'sbc.example' }), ca: serverAuthority.certificate }
const facts = new Map<string, SegmentFacts>()
const refusals: string[] = []
const closing: (() => unknown)[] = []
let folder = ''
let objects: ObjectStore
let sip: SipServer
let certificate: FollowedCertificate

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-srtp-'))
  const { cert, key } = serverAuthority.issue({ name: 'seloste.example' })
  const files = { certificate: join(folder, 'cert'), key: join(folder, 'key'), clients: join(folder, 'clients') }
  await writeFile(files.certificate, cert)
  await writeFile(files.key, key)
  await writeFile(files.clients, trunk.certificate)
  const onFault = (error: unknown) => {
    throw error
  }
  certificate = await followCertificate({
    files,
    read: (path) => readFile(path),
    now: () => systemClock.now(),
    onFault,
  })
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: (reported) => {
      facts.set(reported.segmentId, reported)
      return Promise.resolve({ contactId: reported.contactId, verdict: 'entered' })
    },
    onFault,
  })
  objects = await openTestObjects(join(folder, 'objects'))
  const tail = await createTailJournal({ directory: folder, run: randomUUID(), onFault })
  const version = { version: 1, description: await readShippedDescription() }
  const recorder = createRecorder({
    versionAt: () => version,
    drawKey: Buffer.alloc(32),
    quotas: createQuotaCounts(),
    officials: () => [],
    intakePublicKey: () => intake.recipient,
    clock: systemClock,
    ports: createPortAllocator({ address: '::', firstPort: 11_100, lastPort: 11_199 }),
    mediaAddress: (peer) => (peer.includes(':') ? '::1' : '127.0.0.1'),
    spool,
    recordingsFolder: folder,
    tail,
    objects,
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault,
    onRefused: ({ status, reason }) => void refusals.push(`${status} ${reason}`),
  })
  sip = await startSipServer({
    host: '::',
    port: 0,
    transports: ['udp', 'tcp'],
    tls: { host: '::', port: 0, certificate },
    handler: recorder.handler,
    onFault,
  })
  closing.push(
    () => recorder.stop(),
    () => sip.stop(),
    () => tail.close(),
    () => spool.stop(),
  )
})
afterAll(async () => {
  for (const close of closing) await close()
  certificate.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Returns the sound of the recording of this caller's only call: caller left, official right. */
async function play(caller: string) {
  const stored = await vi.waitFor(
    () => {
      const found = [...facts.values()].find((reported) => reported.caller.key === caller)?.recording
      if (!found?.stored) throw new Error('the recording is not stored')
      return { id: found.id, lost: found.stored.packetsLost }
    },
    { timeout: 20_000 },
  )
  const header = await objects.readRange(headerKey(stored.id), 0, await objects.sizeBytes(headerKey(stored.id)))
  const recording = await openRecordingBody(objects, stored.id, readAgeHeader(header, intake.identity))
  const index = await indexRecording(recording)
  const pcm = await renderAudio(index, (n) => recording.openChunk(n), 0, index.durationSamples)
  const lane = (offset: number) =>
    Int16Array.from({ length: pcm.length / 4 }, (_, i) => pcm.readInt16LE(4 * i + offset))
  return { caller: lane(0), official: lane(2), lost: stored.lost, index }
}

let line = 1000
const nextCaller = () => `+35840123${line++}`

describe('a call with SRTP is recorded as it was sent', () => {
  const call = { number: numbersCalled.testLine, official: aino, seconds: 1, transport: 'tls', tls } as const
  const faults = { reorder: 0.1, duplicate: 0.05 }

  test.concurrent.each(Object.keys(suites) as SuiteName[])('%s', async (srtp) => {
    const caller = nextCaller()
    const server = { host: '127.0.0.1', port: sip.tlsPort! }
    const { sessions } = await placeCall({ ...call, seed: caller, caller, server, srtp, faults })
    const received = await play(caller)
    expect(received.lost).toBe(0)
    for (const user of ['caller', 'official'] as const) {
      expect(findSound(soundOf(sessions[0]!, user), received[user]).different).toBe(0)
    }
  })

  test.concurrent('over IPv6, with a hold, with the same keys', async () => {
    const caller = nextCaller()
    const server = { host: '::1', port: sip.tlsPort! }
    const hold = { afterMs: 400, forMs: 300 }
    const { sessions } = await placeCall({
      ...call,
      seed: caller,
      caller,
      server,
      srtp: 'AES_CM_128_HMAC_SHA1_80',
      hold,
    })
    const received = await play(caller)
    expect(findSound(soundOf(sessions[0]!, 'caller'), received.caller).different).toBe(0)
  })

  test.concurrent('unencrypted over TLS, if no keys are offered', async () => {
    const caller = nextCaller()
    const server = { host: '127.0.0.1', port: sip.tlsPort! }
    const { sessions } = await placeCall({ ...call, seed: caller, caller, server })
    expect(findSound(soundOf(sessions[0]!, 'official'), (await play(caller)).official).different).toBe(0)
  })
})

test('keys in an offer that others can read are refused, with a reason that says what to do', async () => {
  const outcome = await placeCall({
    seed: 1,
    caller: nextCaller(),
    number: numbersCalled.testLine,
    official: aino,
    seconds: 1,
    server: { host: '127.0.0.1', port: sip.port },
    transport: 'udp',
    srtp: 'AES_CM_128_HMAC_SHA1_80',
  })
  expect(outcome).toMatchObject({ outcome: 'refused', status: 488 })
  expect(refusals).toContain('488 SRTP Keys Only Over TLS')
})

test('no file written by capture contains a key', async () => {
  const names = await readdir(join(folder, 'calls'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, 'calls', name), 'utf8')))
  expect(texts.join('')).not.toMatch(/inline:|crypto/)
})

const ffmpeg = spawnSync('ffmpeg', ['-version']).status === 0
describe.skipIf(!ffmpeg)(`FFmpeg sends SRTP${ffmpeg ? '' : ' (skipped: ffmpeg is not installed)'}`, () => {
  test.concurrent.each([
    ['AES_CM_128_HMAC_SHA1_80', 'pcma', ['-c:a', 'pcm_alaw', '-ar', '8000'], false],
    ['AES_CM_128_HMAC_SHA1_32', 'g722', ['-c:a', 'g722', '-ar', '16000'], false],
    ['AES_CM_128_HMAC_SHA1_80', 'pcma', ['-c:a', 'pcm_alaw', '-ar', '8000'], true],
  ] as const)('%s, %s: the recording has the tone that it sends', async (suite, codec, encode, mux) => {
    const caller = nextCaller()
    const client = await startRecordingClient({
      server: { host: '127.0.0.1', port: sip.tlsPort! },
      transport: 'tls',
      tls,
    })
    const key = makeMediaKey(suite, randomBytes)
    const port = 11_300 + 4 * (Number(caller) % 100)
    const outcome = await client.invite({
      streams: [{ label: '1', port, key, mux }],
      codecs: [codec],
      metadata: undefined,
      headers: [
        ['P-Asserted-Identity', `<sip:${caller}@sbc.example>`],
        ['Diversion', `<sip:${numbersCalled.testLine}@sbc.example>`],
      ],
    })
    if (outcome.kind !== 'answered') throw new Error(JSON.stringify(outcome))
    const [{ address, crypto, mux: isMuxed } = {}] = outcome.session.answer()
    expect(isMuxed).toBe(mux)
    expect(crypto).toMatch(new RegExp(`^1 ${suite} inline:[A-Za-z0-9+/]{40}$`))
    const source = ['-re', '-f', 'lavfi', '-i', `sine=frequency=700:duration=${mux ? 5.6 : 1.5}`, '-ac', '1', ...encode]
    const secure = ['-srtp_out_suite', suite, '-srtp_out_params', key.secret.toString('base64')]
    const to = `srtp://127.0.0.1:${address!.port}?localrtpport=${port}&pkt_size=172${mux ? `&rtcpport=${address!.port}` : ''}`
    const child = spawn('ffmpeg', ['-v', 'error', ...source, '-f', 'rtp', ...secure, to], { stdio: 'ignore' })
    await once(child, 'exit')
    await outcome.session.bye()
    await client.close()
    const { caller: left, official: right } = await play(caller)
    // FFmpeg reports its packet count every five seconds, here on the port of the audio.
    const reported = [...facts.values()].find((one) => one.caller.key === caller)?.recording?.stored?.reception
    expect(reported?.streams[0]?.senderReports ?? 0).toBeGreaterThanOrEqual(mux ? 1 : 0)
    // The voice has no known channel, so both channels have it.
    for (const received of [left, right]) expect(tone(received, 700)).toBeGreaterThan(0.9)
  })
})

/** Returns the share of one tone in the power of the loudest second. */
function tone(received: Int16Array, hertz: number): number {
  const from = received.findIndex((sample) => Math.abs(sample) > 1000)
  const part = received.subarray(from, from + 8000)
  let [sine, cosine, power] = [0, 0, 0]
  part.forEach((sample, i) => {
    sine += sample * Math.sin((2 * Math.PI * hertz * i) / 8000)
    cosine += sample * Math.cos((2 * Math.PI * hertz * i) / 8000)
    power += sample * sample
  })
  return (2 * (sine * sine + cosine * cosine)) / part.length / power
}
