/**
 * Fetches Debian's packages with `apt-get download`, unpacks them without installing, and decodes the speech to 8 kHz mono as over
 * a telephone. Everything is cached: the second run needs no network.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { throughTelephone } from './telephone.ts'
import type { Person } from './people.ts'
import { seeded } from './seeded.ts'

const run = promisify(execFile)

/** Maximum seconds of speech per person; only sentences are used for whole calls, which need more. */
const mostSeconds = { sentences: 200, words: 60, acted: 60 }
const mostFiles = 120

export const cacheFolder = join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-anonymised-speech')

export const missingPrograms = () =>
  ['ffmpeg', 'apt-get', 'dpkg', 'espeak-ng'].filter((program) => {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })

/** @returns the folder of the unpacked package; undefined if the download fails */
export function unpacked(debianPackage: string): string | undefined {
  const folder = join(cacheFolder, 'packages', debianPackage)
  if (existsSync(folder)) return folder
  const downloads = join(cacheFolder, 'downloads', String(process.pid))
  for (const one of [downloads, join(folder, '..')]) mkdirSync(one, { recursive: true })
  try {
    execFileSync('apt-get', ['download', debianPackage], { cwd: downloads, stdio: 'ignore' })
  } catch {
    rmSync(downloads, { recursive: true })
    return undefined
  }
  const file = readdirSync(downloads).find((name) => name.startsWith(`${debianPackage}_`))
  if (file === undefined) return undefined
  // Two processes may get here at once: each unpacks into its own folder, and the first one's is used.
  const own = `${folder}.part-${process.pid}`
  execFileSync('dpkg', ['-x', join(downloads, file), own])
  try {
    renameSync(own, folder)
  } catch (error) {
    rmSync(own, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  rmSync(downloads, { recursive: true })
  return folder
}

/** Returns a file's audio as over a telephone: 300 to 3,400 Hz, -20 dBFS, trimmed silence, through A-law. */
export async function asTelephone(file: string): Promise<Int16Array> {
  const trim = 'silenceremove=start_periods=1:start_threshold=-45dB'
  const filter = `highpass=f=250,lowpass=f=3500,${trim},areverse,${trim},areverse`
  const args = ['-v', 'error', '-i', file, '-af', filter, '-ar', '8000', '-ac', '1', '-f', 's16le', '-']
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1 << 28 })
  const samples = new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~1)))
  return throughTelephone(samples)
}

/** Returns a person's speech: one array per file, always in the same order. */
export async function speechOf(person: Person): Promise<readonly Int16Array[]> {
  const cached = join(cacheFolder, 'people', `${person.id}.s16`)
  if (!existsSync(cached)) {
    const folder = unpacked(person.debianPackage)
    if (folder === undefined) return []
    const found = globSync('**/*.{wav,ogg,gsm,sln,opus}', { cwd: folder })
    const files = seeded(person.id).shuffled(found.filter((name) => person.files.test(name)).sort())
    const pieces: Int16Array[] = []
    let seconds = 0
    for (let from = 0; from < Math.min(files.length, mostFiles) && seconds < mostSeconds[person.kind]; from += 4) {
      const pair = files.slice(from, from + 4).map((file) => asTelephone(join(folder, file)).catch(() => undefined))
      for (const samples of await Promise.all(pair)) {
        if (samples === undefined || samples.length < 2400) continue
        pieces.push(samples)
        seconds += samples.length / 8000
      }
    }
    keepPieces(cached, pieces)
  }
  return readPieces(cached)
}

/** Writes pieces to the cache: their count, their lengths, then all samples, little-endian. */
export function keepPieces(file: string, pieces: readonly Int16Array[]): void {
  mkdirSync(join(file, '..'), { recursive: true })
  const head = Uint32Array.from([pieces.length, ...pieces.map(({ length }) => length)])
  const bytes = (array: Uint32Array | Int16Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
  writeFileSync(`${file}.part`, Buffer.concat([bytes(head), ...pieces.map(bytes)]))
  renameSync(`${file}.part`, file)
}

export function readPieces(file: string): Int16Array[] {
  const { buffer, byteOffset, byteLength } = readFileSync(file)
  const whole = buffer.slice(byteOffset, byteOffset + byteLength)
  const [count = 0] = new Uint32Array(whole, 0, 1)
  const lengths = new Uint32Array(whole, 4, count)
  let at = 4 + 4 * count
  return Array.from(lengths, (length) => {
    const piece = new Int16Array(whole, at, length)
    at += 2 * length
    return piece
  })
}
