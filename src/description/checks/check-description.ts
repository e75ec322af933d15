/** Checks a description's content. Returns problems by field, without lines and texts. */
import * as access from './check-access.ts'
import { checkAnnounced, checkAnnouncements, checkCooperation } from './check-announcements.ts'
import { checkNumbers, checkSwitchboard } from './check-numbers.ts'
import { checkRecordingPlan } from './check-recording-plan.ts'
import * as register from './check-register.ts'
import { type FieldProblem } from '../problem.ts'
import { type RegisterDescription } from '../register-description.ts'
import { type ItemList } from '../valid-parts.ts'

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
    ...runIfReadable(['decision'], register.checkDecision),
    ...runIfReadable(['dataSubjects'], register.checkDataSubjects),
    ...runIfReadable(['identificationData'], register.checkIdentificationData),
    ...runIfReadable(['purposes'], access.checkPurposes, ['purposes']),
    ...runIfReadable(['purposes', 'profile'], access.checkLegalBases),
    ...runIfReadable(['roles'], access.checkRoles),
    ...runIfReadable(['roles'], access.checkNeededRoles, ['roles']),
    ...runIfReadable(['roles', 'purposes'], access.checkHeldPurposes, ['purposes']),
    ...runIfReadable(['roles', 'purposes'], access.checkUsedPurposes, ['roles']),
    ...runIfReadable(['numbers'], checkNumbers),
    ...runIfReadable(['numbers', 'controller', 'numbering', 'effectiveFrom'], checkSwitchboard, ['numbers']),
    ...runIfReadable(['recordingPlan'], ({ recordingPlan }) => checkRecordingPlan(recordingPlan, numbers, numbering)),
    ...runIfReadable(['recordingPlan'], ({ recordingPlan }) =>
      checkAnnouncements(recordingPlan.announcements, numbers, numbering),
    ),
    ...runIfReadable(['recordingPlan', 'switches', 'numbering'], checkAnnounced, ['recordingPlan.announcements']),
    ...runIfReadable(['recordingPlan', 'effectiveFrom'], checkCooperation),
    ...runIfReadable(['storage', 'effectiveFrom'], register.checkStorage),
    ...runIfReadable(['disclosure'], register.checkProvisions),
    ...runIfReadable(['disclosure', 'effectiveFrom'], register.checkDisclosure, ['disclosure.provisions']),
    ...runIfReadable(['disclosure', 'switches'], register.checkPseudonymised),
    ...runIfReadable(['disclosure', 'switches'], register.checkTranscripts),
    ...runIfReadable(['contacts', 'profile'], register.checkContacts),
    ...runIfReadable(['switches'], register.checkSwitches),
  ]

  /** Runs the check if its sections are readable and its lists complete. */
  function runIfReadable<Section extends keyof RegisterDescription>(
    sections: readonly Section[],
    check: Check<Section>,
    whole: readonly ItemList[] = [],
  ): FieldProblem[] {
    if (sections.some((section) => description[section] === undefined)) return []
    return whole.some((list) => shortened.has(list)) ? [] : check(description as Pick<RegisterDescription, Section>)
  }
}
