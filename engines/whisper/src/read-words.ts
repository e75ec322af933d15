/** Reads words with times and confidences from whisper-cli's full JSON, whose unit is the token, a part of a word. */
import { rate } from './read-request.ts'

const samplesPerMs = rate / 1000
const maxWordLength = 100
/** A word has at least 0.1 s before the end of the track. */
const leastSamples = rate / 10
/** `[_BEG_]`, `[_TT_250]`, `<|endoftext|>`: they mark times and languages. */
const special = /^(\[_.*\]|<\|.*\|>)$/
const letterOrDigit = /[\p{L}\p{N}]/u
/** Also part of a character, which a following token completes. */
const spoken = /[\p{L}\p{N}\ufffd]/u
const controls = /[\u0000-\u001f\u007f]/g

export interface FoundWord {
  word: string
  /** In samples at 8 kHz: first, and behind the last. */
  from: number
  to: number
  /** The probability of its least probable token that has a letter or a digit. */
  confidence: number
}

interface WrittenToken {
  text: string
  p: number
  /** Milliseconds. */
  offsets?: { from: number; to: number }
}

interface WrittenSegment {
  offsets: { from: number; to: number }
  tokens: WrittenToken[]
}

/**
 * @param json whisper-cli's output, in which a token may end within a character of UTF-8
 * @param length of the track, in samples
 * @returns words in the order in which they begin, each within the track
 */
export function readWords(json: Buffer, length: number): FoundWord[] {
  // Latin 1 keeps each byte, until a word is whole.
  const written = JSON.parse(json.toString('latin1').replace(controls, ' ')) as { transcription: WrittenSegment[] }
  const words = written.transcription.flatMap(wordsOf)
  let last = 0
  return words.flatMap(({ text, fromMs, toMs, confidence }) => {
    const word = Buffer.from(text, 'latin1').toString('utf8').trim().replace(/\s/g, '')
    if (!letterOrDigit.test(word)) return []
    // Times of whisper.cpp are estimates: they may overlap, or lie behind the end.
    const from = Math.max(last, Math.min(Math.round(fromMs * samplesPerMs), Math.max(0, length - leastSamples)))
    const to = Math.max(from + 1, Math.min(Math.round(toMs * samplesPerMs), length))
    last = from
    return [{ word: word.slice(0, maxWordLength), from, to, confidence: Math.max(0, Math.min(1, confidence)) }]
  })
}

interface OpenWord {
  text: string
  fromMs: number
  toMs: number
  confidence: number
}

/** A token that begins with a blank begins a word; punctuation belongs to the word before it. */
function wordsOf({ offsets: whole, tokens }: WrittenSegment): OpenWord[] {
  const words: OpenWord[] = []
  for (const { text, p, offsets = whole } of tokens) {
    if (special.test(text)) continue
    const isSpoken = spoken.test(Buffer.from(text, 'latin1').toString('utf8'))
    const open = words.at(-1)
    if (open === undefined || text.startsWith(' ')) {
      words.push({ text, fromMs: offsets.from, toMs: offsets.to, confidence: isSpoken ? p : 1 })
      continue
    }
    open.text += text
    open.toMs = Math.max(open.toMs, offsets.to)
    if (isSpoken) open.confidence = Math.min(open.confidence, p)
  }
  return words
}
