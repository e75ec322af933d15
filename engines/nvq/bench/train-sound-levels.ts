/**
 * Generates `src/sound-level-data.ts` for level D: the average level of each codeword over all voices.
 *
 *   node bench/train-sound-levels.ts
 *
 * Needed only when the codebook changes: the result is in the repository. training-voices.ts lists the speech used.
 */
import { join } from 'node:path'
import { codebook } from '../src/codebook.ts'
import { levelsAsEverybodys } from '../src/drawn-loudness.ts'
import { shapeTerms } from '../src/envelope.ts'
import { Mixture } from '../src/mixture.ts'
import { writeSoundLevels } from '../src/sound-levels.ts'
import { findTractFactor } from '../src/vocal-tract.ts'
import { rowsOfFrames, trainingPackages, trainingVoices, type Voice } from './training-voices.ts'
import { linesOf, writeSource } from './write-source.ts'

/** Maximum of frames per voice that count. */
const mostOfVoice = 3000
/** Frames at the average level that are added to each codeword, as a prior for rare ones. */
const asAverage = 10

const shapes = codebook()
const wordCount = shapes.halves.length
const everybodys = { spread: 1, skew: 0 }

/** Returns the sum of a voice's levels over the frames of each codeword, and their counts. */
function levelsOf({ analysis }: Voice) {
  const rows = rowsOfFrames({ analysis, factor: findTractFactor(analysis, shapes) }, analysis.counted, shapes.weights)
  const levels = levelsAsEverybodys(analysis, everybodys)
  const mixture = new Mixture(shapes.words, shapes.halves)
  const row = new Float64Array(shapeTerms)
  const sums = new Float64Array(wordCount)
  const counts = new Float64Array(wordCount)
  for (const [n, frame] of analysis.counted.entries()) {
    row.set(rows.subarray(n * shapeTerms, (n + 1) * shapeTerms))
    mixture.find(row)
    for (const [place, word] of mixture.words.entries()) {
      sums[word]! += mixture.shares[place]! * levels[frame]!
      counts[word]! += mixture.shares[place]!
    }
  }
  const weight = Math.min(1, mostOfVoice / analysis.counted.length)
  return { sums: sums.map((sum) => weight * sum), counts: counts.map((count) => weight * count) }
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

const voices = await trainingVoices()
const sums = new Float64Array(wordCount)
const counts = new Float64Array(wordCount)
for (const own of voices.map(levelsOf))
  for (let word = 0; word < wordCount; word++) {
    sums[word]! += own.sums[word]!
    counts[word]! += own.counts[word]!
  }
const mean = total(sums) / total(counts)
const levels = sums.map((sum, word) => (sum + asAverage * mean) / (counts[word]! + asAverage) - mean)
const rising = levels.toSorted()
console.log(
  `${voices.length} voices; codewords lie ${rising[0]!.toFixed(1)} to ${rising.at(-1)!.toFixed(1)} dB beside the mean`,
)

writeSource(
  join(import.meta.dirname, '../src/sound-level-data.ts'),
  `/**
 * Made by bench/train-sound-levels.ts from ${voices.length} voices in Debian's packages
 * ${trainingPackages}.
 * Averages of many voices' levels; no recording, and no one voice's, can be made from them.
 */
export const soundLevelData = ${linesOf(writeSoundLevels(levels))}
`,
)
