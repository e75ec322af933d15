/** Seals the audio of a file as capture seals that of a call, and stores it. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AudioPacket, AudioTrack } from '#platform/audio/audio-file.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { RecordingFacts } from '#register/admit.ts'
import { createAudioDigest } from '#register/recordings/audio-digest.ts'
import type { Track } from '#register/recordings/recording-log.ts'
import { createRecordingWriter, type FinishedRecording } from '#register/recordings/recording-writer.ts'
import { storeRecording } from '../session/media/store-recording.ts'

/** Payload types of RFC 3551; dynamic ones for Opus and for L16 at 8 kHz. */
const payloadTypes: Record<AudioTrack['codec'], number> = { PCMU: 0, GSM: 3, PCMA: 8, G729: 18, L16: 96, opus: 97 }
/** Packets between turns of the event loop, in which writes to the disk proceed. */
const packetsAtOnce = 500

/** Returns the tracks without their first milliseconds, cut at packets. */
export function withoutFirst(tracks: readonly AudioTrack[], skipMs: number): AudioTrack[] {
  return tracks.map((track) => {
    let units = (skipMs * track.clockRate) / 1000
    const at = track.packets.findIndex((packet) => (units -= packet.units) < 0)
    return { ...track, packets: at < 0 ? [] : track.packets.slice(at) }
  })
}

/** Returns the digest of packets as they are to be stored (audio-digest.ts). */
export function digestOfTracks(tracks: readonly AudioTrack[]): Buffer {
  const digest = createAudioDigest()
  for (const [stream, { packets }] of tracks.entries()) for (const { bytes } of packets) digest.packet(stream, bytes)
  return digest.end()
}

/** Seals and stores a recording. Can be repeated until its facts are admitted: then the objects are replaced. */
export async function sealAudio(
  recording: RecordingFacts,
  tracks: readonly AudioTrack[],
  parties: readonly Track[],
  at: { objects: ObjectStore; workFolder: string; intakePublicKey: string },
): Promise<NonNullable<RecordingFacts['stored']>> {
  const { id } = recording
  await mkdir(at.workFolder, { recursive: true, mode: 0o700 })
  // Removes files that an interrupted run left.
  for (const ending of ['hdr', 'body']) await rm(join(at.workFolder, `${id}.${ending}`), { force: true })
  const writer = await createRecordingWriter({
    id,
    directory: at.workFolder,
    intakePublicKey: at.intakePublicKey,
    startedAt: recording.startedAt,
    pendingChunksLimit: Infinity,
  })
  const finished = await writeAll().catch(async (error: unknown) => {
    await writer.discard()
    throw error
  })
  await storeRecording(id, at.workFolder, at.objects, 'durable')
  return {
    sizeBytes: finished.sizeBytes,
    sha256: Buffer.from(finished.sha256, 'hex'),
    incomplete: false,
    packetsReceived: finished.packets,
    packetsLost: 0,
  }

  async function writeAll(): Promise<FinishedRecording> {
    for (const [stream, { codec, clockRate }] of tracks.entries())
      writer.source(stream, stream + 1, 0, 0, [{ payloadType: payloadTypes[codec], codec, clockRate }])
    writer.mark('mapping', 0, { streams: Object.fromEntries(parties.map((party, stream) => [stream, party])) })
    let written = 0
    let last = 0
    for (const { stream, n, units, packet } of inOrder(tracks)) {
      const { codec, clockRate } = tracks[stream]!
      const arrival = Math.round((units * 10_000) / clockRate)
      last = Math.max(last, Math.round(((units + packet.units) * 10_000) / clockRate))
      writer.packet(stream, payloadTypes[codec], n === 0, n, units, arrival, packet.bytes, 0, packet.bytes.length)
      if (++written % packetsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return writer.finish(last)
  }
}

/** Yields packets of all tracks by their time, each with its number and its beginning in units of its track. */
function* inOrder(
  tracks: readonly AudioTrack[],
): Generator<{ stream: number; n: number; units: number; packet: AudioPacket }> {
  const next = tracks.map((track, stream) => ({ track, stream, n: 0, units: 0 }))
  for (;;) {
    const waiting = next.filter(({ track, n }) => n < track.packets.length)
    if (waiting.length === 0) return
    const first = waiting.reduce((a, b) => (a.units / a.track.clockRate <= b.units / b.track.clockRate ? a : b))
    const packet = first.track.packets[first.n]!
    yield { stream: first.stream, n: first.n, units: first.units, packet }
    first.n++
    first.units += packet.units
  }
}
