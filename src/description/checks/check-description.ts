/**
 * What a description may not say. In: the sections that could be read. Out: what is wrong, by field. Never here: lines of
 * the text, words for people (texts/server/problem.json), or a change of what was written.
 */
import * as access from './check-access.ts'
import { checkAnnounced, checkAnnouncements, checkCooperation } from './check-announcements.ts'
import { checkNumbers, checkSwitchboard } from './check-numbers.ts'
import { checkRecordingPlan } from './check-recording-plan.ts'
import * as register from './check-register.ts'
import { type FieldProblem } from '../problem.ts'
import { type RegisterDescription } from '../register-description.ts'
import { type ItemList } from '../sound-file.ts'

type Check<Section extends keyof RegisterDescription> = (parts: Pick<RegisterDescription, Section>) => FieldProblem[]

/**
 * What a description says that it may not say: roles wider than the law of the register allows (R3-R5, R36-R41), numbers
 * that contradict each other (R7), a recording plan that nobody may approve (R13-R15), promises that cannot be kept.
 *
 * @param description the sections that could be read: what cannot be read does not hide what is wrong elsewhere
 * @param shortened lists that lost an item: they do not prove that something is missing
 */
export function checkDescription(
  description: Partial<RegisterDescription>,
  shortened: ReadonlySet<string> = new Set(),
): FieldProblem[] {
  const numbers = shortened.has('numbers') ? undefined : description.numbers
  const { numbering } = description
  return [
    ...given(['decision'], register.checkDecision),
    ...given(['dataSubjects'], register.checkDataSubjects),
    ...given(['identificationData'], register.checkIdentificationData),
    ...given(['purposes'], access.checkPurposes, ['purposes']),
    ...given(['purposes', 'profile'], access.checkLegalBases),
    ...given(['roles'], access.checkRoles),
    ...given(['roles'], access.checkNeededRoles, ['roles']),
    ...given(['roles', 'purposes'], access.checkHeldPurposes, ['purposes']),
    ...given(['roles', 'purposes'], access.checkUsedPurposes, ['roles']),
    ...given(['numbers'], checkNumbers),
    ...given(['numbers', 'controller', 'numbering', 'effectiveFrom'], checkSwitchboard, ['numbers']),
    ...given(['recordingPlan'], ({ recordingPlan }) => checkRecordingPlan(recordingPlan, numbers, numbering)),
    ...given(['recordingPlan'], ({ recordingPlan }) =>
      checkAnnouncements(recordingPlan.announcements, numbers, numbering),
    ),
    ...given(['recordingPlan', 'switches', 'numbering'], checkAnnounced, ['recordingPlan.announcements']),
    ...given(['recordingPlan', 'effectiveFrom'], checkCooperation),
    ...given(['storage', 'effectiveFrom'], register.checkStorage),
    ...given(['disclosure'], register.checkProvisions),
    ...given(['disclosure', 'effectiveFrom'], register.checkDisclosure, ['disclosure.provisions']),
    ...given(['disclosure', 'switches'], register.checkPseudonymised),
    ...given(['contacts', 'profile'], register.checkContacts),
    ...given(['switches'], register.checkSwitches),
  ]

  /** The check's answer where its sections could be read, and the lists that it draws conclusions from are whole. */
  function given<Section extends keyof RegisterDescription>(
    sections: readonly Section[],
    check: Check<Section>,
    whole: readonly ItemList[] = [],
  ): FieldProblem[] {
    if (sections.some((section) => description[section] === undefined)) return []
    return whole.some((list) => shortened.has(list)) ? [] : check(description as Pick<RegisterDescription, Section>)
  }
}
