/**
 * Speaker verifier: i-vectors, second moments, prosody and i-vectors of the loudness contour, each with its own likelihood ratio,
 * normalised against a cohort and added.
 *
 * Trained on recordings of known speakers. Returns scores of enrolled speakers against recordings; higher is more similar.
 */
import { counter, trainBackground, type Frames } from './background-model.ts'
import { identityVector, trainVariability } from './identity-vectors.ts'
import { levelCourse, levelDimensions } from './level-course.ts'
import { likelihoodRatio, meanOf, project, trainBackend, type Backend } from './likelihood-ratio.ts'
import type { Heard } from './hear.ts'
import { principal, trainPrincipal } from './second-moments.ts'
import { seeded, type Seeded } from './seeded.ts'
import { dimensions } from './voice-frames.ts'

/** Components of a score; 'voice' is the sum of the first two, 'fused' of the first three, 'all' of the first four. */
export const systems = ['i-vectors', 'moments', 'prosody', 'level', 'voice', 'fused', 'all'] as const
export type System = (typeof systems)[number]
export type Scores = Record<System, number>

/** A recording's vectors for each backend. */
export interface Seen {
  identity: Float64Array
  moments: Float64Array
  prosody: Float64Array
  level: Float64Array
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

/** Maximum of enrolled recordings that count: recordings of one session are correlated. */
const mostEnrolled = 4
/** Principal components of the second moments. */
const mostAxes = 80

export function trainVerifier(training: readonly { person: string; heard: Heard }[], size: VerifierSize): Verifier {
  const chance = seeded('verifier')
  const identityOf = trainIdentity(
    training.map(({ person, heard }) => ({ person, frames: heard })),
    { ...size, dimensions },
    chance,
  )
  const levelOf = trainIdentity(
    training.map(({ person, heard }) => ({ person, frames: levelCourse(heard) })),
    { ...size, dimensions: levelDimensions },
    seeded('verifier of the level'),
  )
  const prosodyBackend = trainBackend(
    training.map(({ person, heard }) => ({ person, vector: heard.prosody })),
    { mostDirections: 25, unitLength: false, shrink: 0.15 },
  )
  const axes = trainPrincipal(
    training.map(({ heard }) => heard.moments),
    mostAxes,
    chance,
  )
  const momentsBackend = trainBackend(
    training.map(({ person, heard }) => ({ person, vector: principal(axes, heard.moments) })),
    { mostDirections: 50, unitLength: true, shrink: 0.1 },
  )
  const see = (heard: Heard): Seen => ({
    identity: identityOf.see(heard),
    moments: project(momentsBackend, principal(axes, heard.moments)),
    prosody: project(prosodyBackend, heard.prosody),
    level: levelOf.see(levelCourse(heard)),
  })
  const enrol = (seen: readonly Seen[]): Model => ({
    identity: meanOf(seen.map(({ identity }) => identity)),
    moments: meanOf(seen.map(({ moments }) => moments)),
    prosody: meanOf(seen.map(({ prosody }) => prosody)),
    level: meanOf(seen.map(({ level }) => level)),
    recordings: Math.min(mostEnrolled, seen.length),
  })
  const trained = training.map(({ person }, at) => ({
    person,
    identity: identityOf.trained[at]!,
    moments: project(momentsBackend, principal(axes, training[at]!.heard.moments)),
    prosody: project(prosodyBackend, training[at]!.heard.prosody),
    level: levelOf.trained[at]!,
  }))
  const cohort = [...Map.groupBy(trained, ({ person }) => person).values()].map((members) => enrol(members))
  const score = (models: readonly Model[], seen: readonly Seen[]) => {
    const identity = normalised(identityOf.backend, 'identity', models, seen, cohort, trained)
    const moments = normalised(momentsBackend, 'moments', models, seen, cohort, trained)
    const prosody = normalised(prosodyBackend, 'prosody', models, seen, cohort, trained)
    const level = normalised(levelOf.backend, 'level', models, seen, cohort, trained)
    return models.map((_, person) =>
      seen.map((_, at): Scores => {
        const [one, two, other] = [identity[person]![at]!, moments[person]![at]!, prosody[person]![at]!]
        const course = level[person]![at]!
        const voice = one + two
        const fused = voice + other
        return { 'i-vectors': one, moments: two, prosody: other, level: course, voice, fused, all: fused + course }
      }),
    )
  }
  return { see, enrol, score }
}

/** Trains the i-vectors of these frames, and returns those of the training recordings. */
function trainIdentity(
  training: readonly { person: string; frames: Frames }[],
  { components, rank, backgroundFrames, dimensions: width }: VerifierSize & { dimensions: number },
  chance: Seeded,
) {
  const recordings = training.map(({ frames }) => frames)
  const countsOf = counter(trainBackground(recordings, components, width, backgroundFrames, chance))
  const counts = recordings.map(countsOf)
  const variability = trainVariability(counts, rank, chance)
  const vectors = training.map(({ person }, at) => ({ person, vector: identityVector(variability, counts[at]!) }))
  const backend = trainBackend(vectors, { mostDirections: 50, unitLength: true, shrink: 0.1 })
  return {
    backend,
    trained: vectors.map(({ vector }) => project(backend, vector)),
    see: (frames: Frames) => project(backend, identityVector(variability, countsOf(frames))),
  }
}

/** Normalises scores by impostor scores: the recording against the cohort's speakers, the speaker against its recordings. */
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
