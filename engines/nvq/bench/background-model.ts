/** A diagonal Gaussian mixture model over the frames of all speakers (Reynolds et al. 2000), and a recording's statistics under it. */
import type { Seeded } from './seeded.ts'

/** Frames x dimensions. */
export interface Frames {
  normalised: Float32Array
  count: number
}

export interface BackgroundModel {
  components: number
  dimensions: number
  logWeights: Float64Array
  /** Components x dimensions. */
  means: Float64Array
  variances: Float64Array
}

/** Statistics of one recording: frames per component, and their sum minus the component's mean, in standard deviations. */
export interface Counts {
  zeroth: Float32Array
  first: Float32Array
}

const rounds = 8
const smallest = 0.02

/** Returns a function that writes the posteriors of one frame; terms that do not depend on the frame are computed once. */
function scorer({ components, dimensions, logWeights, means, variances }: BackgroundModel) {
  const precision = Float32Array.from(variances, (variance) => 0.5 / variance)
  const centres = Float32Array.from(means)
  const constant = Float64Array.from({ length: components }, (_, component) => {
    let sum = logWeights[component]!
    for (let d = 0; d < dimensions; d++) sum -= 0.5 * Math.log(2 * Math.PI * variances[component * dimensions + d]!)
    return sum
  })
  const posteriors = new Float64Array(components)
  return (frames: Float32Array, at: number) => {
    let highest = -Infinity
    for (let component = 0; component < components; component++) {
      let sum = constant[component]!
      const offset = component * dimensions
      for (let d = 0; d < dimensions; d++) {
        const difference = frames[at + d]! - centres[offset + d]!
        sum -= difference * difference * precision[offset + d]!
      }
      posteriors[component] = sum
      if (sum > highest) highest = sum
    }
    let total = 0
    for (let component = 0; component < components; component++) {
      const share = posteriors[component]! - highest
      const value = share < -12 ? 0 : Math.exp(share)
      posteriors[component] = value
      total += value
    }
    for (let component = 0; component < components; component++) posteriors[component]! /= total
    return posteriors
  }
}

export function trainBackground(
  recordings: readonly Frames[],
  components: number,
  dimensions: number,
  mostFrames: number,
  chance: Seeded,
): BackgroundModel {
  const total = recordings.reduce((sum, { count }) => sum + count, 0)
  const keep = Math.min(1, mostFrames / total)
  const chosen: number[] = []
  const frames = new Float32Array(Math.ceil(total * keep * 1.1 + 1000) * dimensions)
  for (const { normalised, count } of recordings) {
    for (let frame = 0; frame < count; frame++) {
      if (chance.uniform() > keep || (chosen.length + 1) * dimensions > frames.length) continue
      frames.set(normalised.subarray(frame * dimensions, (frame + 1) * dimensions), chosen.length * dimensions)
      chosen.push(chosen.length)
    }
  }
  const count = chosen.length
  const [mean, square] = [new Float64Array(dimensions), new Float64Array(dimensions)]
  for (let n = 0; n < count * dimensions; n++) {
    mean[n % dimensions]! += frames[n]! / count
    square[n % dimensions]! += frames[n]! ** 2 / count
  }
  const model: BackgroundModel = {
    components,
    dimensions,
    logWeights: new Float64Array(components).fill(-Math.log(components)),
    means: new Float64Array(components * dimensions),
    variances: Float64Array.from({ length: components * dimensions }, (_, n) =>
      Math.max(smallest, square[n % dimensions]! - mean[n % dimensions]! ** 2),
    ),
  }
  const starts = chance.shuffled(chosen).slice(0, components)
  starts.forEach((frame, component) =>
    model.means.set(frames.subarray(frame * dimensions, (frame + 1) * dimensions), component * dimensions),
  )
  for (let round = 0; round < rounds; round++) reestimate(model, frames, count, square)
  return model
}

function reestimate(model: BackgroundModel, frames: Float32Array, count: number, square: Float64Array): void {
  const { components, dimensions } = model
  const posteriorsOf = scorer(model)
  const zeroth = new Float64Array(components)
  const first = new Float64Array(components * dimensions)
  const second = new Float64Array(components * dimensions)
  for (let frame = 0; frame < count; frame++) {
    const posteriors = posteriorsOf(frames, frame * dimensions)
    for (let component = 0; component < components; component++) {
      const share = posteriors[component]!
      if (share < 1e-4) continue
      zeroth[component]! += share
      for (let d = 0; d < dimensions; d++) {
        const value = frames[frame * dimensions + d]!
        first[component * dimensions + d]! += share * value
        second[component * dimensions + d]! += share * value * value
      }
    }
  }
  for (let component = 0; component < components; component++) {
    const taken = zeroth[component]!
    model.logWeights[component] = Math.log((taken + 1) / (count + components))
    if (taken < 20) continue
    for (let d = 0; d < dimensions; d++) {
      const n = component * dimensions + d
      model.means[n] = first[n]! / taken
      model.variances[n] = Math.max(0.05 * square[d]!, second[n]! / taken - model.means[n] ** 2, smallest)
    }
  }
}

export function counter(model: BackgroundModel) {
  const posteriorsOf = scorer(model)
  const { dimensions } = model
  const deviations = Float64Array.from(model.variances, Math.sqrt)
  return ({ normalised, count }: Frames): Counts => {
    const zeroth = new Float32Array(model.components)
    const first = new Float32Array(model.components * dimensions)
    for (let frame = 0; frame < count; frame++) {
      const posteriors = posteriorsOf(normalised, frame * dimensions)
      for (let component = 0; component < model.components; component++) {
        const share = posteriors[component]!
        if (share < 1e-3) continue
        zeroth[component]! += share
        const offset = component * dimensions
        for (let d = 0; d < dimensions; d++) first[offset + d]! += share * normalised[frame * dimensions + d]!
      }
    }
    for (let n = 0; n < first.length; n++) {
      const component = Math.floor(n / dimensions)
      first[n] = (first[n]! - zeroth[component]! * model.means[n]!) / deviations[n]!
    }
    return { zeroth, first }
  }
}
