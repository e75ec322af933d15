import { type Change } from './change.ts'
import { type RegisterDescription } from '../register-description.ts'
import { accessChanges } from './access-changes.ts'
import { numberChanges } from './number-changes.ts'
import { planChanges } from './plan-changes.ts'
import { registerChanges } from './register-changes.ts'
import { isSame, sentence } from './change-value.ts'
import { sections } from './words.ts'

/**
 * Returns the diff of two versions as sentences, in the order of the file: "Retention on 029 497 000 from 6 to 3 months."
 * Empty if they are equal. The head (version, effectiveFrom, decision) and the versions of rules are left out: the approval
 * procedure sets them.
 */
export function describeChanges(from: RegisterDescription, to: RegisterDescription): Change[] {
  const changes = [
    ...registerChanges(from, to),
    ...accessChanges(from, to),
    ...numberChanges(from, to),
    ...planChanges(from, to),
  ]
  return (Object.keys(sections) as (keyof typeof sections)[]).flatMap((section) => {
    const ofSection = changes.filter(({ field }) => field.split(/[.[]/)[0] === section)
    if (ofSection.length > 0 || isSame(withoutRuleVersions(from)[section], withoutRuleVersions(to)[section])) {
      return ofSection
    }
    return [sentence([section], 'change.order', { section: sections[section] })]
  })
}

function withoutRuleVersions(description: RegisterDescription): object & Record<keyof typeof sections, unknown> {
  const { recordingPlan, numbers, ...rest } = description
  return {
    ...rest,
    // The display form of a number follows from the exchanges' prefixes.
    numbers: numbers.map((number) => ({ ...number, display: undefined })),
    recordingPlan: {
      ...recordingPlan,
      rules: recordingPlan.rules.map((rule) => ({ ...rule, version: undefined })),
    },
  }
}
