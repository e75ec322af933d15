/** Computes the figures of one attacker, engine and set from the trials. */
import type { Attacker, Trial } from './attacks.ts'
import type { EngineName } from './engines.ts'
import { equalErrorInterval, type Interval, type PersonTrial } from './interval.ts'
import { equalErrorRate, foundAtOnePercent, pickedOut } from './rates.ts'
import type { SetName, SpeechSet } from './sets.ts'
import { systems, type System } from './verifier.ts'

export interface PrivacyFigure {
  engine: EngineName
  attacker: Attacker
  set: SetName
  /** Per cent, of the best system, because an attacker uses the best one. */
  equalErrorRate: number
  /** Per cent: confidence interval over speakers (interval.ts). */
  interval: Interval
  bestSystem: System
  /** Per cent of the speakers' recordings found at a false acceptance rate of 1 %. */
  foundAtOnePercent: number
  /** Per cent of recordings whose speaker ranks first among `among` people on average, for a verifier not trained on them. */
  pickedOut: number
  among: number
  /** The same among all speakers of the set, for a verifier trained on the attacker's own recordings of these speakers. */
  pickedOutKnown: number
  /** Per cent, for five combined recordings; NaN if no speaker has five. */
  pooledErrorRate: number
  of: number
  targets: number
}

const percent = (share: number) => Math.round(share * 1000) / 10

export function privacyFigure(
  engine: EngineName,
  attacker: Attacker,
  set: SetName,
  { kind, speakers }: SpeechSet,
  verification: readonly Trial[],
  gallery: readonly Trial[],
): PrivacyFigure {
  const members = new Set(speakers.map(({ id }) => id))
  const ours = (trial: Trial) =>
    trial.engine === engine &&
    trial.attacker === attacker &&
    trial.kind === kind &&
    members.has(trial.enrolled) &&
    members.has(trial.disclosed)
  const trials = verification.filter((trial) => ours(trial) && !trial.isPooled)
  const pooled = verification.filter((trial) => ours(trial) && trial.isPooled)
  const searched = gallery.filter((trial) => ours(trial) && !trial.isPooled)
  const scored = (system: System, from = trials): PersonTrial[] =>
    from.map(({ enrolled, disclosed, scores }) => ({
      enrolled,
      disclosed,
      same: enrolled === disclosed,
      score: scores[system],
    }))
  const perSystem = systems.map((system) => {
    const own = scored(system)
    return { system, trials: own, rate: equalErrorRate(own) }
  })
  const interval = equalErrorInterval(perSystem.map(({ trials: own }) => own))
  const best = perSystem.reduce((one, other) => (other.rate < one.rate ? other : one))
  const first = (from: readonly Trial[]) =>
    percent(
      Math.max(
        ...systems.map((system) =>
          pickedOut(
            from.map(({ enrolled, disclosed, recording, scores }) => ({
              recording: `${disclosed} ${recording}`,
              same: enrolled === disclosed,
              score: scores[system],
            })),
          ),
        ),
      ),
    )
  const targets = trials.filter(({ enrolled, disclosed }) => enrolled === disclosed).length
  return {
    engine,
    attacker,
    set,
    equalErrorRate: percent(best.rate),
    interval: { low: percent(interval.low), high: percent(interval.high) },
    bestSystem: best.system,
    foundAtOnePercent: percent(Math.max(...perSystem.map(({ trials: own }) => foundAtOnePercent(own)))),
    pickedOut: first(trials),
    among: Math.round(trials.length / targets),
    pickedOutKnown: first(searched),
    pooledErrorRate:
      pooled.length === 0 ? NaN : percent(Math.min(...systems.map((system) => equalErrorRate(scored(system, pooled))))),
    of: members.size,
    targets,
  }
}
