import { inEach } from '#platform/texts/texts.ts'
import { type Change } from './change.ts'
import { displayPhoneNumber } from '../phone-numbers/display-phone-number.ts'
import { type PhoneNumberKey } from '../phone-numbers/phone-number.ts'
import { type FieldPath } from '../problem.ts'
import type { Trilingual } from '../closed-lists.ts'
import type { RecordingPlan, RecordingRule, RegisterDescription, RuleHours } from '../register-description.ts'
import { clockText, dayText, lastDayText, listText, percentText } from '../value-texts.ts'
import {
  aspectOf,
  changed,
  changedTexts,
  matchByName,
  named,
  quoted,
  sentence,
  type ChangeValue,
} from './change-value.ts'
import * as words from './words.ts'

type Display = (key: PhoneNumberKey) => string

/** Returns the changes of the recording plan (R13-R15). A rule is named by its numbers, which people know. */
export function planChanges(before: RegisterDescription, after: RegisterDescription): Change[] {
  const display: Display = (key) =>
    [...after.numbers, ...before.numbers].find((number) => number.key === key)?.display ??
    displayPhoneNumber(key, after.numbering)
  const [from, to] = [before.recordingPlan, after.recordingPlan]
  const flagText = (flag: boolean): ChangeValue => (flag ? words.yes : words.no)
  return [
    ...changed(
      ['recordingPlan', 'recordForwarded'],
      words.planFields.recordForwarded,
      flagText(from.recordForwarded),
      flagText(to.recordForwarded),
    ),
    ...cooperationChanges(from, to),
    ...announcementChanges(from, to, display),
    ...ruleChanges(from.rules, to.rules, display),
  ]
}

function cooperationChanges({ cooperation: from }: RecordingPlan, { cooperation: to }: RecordingPlan): Change[] {
  const path = ['recordingPlan', 'cooperation']
  const { cooperation, day, document } = words.planFields
  const whole = (decision: RecordingPlan['cooperation']): ChangeValue | undefined =>
    decision && inEach((language) => `${decision.document}, ${dayText(decision.decidedOn)[language]}`)
  if (!from || !to) return changed(path, cooperation, whole(from), whole(to))
  return [
    ...changed([...path, 'decidedOn'], aspectOf(cooperation, day), dayText(from.decidedOn), dayText(to.decidedOn)),
    ...changed([...path, 'document'], aspectOf(cooperation, document), quoted(from.document), quoted(to.document)),
  ]
}

function announcementChanges(from: RecordingPlan, to: RecordingPlan, display: Display): Change[] {
  const list = ['recordingPlan', 'announcements']
  const { announcement: kind, text, numbers } = words.planFields
  const { added, removed, matched } = matchByName(from.announcements, to.announcements, ({ id }) => id)
  return [
    ...added.map(([{ id, numbers: keys }, index]) =>
      sentence([...list, index], 'change.new-announcement', {
        id,
        numbers: listText(keys.map(display)),
        count: keys.length,
      }),
    ),
    ...matched.flatMap(([one, other, index]) => [
      ...changedNumbers([...list, index, 'numbers'], aspectOf(named(kind, one.id), numbers), one, other, display),
      ...changedTexts([...list, index, 'texts'], aspectOf(named(kind, one.id), text), one.texts, other.texts),
    ]),
    ...removed.map(({ id, numbers: keys }) =>
      sentence(list, 'change.announcement-removed', { id, numbers: listText(keys.map(display)), count: keys.length }),
    ),
  ]
}

function changedNumbers(
  path: FieldPath,
  label: Trilingual,
  { numbers: from }: { numbers: readonly PhoneNumberKey[] },
  { numbers: to }: { numbers: readonly PhoneNumberKey[] },
  display: Display,
): Change[] {
  const [removed, added] = [from.filter((key) => !to.includes(key)), to.filter((key) => !from.includes(key))]
  if (removed.length + added.length === 0) return []
  return changed(path, label, listText(from.map(display)), listText(to.map(display)))
}

function ruleChanges(from: readonly RecordingRule[], to: readonly RecordingRule[], display: Display): Change[] {
  const list = ['recordingPlan', 'rules']
  const { added, removed, matched } = matchRules(from, to)
  return [
    ...matched.flatMap(([one, other, index]) => changedRule(one, other, [...list, index], display)),
    ...added.map(([rule, index]) => newRule(rule, [...list, index], display)),
    ...removed.map(({ names, numbers }) =>
      sentence(list, 'change.rule-removed', { names, numbers: listText(numbers.map(display)), count: numbers.length }),
    ),
  ]
}

/** Matches rules by id and version, then the remaining rules by id: a plan may have two versions of one rule. */
function matchRules(from: readonly RecordingRule[], to: readonly RecordingRule[]) {
  const indexOf = (rule: RecordingRule): number => to.indexOf(rule)
  const exact = matchByName(from, to, (rule) => JSON.stringify([rule.id, rule.version]))
  const rest = matchByName(
    exact.removed,
    exact.added.map(([rule]) => rule),
    ({ id }) => id,
  )
  return {
    matched: [...exact.matched, ...rest.matched.map(([one, other]) => [one, other, indexOf(other)] as const)].sort(
      (one, other) => one[2] - other[2],
    ),
    added: rest.added.map(([rule]) => [rule, indexOf(rule)] as const),
    removed: rest.removed,
  }
}

function changedRule(from: RecordingRule, to: RecordingRule, path: FieldPath, display: Display): Change[] {
  const rule = named(words.ruleFields.kind, to.names)
  const numbers = listText(to.numbers.map(display))
  const of = (aspect: Trilingual): Trilingual => aspectOf(rule, aspect)
  const optional = (text: string | undefined): ChangeValue | undefined =>
    text === undefined ? undefined : quoted(text)
  return [
    ...changedTexts(
      [...path, 'names'],
      aspectOf(named(words.ruleFields.kind, from.id), words.name),
      from.names,
      to.names,
    ),
    ...changedNumbers([...path, 'numbers'], of(words.planFields.numbers), from, to, display),
    ...(from.share === to.share
      ? []
      : [
          sentence([...path, 'share'], 'change.share', {
            numbers,
            from: percent(from.share),
            to: percent(to.share),
            count: to.numbers.length,
          }),
        ]),
    ...changed([...path, 'quota'], of(words.ruleFields.quota), quotaText(from), quotaText(to)),
    ...changed([...path, 'hours'], of(words.ruleFields.hours), hoursText(from.hours), hoursText(to.hours)),
    ...(from.recordingMonths === to.recordingMonths
      ? []
      : [
          sentence([...path, 'recordingMonths'], 'change.retention', {
            numbers,
            from: from.recordingMonths,
            to: to.recordingMonths,
            count: to.numbers.length,
          }),
        ]),
    ...changed([...path, 'from'], of(words.firstDay), dayText(from.from), dayText(to.from)),
    ...changed([...path, 'until'], of(words.lastDay), untilText(from.until), untilText(to.until)),
    ...changed(
      [...path, 'justification'],
      of(words.ruleFields.justification),
      optional(from.justification),
      optional(to.justification),
    ),
    ...changed(
      [...path, 'necessity'],
      of(words.ruleFields.necessity),
      optional(from.necessity),
      optional(to.necessity),
    ),
  ]
}

function newRule(rule: RecordingRule, path: FieldPath, display: Display): Change {
  const { names, numbers, share, recordingMonths, from, until, quota, hours } = rule
  const keys = listText(numbers.map(display))
  const more: ChangeValue[] = [...(quota ? [quotaText(rule)] : []), ...(hours ? [hoursText(hours)] : [])]
  const rest = inEach((language) =>
    more.map((part) => `, ${typeof part === 'string' ? part : part[language]}`).join(''),
  )
  const days = until
    ? inEach((language) => `${dayText(from)[language]}–${lastDayText(until)[language]}`)
    : words.changeText('change.from-day', { day: dayText(from) })
  return sentence(path, 'change.new-rule', {
    names,
    numbers: keys,
    share: percent(share),
    days,
    rest,
    months: recordingMonths,
    count: numbers.length,
  })
}

function percent(share: number): Trilingual {
  const number = percentText(share)
  return inEach((language) => (language === 'en' ? `${number.en}%` : `${number[language]} %`))
}

function untilText(until: Temporal.Instant | undefined): Trilingual {
  return until ? lastDayText(until) : words.noLimit
}

function quotaText({ quota }: RecordingRule): Trilingual {
  if (!quota) return words.noQuota
  const { per, weekly } = quota
  return words.changeText(`change.quota.${per}`, { weekly })
}

function hoursText(hours: RuleHours | undefined): Trilingual {
  if (!hours) return words.aroundTheClock
  const [days, from, to] = [
    listText(hours.days.map((day) => words.dayNames[day])),
    clockText(hours.from),
    clockText(hours.to),
  ]
  return inEach((language) => `${days[language]} ${from[language]}–${to[language]}`)
}
