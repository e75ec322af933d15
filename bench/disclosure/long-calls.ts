/**
 * Builds calls of any length for the bench of packages: the simulator's dialogues in sequence, on two tracks, each with its
 * transcript. Contains no person's voice.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WrittenTurn } from '#use/disclosure/copies/copy-work.ts'

interface Dialogue {
  language: 'fi' | 'sv' | 'en'
  lines: { who: 'caller' | 'official'; text: string; offset: number; length: number; pauseMs: number }[]
  sound: Buffer
}

export interface LongCall {
  /** G.711 A-law, 8 kHz. */
  caller: Buffer
  official: Buffer
  turns: WrittenTurn[]
  /** Seconds of speech. */
  spoken: number
}

/** Silence in A-law. */
const quiet = 0xd5
const samplesPerMs = 8
const betweenDialoguesMs = 800

const folder = join(import.meta.dirname, '../../test/simulator/speech/spoken')

/** Reads every dialogue of the simulator, once. */
export function readDialogues(): Dialogue[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({
      ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Omit<Dialogue, 'sound'>),
      sound: readFileSync(join(folder, name.replace('.json', '.alaw'))),
    }))
}

/** Orders the dialogues differently for each `nth` call; omits one that would not end in time. */
export function longCall(dialogues: readonly Dialogue[], nth: number, seconds: number): LongCall {
  const samples = seconds * 1000 * samplesPerMs
  const [caller, official] = [Buffer.alloc(samples, quiet), Buffer.alloc(samples, quiet)]
  const turns: WrittenTurn[] = []
  let at = 500 * samplesPerMs
  let spoken = 0
  for (let next = nth; ; next++) {
    const { language, lines, sound } = dialogues[next % dialogues.length]!
    for (const { who, text, offset, length, pauseMs } of lines) {
      if (at + length > samples) return { caller, official, turns, spoken }
      sound.copy(who === 'caller' ? caller : official, at, offset, offset + length)
      turns.push({
        track: who === 'caller' ? 'CALLER' : 'OFFICIAL',
        fromMs: Math.floor(at / samplesPerMs),
        toMs: Math.floor((at + length) / samplesPerMs),
        language,
        text,
      })
      spoken += length / samplesPerMs / 1000
      at += length + pauseMs * samplesPerMs
    }
    at += betweenDialoguesMs * samplesPerMs
  }
}
