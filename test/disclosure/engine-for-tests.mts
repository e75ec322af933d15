/**
 * Voice engine as an agency might configure one, and everything that can go wrong with it. In: the protocol of
 * docs/formats/voice-process.md; the first argument selects the behaviour. It imports nothing of Seloste, because an
 * engine runs where no file of Seloste can be read.
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

/** Returns another voice: the samples inverted, which sound the same but differ. */
function inverted(): Buffer {
  const result = Buffer.alloc(pcm.length)
  for (let at = 0; at < pcm.length; at += 2) result.writeInt16LE(Math.max(-32_767, -pcm.readInt16LE(at)), at)
  return result
}

/** Returns noise derived from the seed, and nothing of the input. */
function noise(): Buffer {
  const stream = createCipheriv('aes-256-ctr', Buffer.from(request.seed!, 'hex'), Buffer.alloc(16))
  return stream.update(Buffer.alloc(pcm.length))
}

/** Raises the pitch by a fifth, with an external program. */
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

const shortText = ['hyvää', 'päivää', 'puhelinnumeroni', 'on', '0401234567', 'kiitos', 'kuulemiin']

function said(confidenceOf: (word: string) => number, text = shortText): string {
  const lines = text.map((word, i) =>
    JSON.stringify({ word, from: 400 + i * 2400, to: 400 + i * 2400 + 2200, confidence: confidenceOf(word) }),
  )
  return `${[...lines, JSON.stringify({ words: text.length })].join('\n')}\n`
}

const answers: Record<string, () => Promise<Buffer | string> | Buffer | string> = {
  invert: inverted,
  noise,
  raise: raised,
  echo: () => pcm,
  short: () => inverted().subarray(2),
  long: () => Buffer.concat([inverted(), Buffer.alloc(200_000)]),
  // Sends half an answer, and exits.
  'crash-half-way': async () => {
    await new Promise((resolve) => process.stdout.write(inverted().subarray(0, pcm.length / 2), resolve))
    process.exit(9)
  },
  forever: () => new Promise(() => setInterval(() => undefined, 1_000)),
  'read-model': () => (readFileSync(request.models.at(-1)!), inverted()),
  'seed-into-samples': () => Buffer.concat([Buffer.from(request.seed!, 'hex'), inverted().subarray(32)]),
  // Fails if the network can be reached; a connection that fails is the expected result.
  connect: () =>
    new Promise((resolve, reject) => {
      connect(Number(detail), '127.0.0.1')
        .on('connect', () => reject(new Error('the network is open')))
        .on('error', () => resolve(inverted()))
    }),
  write: () => (writeFileSync(detail, 'kept'), inverted()),
  // Send the same words on each track, in two seconds.
  says: () => said(() => 0.9),
  'says-unsure': () => said((word) => (word === 'päivää' || word === 'kiitos' ? 0.3 : 0.9)),
  // In seven seconds, some of them long: a turn of several lines.
  'says-at-length': () =>
    said(
      (word) => (['veronpidätysprosentin', 'Kerttu', 'muutosverokorttia'].includes(word) ? 0.4 : 0.95),
      [
        ...['Verohallinto,', 'hyvää', 'päivää.', 'Täällä', 'on', 'Kerttu', 'ja', 'kysyisin', 'uuden'],
        ...['veronpidätysprosentin', 'mukaista', 'muutosverokorttia', 'työnantajalle', 'ensi', 'kuusta.'],
      ],
    ),
  words: () => `${words(3)}{"words":3}\n`,
  'words-cut': () => words(3),
  'words-miscounted': () => `${words(3)}{"words":4}\n`,
  'words-outside': () => `${words(1_000)}{"words":1000}\n`,
  'words-strange': () => `${words(1)}Maija Meikäläinen\n{"words":2}\n`,
}

process.stdout.write(await answers[behaviour!]!())
