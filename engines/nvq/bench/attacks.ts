/**
 * Three attackers, as in the VoicePrivacy Challenge. Each has samples of the speakers and a disclosed recording. The ignorant
 * attacker compares it with original speech; the lazy one first anonymises the samples with the same engine; the semi-informed
 * one also trains the verifier on anonymised speech of other people. One job is one verifier.
 */
import { type EngineName } from './engines.ts'
import { isDisclosed, type Speaker } from './recordings.ts'
import { heard, type Side } from './renderings.ts'
import type { Heard } from './hear.ts'
import { trainVerifier, type Scores, type Seen, type Verifier, type VerifierSize } from './verifier.ts'

export const attackers = ['ignorant', 'lazy', 'semi-informed'] as const
export type Attacker = (typeof attackers)[number]

export interface Trial {
  attacker: Attacker
  engine: EngineName
  kind: 'utterances' | 'calls'
  /** The enrolled speaker, and the speaker of the disclosed recording. */
  enrolled: string
  disclosed: string
  recording: number
  /** Five recordings known to be of one speaker, combined. */
  isPooled: boolean
  scores: Scores
}

/**
 * 'half 0' and 'half 1': trained on the speakers of the other half. 'gallery': trained on the attacker's own samples of the
 * speakers among whom the attacker searches.
 */
export const folds = ['half 0', 'half 1', 'gallery'] as const
export type Fold = (typeof folds)[number]

export interface AttackJob {
  /** Engine on whose output the verifier is trained. */
  trainedOn: EngineName
  fold: Fold
  engines: readonly EngineName[]
}

const halfOf = (group: string, groups: readonly string[]) => groups.indexOf(group) % 2

export function runAttack(
  job: AttackJob,
  all: readonly Speaker[],
  size: VerifierSize,
  trainingSides: readonly Side[],
): Trial[] {
  const groups = [...new Set(all.map(({ kind, group }) => `${kind === 'synthetic' ? 'synthetic ' : ''}${group}`))]
  const half = (speaker: Speaker) =>
    halfOf(`${speaker.kind === 'synthetic' ? 'synthetic ' : ''}${speaker.group}`, groups)
  const tested = all.filter((speaker) => job.fold === 'gallery' || `half ${half(speaker)}` === job.fold)
  const others = job.fold === 'gallery' ? all : all.filter((speaker) => !tested.includes(speaker))
  const training: { person: string; heard: Heard }[] = []
  for (const speaker of others) {
    for (const side of job.trainedOn === 'original' ? trainingSides.slice(0, 1) : trainingSides) {
      const { utterances, calls } = heard(job.trainedOn, side, speaker)
      for (const recordings of [utterances, calls]) {
        for (const [index, one] of recordings.entries()) {
          if (one === undefined || (job.fold === 'gallery' && isDisclosed(index))) continue
          training.push({ person: speaker.id, heard: one })
        }
      }
    }
  }
  const verifier = trainVerifier(training, size)
  const trials: Trial[] = []
  for (const { attacker, enrolOn, discloses } of scenarios(job)) {
    for (const kind of ['utterances', 'calls'] as const) {
      const present = tested.filter((speaker) => speaker[kind].length > 0)
      if (present.length === 0) continue
      const models = present.map((speaker) =>
        verifier.enrol(
          heard(enrolOn, 'attacker', speaker)
            [kind].filter((one, index) => one !== undefined && !isDisclosed(index))
            .map((one) => verifier.see(one!)),
        ),
      )
      const single = present.flatMap((speaker) =>
        heard(discloses, 'disclosed', speaker)[kind].flatMap((one, recording) =>
          one === undefined || !isDisclosed(recording)
            ? []
            : [{ speaker, recording, isPooled: false, seen: verifier.see(one) }],
        ),
      )
      const disclosed = attacker === 'semi-informed' ? [...single, ...pooled(single, verifier)] : single
      const scores = verifier.score(
        models,
        disclosed.map(({ seen }) => seen),
      )
      for (const [person, enrolled] of present.entries()) {
        for (const [at, { speaker, recording, isPooled }] of disclosed.entries()) {
          // Possibly the same speaker under two names: counts as neither a hit nor a miss.
          if (mayBeOne(enrolled, speaker)) continue
          trials.push({
            attacker,
            engine: discloses,
            kind,
            enrolled: enrolled.id,
            disclosed: speaker.id,
            recording,
            isPooled,
            scores: scores[person]![at]!,
          })
        }
      }
    }
  }
  return trials
}

const poolSize = 5

interface Disclosed {
  speaker: Speaker
  recording: number
  isPooled: boolean
  seen: Seen
}

/** Returns the first and the last five recordings of each speaker with at least five; once if they are the same. */
export function pooled(single: readonly Disclosed[], { enrol }: Pick<Verifier, 'enrol'>): Disclosed[] {
  return [...Map.groupBy(single, ({ speaker }) => speaker).values()].flatMap((own) =>
    [...new Set([0, own.length - poolSize])]
      .filter((from) => from >= 0 && own.length >= poolSize)
      .map((from) => ({
        ...own[from]!,
        isPooled: true,
        seen: enrol(own.slice(from, from + poolSize).map(({ seen }) => seen)),
      })),
  )
}

/** Returns true if two speakers may be the same person. All speakers of sentences are known to be different people. */
const mayBeOne = (one: Speaker, other: Speaker) =>
  one.id !== other.id && one.group === other.group && !(one.kind === 'sentences' && other.kind === 'sentences')

interface Scenario {
  attacker: Attacker
  enrolOn: EngineName
  discloses: EngineName
}

function scenarios({ trainedOn, engines }: AttackJob): Scenario[] {
  const knowing: Scenario = { attacker: 'semi-informed', enrolOn: trainedOn, discloses: trainedOn }
  if (trainedOn !== 'original') return [knowing]
  return engines.flatMap((engine): Scenario[] =>
    engine === 'original'
      ? [knowing]
      : [
          { attacker: 'ignorant', enrolOn: 'original', discloses: engine },
          { attacker: 'lazy', enrolOn: engine, discloses: engine },
        ],
  )
}
