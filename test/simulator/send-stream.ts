/** One RTP stream (RFC 3550): its packets, the seeded fault of each, and the record of what was sent. */
import { createHash } from 'node:crypto'
import type { Address } from './connection.ts'
import type { MediaPort } from './media-port.ts'
import { protectMedia, type MediaKey } from './protect-media.ts'
import type { Random } from './random.ts'
import type { SentPacket, SentStream } from './sent-call.ts'
import { payloadTypes, type AnsweredStream, type Codec } from './session-description.ts'
import { frameMs, frameSamples, type Sound } from './sound.ts'
import type { Speaker } from './speech/dialogues.ts'

export type MediaFaults = {
  /** Shares of packets, 0 to 1, with a fault. A reordered packet is sent one to three packets late. */
  readonly loss?: number
  readonly reorder?: number
  readonly duplicate?: number
  /** Every `everyMs`, nothing is sent for `holdMs`, and then everything at once. */
  readonly lateBurst?: { readonly everyMs: number; readonly holdMs: number }
  /** Parts per million by which the sender's clock is too fast. */
  readonly skewPpm?: number
  /** Keys pressed during the call (RFC 4733), for 100 ms each, which replace the sound. */
  readonly keys?: readonly { readonly who: Speaker; readonly atMs: number; readonly key: string }[]
  /** What is sent during silence: packets of silence (default), nothing, or comfort noise (RFC 3389). */
  readonly silence?: 'packets' | 'nothing' | 'comfort-noise'
  /** One-way audio: this speaker sends nothing, or only silence. */
  readonly missing?: { readonly who: Speaker; readonly as: 'nothing' | 'silence' }
  /** True if the sequence number continues during a hold although nothing is sent, as with rtpengine. */
  readonly sequenceContinuesInHold?: boolean
}

const rtpHeaderBytes = 12
/**
 * Packet that is held back. `first`: it is sent before the packet of its due frame (the end of a burst), not after it
 * (reordering).
 */
type Held = { readonly dueFrame: number; readonly first: boolean; readonly bytes: Buffer }
const keyFrames = 5

export function openStream(options: {
  who: Speaker
  label: string
  media: MediaPort
  codec: Codec
  sound: Sound
  faults: MediaFaults
  random: Random
  record: 'payloads' | 'hash'
  answer: AnsweredStream | undefined
  /** Key under which the stream is sent as SRTP. */
  key?: MediaKey | undefined
}) {
  const { who, label, media, codec, sound, faults, random, record } = options
  const protect = options.key && protectMedia(options.key)
  const ssrc = random.integer(1, 0xffffffff)
  const firstSequence = random.integer(0, 0xffff)
  const firstTimestamp = random.integer(0, 0xffffffff)
  const keys = (faults.keys ?? []).filter((each) => each.who === who)
  const packets: SentPacket[] = []
  const hash = createHash('sha256')
  const counts = { packets: 0, lost: 0, duplicated: 0, reordered: 0, keys: 0, audioBytes: 0 }
  let held: Held[] = []
  let target: Address | undefined
  let sequence = firstSequence
  let timestamp = firstTimestamp
  let marker = true
  let silentFrames = 0

  const setDestination = (answer: AnsweredStream | undefined) => {
    const takes =
      answer && answer.address.port > 0 && (answer.direction === 'recvonly' || answer.direction === 'sendrecv')
    target = takes ? answer.address : undefined
  }
  setDestination(options.answer)

  const toWire = (bytes: Buffer) => {
    if (target) media.socket.send(bytes, target.port, target.host, () => undefined)
  }

  /**
   * Decides a packet's fault. Draws are made in the same order in any case, so that a seed determines a call
   * completely.
   */
  const emit = (
    frame: number,
    nowMs: number,
    payloadType: number,
    kind: SentPacket['kind'],
    payload: Uint8Array,
    at = timestamp,
  ) => {
    const lost = random.chance(faults.loss ?? 0)
    const late = random.chance(faults.reorder ?? 0)
    const twice = random.chance(faults.duplicate ?? 0)
    const delayFrames = late ? random.integer(1, 3) : 0
    const plain = Buffer.allocUnsafe(rtpHeaderBytes + payload.length)
    plain[0] = 0x80
    plain[1] = payloadType | (marker ? 0x80 : 0)
    plain.writeUInt16BE(sequence & 0xffff, 2)
    plain.writeUInt32BE(at % 2 ** 32, 4)
    plain.writeUInt32BE(ssrc, 8)
    plain.set(payload, rtpHeaderBytes)
    const bytes = protect ? protect(plain, sequence) : plain
    marker = false
    if (lost) counts.lost++
    else {
      const dueFrame = Math.max(frame + delayFrames, burstEnd(frame))
      if (dueFrame > frame) held.push({ dueFrame, first: delayFrames === 0, bytes })
      else toWire(bytes)
      if (late) counts.reordered++
      if (twice) {
        counts.duplicated++
        held.push({ dueFrame: dueFrame + 1, first: false, bytes })
      }
      counts.packets++
      if (kind === 'key') counts.keys++
      if (kind === 'audio') {
        counts.audioBytes += payload.length
        hash.update(payload)
      }
    }
    if (record === 'payloads') {
      packets.push({
        sequence,
        timestamp: at,
        kind,
        payload,
        copies: lost ? 0 : twice ? 2 : 1,
        sentMs: lost ? undefined : nowMs,
      })
    }
    sequence++
  }

  const burstEnd = (frame: number) => {
    const { everyMs, holdMs } = faults.lateBurst ?? { everyMs: 0, holdMs: 0 }
    if (everyMs === 0) return frame
    const periodFrames = Math.round(everyMs / frameMs)
    const heldFrames = Math.round(holdMs / frameMs)
    const index = frame % periodFrames
    // The pause is at the end of each period, so that a call begins without it.
    return index >= periodFrames - heldFrames ? frame + periodFrames - index : frame
  }

  const sendKey = (frame: number, nowMs: number, begun: number, key: string) => {
    const step = frame - begun
    const event = Math.max(0, '0123456789*#ABCD'.indexOf(key))
    const start = timestamp - step * frameSamples
    const isLast = step === keyFrames - 1
    const duration = (step + 1) * frameSamples
    const payload = Uint8Array.of(event, (isLast ? 0x80 : 0) | 10, duration >> 8, duration & 0xff)
    marker = step === 0
    // RFC 4733 section 2.5.1.4: the last packet is sent three times.
    for (let copy = 0; copy < (isLast ? 3 : 1); copy++)
      emit(frame, nowMs, payloadTypes.telephoneEvent, 'key', payload, start)
  }

  const sendFrame = (frame: number, soundFrame: number, nowMs: number) => {
    release(frame, true)
    if (target) {
      const pressed = keys.find(
        ({ atMs }) => frame >= Math.round(atMs / frameMs) && frame < Math.round(atMs / frameMs) + keyFrames,
      )
      const missing = faults.missing?.who === who ? faults.missing.as : undefined
      const speaks = missing === undefined && sound.speaks(who, soundFrame)
      if (pressed) sendKey(frame, nowMs, Math.round(pressed.atMs / frameMs), pressed.key)
      else if (missing !== 'nothing' && (speaks || (faults.silence ?? 'packets') === 'packets')) {
        const payload = missing === undefined ? sound.frame(who, soundFrame) : silentFrame(codec)
        emit(frame, nowMs, payloadTypes[codec], 'audio', payload)
      } else {
        // Sends comfort noise at the start of silence and every 400 ms; -65 dBov.
        if (missing === undefined && faults.silence === 'comfort-noise' && silentFrames % 20 === 0)
          emit(frame, nowMs, payloadTypes.comfortNoise, 'comfort', Uint8Array.of(65))
        // Sets the marker on the first packet of speech after silence (RFC 3551 section 4.1).
        marker = true
      }
      silentFrames = speaks ? 0 : silentFrames + 1
    }
    timestamp += frameSamples
    release(frame)
  }

  const release = (frame: number, firstOnly = false) => {
    if (held.length === 0) return
    const isDue = ({ dueFrame, first }: Held) => dueFrame <= frame && (first || !firstOnly)
    const due = held.filter(isDue)
    held = held.filter((each) => !isDue(each))
    for (const { bytes } of due) toWire(bytes)
  }

  return {
    direct: setDestination,
    send: sendFrame,
    skip: (frame: number) => {
      timestamp += frameSamples
      marker = true
      if (faults.sequenceContinuesInHold) sequence++
      release(frame)
    },
    finish: (): SentStream => {
      release(Infinity)
      return {
        label,
        who,
        ssrc,
        codec,
        firstSequence,
        firstTimestamp,
        counts,
        packets,
        payloadType: payloadTypes[codec],
        port: media.port,
        audioSha256: hash.digest('hex'),
      }
    },
  }
}

/** Returns a frame of digital silence, as the ITU's G.711 encodes it. */
function silentFrame(codec: Codec): Uint8Array {
  return new Uint8Array(frameSamples).fill(codec === 'pcma' ? 0xd5 : 0xff)
}
