import { expect, test } from 'vitest'
import type { CopyRedaction, CopyTurn } from './copy-shapes.ts'
import {
  acceptTurn,
  addRedactions,
  addTurn,
  changeRedaction,
  changeTurn,
  isRedactedAt,
  nextDoubt,
  overlappingTurns,
  removeRedaction,
  requestBodyOf,
  splitTurn,
  withProposals,
  workOf,
  wrongTimes,
} from './work.ts'

const turn = (track: CopyTurn['track'], fromMs: number, toMs: number, text = ''): CopyTurn => ({
  track,
  fromMs,
  toMs,
  language: 'fi',
  text,
})
const proposed = (track: CopyTurn['track'], fromMs: number, toMs: number): CopyRedaction => ({
  track,
  fromMs,
  toMs,
  reason: 'NAME',
  source: 'PROPOSED',
  isReviewed: false,
})
const work = (turns: CopyTurn[] = [], redactions: CopyRedaction[] = []) => workOf({ level: 'T', turns, redactions })

test('saves what was read, in the same order', () => {
  const copy = { level: 'D' as const, turns: [turn('CALLER', 5, 90, 'Hei')], redactions: [proposed('OFFICIAL', 1, 99)] }
  expect(requestBodyOf(workOf(copy))).toEqual(copy)
})

test('a stretch is within the recording and begins before it ends', () => {
  expect(wrongTimes(1000, 2000, 60_000)).toBeUndefined()
  expect(wrongTimes(2000, 2000, 60_000)).toBe('order')
  expect(wrongTimes(2000, 1000, 60_000)).toBe('order')
  expect(wrongTimes(59_000, 61_000, 60_000)).toBe('beyond')
})

test('a redaction that a person adds is reviewed, and added to both tracks it is two redactions', () => {
  const marked = addRedactions(work(), ['CALLER', 'OFFICIAL'], { fromMs: 100, toMs: 900, reason: 'PHONE' })
  expect(requestBodyOf(marked).redactions).toEqual([
    { track: 'CALLER', fromMs: 100, toMs: 900, reason: 'PHONE', source: 'MANUAL', isReviewed: true },
    { track: 'OFFICIAL', fromMs: 100, toMs: 900, reason: 'PHONE', source: 'MANUAL', isReviewed: true },
  ])
})

test('a proposal counts as reviewed once a person changes it, and not before', () => {
  const now = work([], [proposed('CALLER', 100, 900), proposed('CALLER', 2000, 2500)])
  const [first, second] = now.redactions
  const changed = changeRedaction(now, first!.key, { toMs: 1100 })
  expect(changed.redactions.map(({ isReviewed }) => isReviewed)).toEqual([true, false])
  expect(removeRedaction(changed, second!.key).redactions).toHaveLength(1)
  expect(changeRedaction(changed, first!.key, { isReviewed: false }).redactions[0]?.isReviewed).toBe(false)
})

test('an added redaction is placed by its start, and the others keep their order', () => {
  const now = work([], [proposed('CALLER', 5000, 6000), proposed('CALLER', 1000, 2000)])
  const added = addRedactions(now, ['CALLER'], { fromMs: 3000, toMs: 3500, reason: 'NAME' })
  expect(added.redactions.map(({ fromMs }) => fromMs)).toEqual([3000, 5000, 1000])
})

test('a new turn is empty, begins where nobody on its track speaks and ends before the next', () => {
  const now = work([turn('CALLER', 1000, 2000, 'Hei'), turn('CALLER', 3000, 4000), turn('OFFICIAL', 0, 9000)])
  const [added] = addTurn(now, 'CALLER', 1500, 60_000, 'sv').turns.filter((one) => !now.turns.includes(one))
  expect(added).toMatchObject({ track: 'CALLER', fromMs: 2000, toMs: 3000, text: '', language: 'fi' })
  expect(addTurn(work(), 'OFFICIAL', 500, 60_000, 'sv').turns[0]).toMatchObject({ toMs: 3500, language: 'sv' })
})

test('a new turn at the very end is within the recording', () => {
  const [added] = addTurn(work(), 'CALLER', 60_000, 60_000, 'fi').turns
  expect(wrongTimes(added!.fromMs, added!.toMs, 60_000)).toBeUndefined()
})

test('a turn is split at the caret, and at the playback position if that is inside it', () => {
  const now = work([turn('CALLER', 1000, 5000, 'Hei vaan Päivää')])
  const { key } = now.turns[0]!
  const parts = splitTurn(now, key, 9, 2000).turns
  expect(parts).toMatchObject([
    { fromMs: 1000, toMs: 2000, text: 'Hei vaan' },
    { fromMs: 2000, toMs: 5000, text: 'Päivää' },
  ])
  expect(splitTurn(now, key, 9, 50_000).turns[0]?.toMs).toBe(1000 + Math.round((4000 * 9) / 15))
})

test('a split loses no word at any caret position', () => {
  const text = 'Hei vaan Päivää'
  const now = work([turn('CALLER', 1000, 5000, text)])
  for (let caret = 0; caret <= text.length; caret++) {
    const parts = splitTurn(now, now.turns[0]!.key, caret, 0).turns
    expect(
      parts
        .map((one) => one.text)
        .join('')
        .replaceAll(' ', ''),
    ).toBe(text.replaceAll(' ', ''))
    expect(parts.every(({ fromMs, toMs }) => wrongTimes(fromMs, toMs, 5000) === undefined)).toBe(true)
  }
})

test('proposals are added beside a person’s turns and redactions, unreviewed, and duplicate none', () => {
  const written = turn('CALLER', 1000, 2000, 'Nimeni on')
  const now = work([written], [{ ...proposed('CALLER', 1000, 2000), source: 'MANUAL', isReviewed: true }])
  const result = withProposals(now, {
    turns: [turn('CALLER', 900, 1900), turn('OFFICIAL', 900, 1900)],
    redactions: [proposed('CALLER', 1200, 1800), proposed('CALLER', 1500, 2500), proposed('OFFICIAL', 1200, 1800)],
  })
  expect(result).toMatchObject({ turns: 1, redactions: 2 })
  expect(requestBodyOf(result.work).turns).toContainEqual(written)
  expect(result.work.redactions.filter(({ isReviewed }) => !isReviewed)).toHaveLength(2)
})

test('repeated proposals add nothing', () => {
  const proposals = { turns: [turn('OFFICIAL', 0, 900)], redactions: [proposed('CALLER', 10, 90)] }
  const once = withProposals(work(), proposals).work
  expect(withProposals(once, proposals)).toEqual({ work: once, turns: 0, redactions: 0 })
})

test('two simultaneous turns on one track are reported, and on different tracks they are not', () => {
  const now = work([turn('CALLER', 0, 1000), turn('OFFICIAL', 500, 1500), turn('CALLER', 900, 1200)])
  expect([...overlappingTurns(now.turns)]).toEqual([now.turns[2]!.key])
})

test('a track is silent from the start of a redaction to just before its end', () => {
  const marks = [proposed('CALLER', 100, 200)]
  expect([99, 100, 199, 200].map((ms) => isRedactedAt(marks, 'CALLER', ms))).toEqual([false, true, true, false])
  expect(isRedactedAt(marks, 'OFFICIAL', 150)).toBe(false)
})

test('a change of the text makes the uncertain words that it touches certain; with none left, the turn is reviewed', () => {
  const text = 'asia koskee veroa ja korkoa'
  const doubts = [
    { from: 5, to: 11, fromMs: 100 },
    { from: 21, to: 27, fromMs: 700 },
  ]
  const now = work([{ ...turn('CALLER', 0, 900, text), isReviewed: false, doubts }])
  const { key } = now.turns[0]!
  const once = changeTurn(now, key, { text: 'asia liittyy veroa ja korkoa' })
  expect(once.turns[0]).toMatchObject({ isReviewed: false, doubts: [{ from: 22, to: 28, fromMs: 700 }] })
  const twice = changeTurn(once, key, { text: 'asia liittyy veroa ja korkoihin' }).turns[0]!
  expect([twice.text, 'isReviewed' in twice, 'doubts' in twice]).toEqual([
    'asia liittyy veroa ja korkoihin',
    false,
    false,
  ])
  expect(changeTurn(now, key, { toMs: 950 }).turns[0]).toMatchObject({ isReviewed: false, doubts })
  expect(requestBodyOf(acceptTurn(now, key)).turns).toEqual([turn('CALLER', 0, 900, text)])
})

test('when a turn is split, each uncertain word stays uncertain in its half', () => {
  const doubts = [
    { from: 0, to: 3, fromMs: 100 },
    { from: 4, to: 8, fromMs: 600 },
  ]
  const now = work([{ ...turn('CALLER', 0, 1000, 'yks kaksi'), isReviewed: false, doubts }])
  expect(splitTurn(now, now.turns[0]!.key, 3, 500).turns).toMatchObject([
    { text: 'yks', isReviewed: false, doubts: [{ from: 0, to: 3 }] },
    { text: 'kaksi', isReviewed: false, doubts: [{ from: 0, to: 4, fromMs: 600 }] },
  ])
})

test('the next uncertain word follows the caret, also in the next turn, and after the last one comes the first', () => {
  const doubt = (from: number) => ({ from, to: from + 2, fromMs: from })
  const now = work([
    { ...turn('CALLER', 0, 900, 'aa bb cc'), doubts: [doubt(0), doubt(6)] },
    turn('CALLER', 900, 1000, 'dd'),
    { ...turn('CALLER', 1000, 1900, 'ee ff'), doubts: [doubt(3)] },
  ])
  const [first, second, third] = now.turns.map(({ key }) => key)
  const found = (at: Parameters<typeof nextDoubt>[1], direction: 1 | -1 = 1) => {
    const next = nextDoubt(now.turns, at, direction)
    return [next?.key, next?.doubt.from]
  }
  expect(found(undefined)).toEqual([first, 0])
  expect(found({ key: first!, caret: 2 })).toEqual([first, 6])
  expect(found({ key: first!, caret: 8 })).toEqual([third, 3])
  expect(found({ key: second!, caret: 0 })).toEqual([third, 3])
  expect(found({ key: third!, caret: 5 })).toEqual([first, 0])
  expect(found({ key: third!, caret: 3 }, -1)).toEqual([first, 6])
  expect(found({ key: first!, caret: 0 }, -1)).toEqual([third, 3])
})
