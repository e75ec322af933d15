import { localTime } from '#description/local-time.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { versionAt } from '#safeguards/versions/versions.ts'
import type { DecidedSegment, Finding, JudgedBy } from './judge-decision.ts'

/** A call may have been counted that was given up before it was answered, and left no trace. */
const givenUpAtOnce = 1

interface Week {
  recorded: number
  /** The segment that claims the most. */
  claim?: { used: number; segment: DecidedSegment }
}

/**
 * A refusal for a full quota is borne out by recordings of that week, or it hides an omission. Only whole weeks between
 * two instants are judged: of others the register does not hold everything, any more or yet.
 */
export function judgeQuotas(by: Pick<JudgedBy, 'versions'>, from: Temporal.Instant, to: Temporal.Instant) {
  const weeks = new Map<string, Week>()
  const [first, end] = [localTime(from.epochMilliseconds).week + 1, localTime(to.epochMilliseconds).week]

  return {
    add(segment: DecidedSegment): void {
      const { answeredAt, decision } = segment
      const { quotaUsed, ruleId } = decision
      if (quotaUsed === undefined || ruleId === undefined) return
      const { week } = localTime(answeredAt.epochMilliseconds)
      if (week < first || week >= end) return
      const of = countedOf(segment, versionAt(by.versions, answeredAt).description)
      if (of === undefined) return
      const key = `${ruleId} ${week} ${of}`
      let counts = weeks.get(key)
      if (!counts) weeks.set(key, (counts = { recorded: 0 }))
      if (decision.record) counts.recorded += 1
      else if (quotaUsed > (counts.claim?.used ?? 0)) counts.claim = { used: quotaUsed, segment }
    },
    findings(): Finding[] {
      return [...weeks.values()].flatMap(({ recorded, claim }) => {
        if (!claim || claim.used <= recorded + givenUpAtOnce) return []
        const { segmentId, contactId, answeredAt, numberReached, recordingId } = claim.segment
        return {
          kind: 'decision-differs' as const,
          segmentId,
          contactId,
          recordingId,
          answeredAt,
          number: numberReached,
          differences: [{ what: 'quotaUsed' as const, stored: claim.used, again: recorded }],
        }
      })
    },
  }
}

/** The official or the number that the rule's quota counts for. */
function countedOf(segment: DecidedSegment, { recordingPlan }: RegisterDescription): string | undefined {
  const rule = recordingPlan.rules.find(({ id }) => id === segment.decision.ruleId)
  if (!rule?.quota) return undefined
  return rule.quota.per === 'number' ? segment.numberReached : (segment.officialId ?? undefined)
}
