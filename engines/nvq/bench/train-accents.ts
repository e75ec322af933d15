/**
 * Generates `src/accent-data.ts` for level D: eigenvoices (Kuhn et al. 2000) of 48 classes of sounds, which describe how people
 * differ in pronunciation.
 *
 *   node bench/train-accents.ts
 *
 * Needed only when the codebook changes: the result is in the repository. training-voices.ts lists the speech used.
 */
import { join } from 'node:path'
import { sharesOfClasses, writeAccents } from '../src/accents.ts'
import { codebook, halfSquares, Nearest } from '../src/codebook.ts'
import { shapeTerms } from '../src/envelope.ts'
import { findTractFactor } from '../src/vocal-tract.ts'
import { cluster } from './cluster.ts'
import { seeded } from './seeded.ts'
import { joined, rowsOf, trainingPackages, trainingVoices } from './training-voices.ts'
import { linesOf, writeSource } from './write-source.ts'

const classCount = 48
const directionCount = 16
/** Weight of a frame (neighbouring frames are correlated), and of the prior towards the average of all voices. */
const frameWeight = 0.35
const asEverybody = 12
/** How softly a sound is assigned to classes beyond the nearest one. */
const softness = 3

const chance = seeded('accents')
const shapes = codebook()
const voices = await trainingVoices()
for (const voice of voices) voice.factor = findTractFactor(voice.analysis, shapes)
const rowsOfEach = voices.map((voice) => rowsOf([voice], shapes.weights, chance))
const rows = joined(rowsOfEach)
const centres = cluster(rows, classCount, 12, chance)
const reach = (2 * softness * meanDistance()) / shapeTerms

function meanDistance(): number {
  const nearest = new Nearest(1, centres, halfSquares(centres))
  const row = new Float64Array(shapeTerms)
  let sum = 0
  for (let at = 0; at < rows.length; at += shapeTerms) {
    row.set(rows.subarray(at, at + shapeTerms))
    nearest.find(row)
    sum += nearest.distances[0]!
  }
  return sum / (rows.length / shapeTerms)
}

/** Returns the sum of the rows of each class, and their counts. */
function classesOf(own: Float32Array) {
  const sums = new Float64Array(centres.length)
  const counts = new Float64Array(classCount)
  for (let at = 0; at < own.length; at += shapeTerms) {
    const row = own.subarray(at, at + shapeTerms)
    for (const [place, share] of sharesOfClasses({ centres, reach }, row).entries()) {
      counts[place]! += share
      for (let term = 0; term < shapeTerms; term++) sums[place * shapeTerms + term]! += share * row[term]!
    }
  }
  return { sums, counts }
}

const classes = rowsOfEach.map(classesOf)
const everybody = Float64Array.from(centres, (_, at) => {
  const place = Math.floor(at / shapeTerms)
  const sum = classes.reduce((total, { sums }) => total + sums[at]!, 0)
  return sum / classes.reduce((total, { counts }) => total + counts[place]!, 0)
})
/** Deviation of each voice from the average, shrunk towards zero where there are few frames. */
const beyond = classes.map(({ sums, counts }) =>
  sums.map((sum, at) => {
    const count = counts[Math.floor(at / shapeTerms)]!
    return (frameWeight * (sum - count * everybody[at]!)) / (frameWeight * count + asEverybody)
  }),
)
const mean = everybody.map((_, at) => beyond.reduce((sum, own) => sum + own[at]!, 0) / beyond.length)
const centred = beyond.map((own) => own.map((value, at) => value - mean[at]!))

/** Returns the eigenvoices, each scaled to the voices' standard deviation along it. */
function eigenvoices(): Float64Array[] {
  const products = centred.map((one) =>
    centred.map((other) => one.reduce((sum, value, at) => sum + value * other[at]!, 0) / centred.length),
  )
  const total = products.reduce((sum, row, at) => sum + row[at]!, 0)
  let explained = 0
  const found = Array.from({ length: directionCount }, () => {
    let own = products.map(() => chance.normal())
    let variance = 0
    for (let round = 0; round < 500; round++) {
      const next = products.map((row) => row.reduce((sum, value, at) => sum + value * own[at]!, 0))
      variance = Math.hypot(...next)
      own = next.map((value) => value / variance)
    }
    for (const [one, row] of products.entries())
      for (const other of row.keys()) row[other]! -= variance * own[one]! * own[other]!
    explained += variance
    return everybody.map(
      (_, at) => centred.reduce((sum, voice, place) => sum + voice[at]! * own[place]!, 0) / Math.sqrt(centred.length),
    )
  })
  console.log(
    `${directionCount} directions explain ${Math.round((100 * explained) / total)} % of the variance of ${voices.length} voices`,
  )
  return found
}

const data = writeAccents({ centres, reach, directions: eigenvoices() }, shapes.weights)
writeSource(
  join(import.meta.dirname, '../src/accent-data.ts'),
  `/**
 * Made by bench/train-accents.ts from ${voices.length} voices in Debian's packages
 * ${trainingPackages}.
 * How many voices differ from their average; no recording, and no one voice's, can be made from it.
 */
export const accentData = {
  reach: ${data.reach},
  centres: ${linesOf(data.centres)},
  directions: ${linesOf(data.directions)},
}
`,
)
