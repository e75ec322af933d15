import type { RegisterDescription } from '#description/register-description.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import { sessionHolds } from '#safeguards/people/session.ts'
import { createTodayCounter } from '#use/studies/calls-today.ts'
import { numberRegionsOf, regionsOf } from '#use/studies/number-regions.ts'
import { fewest, fewestToDivide } from '#use/studies/protect-counts.ts'
import { logTodayWatched, reachesStudies, readStudy } from '#use/studies/read-study.ts'
import type { Period, Question } from '#use/studies/study.ts'
import { registerOperations } from '../answer.ts'
import { operations } from '../contract/operations.ts'
import type { Study, Today } from '../contract/studies.ts'
import { describedNow, type Desk } from '../desk.ts'
import { viewNumber } from '../description/view-number.ts'
import { limitOpenStreams } from '../limit-open.ts'
import { sendEventStream } from '../event-stream.ts'
import { refuse, refuseAs } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { grantForRequest } from '../request-session.ts'

const purpose = 'SERVICE_LEVEL_STUDY'
const maxYears = 10
const todayUpdateMs = 2_000
/** Maximum number of live displays per session. Each costs two queries per update. */
const maxDisplays = 8

/** Routes for service-level studies, and for today's counts on the live view and wall displays (R4, R6, R15). Counts only. */
export function studyRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readStudy: async (request) => {
      const { from, to, compareFrom, compareTo, by, measure, numbers, region, language } = request.query
      const period = periodOf(from, to)
      if (typeof period === 'string') return { refused: 'input.invalid', field: period, message: wrongTime }
      const isCompared = compareFrom !== undefined || compareTo !== undefined
      const compared = isCompared ? periodOf(compareFrom ?? '', compareTo ?? '') : undefined
      if (typeof compared === 'string' || (compared && overlap(period, compared))) {
        return { refused: 'input.invalid', field: 'compareFrom', message: wrongCompared }
      }
      const grant = await grantForRequest(desk, request, { purpose, action: 'study.read' })
      if ('refused' in grant) return grant
      if (!reachesStudies(grant)) return { refused: 'deny.purpose' }
      const description = describedNow(desk)
      const question: Question = {
        ...{ period, compared, by, measure, region, language },
        numbers: numbers?.split(',').filter((one) => one !== '') ?? [],
      }
      const study = await readStudy(desk.db, grant, question, numberRegionsOf(description))
      const names = new Map(regionsOf(description).map((one) => [one.key, one.names]))
      return {
        ...study,
        rows: study.rows.map((row) => ({
          ...row,
          number: by === 'number' ? viewNumber(description, row.key) : undefined,
          region: by === 'region' ? names.get(row.key) : undefined,
        })),
        ...{ fewest, fewestToDivide },
        choices: choicesOf(description, grant),
      }
    },
  })

  const today = createTodayCounter(desk.db, () => desk.clock.now())
  const open = limitOpenStreams(maxDisplays)
  app.route({
    ...operations.watchToday,
    // HEAD would never be answered.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const grant = await grantForRequest(desk, request, { purpose, action: 'today.watched' })
      if ('refused' in grant) return refuseAs(reply, grant)
      if (!reachesStudies(grant)) return refuse(reply, 'deny.purpose')
      const { session } = grant
      const onClosed = open(session.token)
      if (!onClosed) return refuse(reply, 'session.too-many', { message: tooManyDisplays })
      // Logged once per display, not per update, because it shows only counts.
      await logTodayWatched(desk.db, grant).catch((error: unknown) => {
        onClosed()
        throw error
      })
      sendEventStream(reply, {
        everyMs: todayUpdateMs,
        async nextEvent() {
          const now = desk.clock.now()
          if (!(await sessionHolds(desk.db, session.token, now))) return undefined
          const currentGrant = await requestGrant(desk.db, session, { purpose, action: 'today.watched' }, now)
          if ('refused' in currentGrant || !reachesStudies(currentGrant)) return undefined
          const description = describedNow(desk)
          const { byNumber, ...others } = await today(currentGrant)
          const figures: Today = {
            ...others,
            byNumber: byNumber.map((one) => ({ ...viewNumber(description, one.number), ...one })),
          }
          return { event: 'today', data: figures }
        },
        onFault: (error) => request.log.error({ err: error }, 'cannot stream the calls of the day'),
        onClosed,
      })
      return reply
    },
  })
}

const wrongTime = 'The period must end after it begins, and be at most ten years.'
const wrongCompared = 'The period compared with must end after it begins, and have no day in common with the first.'
const tooManyDisplays = 'This session shows the calls of the day in too many windows at once; close one of them.'

/** Returns the days of a period, or the invalid field. */
function periodOf(from: string, to: string): Period | 'from' | 'to' {
  const [first, last] = [readDay(from), readDay(to)]
  if (!first) return 'from'
  if (!last || Temporal.PlainDate.compare(first, last) > 0) return 'to'
  return Temporal.PlainDate.compare(first.add({ years: maxYears }), last) < 0 ? 'to' : { from: first, to: last }
}

function readDay(text: string): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    return undefined
  }
}

function overlap(one: Period, other: Period): boolean {
  return Temporal.PlainDate.compare(one.from, other.to) <= 0 && Temporal.PlainDate.compare(other.from, one.to) <= 0
}

function choicesOf(description: RegisterDescription, { rights }: Grant): Study['choices'] {
  const reachesNumbers = rights.some(({ scope }) => scope.kind === 'numbers')
  const reached = new Set(rights.flatMap(({ scope }) => scope.numbers))
  const all = [...new Set(description.numbers.map(({ key }) => key))]
  const reachesUnits = rights.some(({ scope }) => scope.kind === 'unit')
  return {
    numbers: all
      .filter((number) => reachesUnits || reached.has(number))
      .map((number) => viewNumber(description, number)),
    regions: regionsOf(description),
    reachesNumbers,
  }
}
