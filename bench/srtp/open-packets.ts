/**
 * Measures received SRTP in packets per CPU second: Seloste and werift-rtp decrypt the same packets alternately. For comparison
 * it measures the whole path of a packet without SRTP (parsed, followed, written and sealed).
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SrtpSession } from 'werift-rtp'
import { SourceFollower } from '#capture/rtp/follow-source.ts'
import { MediaOpener } from '#capture/srtp/open-media.ts'
import { suiteNamed } from '#capture/srtp/suites.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import { makeMediaKey, protectMedia, suites, type SuiteName } from '#test/simulator/protect-media.ts'
import { ratio, type Row } from '../rows.ts'

const profiles: Partial<Record<SuiteName, number>> = { AES_CM_128_HMAC_SHA1_80: 1, AEAD_AES_128_GCM: 7 }
const first = 1000

/** Measures payloads of 20 ms of G.711. Required of the median of the rounds: at least 1.5 times as fast as werift-rtp. */
export async function openPackets({ packets = 60_000, rounds = 5 } = {}): Promise<Row[]> {
  const plain = Array.from({ length: packets }, (_, n) => packet(first + n))
  const plainUs = await measureWholePath(plain)
  console.log(
    `plain RTP, followed, written and sealed: ${perSecond(plainUs)} packets/s of CPU, ${plainUs.toFixed(2)} us`,
  )
  const rows: Row[] = []
  for (const suite of Object.keys(suites) as SuiteName[]) {
    const key = makeMediaKey(suite, randomBytes)
    const seal = protectMedia(key)
    const sealed = plain.map((bytes, n) => seal(bytes, first + n))
    const profile = profiles[suite]
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      ours.push(timeOurs(suite, key.secret, sealed))
      if (profile !== undefined) theirs.push(timeWerift(profile, key.secret, suites[suite].keyBytes, sealed))
    }
    const us = median(ours)
    const against =
      profile === undefined ? '' : `, werift-rtp ${median(theirs).toFixed(2)} us: x${(median(theirs) / us).toFixed(2)}`
    console.log(
      `${suite.padEnd(24)} ${perSecond(us)} packets/s of CPU, ${us.toFixed(2)} us${against}; with the rest of the path ${(us + plainUs).toFixed(2)} us, x${((us + plainUs) / plainUs).toFixed(2)} plain`,
    )
    if (profile !== undefined) {
      rows.push({
        what: `CPU of an SRTP packet, ${suite}`,
        measured: `${us.toFixed(1)} us`,
        yardstick: `werift-rtp ${median(theirs).toFixed(1)} us`,
        ratio: ratio(median(theirs), us),
        target: 'at least x1.5 as fast',
        isReached: median(theirs) / us >= 1.5,
      })
    }
  }
  console.log('target: at least 1.5 times as fast as werift-rtp')
  return rows
}

function packet(sequence: number): Buffer {
  const bytes = randomBytes(172)
  bytes[0] = 0x80
  bytes[1] = 8
  bytes.writeUInt16BE(sequence & 0xffff, 2)
  bytes.writeUInt32BE((160 * sequence) >>> 0, 4)
  bytes.writeUInt32BE(77, 8)
  return bytes
}

function timeOurs(suite: SuiteName, secret: Buffer, sealed: Buffer[]): number {
  const copies = sealed.map((bytes) => Buffer.from(bytes))
  const opener = new MediaOpener([{ suite: suiteNamed(suite)!, secret: createSecretKey(secret) }])
  return cpuUs(copies, (bytes) => {
    if (opener.openRtp(bytes, bytes.length) < 0) throw new Error('a packet was not opened')
  })
}

function timeWerift(profile: number, secret: Buffer, keyBytes: number, sealed: Buffer[]): number {
  const [key, salt] = [secret.subarray(0, keyBytes), secret.subarray(keyBytes)]
  const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt }
  const session = new SrtpSession({ keys, profile })
  return cpuUs(sealed, (bytes) => void session.decrypt(bytes))
}

async function measureWholePath(plain: Buffer[]): Promise<number> {
  const directory = mkdtempSync(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  const { recipient } = generateKeyPair()
  const startedAt = Temporal.Now.instant()
  const writer = await createRecordingWriter({
    id: 'srtp',
    directory,
    intakePublicKey: recipient,
    startedAt,
    pendingChunksLimit: 1e6,
  })
  const codecs = [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const]
  const follower = new SourceFollower({ stream: 0, peer: { address: 'a', port: 1 }, codecs, recording: writer })
  let at = 0
  const us = cpuUs(plain, (bytes) => follower.receive(bytes, bytes.length, (at += 200), 'a', 1))
  await writer.finish(at)
  rmSync(directory, { recursive: true })
  return us
}

/** Returns CPU per packet, in microseconds. */
function cpuUs(packets: readonly Buffer[], run: (bytes: Buffer) => void): number {
  const before = process.cpuUsage()
  for (const bytes of packets) run(bytes)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / packets.length
}

const median = (numbers: number[]) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1]!
const perSecond = (us: number) =>
  Math.round(1e6 / us)
    .toLocaleString('en')
    .padStart(9)
