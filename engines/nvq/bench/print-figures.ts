/** Prints the figures beside their requirements. */
import {
  controlDemands,
  demandsOf,
  meets,
  unmetDemands,
  type Demand,
  type EvaluationRecord,
} from '../../../src/use/disclosure/voice/evaluation-record.ts'
import { attackers } from './attacks.ts'
import { engineNames, type EngineName } from './engines.ts'
import type { PrivacyFigure } from './figures.ts'
import { figureName, setNames, type SetName, type SpeechSet } from './sets.ts'
import type { UseLeft } from './use-left.ts'

const demands = new Map([...controlDemands, ...demandsOf.D].map((demand) => [demand.figure, demand]))

const bounds = ({ atLeast, atMost }: Demand) => {
  if (atLeast === undefined && atMost === undefined) return 'printed'
  return atLeast === undefined ? `<=${atMost}` : atMost === undefined ? `>=${atLeast}` : `${atLeast}-${atMost}`
}

/** Returns '13.0 (>=12)', with '!' if the requirement is missed. */
function withTarget(figure: string, value: number, digits = 1): string {
  const shown = Number(value.toFixed(digits))
  const demand = demands.get(figure)
  if (demand === undefined) return String(shown)
  return `${shown}${meets(demand, shown) ? '' : '!'} (${bounds(demand)})`
}

const cellWidth = 27

export function printSets(sets: Record<SetName, SpeechSet>, full: boolean): void {
  console.log(`${full ? 'full' : 'quick (SELOSTE_BENCH_FULL=1 for the whole)'}; telephone band, 8 kHz, A-law and back`)
  for (const set of setNames) {
    const { speakers, kind, what } = sets[set]
    const disclosed = speakers.reduce((sum, speaker) => sum + speaker[kind].length / 2, 0)
    console.log(`${set.padEnd(11)} ${String(speakers.length).padStart(3)} speakers, ${disclosed} disclosed: ${what}`)
  }
}

export function printPrivacy(figures: readonly PrivacyFigure[], judged: EngineName): void {
  console.log(
    '\nequal error rate with five combined recordings of one person, % (50 is chance); single recordings and targets follow',
  )
  for (const { engine, set, pooledErrorRate } of figures.filter(({ pooledErrorRate: one }) => Number.isFinite(one)))
    console.log(`${engine} ${set}: ${pooledErrorRate}`)
  console.log(
    '\nequal error rate, % (50 is chance) [95 % confidence interval over speakers] (target); "!" misses its target',
  )
  console.log(`${''.padEnd(24)}${setNames.map((set) => set.padEnd(cellWidth)).join('')}`)
  const rows = engineNames.flatMap((engine) => attackers.map((attacker) => ({ engine, attacker })))
  const row = (engine: EngineName, attacker: string, cell: (figure: PrivacyFigure) => string) => {
    const own = figures.filter((figure) => figure.engine === engine && figure.attacker === attacker)
    if (own.length > 0)
      console.log(`${`${engine} ${attacker}`.padEnd(24)}${own.map((one) => cell(one).padEnd(cellWidth)).join('')}`)
  }
  const name = ({ engine, attacker, set }: PrivacyFigure) =>
    `${engine === judged ? '' : `${engine}.`}${attacker}.${figureName[set]}`
  for (const { engine, attacker } of rows)
    row(engine, attacker, (figure) => {
      const { low, high } = figure.interval
      return `${withTarget(name(figure), figure.equalErrorRate)} [${low}-${high}]`
    })
  console.log('\nspeakers found at a false acceptance rate of 1 %, %; the best system')
  for (const { engine, attacker } of rows)
    row(engine, attacker, ({ foundAtOnePercent, bestSystem }) => `${foundAtOnePercent} ${bestSystem}`)
  console.log(
    '\nspeakers ranked first, %: by a verifier not trained on them / among all, by a verifier trained on their recordings',
  )
  for (const { engine, attacker } of rows)
    row(engine, attacker, ({ engine: own, attacker: by, set, pickedOut, among, pickedOutKnown, of }) => {
      const demanded = own === judged && by === 'semi-informed' ? `picked-out.${figureName[set]}` : ''
      return `${withTarget(demanded, pickedOut)} of ${among} / ${pickedOutKnown} of ${of}`
    })
}

export function printUseLeft(uses: readonly UseLeft[], judged: EngineName): void {
  const original = uses.find(({ engine }) => engine === 'original')!
  console.log('\nremaining utility')
  for (const use of uses) {
    const own = (figure: string, value: number, digits: number) =>
      withTarget(use.engine === judged ? figure : '', value, digits)
    const added = 100 * (use.digits.errorsWithOriginals - original.digits.errorsWithOriginals)
    const parts = [
      `ESTOI ${own('estoi', use.estoi, 3)}`,
      `pitch correlation ${own('pitch-correlation', use.pitchCorrelation, 3)}`,
      `starts of turns moved by ${use.medianShift} ms in the median, 90 % within ${own('turn-timing-ms', use.ninetiethShift, 0)} of ${use.onsets}`,
      `digits wrong ${(100 * use.digits.errorsWithOriginals).toFixed(1)} %, added ${own('digit-error-added', added, 1)} of ${use.digits.tested}`,
      `(${(100 * use.digits.errorsWithBoth).toFixed(1)} % for a listener who knows the engine)`,
      Number.isNaN(use.timesRealTime) ? '' : `${own('times-real-time', use.timesRealTime, 0)} x real time a core`,
    ]
    console.log(`${use.engine.padEnd(9)} ${parts.join('; ')}`)
  }
  console.log('level T: not compared, because two synthetic voices replace all voices')
}

/** @returns whether every requirement is met */
export function printVerdict(record: EvaluationRecord, file: string): boolean {
  const unmet = unmetDemands(record)
  console.log(`\n${record.engine} ${record.version}, sources ${record.sources.slice(0, 16)}: ${file}`)
  for (const demand of unmet)
    console.log(`missed: ${demand.figure} ${bounds(demand)}, was ${record.figures[demand.figure] ?? 'not measured'}`)
  console.log(unmet.length === 0 ? 'passes' : `does not pass: ${unmet.length} missed`)
  return unmet.length === 0
}
