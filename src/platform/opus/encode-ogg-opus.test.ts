import OpusScript from 'opusscript'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startOpusThreads } from './encode-in-threads.ts'
import { encodeOggOpus } from './encode-ogg-opus.ts'

const threads = startOpusThreads(1)
afterAll(threads.stop)

const hasOpusinfo = spawnSync('opusinfo', ['-h']).error === undefined
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).error === undefined

test('two tracks are decoded from Opus as they were encoded, with the same length to the sample', async () => {
  for (const length of [0, 1, 7_973, 24_000, 24_108]) {
    const [left, right] = [tone(300, length), tone(470, length)]
    const pages = readPages(await threads.encode([left, right]))
    const sound = decode(pages)
    expect(sound.left.length, `of ${length}`).toBe(length)
    if (length < 1_000) continue
    expect(correlation(left, sound.left)).toBeGreaterThan(0.9)
    expect(correlation(right, sound.right)).toBeGreaterThan(0.9)
    expect(correlation(left, sound.right)).toBeLessThan(0.1)
  }
})

test('a file contains its sound and a fixed vendor only, and its serial number is random', async () => {
  const track = tone(300, 12_000)
  const first = await threads.encode([track])
  const second = await threads.encode([track])
  const [head, tags] = readPages(first)
  expect(head!.packets[0]!.toString('hex')).toBe(`${Buffer.from('OpusHead').toString('hex')}01013801401f0000000000`)
  expect(tags!.packets[0]!.toString('latin1')).toBe('OpusTags\x07\0\0\0Seloste\0\0\0\0')
  expect(readPages(first).map(({ packets }) => packets)).toEqual(readPages(second).map(({ packets }) => packets))
  expect(readPages(first)[0]!.serial).not.toBe(readPages(second)[0]!.serial)
})

test('pages are returned while more sound arrives, in parts of any size', async () => {
  const track = tone(300, 40_000)
  const fixed = () => Uint8Array.of(1, 2, 3, 4)
  let readTo = 0
  async function* parts() {
    for (let from = 0; from < track.length; from += 777) {
      readTo = from
      yield track.subarray(from, from + 777)
      await Promise.resolve()
    }
  }
  const pages: Buffer[] = []
  for await (const page of encodeOggOpus(parts(), { channels: 1, random: fixed })) {
    if (pages.length === 2) expect(readTo).toBeLessThan(9_000)
    pages.push(page)
  }
  const whole = await Array.fromAsync(encodeOggOpus([track], { channels: 1, random: fixed }))
  expect(Buffer.concat(pages).equals(Buffer.concat(whole))).toBe(true)
})

test.skipIf(!hasOpusinfo || !hasFfmpeg)('opusinfo and ffmpeg find nothing wrong with a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-opus-'))
  try {
    const file = join(folder, 'a.opus')
    await writeFile(file, await threads.encode([tone(300, 20_011), tone(400, 20_011)]))
    const report = spawnSync('opusinfo', [file], { encoding: 'utf8' })
    expect(report.stdout).toContain('Playback length: 0m:02.501s')
    expect(report.stdout + report.stderr).not.toMatch(/warning|error/i)
    const sound = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 's16le', '-ar', '48000', '-'])
    expect(sound.stdout.length).toBe(20_011 * 6 * 4)
  } finally {
    await rm(folder, { recursive: true })
  }
})

function tone(hz: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, i) => 6_000 * Math.sin((2 * Math.PI * hz * i) / 8_000))
}

interface Page {
  serial: number
  granule: number
  packets: Buffer[]
}

/** Reads pages as in RFC 3533; none of our packets crosses a page. */
function readPages(file: Uint8Array): Page[] {
  const bytes = Buffer.from(file)
  const pages: Page[] = []
  const flags: number[] = []
  for (let at = 0; at < bytes.length;) {
    expect(bytes.toString('latin1', at, at + 4)).toBe('OggS')
    expect(bytes.readUInt32LE(at + 18)).toBe(pages.length)
    const lacing = bytes.subarray(at + 27, at + 27 + bytes[at + 26]!)
    const packets: Buffer[] = []
    let begin = at + 27 + lacing.length
    let end = begin
    for (const segment of lacing) {
      end += segment
      if (segment === 255) continue
      packets.push(bytes.subarray(begin, end))
      begin = end
    }
    pages.push({ serial: bytes.readUInt32LE(at + 14), granule: Number(bytes.readBigUInt64LE(at + 6)), packets })
    // Start, continuation, end.
    flags.push(bytes[at + 5]!)
    at = end
  }
  expect(flags).toEqual([2, ...flags.slice(1, -1).map(() => 0), 4])
  return pages
}

/** Decodes by RFC 7845, section 4: without the pre-skip, and with the length that the last page states. */
function decode(pages: readonly Page[]): { left: Int16Array; right: Int16Array } {
  const preSkip = pages[0]!.packets[0]!.readUInt16LE(10)
  const decoder = new OpusScript(8_000, 2)
  const sound = Buffer.concat(pages.slice(2).flatMap(({ packets }) => packets.map((packet) => decoder.decode(packet))))
  decoder.delete()
  const length = (pages.at(-1)!.granule - preSkip) / 6
  const at = (i: number, lane: 0 | 1) => sound.readInt16LE(4 * (i + preSkip / 6) + 2 * lane)
  return {
    left: Int16Array.from({ length }, (_, i) => at(i, 0)),
    right: Int16Array.from({ length }, (_, i) => at(i, 1)),
  }
}

function correlation(a: Int16Array, b: Int16Array): number {
  const product = (x: Int16Array, y: Int16Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}
