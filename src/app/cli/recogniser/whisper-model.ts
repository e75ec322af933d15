/** Reads what a file of whisper.cpp's format (ggml) is: its beginning, and its hashes. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Fault } from '#platform/fault.ts'

/**
 * The multilingual models that OpenAI published, as whisper.cpp lists them in models/README.md, with their SHA-1 there. Those whose
 * name has `.en` know English only.
 */
const published = [
  { name: 'tiny', size: '75 MB', sha1: 'bd577a113a864445d4c299885e0cb97d4ba92b5f' },
  { name: 'base', size: '142 MB', sha1: '465707469ff3a37a2b9b8d8f89f2f99de7299dac' },
  { name: 'small', size: '466 MB', sha1: '55356645c2b361a969dfd0ef2c5a50d530afd8d5' },
  { name: 'medium', size: '1.5 GB', sha1: 'fd9727b6e1217c2f614f9b698455c4ffd82463b4' },
  { name: 'large-v2', size: '2.9 GB', sha1: '0f4c8e34f21cf1a914c59d8b3ce882345ad349d6' },
  { name: 'large-v2-q5_0', size: '1.1 GB', sha1: '00e39f2196344e901b3a2bd5814807a769bd1630' },
  { name: 'large-v3', size: '2.9 GB', sha1: 'ad82bf6a9043ceed055076d0fd39f5f186ff8062' },
  { name: 'large-v3-q5_0', size: '1.1 GB', sha1: 'e6e2ed78495d403bef4b7cff42ef4aaadcfea8de' },
  { name: 'large-v3-turbo', size: '1.5 GB', sha1: '4af2b29d7ec73d781377bfd1758ca957a807e941' },
  { name: 'large-v3-turbo-q5_0', size: '547 MB', sha1: 'e050f7970618a659205450ad97eb95a18d69c9ee' },
] as const

/** One line: where a model comes from, and which there are. */
export const whereModelsAre = `the models for Finnish, Swedish and English are ${published
  .map(({ name, size }) => `ggml-${name}.bin (${size})`)
  .join(', ')}: get one from whisper.cpp’s page of models on another machine (docs/operate/recognition.md)`

const magic = 0x67_67_6d_6c
const multilingual = 51_865
/** By the number of its encoder's layers; seconds allowed for each second of sound. */
const kinds: ReadonlyMap<number, { name: string; secondsPerSecond: number }> = new Map([
  [4, { name: 'tiny', secondsPerSecond: 5 }],
  [6, { name: 'base', secondsPerSecond: 5 }],
  [12, { name: 'small', secondsPerSecond: 10 }],
  [24, { name: 'medium', secondsPerSecond: 30 }],
  [32, { name: 'large', secondsPerSecond: 60 }],
])

export interface WhisperModel {
  /** As published, or by its size: `small`. */
  name: string
  isPublished: boolean
  sha256: string
  /** Seconds allowed for each second of sound. A limit, not a measurement. */
  secondsPerSecond: number
}

/** @throws Fault `argument-wrong` if there is no such file, it is no model of whisper.cpp, or knows English only */
export async function readWhisperModel(path: string): Promise<WhisperModel> {
  const wrong = (problem: string) => new Fault('argument-wrong', `${path} ${problem}; ${whereModelsAre}`)
  if (!(await stat(path).catch(() => undefined))?.isFile()) throw wrong('is not a file')
  const { first, vocabulary, encoderLayers } = await readHeader(path)
  const kind = kinds.get(encoderLayers)
  if (first !== magic || kind === undefined)
    throw wrong('is no model of whisper.cpp (a failed download is a page of text)')
  if (vocabulary < multilingual) throw wrong('knows English only')
  const { sha1, sha256 } = await hashesOf(path)
  const known = published.find((one) => one.sha1 === sha1)
  return {
    name: known?.name ?? kind.name,
    isPublished: known !== undefined,
    sha256,
    secondsPerSecond: kind.secondsPerSecond,
  }
}

async function readHeader(path: string): Promise<{ first: number; vocabulary: number; encoderLayers: number }> {
  const file = await open(path)
  try {
    const header = Buffer.alloc(24)
    await file.read(header, 0, header.length, 0)
    return { first: header.readUInt32LE(0), vocabulary: header.readInt32LE(4), encoderLayers: header.readInt32LE(20) }
  } finally {
    await file.close()
  }
}

async function hashesOf(path: string): Promise<{ sha1: string; sha256: string }> {
  const hashes = [createHash('sha1'), createHash('sha256')] as const
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 }))
    for (const hash of hashes) hash.update(part as Buffer)
  return { sha1: hashes[0].digest('hex'), sha256: hashes[1].digest('hex') }
}
