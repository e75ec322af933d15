/**
 * Who speaks? i-vectors, second moments and prosody, each with a likelihood ratio of its own, brought to one scale against a
 * cohort and added.
 *
 * In: recordings whose speakers are known. Out: scores of enrolled persons against recordings, higher is more alike.
 */
import { counter, trainBackground, type Counts } from './background-model.ts'
import { identityVector, trainVariability } from './identity-vectors.ts'
import { likelihoodRatio, meanOf, project, trainBackend, type Backend } from './likelihood-ratio.ts'
import type { Heard } from './hear.ts'
import { principal, trainPrincipal } from './second-moments.ts'
import { seeded } from './seeded.ts'

/** What a score is made of; 'voice' is the sum of the first two, 'fused' of all three. */
export const systems = ['i-vectors', 'moments', 'prosody', 'voice', 'fused'] as const
export type System = (typeof systems)[number]
export type Scores = Record<System, number>

/** A recording as the two backends see it. */
interface Seen {
  identity: Float64Array
  moments: Float64Array
  prosody: Float64Array
}

export interface Model extends Seen {
  recordings: number
}

export interface Verifier {
  see: (heard: Heard) => Seen
  enrol: (seen: readonly Seen[]) => Model
  /** Persons x recordings. */
  score: (models: readonly Model[], seen: readonly Seen[]) => Scores[][]
}

export interface VerifierSize {
  components: number
  rank: number
  backgroundFrames: number
}

/** Several recordings of one session say less than as many of different ones. */
const mostEnrolled = 4
const prosodyWeight = 1
/** Of the second moments. */
const mostAxes = 80

export function trainVerifier(training: readonly { person: string; heard: Heard }[], size: VerifierSize): Verifier {
  const chance = seeded('verifier')
  const frames = training.map(({ heard }) => heard)
  const background = trainBackground(frames, size.components, size.backgroundFrames, chance)
  const countsOf = counter(background)
  const counts: Counts[] = frames.map(countsOf)
  const variability = trainVariability(counts, size.components, size.rank, chance)
  const vectors = training.map(({ person }, at) => ({ person, vector: identityVector(variability, counts[at]!) }))
  const identityBackend = trainBackend(vectors, { mostDirections: 50, unitLength: true, shrink: 0.1 })
  const prosodyBackend = trainBackend(
    training.map(({ person, heard }) => ({ person, vector: heard.prosody })),
    { mostDirections: 25, unitLength: false, shrink: 0.15 },
  )
  const axes = trainPrincipal(
    frames.map(({ moments }) => moments),
    mostAxes,
    chance,
  )
  const momentsBackend = trainBackend(
    training.map(({ person, heard }) => ({ person, vector: principal(axes, heard.moments) })),
    { mostDirections: 50, unitLength: true, shrink: 0.1 },
  )
  const see = (heard: Heard): Seen => ({
    identity: project(identityBackend, identityVector(variability, countsOf(heard))),
    moments: project(momentsBackend, principal(axes, heard.moments)),
    prosody: project(prosodyBackend, heard.prosody),
  })
  const enrol = (seen: readonly Seen[]): Model => ({
    identity: meanOf(seen.map(({ identity }) => identity)),
    moments: meanOf(seen.map(({ moments }) => moments)),
    prosody: meanOf(seen.map(({ prosody }) => prosody)),
    recordings: Math.min(mostEnrolled, seen.length),
  })
  const trained = training.map(({ person }, at) => ({
    person,
    identity: project(identityBackend, vectors[at]!.vector),
    moments: project(momentsBackend, principal(axes, training[at]!.heard.moments)),
    prosody: project(prosodyBackend, training[at]!.heard.prosody),
  }))
  const cohort = [...Map.groupBy(trained, ({ person }) => person).values()].map((members) => enrol(members))
  const score = (models: readonly Model[], seen: readonly Seen[]) => {
    const identity = normalised(identityBackend, 'identity', models, seen, cohort, trained)
    const moments = normalised(momentsBackend, 'moments', models, seen, cohort, trained)
    const prosody = normalised(prosodyBackend, 'prosody', models, seen, cohort, trained)
    return models.map((_, person) =>
      seen.map((_, at): Scores => {
        const [one, two, other] = [identity[person]![at]!, moments[person]![at]!, prosody[person]![at]!]
        const voice = one + two
        return { 'i-vectors': one, moments: two, prosody: other, voice, fused: voice + prosodyWeight * other }
      }),
    )
  }
  return { see, enrol, score }
}

/** Scores in deviations from what strangers get: of the recording by the cohort's persons, of the person by its recordings. */
function normalised(
  backend: Backend,
  part: keyof Seen,
  models: readonly Model[],
  seen: readonly Seen[],
  cohort: readonly Model[],
  strangers: readonly Seen[],
): number[][] {
  const raw = (model: Model, other: Seen) => likelihoodRatio(backend, model[part], model.recordings, other[part])
  const ofModels = models.map((model) => spread(strangers.map((stranger) => raw(model, stranger))))
  const ofSeen = seen.map((other) => spread(cohort.map((model) => raw(model, other))))
  return models.map((model, person) =>
    seen.map((other, at) => {
      const score = raw(model, other)
      const [own, others] = [ofModels[person]!, ofSeen[at]!]
      return ((score - own.mean) / own.deviation + (score - others.mean) / others.deviation) / 2
    }),
  )
}

function spread(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) + 1e-6 }
}
