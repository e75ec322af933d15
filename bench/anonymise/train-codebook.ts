/**
 * Makes `src/use/disclosure/voice/codebook-data.ts`: 512 shapes of a spectrum and the averages of strangers, for level
 * D.
 *
 *   node bench/anonymise/train-codebook.ts
 *
 * Needed only when the analysis changes: the result is kept in the repository. Needs what speech-packages.ts needs, and
 * festival with festvox-suopuhe-lj and festvox-suopuhe-mv. Nobody is in it of the bench's sets "10 people", "prompts"
 * and "calls"; of "100 people" those who say least are.
 *
 * Licences of the speech, by the packages' copyright files: ktuberling-data GPL 2 or later, klettres-data GPL 2 or later,
 * tuxpaint-stamps-default GPL 2, festvox-ru a BSD licence, festvox-suopuhe-lj and -mv LGPL 2 or later, espeak-ng GPL 3 or
 * later. Only averages of spectra over many voices are written; none of the recordings is.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { analyse, momentsOf, seriesOf, type Analysis, type Moments } from '#use/disclosure/voice/analysis.ts'
import { halfSquares, Nearest, shapeTerms, writeCodebook } from '#use/disclosure/voice/codebook.ts'
import { bandCount } from '#use/disclosure/voice/envelope.ts'
import { findTractFactor } from '#use/disclosure/voice/vocal-tract.ts'
import { finnish, swedish } from './codebook-texts.ts'
import { people, type Person } from './people.ts'
import { seeded } from './seeded.ts'
import { asTelephone, cacheFolder, keepPieces, readPieces, speechOf } from './speech-packages.ts'

const wordCount = 512
const coarseCount = 128
/** Frames of each voice that the codewords are made of. */
const framesEach = 1500
const secondsEach = 75
/** Speakers of the evaluation's set "prompts". */
const judged = 28
/** Frames that count: fewer make no codeword, and from fewer no stranger is known. */
const fewestFrames = 800
const fewestOfStranger = 1400
/** Finnish and Swedish vowels are what callers here have: their voices weigh more. */
const weightOf = (id: string) => (/-(fi|sv)|suopuhe/.test(id) ? 2 : 1)

const chance = seeded('codebook')
const target = join(import.meta.dirname, '../../src/use/disclosure/voice/codebook-data.ts')

interface Voice {
  id: string
  analysis: Analysis
  factor: number
}

const russian: Person = {
  id: 'festvox-ru',
  debianPackage: 'festvox-ru',
  files: /\/wav\/.*\.wav$/,
  language: 'ru',
  kind: 'sentences',
}

/** Who reads words, but for those of whom there is most: the set "prompts" is made of them. */
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
      // Festival's Finnish voices read ISO-8859-15, where the Finnish letters are as in latin1.
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

/** @returns undefined where there is too little of it to say what the voice is like */
function voiceOf(id: string, pieces: readonly Int16Array[]): Voice | undefined {
  const samples = new Int16Array(secondsEach * 8000)
  let at = 0
  for (const piece of pieces) {
    if (at >= samples.length) break
    const part = piece.subarray(0, samples.length - at)
    samples.set(part, at)
    // A breath between two pieces.
    at += part.length + 1600
  }
  const analysis = analyse({ samples: samples.subarray(0, at), redacted: [] })
  if (analysis.counted.length < fewestFrames) return undefined
  return { id, analysis, factor: 1 }
}

/** Rows of normalised terms, scaled by what each weighs. */
function rowsOf(voices: readonly Voice[], weights: Float64Array): Float32Array {
  const rows: Float32Array[] = []
  for (const { id, analysis, factor } of voices) {
    const frames = chance.shuffled([...analysis.counted]).slice(0, framesEach * weightOf(id))
    const moments = momentsOf(seriesOf(analysis, analysis.counted, factor))
    const series = seriesOf(analysis, frames, factor)
    const own = new Float32Array(frames.length * shapeTerms)
    for (let row = 0; row < frames.length; row++)
      for (let term = 0; term < shapeTerms; term++) {
        const order = term + 1
        const value = (series[row * bandCount + order]! - moments.mean[order]!) / moments.deviation[order]!
        own[row * shapeTerms + term] = value * weights[order]!
      }
    rows.push(own)
  }
  const all = new Float32Array(rows.reduce((sum, own) => sum + own.length, 0))
  let at = 0
  for (const own of rows) {
    all.set(own, at)
    at += own.length
  }
  return all
}

/** Lloyd's algorithm from a random choice; a word that nothing is near to begins anew where the data is. */
function cluster(rows: Float32Array, count: number, rounds: number): Float32Array {
  const rowCount = rows.length / shapeTerms
  const words = new Float32Array(count * shapeTerms)
  const reseed = (word: number) => {
    const row = Math.floor(chance.uniform() * rowCount) * shapeTerms
    words.set(rows.subarray(row, row + shapeTerms), word * shapeTerms)
  }
  for (let word = 0; word < count; word++) reseed(word)
  for (let round = 0; round < rounds; round++) {
    const nearest = new Nearest(1, words, halfSquares(words))
    const sums = new Float64Array(words.length)
    const counts = new Uint32Array(count)
    const row = new Float64Array(shapeTerms)
    let total = 0
    for (let at = 0; at < rows.length; at += shapeTerms) {
      row.set(rows.subarray(at, at + shapeTerms))
      nearest.find(row)
      const word = nearest.places[0]!
      total += nearest.distances[0]!
      counts[word]!++
      for (let term = 0; term < shapeTerms; term++) sums[word * shapeTerms + term]! += row[term]!
    }
    for (let word = 0; word < count; word++) {
      if (counts[word]! < 5) reseed(word)
      else
        for (let term = 0; term < shapeTerms; term++)
          words[word * shapeTerms + term] = sums[word * shapeTerms + term]! / counts[word]!
    }
    console.log(`  ${count} words, round ${round + 1}: mean square distance ${(total / rowCount).toFixed(4)}`)
  }
  return words
}

const momentsOfVoice = ({ analysis, factor }: Voice): Moments => momentsOf(seriesOf(analysis, analysis.counted, factor))

/** What each term weighs: how far it moves in everybody's speech. */
function weightsOf(moments: readonly Moments[]): Float64Array {
  return Float64Array.from(
    { length: bandCount },
    (_, order) =>
      Math.sqrt(moments.reduce((sum, { deviation }) => sum + deviation[order]! ** 2, 0) / moments.length) *
      (order === 0 ? 1 : 2),
  )
}

function write(data: ReturnType<typeof writeCodebook>, voices: readonly Voice[]): void {
  const lines = (name: string, base64: string) =>
    [`  ${name}: [`, ...(base64.match(/.{1,112}/g) ?? []).map((line) => `    '${line}',`), `  ].join(''),`].join('\n')
  const packages =
    'ktuberling-data, klettres-data, tuxpaint-stamps-default, festvox-ru, festvox-suopuhe-lj, -mv, espeak-ng'
  const text = `/**
 * Made by bench/anonymise/train-codebook.ts from ${voices.length} voices in Debian's packages
 * ${packages}.
 * Averages of many voices' spectra; no recording, and no one voice's, can be made from them.
 */
export const codebookData = {
  weights: [${data.weights.join(', ')}],
${lines('words', data.words)}
${lines('strangers', data.strangers)}
}
`
  writeFileSync(target, text)
  execFileSync('npx', ['prettier', '--write', target], { stdio: 'ignore' })
}

const voices: Voice[] = []
for (const { id, pieces } of await readers()) {
  const voice = voiceOf(id, pieces)
  if (voice) voices.push(voice)
}
for (const made of synthetic) {
  const voice = voiceOf(made.id, await spoken(made))
  if (voice) voices.push(voice)
}
console.log(`${voices.length} voices`)

for (let round = 0; round < 2; round++) {
  const weights = weightsOf(voices.map(momentsOfVoice))
  const words = cluster(rowsOf(voices, weights), coarseCount, 5)
  const shapes = { weights, words, halves: halfSquares(words) }
  for (const voice of voices) voice.factor = findTractFactor(voice.analysis, shapes)
  const middle = voices.map(({ factor }) => factor).sort()[Math.floor(voices.length / 2)]!
  // The average voice is nobody's: the factors are around one.
  for (const voice of voices) voice.factor /= middle
  console.log(voices.map(({ id, factor }) => `${id} ${factor.toFixed(3)}`).join(', '))
}
const moments = voices.map(momentsOfVoice)
const weights = weightsOf(moments)
const words = cluster(rowsOf(voices, weights), wordCount, 12)
// Only voices of people are strangers; a synthesiser's average is everybody's who has it.
const strangers = moments.filter((_, at) => {
  const { id, analysis } = voices[at]!
  return !/^(suopuhe|espeak)/.test(id) && analysis.counted.length >= fewestOfStranger
})
console.log(`${strangers.length} strangers`)
write(writeCodebook(words, weights, strangers), voices)
