import {
  listClients,
  listNodes,
  maySeeCapture,
  logFlowRead,
  logFlowsListed,
  readClient,
  readReception,
  type ClientRow,
} from '#use/capture-seen/capture-seen.ts'
import type { ClientSends, FlowHead as ShownHead, SeenClient } from '../contract/capture-seen.ts'
import { registerOperations, items, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { readPeriod } from '../read-instant.ts'
import type { Routes } from '../routes.ts'
import type { JsonForm } from '../to-json.ts'
import { missingParts } from './missing-parts.ts'

type FlowHead = Exclude<Awaited<ReturnType<Desk['flows']['list']>>, 'no-answer'>['flows'][number]

const maxDays = { hour: 8, day: 93 }

/** Statistics of capture, for operators (R13, R16, R17). */
export function captureStatisticsRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readReception: async ({ session, query }) => {
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return may
      const { by } = query
      const period = readPeriod(query, {
        hours: maxDays[by] * 24,
        message: `The period must end after it begins, and be at most ${maxDays[by]} days if counted by ${by}.`,
      })
      if ('refused' in period) return period
      return items(readReception(desk.db, session, { ...period, by }))
    },

    listClients: ({ session }) => items(listClients(desk.db, session), viewClient),

    readClient: ({ session, params }) =>
      viewed(readClient(desk.db, session, params.id), ({ client, sends }) => ({
        client: viewClient(client),
        sends: sends.map(({ kind, name, times, last_at }) => ({
          ...{ kind: kind as ClientSends['kind'], name, times: Number(times), lastAt: last_at },
        })),
      })),

    listCaptureNodes: ({ session }) => items(listNodes(desk.db, session)),

    listBlockers: async ({ session }) => {
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return may
      const health = await desk.health()
      return { missing: missingParts(health), items: health.blockers }
    },

    listCallFlows: async ({ session, query }) => {
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return may
      const flows = await desk.flows.list()
      if (flows === 'no-answer') return { refused: 'unavailable' }
      const { segment } = query
      const wanted = flows.flows.filter(
        ({ segments }) => !segment || segments.some(({ segmentId }) => segmentId === segment),
      )
      const recorded = await logFlowsListed(desk.db, session, { segment, sessions: wanted.length })
      if (recorded !== true) return recorded
      return { items: wanted.map(viewHead), unanswered: flows.unanswered }
    },

    readCallFlow: async ({ session, params }) => {
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return may
      const flow = await desk.flows.read(params.id)
      if (flow === 'no-answer') return { refused: 'unavailable' }
      if (!flow) return { refused: 'not-found' }
      const recorded = await logFlowRead(
        desk.db,
        session,
        flow.segments.map(({ segmentId }) => segmentId),
      )
      if (recorded !== true) return recorded
      const steps = flow.steps.map(({ atMs, by, what, with: carries }) => ({
        ...{ at: instantAt(atMs), by, what, with: carries },
      }))
      return { ...viewHead(flow), steps, leftOut: flow.leftOut }
    },
  })
}

function viewClient({
  id,
  trunk,
  client,
  first_at,
  last_at,
  sessions,
  refused,
  problems,
}: ClientRow): JsonForm<SeenClient> {
  return {
    ...{ id: Number(id), trunk, client, firstAt: first_at, lastAt: last_at },
    ...{ sessions: Number(sessions), refused: Number(refused), problems },
  }
}

function viewHead(flow: FlowHead): JsonForm<ShownHead> {
  const { id, segments, node, client, startedAtMs, endedAtMs, problems } = flow
  const transport = flow.transport as ShownHead['transport']
  return {
    ...{ id, segments, node, client, transport, startedAt: instantAt(startedAtMs), problems },
    endedAt: endedAtMs === undefined ? undefined : instantAt(endedAtMs),
  }
}

function instantAt(epochMs: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(epochMs))
}
