/**
 * Voices from which the codebook and the accents are trained: people in Debian's packages, and synthetic voices with Finnish and
 * Swedish vowels. None is in the evaluation's sets "10 people", "prompts" and "calls"; of "100 people" only those with the least
 * speech are. Needs the programs of speech-packages.ts, and festival with festvox-suopuhe-lj and festvox-suopuhe-mv.
 *
 * Licences of the speech, by the packages' copyright files: ktuberling-data GPL 2 or later, klettres-data GPL 2 or later,
 * tuxpaint-stamps-default GPL 2, festvox-ru a BSD licence, festvox-suopuhe-lj and -mv LGPL 2 or later, espeak-ng GPL 3 or
 * later. Only averages of spectra over many voices are written; none of the recordings is.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { analyse, momentsOf, seriesOf, weigh, type Analysis } from '../src/analysis.ts'
import { bandCount } from '../src/envelope.ts'
import { finnish, swedish } from './codebook-texts.ts'
import { people, type Person } from './people.ts'
import type { Seeded } from './seeded.ts'
import { asTelephone, cacheFolder, keepPieces, readPieces, speechOf } from './speech-packages.ts'

export const trainingPackages =
  'ktuberling-data, klettres-data, tuxpaint-stamps-default, festvox-ru, festvox-suopuhe-lj, -mv, espeak-ng'
/** Training frames per voice. */
const framesEach = 1500
const secondsEach = 75
/** Speakers of the evaluation's set "prompts". */
const judged = 28
/** Minimum of frames; voices with fewer are not used. */
const fewestFrames = 800
/** Voices with Finnish and Swedish vowels have more weight, because callers speak these languages. */
const weightOf = (id: string) => (/-(fi|sv)|suopuhe/.test(id) ? 2 : 1)

export interface Voice {
  id: string
  analysis: Analysis
  /** Vocal tract factor; one until it is estimated. */
  factor: number
}

const russian: Person = {
  id: 'festvox-ru',
  debianPackage: 'festvox-ru',
  files: /\/wav\/.*\.wav$/,
  language: 'ru',
  kind: 'sentences',
}

/** Returns readers of single words, except those with the most speech, who are in the set "prompts". */
async function readers(): Promise<{ id: string; pieces: readonly Int16Array[] }[]> {
  const all: { id: string; pieces: readonly Int16Array[]; samples: number }[] = []
  for (const person of people.filter(({ kind }) => kind === 'words')) {
    const pieces = await speechOf(person)
    all.push({ id: person.id, pieces, samples: pieces.reduce((sum, { length }) => sum + length, 0) })
  }
  const shorter = all.sort((one, other) => other.samples - one.samples).slice(judged)
  return [...shorter, { id: russian.id, pieces: await speechOf(russian) }]
}

const synthetic: readonly { id: string; speak: (wav: string, scratch: string) => void }[] = [
  ...(['voice_suo_fi_lj_diphone', 'voice_hy_fi_mv_diphone'] as const).map((voice) => ({
    id: `suopuhe-${voice}`,
    speak: (wav: string, scratch: string) => {
      const text = join(scratch, 'text.txt')
      // Festival's Finnish voices expect ISO-8859-15, whose Finnish letters equal those of Latin-1.
      writeFileSync(text, Buffer.from(finnish, 'latin1'))
      execFileSync('text2wave', ['-eval', `(${voice})`, text, '-o', wav])
    },
  })),
  ...['fi+m3', 'fi+f2', 'sv+m7', 'sv+f4', 'sv+m1', 'sv+f1'].map((voice) => ({
    id: `espeak-${voice}`,
    speak: (wav: string) =>
      void execFileSync('espeak-ng', ['-v', voice, '-w', wav, voice.startsWith('fi') ? finnish : swedish]),
  })),
]

async function spoken({ id, speak }: (typeof synthetic)[number]): Promise<readonly Int16Array[]> {
  const cached = join(cacheFolder, 'codebook', `${id}.s16`)
  if (!existsSync(cached)) {
    const scratch = mkdtempSync(join(tmpdir(), 'codebook-'))
    speak(join(scratch, 'voice.wav'), scratch)
    keepPieces(cached, [await asTelephone(join(scratch, 'voice.wav'))])
    rmSync(scratch, { recursive: true })
  }
  return readPieces(cached)
}

/** @returns the voice; undefined if there is too little speech */
function voiceOf(id: string, pieces: readonly Int16Array[]): Voice | undefined {
  const samples = new Int16Array(secondsEach * 8000)
  let at = 0
  for (const piece of pieces) {
    if (at >= samples.length) break
    const part = piece.subarray(0, samples.length - at)
    samples.set(part, at)
    // A short pause between two pieces.
    at += part.length + 1600
  }
  const analysis = analyse({ samples: samples.subarray(0, at), redacted: [] })
  if (analysis.counted.length < fewestFrames) return undefined
  return { id, analysis, factor: 1 }
}

export async function trainingVoices(): Promise<Voice[]> {
  const voices: Voice[] = []
  for (const { id, pieces } of await readers()) {
    const voice = voiceOf(id, pieces)
    if (voice) voices.push(voice)
  }
  for (const made of synthetic) {
    const voice = voiceOf(made.id, await spoken(made))
    if (voice) voices.push(voice)
  }
  return voices
}

/** Returns rows of normalised terms, scaled by their weights, for some frames of each voice. */
export const rowsOf = (voices: readonly Voice[], weights: Float64Array, chance: Seeded): Float32Array =>
  joined(
    voices.map((voice) => {
      const frames = chance.shuffled([...voice.analysis.counted]).slice(0, framesEach * weightOf(voice.id))
      return rowsOfFrames(voice, frames, weights)
    }),
  )

/** Returns the same for the given frames. */
export function rowsOfFrames(
  { analysis, factor }: Pick<Voice, 'analysis' | 'factor'>,
  frames: ArrayLike<number>,
  weights: Float64Array,
): Float32Array {
  const moments = momentsOf(seriesOf(analysis, analysis.counted, factor))
  const series = seriesOf(analysis, frames, factor)
  weigh(series, moments, weights)
  return series.filter((_, at) => at % bandCount > 0)
}

/** Concatenates the rows. */
export function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, own) => sum + own.length, 0))
  let at = 0
  for (const own of rows) {
    all.set(own, at)
    at += own.length
  }
  return all
}
