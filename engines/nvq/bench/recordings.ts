/** The recordings of the evaluation, cut from a person's speech: utterances of about 5 s, and calls of about 34 s. */
import { people, type Person } from './people.ts'
import { finnishVoices, finnishSpeechOf } from './finnish-voices.ts'
import { seeded } from './seeded.ts'
import { speechOf } from './speech-packages.ts'

export interface Speaker {
  id: string
  /** Members of one group may be one person: they are never paired as impostors, nor split between training and test. */
  group: string
  kind: Person['kind'] | 'synthetic'
  /** Even ones are the attacker's samples of the person, odd ones are disclosed. */
  utterances: readonly Int16Array[]
  /** Like the utterances; empty if there is too little speech. */
  calls: readonly Int16Array[]
  /** Total seconds. */
  seconds: number
}

/** Returns true for the disclosed (odd) recordings. */
export const isDisclosed = (index: number) => index % 2 === 1

const rate = 8000
const utteranceSamples = 5 * rate
const callSamples = 34 * rate
/** Kinds with enough speech for twice as many utterances per speaker: these sets have few speakers. */
const twiceAsMany: ReadonlySet<Speaker['kind']> = new Set(['sentences', 'synthetic'])
/** Minimum of utterances; speakers with fewer are left out. */
const fewestUtterances = 2

export async function speakers(mostUtterances: number, mostCalls: number): Promise<readonly Speaker[]> {
  const result: Speaker[] = []
  for (const person of people) result.push(cut(person, await speechOf(person), mostUtterances, mostCalls))
  for (const voice of finnishVoices)
    result.push(cut({ ...voice, kind: 'synthetic' }, await finnishSpeechOf(voice), mostUtterances, 0))
  return result.filter(({ utterances }) => utterances.length >= fewestUtterances)
}

function cut(
  { id, language, kind }: { id: string; language: string; kind: Speaker['kind'] },
  pieces: readonly Int16Array[],
  mostUtterances: number,
  mostCalls: number,
): Speaker {
  const seconds = pieces.reduce((sum, { length }) => sum + length, 0) / rate
  // A synthetic voice cannot be the same person as another one.
  const group = kind === 'synthetic' ? id : language
  const utterances = join(pieces, utteranceSamples, 0.15, id).slice(0, mostUtterances * (twiceAsMany.has(kind) ? 2 : 1))
  const calls = kind === 'sentences' ? join(pieces, callSamples, 0.45, id).slice(0, mostCalls) : []
  return { id, group, kind, utterances: evenCount(utterances), calls: evenCount(calls), seconds }
}

const evenCount = <T>(items: readonly T[]): T[] => items.slice(0, items.length & ~1)

/** Joins pieces with line noise between them; begins a new recording when one is long enough. */
function join(pieces: readonly Int16Array[], samples: number, gapSeconds: number, seed: string): Int16Array[] {
  const chance = seeded(`gaps ${seed}`)
  const joined: Int16Array[] = []
  let parts: Int16Array[] = []
  let length = 0
  for (const piece of pieces) {
    const gap = Int16Array.from({ length: Math.round(rate * gapSeconds * (0.7 + 0.6 * chance.uniform())) }, () =>
      Math.round(8 * chance.normal()),
    )
    parts.push(piece, gap)
    length += piece.length + gap.length
    if (length < samples) continue
    const whole = new Int16Array(length)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    joined.push(whole)
    parts = []
    length = 0
  }
  return joined
}
