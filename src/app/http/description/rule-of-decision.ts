import type { RecordingRule, RuleHours } from '#description/register-description.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import type { Rule } from '../contract/plan.ts'
import type { JsonForm } from '../to-json.ts'

/** Returns the rule that decided a recording, from the version that was in force when the call was answered (R14). */
export function ruleOfDecision(
  versions: readonly Pick<DescriptionVersion, 'version' | 'description'>[],
  decision: { descriptionVersion?: number; ruleId?: string },
): { rule?: JsonForm<Pick<Rule, 'name' | 'quota' | 'hours'>> } {
  const then = versions.find(({ version }) => version === decision.descriptionVersion)
  const rule = then?.description.recordingPlan.rules.find(({ id }) => id === decision.ruleId)
  return rule ? { rule: { name: rule.names, ...viewLimits(rule) } } : {}
}

/** Returns the hours and the quota of a rule. */
export function viewLimits({ quota, hours }: RecordingRule) {
  return { quota, hours: hours && { days: hours.days, from: clock(hours.from), to: clock(hours.to) } }
}

/** Formats a time as `08:00`. The last second of the day is `24:00`. */
function clock(time: RuleHours['from']): string {
  const isEnd = time.hour === 23 && time.minute === 59 && time.second === 59
  return isEnd ? '24:00' : time.toString({ smallestUnit: 'minute' })
}
