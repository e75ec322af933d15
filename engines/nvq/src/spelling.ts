/**
 * What is said, spelt in a track's own codewords: each frame becomes a mixture of what is said for its nearest ones, with a part of
 * what it has beyond them. What a speaker always has beyond a codeword is his way to say it, so the mean of that is taken away. In: a
 * series, the words. Out: the same series, spelt, and how loud its sounds are said. Never here: the averages and deviations it had.
 */
import { momentsOf, weigh, type Analysis } from './analysis.ts'
import type { DrawnWords } from './drawn-words.ts'
import { bandCount, shapeTerms } from './envelope.ts'
import { Mixture, nearestWords } from './mixture.ts'

/** Of what the codewords take away and is not the same each time so much is kept: it is understood better. */
const kept = 0.45

/** For each frame its nearest codewords, and the shares in which they stand for it. */
interface Mixtures {
  words: Uint16Array
  shares: Float32Array
}

/**
 * In place; only where somebody speaks.
 *
 * @param weights of the terms: the codebook's
 * @returns dB of each frame: how loud its sound is said, beside the middle of speech
 */
export function spell(
  series: Float32Array,
  analysis: Analysis,
  drawn: DrawnWords,
  weights: Float64Array,
): Float64Array {
  const { speech, counted } = analysis
  const spoken = speech.keys().filter((frame) => speech[frame] === 1)
  weigh(series, momentsOf(series, counted), weights, spoken)
  const mixtures = mix(series, speech, drawn)
  const means = meansBeyond(series, speech, mixtures, drawn.words)
  const said = new Float64Array(shapeTerms)
  const loudness = new Float64Array(speech.length)
  for (let frame = 0; frame < speech.length; frame++) {
    if (speech[frame] === 0) continue
    const row = series.subarray(frame * bandCount + 1, (frame + 1) * bandCount)
    said.fill(0)
    for (let place = frame * nearestWords; place < (frame + 1) * nearestWords; place++) {
      const word = mixtures.words[place]! * shapeTerms
      const share = mixtures.shares[place]!
      loudness[frame]! += share * drawn.loudness[mixtures.words[place]!]!
      for (let term = 0; term < shapeTerms; term++)
        said[term]! += share * (drawn.said[word + term]! - kept * (drawn.words[word + term]! + means[word + term]!))
    }
    for (let term = 0; term < shapeTerms; term++) row[term] = said[term]! + kept * row[term]!
  }
  smooth(series, speech)
  for (const own of [mixtures.words, mixtures.shares, means]) own.fill(0)
  return loudness
}

function mix(series: Float32Array, speech: Uint8Array, { words, halves }: DrawnWords): Mixtures {
  const mixture = new Mixture(words, halves)
  const row = new Float64Array(shapeTerms)
  const mixtures: Mixtures = {
    words: new Uint16Array(speech.length * nearestWords),
    shares: new Float32Array(speech.length * nearestWords),
  }
  for (let frame = 0; frame < speech.length; frame++) {
    if (speech[frame] === 0) continue
    row.set(series.subarray(frame * bandCount + 1, (frame + 1) * bandCount))
    mixture.find(row)
    mixtures.words.set(mixture.words, frame * nearestWords)
    mixtures.shares.set(mixture.shares, frame * nearestWords)
  }
  return mixtures
}

/** What the frames of each codeword have beyond their mixtures, on average: [codeword][term]. */
function meansBeyond(
  series: Float32Array,
  speech: Uint8Array,
  { words: places, shares }: Mixtures,
  words: Float32Array,
): Float64Array {
  const means = new Float64Array(words.length)
  const counts = new Float64Array(words.length / shapeTerms)
  const beyond = new Float64Array(shapeTerms)
  for (let frame = 0; frame < speech.length; frame++) {
    if (speech[frame] === 0) continue
    const [from, to] = [frame * nearestWords, (frame + 1) * nearestWords]
    beyond.set(series.subarray(frame * bandCount + 1, (frame + 1) * bandCount))
    for (let place = from; place < to; place++)
      for (let term = 0; term < shapeTerms; term++)
        beyond[term]! -= shares[place]! * words[places[place]! * shapeTerms + term]!
    for (let place = from; place < to; place++) {
      const word = places[place]!
      counts[word]! += shares[place]!
      for (let term = 0; term < shapeTerms; term++) means[word * shapeTerms + term]! += shares[place]! * beyond[term]!
    }
  }
  for (let at = 0; at < means.length; at++) means[at]! /= Math.max(1e-6, counts[Math.floor(at / shapeTerms)]!)
  return means
}

/** Over three frames: codewords do not change with a click. */
function smooth(series: Float32Array, speech: Uint8Array): void {
  const was = new Float32Array(bandCount)
  const is = new Float32Array(bandCount)
  for (let frame = 1; frame + 1 < speech.length; frame++) {
    const at = frame * bandCount
    is.set(series.subarray(at, at + bandCount))
    if (speech[frame - 1] === 0) was.set(is)
    const next = speech[frame] === 1 && speech[frame + 1] === 1 ? at + bandCount : at
    for (let order = 0; order < bandCount; order++)
      series[at + order] = was[order]! / 4 + is[order]! / 2 + series[next + order]! / 4
    was.set(is)
  }
}
