/** Reads an audio file: recognises the format by its first bytes, or without a header by the file extension. */
import { constantRate, durationMs, linearTrack, type AudioFile } from './audio-file.ts'
import { isMp3, readMp3 } from './read-mp3.ts'
import { isOgg, readOggOpus } from './read-ogg-opus.ts'
import { toTelephoneRate } from './resample.ts'
import { g729Sound, gsmSound, isWav, readWav } from './read-wav.ts'

/** Readers of files without a header, by the extension that telephone systems give them. */
const headerless: Readonly<Record<string, (bytes: Buffer) => AudioFile>> = {
  ulaw: (bytes) => ({ tracks: [constantRate('PCMU', bytes, { frameBytes: 1, frameUnits: 1 })] }),
  ul: (bytes) => headerless['ulaw']!(bytes),
  pcm: (bytes) => headerless['ulaw']!(bytes),
  alaw: (bytes) => ({ tracks: [constantRate('PCMA', bytes, { frameBytes: 1, frameUnits: 1 })] }),
  al: (bytes) => headerless['alaw']!(bytes),
  sln: (bytes) => ({
    tracks: [linearTrack(Int16Array.from({ length: bytes.length >> 1 }, (_, n) => bytes.readInt16LE(2 * n)))],
  }),
  sln16: (bytes) => ({
    tracks: [
      linearTrack(
        toTelephoneRate(
          Array.from({ length: bytes.length >> 1 }, (_, n) => bytes.readInt16LE(2 * n)),
          16_000,
        ),
      ),
    ],
  }),
  gsm: gsmSound,
  g729: g729Sound,
}

/** File extensions of audio files. */
export const audioEndings: readonly string[] = ['wav', 'mp3', 'opus', 'ogg', ...Object.keys(headerless)]

/**
 * Returns the tracks of a file, or its problem.
 * @param ending file extension without the dot
 */
export async function readAudio(bytes: Buffer, ending: string): Promise<AudioFile> {
  const found = await readAny(bytes, ending)
  if ('problem' in found) return found
  return found.tracks.every((track) => durationMs(track) > 0) ? found : { problem: 'audio-empty' }
}

async function readAny(bytes: Buffer, ending: string): Promise<AudioFile> {
  if (bytes.length === 0) return { problem: 'audio-empty' }
  if (isWav(bytes)) {
    const wav = readWav(bytes)
    return 'mp3' in wav ? readMp3(wav.mp3) : wav
  }
  if (isOgg(bytes)) return readOggOpus(bytes)
  const byName = Object.hasOwn(headerless, ending) ? headerless[ending] : undefined
  if (byName) return byName(bytes)
  return isMp3(bytes) ? readMp3(bytes) : { problem: 'audio-unknown' }
}
