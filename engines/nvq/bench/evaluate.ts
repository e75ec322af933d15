/**
 * Evaluates how much of a speaker's identity remains in a re-voiced recording (R33): three attackers, with original speech and
 * McAdams' coefficient as controls in the same run, and the remaining utility. Writes the engine's evaluation record.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EvaluationRecord } from '../../../src/use/disclosure/voice/evaluation-record.ts'
import { attackers, folds, type Trial } from './attacks.ts'
import { engineNamed, engineNames, fingerprint } from './engines.ts'
import { privacyFigure, type PrivacyFigure } from './figures.ts'
import { printPrivacy, printSets, printUseLeft, printVerdict } from './print-figures.ts'
import { speakers, type Speaker } from './recordings.ts'
import { figureName, setNames, speechSets } from './sets.ts'
import { cacheFolder, missingPrograms } from './speech-packages.ts'
import type { UseLeft } from './use-left.ts'
import { runJobs, type Job, type Sizes } from './work.ts'

const full = process.env['SELOSTE_BENCH_FULL'] === '1'

const sizes: Sizes = full
  ? {
      mostUtterances: 12,
      mostCalls: 6,
      verifier: { components: 128, rank: 80, backgroundFrames: 60_000 },
      trainingSides: ['attacker', 'attacker again'],
    }
  : {
      mostUtterances: 8,
      mostCalls: 4,
      verifier: { components: 64, rank: 60, backgroundFrames: 40_000 },
      trainingSides: ['attacker'],
    }

/** The evaluated engine, whose record is written; the others are controls. */
const judged = 'nvq'

/** @returns whether nvq meets every requirement; undefined if this machine lacks a needed program or package */
export async function evaluate(): Promise<boolean | undefined> {
  const missing = missingPrograms()
  if (missing.length > 0) {
    console.log(`skipped: needs ${missing.join(', ')} (Debian's packages of these names)`)
    return undefined
  }
  const all = await speakers(sizes.mostUtterances, sizes.mostCalls)
  const sets = speechSets(all)
  printSets(sets, full)
  const parts = 4
  const preparing = engineNames.flatMap((prepare) =>
    (prepare === 'original' ? (['attacker'] as const) : [...sizes.trainingSides, 'disclosed' as const]).flatMap(
      (side) => Array.from({ length: parts }, (_, part): Job => ({ prepare, side, part, parts })),
    ),
  )
  const began = performance.now()
  await runJobs(preparing, sizes)
  console.log(`\nrendered and heard, where not kept from before: ${Math.round((performance.now() - began) / 1000)} s`)
  const attacks = engineNames.flatMap((trainedOn) =>
    folds.map((fold) => ({ attack: { trainedOn, fold, engines: engineNames } })),
  )
  const measures = engineNames.map((measure): Job => ({ measure }))
  const found = await runJobs([...measures, ...attacks], sizes)
  const uses = found.flatMap(({ useLeft }) => (useLeft === undefined ? [] : [useLeft]))
  const trialsOf = (gallery: boolean): Trial[] =>
    attacks.flatMap(({ attack: { fold } }, at) =>
      (fold === 'gallery') === gallery ? (found[measures.length + at]!.trials ?? []) : [],
    )
  const [verification, gallery] = [trialsOf(false), trialsOf(true)]
  const figures = engineNames.flatMap((engine) =>
    attackers
      // For original speech all three attackers are the same.
      .filter((attacker) => engine !== 'original' || attacker === 'semi-informed')
      .flatMap((attacker) =>
        setNames.map((set) => privacyFigure(engine, attacker, set, sets[set], verification, gallery)),
      ),
  )
  printPrivacy(figures, judged)
  printUseLeft(uses, judged)
  const record = await recordOf(figures, uses, all)
  const file = join(cacheFolder, `${record.engine}-${record.version}.json`)
  mkdirSync(cacheFolder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`)
  return printVerdict(record, file)
}

async function recordOf(
  figures: readonly PrivacyFigure[],
  uses: readonly UseLeft[],
  all: readonly Speaker[],
): Promise<EvaluationRecord> {
  const { name, version, level } = await engineNamed(judged)
  const sets = speechSets(all)
  const values: Record<string, number> = {}
  const put = (figure: string, value: number, digits: number) => {
    if (Number.isFinite(value)) values[figure] = Number(value.toFixed(digits))
  }
  for (const {
    engine,
    attacker,
    set,
    equalErrorRate,
    foundAtOnePercent,
    pickedOut,
    pickedOutKnown,
    pooledErrorRate,
  } of figures) {
    const prefix = engine === judged ? '' : `${engine}.`
    put(`${prefix}${attacker}.${figureName[set]}`, equalErrorRate, 1)
    put(`${prefix}found-at-1-percent.${attacker}.${figureName[set]}`, foundAtOnePercent, 1)
    if (attacker !== 'semi-informed') continue
    put(`${prefix}picked-out.${figureName[set]}`, pickedOut, 1)
    put(`${prefix}pooled-five.${figureName[set]}`, pooledErrorRate, 1)
    put(`${prefix}picked-out-known.${figureName[set]}`, pickedOutKnown, 1)
  }
  const original = uses.find(({ engine }) => engine === 'original')!
  for (const use of uses) {
    const prefix = use.engine === judged ? '' : `${use.engine}.`
    put(`${prefix}estoi`, use.estoi, 3)
    put(`${prefix}pitch-correlation`, use.pitchCorrelation, 3)
    put(`${prefix}turn-timing-ms`, use.ninetiethShift, 0)
    put(`${prefix}digit-error`, 100 * use.digits.errorsWithOriginals, 1)
    put(`${prefix}digit-error-added`, 100 * (use.digits.errorsWithOriginals - original.digits.errorsWithOriginals), 1)
    put(`${prefix}times-real-time`, use.timesRealTime, 1)
  }
  return {
    format: 1,
    engine: name,
    version,
    level: level,
    sources: fingerprint(),
    day: Temporal.Now.plainDateISO('UTC').toString(),
    full,
    sets: setNames.map((set) => ({
      set: figureName[set],
      what: sets[set].what,
      speakers: sets[set].speakers.length,
      disclosed: sets[set].speakers.reduce((sum, speaker) => sum + speaker[sets[set].kind].length / 2, 0),
    })),
    figures: values,
  }
}
