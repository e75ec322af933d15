/**
 * Caches an engine's renderings of a speaker's recordings and the verifier's features of them, by the hash of the engine's sources.
 * Each recording and each side has its own random draw: the attacker's renderings never equal the disclosed ones.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { hear, type Heard } from './hear.ts'
import { engineNamed, hearingHash, sourcesHash, type EngineName } from './engines.ts'
import { isDisclosed, type Speaker } from './recordings.ts'
import { seeded } from './seeded.ts'
import { cacheFolder, keepPieces, readPieces } from './speech-packages.ts'

export type Side = 'attacker' | 'attacker again' | 'disclosed'

export interface PerRecording<Of> {
  utterances: readonly (Of | undefined)[]
  calls: readonly (Of | undefined)[]
}

interface Cost {
  cpuSeconds: number
  speechSeconds: number
}

/** Returns true if a side has the speaker's recording of this number: the disclosed side of an engine has only odd numbers. */
const exists = (name: EngineName, side: Side, index: number) =>
  name === 'original' || side !== 'disclosed' || isDisclosed(index)

const fileOf = (name: EngineName, side: Side, { id, utterances, calls }: Speaker) =>
  join(
    cacheFolder,
    'rendered',
    `${name}-${sourcesHash(name).slice(0, 16)}`,
    `${name === 'original' ? 'both' : side.replaceAll(' ', '-')}-${id}-${utterances.length}-${calls.length}`,
  )

const heardFileOf = (name: EngineName, side: Side, speaker: Speaker) =>
  `${fileOf(name, side, speaker)}-${hearingHash().slice(0, 8)}.heard`

/** Renders the recordings and extracts features, unless they are cached. */
export async function prepare(name: EngineName, side: Side, speaker: Speaker): Promise<void> {
  const file = fileOf(name, side, speaker)
  if (!existsSync(`${file}.json`)) await render(name, side, speaker)
  const heardFile = heardFileOf(name, side, speaker)
  if (!existsSync(heardFile)) writeFileSync(heardFile, serialize(readPieces(`${file}.s16`).map(hear)))
}

async function render(name: EngineName, side: Side, speaker: Speaker): Promise<void> {
  const file = fileOf(name, side, speaker)
  mkdirSync(join(file, '..'), { recursive: true })
  const engine = await engineNamed(name)
  const before = process.cpuUsage()
  const pieces: Int16Array[] = []
  let samplesRead = 0
  for (const kind of ['utterances', 'calls'] as const) {
    for (const [index, samples] of speaker[kind].entries()) {
      if (!exists(name, side, index)) continue
      const chance = seeded(`${name} ${side} ${speaker.id} ${kind} ${index}`)
      const out = await engine.revoice({ samples: samples.slice(), redacted: [] }, (size) => chance.bytes(size))
      if (out.length !== samples.length)
        throw new Error(
          `${name} gave ${out.length} samples for ${samples.length} of ${speaker.id}: lengths must agree.`,
        )
      samplesRead += samples.length
      pieces.push(out)
    }
  }
  const { user, system } = process.cpuUsage(before)
  const cost: Cost = { cpuSeconds: (user + system) / 1e6, speechSeconds: samplesRead / 8000 }
  keepPieces(`${file}.s16`, pieces)
  writeFileSync(`${file}.json`, JSON.stringify(cost))
}

const numbered = <Of>(name: EngineName, side: Side, { utterances, calls }: Speaker, pieces: Of[]): PerRecording<Of> => {
  const take = (recordings: readonly Int16Array[]) =>
    recordings.map((_, index) => (exists(name, side, index) ? pieces.shift() : undefined))
  return { utterances: take(utterances), calls: take(calls) }
}

export const rendered = (name: EngineName, side: Side, speaker: Speaker): PerRecording<Int16Array> =>
  numbered(name, side, speaker, readPieces(`${fileOf(name, side, speaker)}.s16`))

export const heard = (name: EngineName, side: Side, speaker: Speaker): PerRecording<Heard> =>
  numbered(name, side, speaker, deserialize(readFileSync(heardFileOf(name, side, speaker))) as Heard[])

/** Returns seconds of speech per CPU second, over all speakers. */
export function timesRealTime(name: EngineName, all: readonly Speaker[]): number {
  const costs = all.map(
    (speaker) => JSON.parse(readFileSync(`${fileOf(name, 'disclosed', speaker)}.json`, 'utf8')) as Cost,
  )
  const sum = (pick: (cost: Cost) => number) => costs.reduce((total, cost) => total + pick(cost), 0)
  return sum(({ speechSeconds }) => speechSeconds) / sum(({ cpuSeconds }) => cpuSeconds)
}
