/** Audio of a file as packets of 20 ms or of the codec's own length, ready to be stored. Re-encoded only where necessary. */
export interface AudioTrack {
  codec: 'PCMU' | 'PCMA' | 'L16' | 'GSM' | 'G729' | 'opus'
  /** RTP clock rate: 8000, or 48000 for Opus. */
  clockRate: number
  packets: readonly AudioPacket[]
}

export interface AudioPacket {
  bytes: Buffer
  /** Duration, in units of the track's clock rate. */
  units: number
}

/** One track for mono, two for stereo: left, right. */
export type AudioFile = { tracks: readonly AudioTrack[] } | { problem: AudioProblem }

/**
 * `audio-empty`: no sound. `audio-broken`: the file ends early or contradicts itself. `audio-unknown`: no known format.
 * `codec-unknown`: a known container with another codec. `g729-needs-library`, `gsm-needs-library`: this machine cannot decode it.
 * `too-many-channels`: more than two.
 */
export type AudioProblem =
  | 'audio-empty'
  | 'audio-broken'
  | 'audio-unknown'
  | 'codec-unknown'
  | 'g729-needs-library'
  | 'gsm-needs-library'
  | 'too-many-channels'

const packetMs = 20

/** Cuts bytes of a codec with constant rate into packets of 20 ms; the last one may be shorter. */
export function constantRate(
  codec: 'PCMU' | 'PCMA' | 'L16' | 'GSM' | 'G729',
  bytes: Buffer,
  { frameBytes, frameUnits }: { frameBytes: number; frameUnits: number },
): AudioTrack {
  const clockRate = 8000
  const frames = Math.max(1, (packetMs * clockRate) / 1000 / frameUnits)
  const packets: AudioPacket[] = []
  for (let at = 0; at + frameBytes <= bytes.length; at += frames * frameBytes) {
    const whole = Math.min(frames, Math.floor((bytes.length - at) / frameBytes))
    packets.push({ bytes: bytes.subarray(at, at + whole * frameBytes), units: whole * frameUnits })
  }
  return { codec, clockRate, packets }
}

/** Returns a track of 16-bit samples at 8 kHz, big-endian as in RTP (RFC 3551, 4.5.11). */
export function linearTrack(samples: Int16Array): AudioTrack {
  const bytes = Buffer.alloc(2 * samples.length)
  samples.forEach((sample, n) => bytes.writeInt16BE(sample, 2 * n))
  return constantRate('L16', bytes, { frameBytes: 2, frameUnits: 1 })
}

export function durationMs({ clockRate, packets }: AudioTrack): number {
  return (packets.reduce((sum, { units }) => sum + units, 0) * 1000) / clockRate
}
