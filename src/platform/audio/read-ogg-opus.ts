/**
 * Reads Ogg Opus (RFC 7845). Packets of mono are kept as they are; stereo is decoded to two lanes of 8 kHz, because a lane
 * is one party. Each page's checksum is compared.
 */
import OpusScript from 'opusscript'
import { opusSamples } from '../opus/decode-packets.ts'
import { pageChecksum } from '../opus/ogg-pages.ts'
import { linearTrack, type AudioFile } from './audio-file.ts'

const pageHeadBytes = 27
const largestSegment = 255
const rate = 8000
const opusClock = 48_000

export function isOgg(file: Buffer): boolean {
  return file.toString('latin1', 0, 4) === 'OggS'
}

export function readOggOpus(file: Buffer): AudioFile {
  const packets = packetsOf(file)
  if (!packets) return { problem: 'audio-broken' }
  const [head, , ...sound] = packets
  if (head?.toString('latin1', 0, 8) !== 'OpusHead' || head.length < 19) return { problem: 'codec-unknown' }
  const channels = head[9]!
  if (channels > 2 || channels < 1 || head[18] !== 0) return { problem: 'too-many-channels' }
  if (sound.some((packet) => opusSamples(packet) === 0)) return { problem: 'audio-broken' }
  if (sound.length === 0) return { problem: 'audio-empty' }
  if (channels === 1) {
    const units = (packet: Buffer) => (opusSamples(packet) * opusClock) / rate
    return {
      tracks: [
        { codec: 'opus', clockRate: opusClock, packets: sound.map((bytes) => ({ bytes, units: units(bytes) })) },
      ],
    }
  }
  return decodeStereo(sound)
}

function decodeStereo(packets: readonly Buffer[]): AudioFile {
  const opus = new OpusScript(rate, 2)
  try {
    const lanes: [number[], number[]] = [[], []]
    for (const packet of packets) {
      const decoded = opus.decode(packet)
      for (let at = 0; at + 4 <= decoded.length; at += 4) {
        lanes[0].push(decoded.readInt16LE(at))
        lanes[1].push(decoded.readInt16LE(at + 2))
      }
    }
    return { tracks: lanes.map((lane) => linearTrack(Int16Array.from(lane))) }
  } catch {
    return { problem: 'audio-broken' }
  } finally {
    opus.delete()
  }
}

/** Returns the packets of the first logical stream; undefined if a page is cut off, out of order, or differs from its checksum. */
function packetsOf(file: Buffer): Buffer[] | undefined {
  const packets: Buffer[] = []
  let open: Buffer[] = []
  let serial: number | undefined
  for (let at = 0; at < file.length;) {
    if (at + pageHeadBytes > file.length || file.toString('latin1', at, at + 4) !== 'OggS') return undefined
    const segments = file[at + 26]!
    const bodyAt = at + pageHeadBytes + segments
    if (bodyAt > file.length) return undefined
    const sizes = file.subarray(at + pageHeadBytes, bodyAt)
    const end = bodyAt + sizes.reduce((sum, size) => sum + size, 0)
    if (end > file.length) return undefined
    const page = Buffer.from(file.subarray(at, end))
    const statedChecksum = page.readUInt32LE(22)
    page.writeUInt32LE(0, 22)
    if (pageChecksum(page) !== statedChecksum) return undefined
    at = end
    serial ??= page.readUInt32LE(14)
    if (page.readUInt32LE(14) !== serial) continue
    let from = bodyAt
    for (const size of sizes) {
      open.push(file.subarray(from, from + size))
      from += size
      if (size === largestSegment) continue
      packets.push(Buffer.concat(open))
      open = []
    }
  }
  return open.length > 0 ? undefined : packets
}
