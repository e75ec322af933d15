import { checkNamedNumbers } from './check-recording-plan.ts'
import { displayPhoneNumber } from '../phone-numbers/display-phone-number.ts'
import { type NumberingOptions, type PhoneNumberKey } from '../phone-numbers/phone-number.ts'
import { problemAt, type FieldProblem } from '../problem.ts'
import type { Trilingual } from '../closed-lists.ts'
import type { Announcement, RegisterDescription, ServiceNumber } from '../register-description.ts'
import { dayText, listText } from '../value-texts.ts'
import { termZone } from '../terms.ts'

type Part<Section extends keyof RegisterDescription> = Pick<RegisterDescription, Section>

/** Checks each announcement (L3, L4). */
export function checkAnnouncements(
  announcements: readonly Announcement[],
  numbers: readonly ServiceNumber[] | undefined,
  numbering: NumberingOptions = {},
): FieldProblem[] {
  const display = (key: PhoneNumberKey): string => displayPhoneNumber(key, numbering)
  return announcements.flatMap(({ id, numbers: keys, texts }, index) => {
    const path = ['recordingPlan', 'announcements', index]
    return [
      ...(announcements.findIndex((other) => other.id === id) < index
        ? [problemAt([...path, 'id'], 'announcement.twice', { id })]
        : []),
      ...(Object.keys(texts).length === 0 ? [problemAt([...path, 'texts'], 'announcement.empty')] : []),
      ...checkNamedNumbers(keys, [...path, 'numbers'], numbers, display),
    ]
  })
}

/** L3: nobody is recorded without an announcement in both national languages. Needs the whole list of announcements. */
export function checkAnnounced({
  recordingPlan: { rules, announcements },
  switches,
  numbering,
}: Part<'recordingPlan' | 'switches' | 'numbering'>): FieldProblem[] {
  if (!switches.announcementRequired) return []
  const reported = new Set<string>()
  const announced = (language: 'fi' | 'sv'): Set<string> =>
    new Set(announcements.flatMap(({ numbers, texts }) => (texts[language] === undefined ? [] : numbers)))
  const heard = { fi: announced('fi'), sv: announced('sv') }
  return rules.flatMap((rule, index) =>
    rule.numbers.flatMap((key, position) => {
      const missing = (['fi', 'sv'] as const).filter((language) => !heard[language].has(key))
      if (missing.length === 0 || reported.has(key)) return []
      reported.add(key)
      return [
        problemAt(['recordingPlan', 'rules', index, 'numbers', position], 'announcement.missing', {
          number: displayPhoneNumber(key, numbering),
          languages: listText(missing.map((language) => languageNames[language])),
        }),
      ]
    }),
  )
}

/** L16: the decision of the cooperation procedure precedes every rule. */
export function checkCooperation({
  recordingPlan: { rules, cooperation },
  effectiveFrom,
}: Part<'recordingPlan' | 'effectiveFrom'>): FieldProblem[] {
  if (!cooperation) return rules.length > 0 ? [problemAt(['recordingPlan', 'cooperation'], 'cooperation.missing')] : []
  const firstDay = effectiveFrom.toZonedDateTimeISO(termZone).toPlainDate()
  if (rules.length === 0 || Temporal.PlainDate.compare(cooperation.decidedOn, firstDay) <= 0) return []
  return [
    problemAt(['recordingPlan', 'cooperation', 'decidedOn'], 'cooperation.late', {
      decided: dayText(cooperation.decidedOn),
      effective: dayText(effectiveFrom),
    }),
  ]
}

const languageNames: Record<'fi' | 'sv', Trilingual> = {
  fi: { fi: 'suomenkielinen', sv: 'på finska', en: 'in Finnish' },
  sv: { fi: 'ruotsinkielinen', sv: 'på svenska', en: 'in Swedish' },
}
