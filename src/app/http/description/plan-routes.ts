import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { RecordingRule, RegisterDescription } from '#description/register-description.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import { readShares } from '#use/shares/read-shares.ts'
import { operations } from '../contract/operations.ts'
import type { RecordingPlan, Rule } from '../contract/plan.ts'
import { describedNow, type Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { viewLimits } from './rule-then.ts'
import { granted } from '../signed-in.ts'

/** The recording plan in force, for everybody who is signed in; planned and actual shares, under a purpose (R14, R15). */
export function planRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readPlan,
    handler: async (_request, reply) => {
      return reply.send(viewPlan(desk.versions.at(desk.clock.now())))
    },
  })

  app.route({
    ...operations.readShares,
    handler: async (request, reply) => {
      const { purpose, reference, ...times } = request.query
      const [from, to] = [readInstant(times.from), readInstant(times.to)]
      if (!from || from === 'invalid') return refuse(reply, 'input.invalid', { field: 'from' })
      if (!to || to === 'invalid') return refuse(reply, 'input.invalid', { field: 'to' })
      if (Temporal.Instant.compare(from, to) >= 0) {
        return refuse(reply, 'input.invalid', { field: 'to', message: 'The time must end after it begins.' })
      }
      const grant = await granted(desk, request, reply, { purpose, reference, action: 'shares.read' })
      if (!grant) return reply
      const shares = await readShares(desk.db, grant, { from, to })
      const described = describedNow(desk)
      return reply.send({
        from: from.toString(),
        to: to.toString(),
        byNumber: shares.byNumber.map((share) => ({ ...share, ...viewNumber(described, share.number) })),
        byOfficial: shares.byOfficial,
      })
    },
  })
}

function viewPlan({ version, effectiveFrom, description }: DescriptionVersion): RecordingPlan {
  const { announcements, cooperation, recordForwarded, rules } = description.recordingPlan
  return {
    descriptionVersion: version,
    effectiveFrom: effectiveFrom.toString(),
    recordForwarded,
    ...(cooperation && {
      cooperation: { decidedOn: cooperation.decidedOn.toString(), document: cooperation.document },
    }),
    announcements: announcements.map(({ id, numbers, texts }) => ({ id, numbers: [...numbers], texts })),
    rules: rules.map((rule) => viewRule(description, rule)),
  }
}

function viewRule(description: RegisterDescription, rule: RecordingRule): Rule {
  const { id, version, names, numbers, share, recordingMonths, from, until, justification, necessity } = rule
  return {
    id,
    version,
    name: names,
    numbers: numbers.flatMap((number) => {
      const { name, ...told } = viewNumber(description, number)
      return name ? [{ ...told, name }] : []
    }),
    share,
    ...viewLimits(rule),
    recordingMonths,
    from: from.toString(),
    ...(until && { until: until.toString() }),
    ...(justification !== undefined && { justification }),
    ...(necessity !== undefined && { necessity }),
  }
}

/** A number as the description has it last; one that it does not know has no name. */
function viewNumber({ numbering, numbers }: RegisterDescription, number: string) {
  const entry = numbers.findLast(({ key }) => key === number)
  return { number, display: displayPhoneNumber(number, numbering), ...(entry && { name: entry.names }) }
}
