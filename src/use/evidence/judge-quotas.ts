import { localTime } from '#description/local-time.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { versionAt } from '#safeguards/versions/versions.ts'
import type { DecidedSegment, Finding, JudgingInputs } from './judge-decision.ts'

/** Tolerance: a call that was counted and abandoned before it was answered is not stored. */
const abandonedTolerance = 1

interface Week {
  recorded: number
  /** The segment with the highest claimed use. */
  claim?: { used: number; segment: DecidedSegment }
}

/**
 * Checks decisions that a quota was full against the recordings of that week: such a decision could hide an omission. Judges
 * only whole weeks between two instants, since the register may lack recordings of other weeks.
 */
export function judgeQuotas(inputs: Pick<JudgingInputs, 'versions'>, from: Temporal.Instant, to: Temporal.Instant) {
  const weeks = new Map<string, Week>()
  const [first, end] = [localTime(from.epochMilliseconds).week + 1, localTime(to.epochMilliseconds).week]

  return {
    add(segment: DecidedSegment): void {
      const { answeredAt, decision } = segment
      const { quotaUsed, ruleId } = decision
      if (quotaUsed === undefined || ruleId === undefined) return
      const { week } = localTime(answeredAt.epochMilliseconds)
      if (week < first || week >= end) return
      const counted = countedOf(segment, versionAt(inputs.versions, answeredAt).description)
      if (counted === undefined) return
      const key = `${ruleId} ${week} ${counted}`
      let counts = weeks.get(key)
      if (!counts) weeks.set(key, (counts = { recorded: 0 }))
      if (decision.record) counts.recorded += 1
      else if (quotaUsed > (counts.claim?.used ?? 0)) counts.claim = { used: quotaUsed, segment }
    },
    findings(): Finding[] {
      return [...weeks.values()].flatMap(({ recorded, claim }) => {
        if (!claim || claim.used <= recorded + abandonedTolerance) return []
        const { segmentId, contactId, answeredAt, numberReached, recordingId } = claim.segment
        return {
          kind: 'decision-differs' as const,
          segmentId,
          contactId,
          recordingId,
          answeredAt,
          number: numberReached,
          differences: [{ what: 'quotaUsed' as const, stored: claim.used, recomputed: recorded }],
        }
      })
    },
  }
}

/** Returns the official or the number for whose recordings the rule has its quota. */
function countedOf(segment: DecidedSegment, { recordingPlan }: RegisterDescription): string | undefined {
  const rule = recordingPlan.rules.find(({ id }) => id === segment.decision.ruleId)
  if (!rule?.quota) return undefined
  return rule.quota.per === 'number' ? segment.numberReached : (segment.officialId ?? undefined)
}
