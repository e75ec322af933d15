/**
 * An engine as an agency might name one, and what can go wrong with it. In: the protocol of docs/formats/voice-process.md; the first
 * argument says how it behaves. Never here: anything of Seloste's, as it runs where nothing of Seloste's can be read.
 */
import { spawn } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'

interface EngineRequest {
  kind: 'voice' | 'recognise'
  samples: number
  models: string[]
  seed?: string
  language?: string
}

const [behaviour, detail = ''] = process.argv.slice(2)

if (behaviour === 'crash-at-once') process.exit(7)

const input = await buffer(process.stdin)
const lineEnd = input.indexOf('\n')
const request = JSON.parse(input.toString('utf8', 0, lineEnd)) as EngineRequest
const pcm = input.subarray(lineEnd + 1)

/** The other voice: upside down, which sounds the same and is another. */
function inverted(): Buffer {
  const result = Buffer.alloc(pcm.length)
  for (let at = 0; at < pcm.length; at += 2) result.writeInt16LE(Math.max(-32_767, -pcm.readInt16LE(at)), at)
  return result
}

/** Noise of its seed, and nothing of what was given. */
function noise(): Buffer {
  const stream = createCipheriv('aes-256-ctr', Buffer.from(request.seed!, 'hex'), Buffer.alloc(16))
  return stream.update(Buffer.alloc(pcm.length))
}

/** Raised by a fifth by a program of its own. */
async function raised(): Promise<Buffer> {
  const raw = ['-f', 's16le', '-ar', '8000', '-ac', '1']
  const filter = ['-af', 'asetrate=9600,aresample=8000,atempo=0.8333']
  const child = spawn('ffmpeg', ['-v', 'error', ...raw, '-i', '-', ...filter, ...raw, '-'])
  child.stdin.end(pcm)
  const sound = await buffer(child.stdout)
  return Buffer.concat([sound, Buffer.alloc(pcm.length)]).subarray(0, pcm.length)
}

function words(count: number): string {
  const word = (i: number) =>
    JSON.stringify({ word: `sana${i}`, from: i * 800, to: i * 800 + 700, confidence: 0.9, language: request.language })
  return Array.from({ length: count }, (_, i) => `${word(i)}\n`).join('')
}

const answers: Record<string, () => Promise<Buffer | string> | Buffer | string> = {
  invert: inverted,
  noise,
  raise: raised,
  echo: () => pcm,
  short: () => inverted().subarray(2),
  long: () => Buffer.concat([inverted(), Buffer.alloc(200_000)]),
  // Half an answer, and then its end.
  'crash-half-way': async () => {
    await new Promise((resolve) => process.stdout.write(inverted().subarray(0, pcm.length / 2), resolve))
    process.exit(9)
  },
  forever: () => new Promise(() => setInterval(() => undefined, 1_000)),
  'read-model': () => (readFileSync(request.models.at(-1)!), inverted()),
  'seed-into-samples': () => Buffer.concat([Buffer.from(request.seed!, 'hex'), inverted().subarray(32)]),
  // Fails where the network can be reached: no answer is the good end.
  connect: () =>
    new Promise((resolve, reject) => {
      connect(Number(detail), '127.0.0.1')
        .on('connect', () => reject(new Error('the network is open')))
        .on('error', () => resolve(inverted()))
    }),
  write: () => (writeFileSync(detail, 'kept'), inverted()),
  // The same on each track, two seconds of it.
  says: () => {
    const text = ['hyvää', 'päivää', 'puhelinnumeroni', 'on', '0401234567', 'kiitos', 'kuulemiin']
    const lines = text.map((word, i) =>
      JSON.stringify({ word, from: 400 + i * 2400, to: 400 + i * 2400 + 2200, confidence: 0.9 }),
    )
    return `${[...lines, JSON.stringify({ words: text.length })].join('\n')}\n`
  },
  words: () => `${words(3)}{"words":3}\n`,
  'words-cut': () => words(3),
  'words-miscounted': () => `${words(3)}{"words":4}\n`,
  'words-outside': () => `${words(1_000)}{"words":1000}\n`,
  'words-strange': () => `${words(1)}Maija Meikäläinen\n{"words":2}\n`,
}

process.stdout.write(await answers[behaviour!]!())
