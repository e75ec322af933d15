/**
 * Computes the reception quality that is stored with a recording (R13, R17) from the counters of each stream and its track.
 * Reads no audio sample.
 */
import type { Track } from '#register/recordings/recording-log.ts'
import type { Reception, StreamReception } from '#register/recordings/reception.ts'
import type { StreamMeasure } from '../../rtp/measure-stream.ts'
import type { StreamReport } from '../../rtp/receive-stream.ts'

/** Measures of one stream, and its media line. */
export type MeasuredStream = {
  index: number
  measure: StreamMeasure
  counters: Pick<StreamReport, 'received' | 'late' | 'duplicates' | 'foreignFrom' | 'unfollowed'>
}

export interface Client {
  trunk?: string | undefined
  client: string
}

/** A party with this duration of sound takes part in a conversation. */
const minSpeechMs = 3_000
/** A party with less sound than this in total has said nothing; the sound may be clicks, or noise at the start. */
const maxNoiseMs = 200
/** With a codec whose silence cannot be detected, this duration of media counts as speech if the other stream has no media. */
const minMediaMs = 10_000

/** Minimum foreign packets that are reported: one second of 20 ms packets. */
const minForeignPackets = 50

/** Returns a foreign address that sent more packets, which are not recorded, than were recorded; undefined if there is none. */
export function foreignMediaAddress(received: readonly MeasuredStream[]): string | undefined {
  const found = received.find(
    ({ counters: { received, foreignFrom } }) =>
      foreignFrom.packets >= minForeignPackets && foreignFrom.packets > received,
  )
  return found?.counters.foreignFrom.address
}

/**
 * Returns true if more than a tenth of the media from the described address is not recorded, as when the SSRC keeps changing or the
 * packets cannot be decrypted.
 */
export function omitsMedia(received: readonly MeasuredStream[]): boolean {
  return received.some(
    ({ counters: { received, unfollowed } }) => unfollowed >= minForeignPackets && unfollowed * 10 > received,
  )
}

/** Returns true if a stream with both voices was received in addition to a stream of each voice. */
export function hasMixedAndSeparateVoices(
  received: readonly MeasuredStream[],
  tracks: Readonly<Record<number, Track>>,
): boolean {
  const tracksReceived = new Set(
    received.filter(({ counters }) => counters.received > 0).map(({ index }) => tracks[index] ?? 'mixed'),
  )
  return tracksReceived.has('mixed') && tracksReceived.has('caller') && tracksReceived.has('official')
}

export function computeReception(
  received: readonly MeasuredStream[],
  tracks: Readonly<Record<number, Track>>,
  { trunk, client }: Client,
): Reception {
  const voices = received.map(({ index, measure }) => ({ track: tracks[index] ?? 'mixed', measure }))
  const voiceOn = (track: Track) =>
    voiceOf(voices.filter((voice) => voice.track === track).map(({ measure }) => measure))
  const [caller, official, all] = [
    voiceOn('caller'),
    voiceOn('official'),
    voiceOf(voices.map(({ measure }) => measure)),
  ]
  const oneWay = isMissing(caller, official) ? 'caller' : isMissing(official, caller) ? 'official' : undefined
  const elsewhere = foreignMediaAddress(received)
  return {
    ...(trunk !== undefined && { trunk }),
    client,
    streams: received.map((one) => streamOf(one, tracks[one.index] ?? 'mixed')),
    lostMs: Math.max(0, ...received.map(({ measure }) => measure.lostMs)),
    ...(oneWay && { oneWay }),
    ...(elsewhere !== undefined && { elsewhere }),
    ...(all && all.isKnown && all.mediaMs >= minMediaMs && all.soundsMs < maxNoiseMs && { isSilent: true as const }),
  }
}

interface Voice {
  mediaMs: number
  soundsMs: number
  /** True if sound and silence can be distinguished in all that was received. */
  isKnown: boolean
}

/** Sums up the streams of one voice; undefined if it has no stream. */
function voiceOf(measures: readonly StreamMeasure[]): Voice | undefined {
  if (measures.length === 0) return undefined
  const voice = { mediaMs: 0, soundsMs: 0, isKnown: true }
  for (const { expected, lost, packetMs, sounding, unknown } of measures) {
    const arrived = expected - lost
    voice.mediaMs += arrived * packetMs
    voice.soundsMs += sounding * packetMs
    voice.isKnown &&= unknown === 0
  }
  return voice
}

function isMissing(voice: Voice | undefined, other: Voice | undefined): boolean {
  if (!voice || !other) return false
  if (voice.mediaMs === 0) return other.soundsMs >= minSpeechMs || (!other.isKnown && other.mediaMs >= minMediaMs)
  return voice.isKnown && voice.soundsMs < maxNoiseMs && other.soundsMs >= minSpeechMs
}

function streamOf({ measure, counters }: MeasuredStream, track: Track): StreamReception {
  const { codec, expected, lost, lostMs, stalledMs, jitterMs, worstJitterMs, judged, sounding, unknown } = measure
  return {
    ...{ track, codec, expected, lost, lostMs, stalledMs, jitterMs, worstJitterMs },
    ...{ late: counters.late, duplicates: counters.duplicates },
    ...{ firstMs: measure.firstMs, lastMs: measure.lastMs, senderReports: measure.reports },
    ...(judged > 0 && unknown === 0 && { silentShare: Math.round((1 - sounding / judged) * 1000) / 1000 }),
    ...(measure.reports > 1 && { told: { sent: measure.reportedSent, came: measure.reportedArrived } }),
  }
}
