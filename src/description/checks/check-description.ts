/** Checks a description's content. Returns problems by field, without lines and texts. */
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
 * Checks the content of a description: roles within the law of the register (R3-R5, R36-R41), consistent numbers (R7), an
 * approvable recording plan (R13-R15), promises that can be kept.
 * @param description the readable sections; unreadable ones do not hide problems of others
 * @param shortened lists without their unreadable items: absence from them proves nothing
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

  /** Runs the check if its sections are readable and its lists complete. */
  function given<Section extends keyof RegisterDescription>(
    sections: readonly Section[],
    check: Check<Section>,
    whole: readonly ItemList[] = [],
  ): FieldProblem[] {
    if (sections.some((section) => description[section] === undefined)) return []
    return whole.some((list) => shortened.has(list)) ? [] : check(description as Pick<RegisterDescription, Section>)
  }
}
