/**
 * Records an offer and the packets after it, without sockets: the offer is read and answered, and the packets are
 * judged and sealed, as by capture; the recording is decrypted and indexed as by the custodian.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { SourceFollower } from '#capture/rtp/follow-source.ts'
import { codecsOf } from '#capture/session/media/session-streams.ts'
import { answerOffer, type StreamPlan } from '#capture/siprec/answer-offer.ts'
import { parseSdp } from '#capture/siprec/parse-sdp.ts'
import { readInvitation, type FormatPolicy } from '#capture/siprec/read-invitation.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { indexRecording } from '#register/recordings/index-recording.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import { renderAudio } from '#register/recordings/render-audio.ts'

export interface OfferedPacket {
  payloadType: number
  payload: Buffer
  timestamp: number
  /** Time since the previous packet; by default `packetMs`. */
  afterMs?: number
}

/** A first or later offer, and the client's packets after it. */
export interface Phase {
  /** Media line from the protocol on, such as `RTP/AVP 8 0`; attribute lines may follow. */
  media: string
  packets: readonly OfferedPacket[] | ((answered: Answered) => readonly OfferedPacket[])
  packetMs?: number
  userAgent?: string
}

export interface Answered {
  plan: StreamPlan
  /** Payload types in the order of the answer. */
  formats: readonly number[]
}

const peer = { address: '192.0.2.1', port: 4000 }
const { identity, recipient } = generateKeyPair()

/** Returns the answer to an offer of one audio line, or the reason for its refusal. */
export function answerTo(media: string, given: { formats?: FormatPolicy; userAgent?: string; reoffer?: boolean } = {}) {
  const [line, ...attributes] = media.split('\n')
  const body = [
    ...['v=0', `o=- 1 1 IN IP4 ${peer.address}`, 's=-', `c=IN IP4 ${peer.address}`, 't=0 0'],
    ...[`m=audio ${peer.port} ${line!.trim()}`, ...attributes.map((one) => one.trim())],
  ].join('\r\n')
  const agent = given.userAgent === undefined ? [] : [given.userAgent]
  const headers = (name: string) => (name.toLowerCase() === 'user-agent' ? agent : [])
  const invitation = readInvitation(
    { contentType: 'application/sdp', body, headers, sourceAddress: peer.address },
    {
      arrivedAtMs: 0,
      normalise: normalisePhoneNumber,
      directory: { findNumber: () => undefined, findOfficial: () => undefined },
      ...(given.formats && { formats: given.formats }),
      ...(given.reoffer && { before: {} }),
    },
  )
  if (invitation.kind === 'refusal') return invitation.reason
  const answer = answerOffer(invitation.offer!, invitation.streams, {
    ...{
      address: '203.0.113.9',
      origin: { sessionId: '1', version: 1 },
      ports: new Map([[0, 30_000]]),
      mode: 'record',
    },
    reoffer: given.reoffer === true,
  })
  if (answer.kind === 'refusal') return answer.reason
  const read = parseSdp(answer.text)
  if (read.kind === 'refusal') throw new Error(read.reason)
  return { plan: answer.streams[0]!, formats: read.media[0]!.formats.map(Number), text: answer.text }
}

/** Records the phases one after the other. If a later offer is refused, the previous one stays in force. */
export async function recordOffered(phases: readonly Phase[], formats: FormatPolicy = {}) {
  const writer = await createRecordingWriter({
    ...{ id: randomUUID(), directory: tmpdir(), intakePublicKey: recipient },
    startedAt: Temporal.Instant.from('2026-03-02T09:00:00Z'),
  })
  writer.mark('mapping', 0, { streams: { 0: 'caller' } })
  let follower: SourceFollower | undefined
  let answered: Answered | undefined
  let at100us = 0
  let sequence = 0
  for (const { media, packets, packetMs = 20, userAgent } of phases) {
    const answer = answerTo(media, { formats, ...(userAgent && { userAgent }), reoffer: follower !== undefined })
    if (typeof answer !== 'string') {
      answered = answer
      const codecs = codecsOf(answer.plan)
      if (follower) follower.update({ peer, codecs })
      else follower = new SourceFollower({ stream: 0, peer, codecs, recording: writer })
    }
    if (!follower || !answered) throw new Error('the first offer is refused')
    for (const { payloadType, payload, timestamp, afterMs = packetMs } of typeof packets === 'function'
      ? packets(answered)
      : packets) {
      const packet = rtp(sequence++ & 0xffff, payloadType, timestamp, payload)
      at100us += Math.round(afterMs * 10)
      follower.receive(packet, packet.length, at100us, peer.address, peer.port)
    }
  }
  follower?.settle()
  const { headerPath, bodyPath } = await writer.finish(at100us)
  const [header, body] = [await readFile(headerPath), await readFile(bodyPath)]
  await Promise.all([rm(headerPath), rm(bodyPath)])
  const fileKey = readAgeHeader(header, identity)
  const recording = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  const index = await indexRecording(recording)
  const chunks = await Promise.all(Array.from({ length: recording.chunks }, (_, n) => recording.openChunk(n)))
  const render = () => renderAudio(index, (n) => recording.openChunk(n), 0, index.durationSamples)
  return { index, chunks, recording, render, counters: follower!.counters, lengthMs: at100us / 10 }
}

function rtp(sequence: number, payloadType: number, timestamp: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = payloadType
  head.writeUInt16BE(sequence, 2)
  head.writeUInt32BE(timestamp >>> 0, 4)
  head.writeUInt32BE(7, 8)
  return Buffer.concat([head, payload])
}
