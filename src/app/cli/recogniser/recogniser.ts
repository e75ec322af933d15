import { readFile, stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { readAudio } from '#platform/audio/read-audio.ts'
import { decoderOf } from '#register/recordings/decode-packets.ts'
import { sureConfidence } from '#use/disclosure/copies/propose-for-copy.ts'
import { namedEngines } from '#use/disclosure/voice/named-engines.ts'
import type { RecognisedWord } from '#use/disclosure/voice/recognise-process.ts'
import { compareWords, wordsOfText } from './compare-words.ts'
import { whisperEntry } from './whisper-entry.ts'
import { readWhisperModel } from './whisper-model.ts'

const rate = 8000
const languages = ['fi', 'sv', 'en'] as const

/**
 * `recogniser whisper`: prints an entry for the file of SELOSTE_ENGINES. `recogniser try`: runs the configured recogniser on an
 * audio file, as it would be run on a call, and prints the words.
 */
export async function recogniser(settings: () => Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      program: { type: 'string' },
      model: { type: 'string' },
      threads: { type: 'string', default: '2' },
      folder: { type: 'string', multiple: true, default: [] },
      language: { type: 'string', default: 'fi' },
      text: { type: 'string' },
    },
  })
  const [action, file] = positionals
  if (action === 'whisper' && values.model !== undefined && values.program !== undefined)
    return printEntry({ ...values, program: values.program, model: values.model })
  if (action === 'try' && file !== undefined) return tryOn(settings(), file, values)
  throw new Fault(
    'argument-wrong',
    'recogniser needs whisper --program PATH --model PATH, or try FILE; see "seloste help"',
  )
}

async function printEntry(given: { program: string; model: string; threads: string; folder: string[] }): Promise<void> {
  const threads = Number(given.threads)
  if (!Number.isInteger(threads) || threads < 1)
    throw new Fault('argument-wrong', `--threads is "${given.threads}"; it must be a whole number from 1 on`)
  const [program, path] = [resolve(given.program), resolve(given.model)]
  if (!(await stat(program).catch(() => undefined))?.isFile())
    throw new Fault(
      'argument-wrong',
      `${program} is not a file; name whisper-cli of whisper.cpp (docs/operate/recognition.md)`,
    )
  const model = await readWhisperModel(path)
  const folders = given.folder.map((folder) => resolve(folder))
  const entry = await whisperEntry({ program, model: path, threads, folders }, model)
  if (!model.isPublished)
    console.error(
      `${path} is none of the models that OpenAI published: enter its licence, and be sure where it is from.`,
    )
  console.log(JSON.stringify({ recognition: [entry] }, null, 2))
}

async function tryOn(
  settings: Settings,
  file: string,
  { language, text }: { language: string; text?: string | undefined },
): Promise<void> {
  const wanted = languages.find((one) => one === language)
  if (wanted === undefined)
    throw new Fault('argument-wrong', `--language is "${language}"; it can be ${languages.join(', ')}`)
  const { recognition, faults } = namedEngines(settings.enginesFile)
  const [named] = recognition
  for (const { code, message } of faults) console.error(`${code}: ${message}`)
  if (named === undefined)
    throw new Fault('argument-wrong', 'SELOSTE_ENGINES names no usable recogniser (docs/operate/recognition.md)')
  const tracks = await tracksOf(file)
  if (text !== undefined && tracks.length > 1)
    throw new Fault('argument-wrong', `${file} has two tracks; --text needs a file with one`)
  for (const [track, samples] of tracks.entries()) {
    const begun = performance.now()
    const words = await named.recognise(samples, wanted)
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    if (tracks.length > 1) console.log(`track ${track + 1}`)
    for (const { from, to, confidence, text } of words)
      console.log(`${clock(from)}  ${clock(to)}  ${confidence.toFixed(2)}  ${text}`)
    console.log(`${words.length} words in ${seconds} s, of ${(samples.length / rate).toFixed(1)} s of sound`)
    if (text !== undefined) printErrors(wordsOfText(await readFile(text, 'utf8')), words)
  }
}

/** Prints how many words are wrong, and how many of those the editor would mark. */
function printErrors(said: readonly string[], words: readonly RecognisedWord[]): void {
  const { replaced, missing, added, areRight } = compareWords(
    said,
    words.map(({ text }) => text),
  )
  const percent = Math.round((100 * (replaced + missing + added)) / Math.max(1, said.length))
  console.log(
    `of ${said.length} words said: ${replaced} replaced, ${missing} missing, ${added} added (word error rate ${percent} %)`,
  )
  const isMarked = ({ confidence }: RecognisedWord) => confidence < sureConfidence
  const wrong = words.filter((_, at) => !areRight[at])
  console.log(
    `marked: ${wrong.filter(isMarked).length} of ${wrong.length} wrong words, ${words.filter((word, at) => areRight[at] && isMarked(word)).length} of ${words.length - wrong.length} right ones`,
  )
}

const clock = (sample: number) => (sample / rate).toFixed(2).padStart(8)

/** Returns the tracks of an audio file, in samples at 8 kHz. */
async function tracksOf(file: string): Promise<Int16Array[]> {
  const audio = await readAudio(await readFile(file), extname(file).slice(1).toLowerCase())
  if ('problem' in audio) throw new Fault('argument-wrong', `${file} cannot be read: ${audio.problem}`)
  return audio.tracks.map(({ codec, packets }) => {
    const decoder = decoderOf(codec)
    try {
      const parts = packets.map(({ bytes }) => decoder.decode(bytes, 0, bytes.length))
      const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
      let at = 0
      for (const part of parts) {
        samples.set(part, at)
        at += part.length
      }
      return samples
    } finally {
      decoder.close()
    }
  })
}
