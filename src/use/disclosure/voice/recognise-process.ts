/**
 * Recognition by a program of its own (docs/formats/voice-process.md): words with times of an original track, as proposals that
 * a person reviews.
 */
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { NamedProgram } from '#platform/processes/named-programs.ts'
import { runInChildProcess } from '#platform/processes/run-in-child-process.ts'
import { fingerprintOf } from '#platform/processes/verify-program.ts'
import type { Span, Turn } from './engine.ts'
import { limitMsOf, requestOf } from './process-request.ts'
import { VoiceFault } from './voice-faults.ts'

/** Limit of an answer: at most ten words a second with at most 400 bytes each are less than a byte per sample. */
const maxBytesPerSample = 1
const minMaxBytes = 100_000

const exact = { additionalProperties: false }
const Word = Type.Object(
  {
    word: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\s\\x00-\\x1f\\x7f]+$' }),
    from: Type.Integer({ minimum: 0 }),
    to: Type.Integer({ minimum: 0 }),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    language: Type.Optional(Type.Union([Type.Literal('fi'), Type.Literal('sv'), Type.Literal('en')])),
  },
  exact,
)
const wordLine = Compile(Word)
const endLine = Compile(Type.Object({ words: Type.Integer({ minimum: 0 }) }, exact))

/** Times in samples of the track. */
export interface RecognisedWord extends Span {
  text: string
  language: Turn['language']
  /** The engine's confidence, 0 to 1. */
  confidence: number
}

export interface Recogniser {
  name: string
  version: string
  /** Hash of the program and its models. */
  sources: string
  /**
   * Recognises a track.
   * @param language expected; a word may be in another
   * @throws ProcessFault; VoiceFault `engine-answer-wrong`
   */
  recognise: (samples: Int16Array, language: Turn['language'], signal?: AbortSignal) => Promise<RecognisedWord[]>
}

export function recogniseProcess(program: NamedProgram): Recogniser {
  return {
    name: program.name,
    version: program.version,
    sources: fingerprintOf(program),
    async recognise(samples, language, signal) {
      const input = requestOf(program, samples, { kind: 'recognise', language })
      try {
        const answer = await runInChildProcess(program, {
          input,
          maxBytes: minMaxBytes + maxBytesPerSample * samples.length,
          limitMs: limitMsOf(program, samples.length),
          ...(signal && { signal }),
        })
        const words = readWords(program.name, answer.toString('utf8'), samples.length, language)
        answer.fill(0)
        return words
      } finally {
        for (const part of input) part.fill(0)
      }
    },
  }
}

/** Parses an answer: one word a line, ordered by start; the last line has the number of words. */
function readWords(name: string, answer: string, length: number, expected: Turn['language']): RecognisedWord[] {
  const wrong = (line: number, problem: string) =>
    new VoiceFault('engine-answer-wrong', `${name}: line ${line} of its answer ${problem}. The answer was discarded.`)
  const lines = answer.split('\n')
  if (lines.pop() !== '') throw wrong(lines.length + 1, 'does not end with a line break')
  const end = parseLine(lines.pop())
  const words = lines.map((line, index): RecognisedWord => {
    const word: unknown = parseLine(line)
    if (!wordLine.Check(word)) throw wrong(index + 1, 'is not a valid word')
    const { from, to, confidence, language = expected } = word
    if (from >= to || to > length) throw wrong(index + 1, 'has times outside the track')
    return { text: word.word, from, to, confidence, language }
  })
  words.forEach(({ from }, index) => {
    if (from < (words[index - 1]?.from ?? 0)) throw wrong(index + 1, 'begins before the previous word')
  })
  if (!endLine.Check(end) || end.words !== words.length)
    throw wrong(words.length + 1, 'does not have the number of words')
  return words
}

function parseLine(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    // Not JSON: the shape check reports it.
    return undefined
  }
}
