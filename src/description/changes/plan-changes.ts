import { inEach } from '#platform/texts/texts.ts'
import { type Change } from './change.ts'
import { displayPhoneNumber } from '../phone-numbers/display-phone-number.ts'
import { type PhoneNumberKey } from '../phone-numbers/phone-number.ts'
import { type FieldPath } from '../problem.ts'
import type { Trilingual } from '../closed-lists.ts'
import type { RecordingPlan, RecordingRule, RegisterDescription, RuleHours } from '../register-description.ts'
import { clockText, dayText, lastDayText, listText, percentText } from '../tell-values.ts'
import { aspectOf, changed, changedTexts, matchByName, named, quoted, sentence, type Told } from './tell-change.ts'
import * as words from './words.ts'

type Display = (key: PhoneNumberKey) => string

/** What changes in what is recorded (R13-R15): a rule is told by the numbers it is about, because those are what people know. */
export function planChanges(before: RegisterDescription, after: RegisterDescription): Change[] {
  const display: Display = (key) =>
    [...after.numbers, ...before.numbers].find((number) => number.key === key)?.display ??
    displayPhoneNumber(key, after.numbering)
  const [from, to] = [before.recordingPlan, after.recordingPlan]
  const told = (flag: boolean): Told => (flag ? words.yes : words.no)
  return [
    ...changed(
      ['recordingPlan', 'recordForwarded'],
      words.planFields.recordForwarded,
      told(from.recordForwarded),
      told(to.recordForwarded),
    ),
    ...cooperationChanges(from, to),
    ...announcementChanges(from, to, display),
    ...ruleChanges(from.rules, to.rules, display),
  ]
}

function cooperationChanges({ cooperation: from }: RecordingPlan, { cooperation: to }: RecordingPlan): Change[] {
  const path = ['recordingPlan', 'cooperation']
  const { cooperation, day, document } = words.planFields
  const whole = (decision: RecordingPlan['cooperation']): Told | undefined =>
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
  const { added, removed, kept } = matchByName(from.announcements, to.announcements, ({ id }) => id)
  return [
    ...added.map(([{ id, numbers: keys }, place]) =>
      sentence([...list, place], {
        fi: (say) =>
          `Uusi tallennusilmoitus ${id} ${keys.length === 1 ? 'numerolle' : 'numeroille'} ${say(listText(keys.map(display)))}.`,
        sv: (say) => `Nytt inspelningsmeddelande ${id} för ${say(listText(keys.map(display)))}.`,
        en: (say) => `New announcement ${id} for ${say(listText(keys.map(display)))}.`,
      }),
    ),
    ...kept.flatMap(([one, other, place]) => [
      ...changedNumbers([...list, place, 'numbers'], aspectOf(named(kind, one.id), numbers), one, other, display),
      ...changedTexts([...list, place, 'texts'], aspectOf(named(kind, one.id), text), one.texts, other.texts),
    ]),
    ...removed.map(({ id, numbers: keys }) =>
      sentence(list, {
        fi: (say) =>
          `Tallennusilmoitus ${id} poistuu ${keys.length === 1 ? 'numerolta' : 'numeroilta'} ${say(listText(keys.map(display)))}.`,
        sv: (say) => `Inspelningsmeddelandet ${id} tas bort från ${say(listText(keys.map(display)))}.`,
        en: (say) => `The announcement ${id} is removed from ${say(listText(keys.map(display)))}.`,
      }),
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
  const [gone, come] = [from.filter((key) => !to.includes(key)), to.filter((key) => !from.includes(key))]
  if (gone.length + come.length === 0) return []
  return changed(path, label, listText(from.map(display)), listText(to.map(display)))
}

function ruleChanges(from: readonly RecordingRule[], to: readonly RecordingRule[], display: Display): Change[] {
  const list = ['recordingPlan', 'rules']
  const { added, removed, kept } = matchRules(from, to)
  return [
    ...kept.flatMap(([one, other, place]) => changedRule(one, other, [...list, place], display)),
    ...added.map(([rule, place]) => newRule(rule, [...list, place], display)),
    ...removed.map(({ names, numbers }) =>
      sentence(list, {
        fi: (say) =>
          `Sääntö ${say(names)} poistuu: se ei enää koske ${numbers.length === 1 ? 'numeroa' : 'numeroita'} ${say(listText(numbers.map(display)))}.`,
        sv: (say) => `Regeln ${say(names)} tas bort: den gäller inte längre ${say(listText(numbers.map(display)))}.`,
        en: (say) =>
          `The rule ${say(names)} is removed: it no longer holds for ${say(listText(numbers.map(display)))}.`,
      }),
    ),
  ]
}

/** Rules of one id are told apart by what stays the same, so that the next version of one is not taken for another. */
function matchRules(from: readonly RecordingRule[], to: readonly RecordingRule[]) {
  const place = (rule: RecordingRule): number => to.indexOf(rule)
  const alike = matchByName(from, to, (rule) => JSON.stringify([rule.id, rule.version]))
  const rest = matchByName(
    alike.removed,
    alike.added.map(([rule]) => rule),
    ({ id }) => id,
  )
  return {
    kept: [...alike.kept, ...rest.kept.map(([one, other]) => [one, other, place(other)] as const)].sort(
      (one, other) => one[2] - other[2],
    ),
    added: rest.added.map(([rule]) => [rule, place(rule)] as const),
    removed: rest.removed,
  }
}

function changedRule(from: RecordingRule, to: RecordingRule, path: FieldPath, display: Display): Change[] {
  const rule = named(words.ruleFields.kind, to.names)
  const numbers = listText(to.numbers.map(display))
  const of = (aspect: Trilingual): Trilingual => aspectOf(rule, aspect)
  const optional = (text: string | undefined): Told | undefined => (text === undefined ? undefined : quoted(text))
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
          sentence([...path, 'share'], {
            fi: (say) =>
              `Otanta ${inNumbers(to.numbers)} ${say(numbers)}: aiemmin ${say(percent(from.share))}, jatkossa ${say(percent(to.share))}.`,
            sv: (say) =>
              `Urvalet för ${say(numbers)}: hittills ${say(percent(from.share))}, framöver ${say(percent(to.share))}.`,
            en: (say) =>
              `Share recorded on ${say(numbers)} from ${say(percent(from.share))} to ${say(percent(to.share))}.`,
          }),
        ]),
    ...changed([...path, 'quota'], of(words.ruleFields.quota), quotaText(from), quotaText(to)),
    ...changed([...path, 'hours'], of(words.ruleFields.hours), hoursText(from.hours), hoursText(to.hours)),
    ...(from.recordingMonths === to.recordingMonths
      ? []
      : [
          sentence([...path, 'recordingMonths'], {
            fi: (say) =>
              `Säilytysaika ${inNumbers(to.numbers)} ${say(numbers)}: aiemmin ${from.recordingMonths}, jatkossa ${to.recordingMonths} kuukautta.`,
            sv: (say) =>
              `Lagringstiden för ${say(numbers)}: hittills ${from.recordingMonths}, framöver ${to.recordingMonths} månader.`,
            en: (say) => `Retention on ${say(numbers)} from ${from.recordingMonths} to ${to.recordingMonths} months.`,
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
  const more: Told[] = [...(quota ? [quotaText(rule)] : []), ...(hours ? [hoursText(hours)] : [])]
  const rest = inEach((language) =>
    more.map((told) => `, ${typeof told === 'string' ? told : told[language]}`).join(''),
  )
  const days = until
    ? inEach((language) => `${dayText(from)[language]}–${lastDayText(until)[language]}`)
    : {
        fi: `${dayText(from).fi} alkaen`,
        sv: `från och med ${dayText(from).sv}`,
        en: `from ${dayText(from).en}`,
      }
  return sentence(path, {
    fi: (say) =>
      `Uusi sääntö ${say(names)}: ${inNumbers(numbers)} ${say(keys)} tallennetaan ${say(percent(share))} puheluista ${say(days)}${say(rest)}; tallenteita säilytetään ${recordingMonths} kuukautta.`,
    sv: (say) =>
      `Ny regel ${say(names)}: på ${say(keys)} spelas ${say(percent(share))} av samtalen in ${say(days)}${say(rest)}; inspelningarna förvaras i ${recordingMonths} månader.`,
    en: (say) =>
      `New rule ${say(names)}: on ${say(keys)} ${say(percent(share))} of the calls are recorded ${say(days)}${say(rest)}; recordings are kept for ${recordingMonths} months.`,
  })
}

function percent(share: number): Trilingual {
  const number = percentText(share)
  return inEach((language) => (language === 'en' ? `${number.en}%` : `${number[language]} %`))
}

/** The Finnish word in front of the numbers of a rule. */
function inNumbers(numbers: readonly PhoneNumberKey[]): string {
  return numbers.length === 1 ? 'numerossa' : 'numeroissa'
}

function untilText(until: Temporal.Instant | undefined): Trilingual {
  return until ? lastDayText(until) : words.noLimit
}

function quotaText({ quota }: RecordingRule): Trilingual {
  if (!quota) return words.noQuota
  const { per, weekly } = quota
  return per === 'official'
    ? {
        fi: `enintään ${weekly} tallennetta viikossa virkailijaa kohti`,
        sv: `högst ${weekly} inspelningar i veckan per tjänsteman`,
        en: `at most ${weekly} recordings a week for each official`,
      }
    : {
        fi: `enintään ${weekly} tallennetta viikossa numeroa kohti`,
        sv: `högst ${weekly} inspelningar i veckan per nummer`,
        en: `at most ${weekly} recordings a week for each number`,
      }
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
