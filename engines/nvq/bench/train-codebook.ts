/**
 * Generates `src/codebook-data.ts` for level D: 512 spectral envelopes, and average statistics of other voices.
 *
 *   node bench/train-codebook.ts
 *
 * Needed only when the analysis changes: the result is in the repository. training-voices.ts lists the speech used.
 */
import { join } from 'node:path'
import { momentsOf, seriesOf, type Moments } from '../src/analysis.ts'
import { halfSquares, writeCodebook } from '../src/codebook.ts'
import { bandCount } from '../src/envelope.ts'
import { findTractFactor } from '../src/vocal-tract.ts'
import { cluster } from './cluster.ts'
import { seeded } from './seeded.ts'
import { rowsOf, trainingPackages, trainingVoices, type Voice } from './training-voices.ts'
import { linesOf, writeSource } from './write-source.ts'

const wordCount = 512
const coarseCount = 128
/** Minimum of frames for the average of a voice. */
const fewestOfStranger = 1400

const chance = seeded('codebook')
const target = join(import.meta.dirname, '../src/codebook-data.ts')

const momentsOfVoice = ({ analysis, factor }: Voice): Moments => momentsOf(seriesOf(analysis, analysis.counted, factor))

/** Returns the weight of each term: its standard deviation over all speech. */
function weightsOf(moments: readonly Moments[]): Float64Array {
  return Float64Array.from(
    { length: bandCount },
    (_, order) =>
      Math.sqrt(moments.reduce((sum, { deviation }) => sum + deviation[order]! ** 2, 0) / moments.length) *
      (order === 0 ? 1 : 2),
  )
}

function write(data: ReturnType<typeof writeCodebook>, voices: readonly Voice[]): void {
  writeSource(
    target,
    `/**
 * Made by bench/train-codebook.ts from ${voices.length} voices in Debian's packages
 * ${trainingPackages}.
 * Averages of many voices' spectra; no recording, and no one voice's, can be made from them.
 */
export const codebookData = {
  weights: [${data.weights.join(', ')}],
  words: ${linesOf(data.words)},
  strangers: ${linesOf(data.strangers)},
}
`,
  )
}

const voices = await trainingVoices()
console.log(`${voices.length} voices`)

for (let round = 0; round < 2; round++) {
  const weights = weightsOf(voices.map(momentsOfVoice))
  const words = cluster(rowsOf(voices, weights, chance), coarseCount, 5, chance)
  const shapes = { weights, words, halves: halfSquares(words) }
  for (const voice of voices) voice.factor = findTractFactor(voice.analysis, shapes)
  const middle = voices.map(({ factor }) => factor).sort()[Math.floor(voices.length / 2)]!
  // Normalises the factors to an average of one.
  for (const voice of voices) voice.factor /= middle
  console.log(voices.map(({ id, factor }) => `${id} ${factor.toFixed(3)}`).join(', '))
}
const moments = voices.map(momentsOfVoice)
const weights = weightsOf(moments)
const words = cluster(rowsOf(voices, weights, chance), wordCount, 12, chance)
// Only human voices: a synthesiser's average would be recognisable.
const strangers = moments.filter((_, at) => {
  const { id, analysis } = voices[at]!
  return !/^(suopuhe|espeak)/.test(id) && analysis.counted.length >= fewestOfStranger
})
console.log(`${strangers.length} strangers`)
write(writeCodebook(words, weights, strangers), voices)
