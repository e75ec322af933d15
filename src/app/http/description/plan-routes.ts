import type { RecordingRule, RegisterDescription } from '#description/register-description.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import { termZone } from '#description/terms.ts'
import { readShares } from '#use/shares/read-shares.ts'
import { registerOperations } from '../answer.ts'
import type { RecordingPlan, Rule } from '../contract/plan.ts'
import { describedNow, type Desk } from '../desk.ts'
import { readPeriod } from '../read-instant.ts'
import type { Routes } from '../routes.ts'
import { viewNumber } from './view-number.ts'
import { viewLimits } from './rule-of-decision.ts'
import { grantForRequest } from '../request-session.ts'
import type { JsonForm } from '../to-json.ts'

/** Routes for the recording plan in force (any session), and for planned and actual shares (under a purpose; R14, R15). */
export function planRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readPlan: () => viewPlan(desk.versions.at(desk.clock.now())),

    readShares: async (request) => {
      const { purpose, reference, ...times } = request.query
      const requestedPeriod = readPeriod(times)
      if ('refused' in requestedPeriod) return requestedPeriod
      const period = wholeDays(requestedPeriod)
      const grant = await grantForRequest(desk, request, { purpose, reference, action: 'shares.read' })
      if ('refused' in grant) return grant
      const shares = await readShares(desk.db, grant, period)
      const described = describedNow(desk)
      return {
        ...period,
        byNumber: shares.byNumber.map((share) => ({ ...share, ...viewNumber(described, share.number) })),
        byOfficial: shares.byOfficial,
      }
    },
  })
}

/** Extends an interval to whole days in Finland: hourly shares would reveal an official's working times (R6). */
function wholeDays({ from, to }: { from: Temporal.Instant; to: Temporal.Instant }) {
  const [first, last] = [from, to].map((at) => at.toZonedDateTimeISO(termZone).startOfDay())
  const hasEnded = Temporal.Instant.compare(last!.toInstant(), to) === 0
  return { from: first!.toInstant(), to: (hasEnded ? last! : last!.add({ days: 1 })).toInstant() }
}

function viewPlan({ version, effectiveFrom, description }: DescriptionVersion): JsonForm<RecordingPlan> {
  const { announcements, cooperation, recordForwarded, rules } = description.recordingPlan
  return {
    descriptionVersion: version,
    effectiveFrom,
    recordForwarded,
    cooperation,
    announcements,
    rules: rules.map((rule) => viewRule(description, rule)),
  }
}

function viewRule(description: RegisterDescription, rule: RecordingRule): JsonForm<Rule> {
  return {
    ...rule,
    name: rule.names,
    numbers: rule.numbers.flatMap((number) => {
      const { name, ...view } = viewNumber(description, number)
      return name ? [{ ...view, name }] : []
    }),
    ...viewLimits(rule),
  }
}
