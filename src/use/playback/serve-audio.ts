import type { Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { openRecordingBody, openRecordingIndex } from '#register/recordings/open-recording.ts'
import type { OpenedRecording } from '#register/recordings/index-recording.ts'
import { samplesPerPeak, samplesPerSecond, type RecordingIndex } from '#register/recordings/recording-index.ts'
import { bytesPerSample, renderAudio, wavHeader, wavHeaderBytes } from '#register/recordings/render-audio.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { findServable, servableListening } from './servable-listening.ts'

/** A 206 may be shorter than asked; this is as much as leaves at once. */
const longestRangeBytes = 1 << 20
/** Recordings kept open between the ranges of one listening. */
const keptOpen = 32
/** For this long after the last range: what is destroyed is gone from memory, too, within a minute (R50). */
const keptOpenMs = 30_000

export interface AudioServer {
  /** Bytes `from` to `to` (both included) of the listening's WAV, at most 1 MiB. */
  audio(asked: {
    session: string
    listening: string
    from: number
    to?: number
  }): Promise<{ bytes: Buffer; from: number; totalBytes: number } | 'refused' | 'out-of-range'>
  peaks(asked: { session: string; listening: string }): Promise<ServedPeaks | 'refused'>
}

export interface ServedPeaks {
  durationMs: number
  peaksPerSecond: number
  caller: string
  official: string
  gaps: { track: 'caller' | 'official'; fromMs: number; toMs: number; kind: 'loss' | 'pause' }[]
}

interface Opened {
  body: OpenedRecording
  index: RecordingIndex
}

/**
 * Serves the audio of listenings from the custodian's process. Every range is asked of the database anew: session,
 * right, recording and term must hold at that instant (R27), and the interval is logged before its bytes are returned.
 */
export function createAudioServer(db: Kysely<RegisterTables>, objects: ObjectStore, keys: KeyStore): AudioServer {
  const open = new Map<string, { opening: Promise<Opened>; closing: NodeJS.Timeout }>()

  function openRecording(id: string): Promise<Opened> {
    const known = open.get(id)
    if (known) {
      known.closing.refresh()
      return known.opening
    }
    const opening = openWithKey(id)
    open.set(id, { opening, closing: setTimeout(() => closeRecording(id), keptOpenMs).unref() })
    opening.catch(() => closeRecording(id))
    const oldest = open.keys().next()
    if (open.size > keptOpen && !oldest.done) closeRecording(oldest.value)
    return opening
  }

  function closeRecording(id: string): void {
    clearTimeout(open.get(id)?.closing)
    open.delete(id)
  }

  async function openWithKey(id: string): Promise<Opened> {
    const fileKey = await fileKeyOf(db, keys, id)
    if (!fileKey) throw new Error(`recording ${id} has no key any more`)
    const [body, index] = await Promise.all([
      openRecordingBody(objects, id, fileKey),
      openRecordingIndex(objects, id, fileKey),
    ])
    fileKey.fill(0)
    return { body, index }
  }

  return {
    async audio({ session, listening, from, to }) {
      const servable = await servableListening(db, session, listening)
      if (!servable) return 'refused'
      const { body, index } = await openRecording(servable.recordingId)
      const totalBytes = wavHeaderBytes + index.durationSamples * bytesPerSample
      if (from >= totalBytes) return 'out-of-range'
      const end = Math.min(totalBytes, (to ?? totalBytes - 1) + 1, from + longestRangeBytes)
      const { bytes, fromSample, toSample } = await renderRange(body, index, from, end)
      const logged = await logInterval(db, session, listening, fromSample, toSample)
      return logged ? { bytes, from, totalBytes } : 'refused'
    },

    async peaks({ session, listening }) {
      const servable = await servableListening(db, session, listening)
      if (!servable) return 'refused'
      const { index } = await openRecording(servable.recordingId)
      const [caller, official] = index.peaks
      return {
        durationMs: toMs(index.durationSamples),
        peaksPerSecond: samplesPerSecond / samplesPerPeak,
        caller: Buffer.from(caller).toString('base64'),
        official: Buffer.from(official).toString('base64'),
        gaps: index.gaps.flatMap((gap) =>
          (gap.track === 'mixed' ? (['caller', 'official'] as const) : [gap.track]).map((track) => ({
            track,
            fromMs: toMs(gap.fromSample),
            toMs: toMs(gap.toSample),
            kind: gap.kind,
          })),
        ),
      }
    },
  }
}

/** Bytes [from, end) of the WAV: header, then stereo samples; a range may begin inside either. */
async function renderRange(body: OpenedRecording, index: RecordingIndex, from: number, end: number) {
  const header = wavHeader(index.durationSamples).subarray(
    Math.min(from, wavHeaderBytes),
    Math.min(end, wavHeaderBytes),
  )
  const dataFrom = Math.max(0, from - wavHeaderBytes)
  const dataEnd = Math.max(0, end - wavHeaderBytes)
  const fromSample = Math.floor(dataFrom / bytesPerSample)
  const toSample = Math.ceil(dataEnd / bytesPerSample)
  const pcm =
    toSample > fromSample ? await renderAudio(index, (n) => body.openChunk(n), fromSample, toSample) : Buffer.alloc(0)
  const skip = dataFrom - fromSample * bytesPerSample
  return {
    bytes: Buffer.concat([header, pcm.subarray(skip, skip + dataEnd - dataFrom)]),
    fromSample,
    toSample,
  }
}

/** Logs a served interval, unless the listening has ended while it was rendered. */
function logInterval(
  db: Kysely<RegisterTables>,
  session: string,
  listening: string,
  fromSample: number,
  toSample: number,
): Promise<boolean> {
  return inSession(db, { 'seloste.session': session }, async (tx) => {
    if (!(await findServable(tx, listening))) return false
    await tx
      .insertInto('listening_range')
      .values({ listening_id: listening, from_ms: toMs(fromSample), to_ms: toMs(toSample) })
      .execute()
    return true
  })
}

function toMs(samples: number): number {
  return Math.round((samples * 1000) / samplesPerSecond)
}
