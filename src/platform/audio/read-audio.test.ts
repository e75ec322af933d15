import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodesG729 } from '../g729/decode-frames.ts'
import { decodesGsm } from '../gsm/decode-frames.ts'
import { unpackWav49 } from '../gsm/unpack-wav49.ts'
import { encodeOggOpus } from '../opus/encode-ogg-opus.ts'
import { OpusDecoder } from '../opus/decode-packets.ts'
import { durationMs, type AudioTrack } from './audio-file.ts'
import { readAudio } from './read-audio.ts'
import { toTelephoneRate } from './resample.ts'

const files = JSON.parse(
  readFileSync(new URL('../../../test/vectors/codecs/files.json', import.meta.url), 'utf8'),
) as Record<'wav49' | 'gsmFrames' | 'mp3' | 'mp3Stereo', string>
const vector = (name: keyof typeof files) => Buffer.from(files[name], 'base64')

function wav(tag: number, { channels = 1, rate = 8000, bits = 16 }, data: Buffer, statedBytes = data.length): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(tag, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt16LE(bits, 34)
  head.write('data', 36)
  head.writeUInt32LE(statedBytes, 40)
  return Buffer.concat([head, data])
}

async function tracksOf(bytes: Buffer, ending = 'wav'): Promise<readonly AudioTrack[]> {
  const read = await readAudio(bytes, ending)
  if ('problem' in read) throw new Error(read.problem)
  return read.tracks
}

const bytesOf = ({ packets }: AudioTrack) => Buffer.concat(packets.map(({ bytes }) => bytes))
function samplesOf(track: AudioTrack): Int16Array {
  const bytes = bytesOf(track)
  return Int16Array.from({ length: bytes.length / 2 }, (_, n) => bytes.readInt16BE(2 * n))
}

function tone(hertz: number, rate: number, seconds: number): Int16Array {
  return Int16Array.from({ length: rate * seconds }, (_, n) => 12_000 * Math.sin((2 * Math.PI * hertz * n) / rate))
}

/** Amplitude of a frequency (Goertzel). */
function levelOf(samples: Int16Array, hertz: number): number {
  let [re, im] = [0, 0]
  samples.forEach((sample, n) => {
    re += sample * Math.cos((2 * Math.PI * hertz * n) / 8000)
    im += sample * Math.sin((2 * Math.PI * hertz * n) / 8000)
  })
  return (2 * Math.hypot(re, im)) / samples.length
}

describe('WAV', () => {
  test('PCM of 16 bits at 8 kHz stays as it is, and each channel is a track', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 2, maxLength: 700 }),
        async (samples) => {
          const even = samples.slice(0, samples.length & ~1)
          const data = Buffer.alloc(2 * even.length)
          even.forEach((sample, n) => data.writeInt16LE(sample, 2 * n))
          const [left, right] = await tracksOf(wav(1, { channels: 2 }, data))
          expect([...samplesOf(left!)]).toEqual(even.filter((_, n) => n % 2 === 0))
          expect([...samplesOf(right!)]).toEqual(even.filter((_, n) => n % 2 === 1))
        },
      ),
    )
  })

  test.each([
    [6, 'PCMA'],
    [7, 'PCMU'],
  ] as const)('G.711 (tag %i) keeps its bytes, in packets of 20 ms', async (tag, codec) => {
    const data = Buffer.from(Array.from({ length: 500 }, (_, n) => (n * 7) & 0xff))
    const [track] = await tracksOf(wav(tag, { bits: 8 }, data))
    expect(track).toMatchObject({ codec, clockRate: 8000 })
    expect(bytesOf(track!)).toEqual(data)
    expect(track!.packets.map(({ units }) => units)).toEqual([160, 160, 160, 20])
  })

  test.each([
    [1, 8, 1],
    [1, 24, 3],
    [1, 32, 4],
    [3, 32, 4],
  ])('PCM of tag %i with %i bits becomes 16 bits', async (tag, bits, bytes) => {
    const data = Buffer.alloc(200 * bytes, bits === 8 ? 192 : 0)
    if (tag === 3) for (let n = 0; n < 200; n++) data.writeFloatLE(0.5, 4 * n)
    else if (bits > 8) for (let n = 0; n < 200; n++) data.writeIntLE(2 ** (bits - 2), n * bytes, bytes)
    const [track] = await tracksOf(wav(tag, { bits }, data))
    expect(new Set(samplesOf(track!))).toEqual(new Set([16_384]))
  })

  test.each([11_025, 16_000, 44_100, 48_000])('PCM at %i Hz is resampled without aliases', async (rate) => {
    const samples = tone(1000, rate, 1)
    const alias = tone(5000, rate, 1)
    const mixed = samples.map((sample, n) => sample + (rate > 11_025 ? alias[n]! : 0))
    const [track] = await tracksOf(wav(1, { rate }, Buffer.from(mixed.buffer)))
    expect(durationMs(track!)).toBeCloseTo(1000, -1)
    expect(levelOf(samplesOf(track!), 1000) / 12_000).toBeCloseTo(1, 1)
    expect(levelOf(samplesOf(track!), 3000)).toBeLessThan(60)
  })

  test('GSM in WAV (WAV49) is unpacked to the frames of RTP', async () => {
    const file = vector('wav49')
    const at = file.indexOf('data') + 8
    expect(unpackWav49(file.subarray(at, at + file.readUInt32LE(at - 4)))).toEqual(vector('gsmFrames'))
    expect(await readAudio(file, 'wav')).toMatchObject(
      decodesGsm() ? { tracks: [{ codec: 'GSM' }] } : { problem: 'gsm-needs-library' },
    )
  })

  test('G.729 is refused by name where the machine cannot decode it', async () => {
    const found = await readAudio(wav(0x83, {}, Buffer.alloc(100, 5)), 'wav')
    expect(found).toMatchObject(decodesG729() ? { tracks: [{ codec: 'G729' }] } : { problem: 'g729-needs-library' })
  })

  test('a length beyond the file, an unknown format and an empty file are refused', async () => {
    const data = Buffer.alloc(320, 1)
    expect(await readAudio(wav(1, {}, data, 5000), 'wav')).toEqual({ problem: 'audio-broken' })
    expect(await readAudio(wav(1, {}, data).subarray(0, 30), 'wav')).toEqual({ problem: 'audio-broken' })
    expect(await readAudio(wav(0x11, {}, data), 'wav')).toEqual({ problem: 'codec-unknown' })
    expect(await readAudio(wav(1, { channels: 6 }, data), 'wav')).toEqual({ problem: 'too-many-channels' })
    expect(await readAudio(wav(1, {}, Buffer.alloc(0)), 'wav')).toEqual({ problem: 'audio-empty' })
    expect(await readAudio(Buffer.from('MZ and no sound'), 'exe')).toEqual({ problem: 'audio-unknown' })
    // A recorder that was cut off could not write the length.
    expect(bytesOf((await tracksOf(wav(1, {}, data, 0xff_ff_ff_ff)))[0]!).length).toBe(320)
  })

  test('random bytes after a valid header never throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('RIFF\0\0\0\0WAVE', 'OggS', 'ID3', '\xff\xfb'),
        async (bytes, head) => {
          expect(await readAudio(Buffer.concat([Buffer.from(head, 'latin1'), bytes]), 'wav')).toBeDefined()
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('other files', () => {
  test('a mono MP3 has one track, and a stereo MP3 two', async () => {
    const [mono, ...none] = await tracksOf(vector('mp3'), 'mp3')
    expect(none).toEqual([])
    expect(levelOf(samplesOf(mono!), 440)).toBeGreaterThan(8000)
    const [left, right] = await tracksOf(vector('mp3Stereo'), 'mp3')
    expect(levelOf(samplesOf(left!), 440)).toBeGreaterThan(20 * levelOf(samplesOf(left!), 1000))
    expect(levelOf(samplesOf(right!), 1000)).toBeGreaterThan(20 * levelOf(samplesOf(right!), 440))
  })

  test('a mono Opus file keeps its packets, a stereo file has two tracks, and a damaged page is detected', async () => {
    const mono = Buffer.concat(await Array.fromAsync(encodeOggOpus([tone(440, 8000, 1)], { channels: 1 })))
    const [track] = await tracksOf(mono, 'opus')
    expect(track).toMatchObject({ codec: 'opus', clockRate: 48_000 })
    const opus = new OpusDecoder()
    const decoded = Int16Array.from(track!.packets.flatMap(({ bytes }) => [...opus.decode(bytes)]))
    opus.close()
    expect(levelOf(decoded.subarray(1000, 8000), 440)).toBeGreaterThan(9000)

    const pair = Int16Array.from({ length: 16_000 }, (_, n) => (n % 2 === 0 ? tone440[n >> 1]! : tone1000[n >> 1]!))
    const stereo = Buffer.concat(await Array.fromAsync(encodeOggOpus([pair], { channels: 2 })))
    const [left, right] = await tracksOf(stereo, 'ogg')
    expect(levelOf(samplesOf(left!), 440)).toBeGreaterThan(5 * levelOf(samplesOf(left!), 1000))
    expect(levelOf(samplesOf(right!), 1000)).toBeGreaterThan(5 * levelOf(samplesOf(right!), 440))

    mono[mono.length - 5]! ^= 1
    expect(await readAudio(mono, 'opus')).toEqual({ problem: 'audio-broken' })
    expect(await readAudio(stereo.subarray(0, stereo.length - 9), 'ogg')).toEqual({ problem: 'audio-broken' })
  })

  test('files without a header are read by their file extension', async () => {
    const bytes = Buffer.from(Array.from({ length: 320 }, (_, n) => n & 0xff))
    expect((await tracksOf(bytes, 'ulaw'))[0]).toMatchObject({ codec: 'PCMU' })
    expect((await tracksOf(bytes, 'alaw'))[0]).toMatchObject({ codec: 'PCMA' })
    expect(samplesOf((await tracksOf(bytes, 'sln'))[0]!)[1]).toBe(0x0302)
  })
})

const [tone440, tone1000] = [tone(440, 8000, 1), tone(1000, 8000, 1)]

test('resampling from 8 kHz only limits the samples to 16 bits', () => {
  expect(toTelephoneRate([1, -2, 40_000, -40_000], 8000)).toEqual(Int16Array.of(1, -2, 32_767, -32_768))
})
