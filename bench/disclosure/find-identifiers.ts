/**
 * Measures how many identifiers of persons are found in 200 synthetic calls, as a speech recogniser would have transcribed them
 * (8 to 15 words of a hundred wrong). Yardstick: regular expressions over the same words.
 */
import { proposeSpans, redactionsOf } from '#use/disclosure/content/propose-spans.ts'
import type { Span } from '#use/disclosure/voice/engine.ts'
import { chanceFrom, labelledCalls, type Label, type LabelledCall } from '#test/disclosure/spoken/labelled-calls.ts'
import { mishear } from '#test/disclosure/spoken/mishear.ts'
import type { Word } from '#use/disclosure/content/word.ts'
import { plainSpans } from './plain-patterns.ts'
import { ratio, type Row } from '../rows.ts'

const minCodes = 0.95
const minNames = 0.8
/** Tolerance at a word's edge, in samples: shorter than a speech sound. */
const edge = 240

type Finder = (words: readonly Word[], lengthSamples: number) => readonly [readonly Span[], readonly Span[]]

const ours: Finder = (words, lengthSamples) => {
  const proposals = proposeSpans(words, lengthSamples)
  return [redactionsOf(proposals, 0), redactionsOf(proposals, 1)]
}

interface Score {
  found: number
  all: number
}

export interface Found {
  /** Share of the codes and digit runs that were found. */
  codes: number
  /** Share of the names and addresses that were found. */
  names: number
  /** Share of the silenced words that had to be silenced. */
  precision: number
  byCategory: Map<string, Score>
  missed: { label: Label; call: LabelledCall; recognised: Word[] }[]
}

/** @param errors lowest and highest word error rate; each call has its own */
export function measure(finder: Finder, { count = 200, errors = [0.08, 0.15], seed = 1 } = {}): Found {
  const byCategory = new Map<string, Score>()
  const missed: Found['missed'] = []
  const silenced = { correct: 0, all: 0 }
  for (const [index, call] of labelledCalls(count, seed).entries()) {
    const chance = chanceFrom(seed * 104729 + index)
    const [low = 0, high = 0] = errors
    const recognised = mishear(call.words, low + chance() * (high - low), chance)
    const spans = finder(recognised, call.lengthSamples)
    for (const label of call.labels) {
      const score = byCategory.get(label.category) ?? { found: 0, all: 0 }
      const whole = spans[label.track].some(({ from, to }) => from <= label.from + edge && to >= label.to - edge)
      byCategory.set(label.category, { found: score.found + (whole ? 1 : 0), all: score.all + 1 })
      if (!whole) missed.push({ label, call, recognised })
    }
    for (const word of call.words) {
      const middle = (word.from + word.to) / 2
      const within = (list: readonly Span[]) => list.some(({ from, to }) => from <= middle && to >= middle)
      if (!within(spans[word.track])) continue
      silenced.all += 1
      if (within(call.labels.filter(({ track }) => track === word.track))) silenced.correct += 1
    }
  }
  const recallOf = (names: boolean) => {
    const rows = [...byCategory].filter(([category]) => ['NAME', 'ADDRESS'].includes(category) === names)
    const sum = (key: keyof Score) => rows.reduce((total, [, score]) => total + score[key], 0)
    return sum('found') / sum('all')
  }
  return {
    codes: recallOf(false),
    names: recallOf(true),
    precision: silenced.correct / silenced.all,
    byCategory,
    missed,
  }
}

/** Measures recall and precision. Required: 95 % of the codes and digit runs, and 80 % of the names and addresses. */
export async function findIdentifiers({ count = 200 } = {}): Promise<Row[]> {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const started = performance.now()
  const found = measure(ours, { count })
  const each = (performance.now() - started) / count
  const plain = measure(plainSpans, { count })
  const clean = measure(ours, { count, errors: [0, 0] })
  const other = measure(ours, { count, seed: 99 })
  console.log(
    `${count} calls, ${[...found.byCategory.values()].reduce((sum, { all }) => sum + all, 0)} labels, whole spans`,
  )
  console.log(`                       codes    names    precision of words`)
  const row = (name: string, { codes, names, precision }: Found) =>
    console.log(`${name.padEnd(22)} ${percent(codes)}   ${percent(names)}   ${percent(precision)}`)
  row('plain patterns', plain)
  row('proposed', found)
  row('calls of another seed', other)
  row('nothing misheard', clean)
  for (const [category, score] of [...found.byCategory].sort()) {
    const bare = plain.byCategory.get(category)
    console.log(
      `  ${category.padEnd(18)} ${percent(score.found / score.all).padStart(8)} of ${score.all}   plain ${percent((bare?.found ?? 0) / score.all)}`,
    )
  }
  console.log(`${each.toFixed(1)} ms a call`)
  console.log(`target: codes ${percent(minCodes)}, names and addresses ${percent(minNames)}`)
  return [
    {
      what: `codes and digit runs found in ${count} misheard calls`,
      measured: percent(found.codes),
      yardstick: `regular expressions ${percent(plain.codes)}`,
      ratio: ratio(found.codes, plain.codes),
      target: percent(minCodes),
      isReached: found.codes >= minCodes,
    },
    {
      what: 'names and addresses found in them',
      measured: percent(found.names),
      yardstick: `regular expressions ${percent(plain.names)}`,
      ratio: ratio(found.names, plain.names),
      target: percent(minNames),
      isReached: found.names >= minNames,
    },
  ]
}
