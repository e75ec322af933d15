import {
  listClients,
  listNodes,
  maySeeCapture,
  noteFlowRead,
  readClient,
  readReception,
  type ClientRow,
  type ReceptionPeriod,
} from '#use/capture-seen/capture-seen.ts'
import type { ClientSends, FlowHead as ShownHead, SeenClient } from '../contract/capture-seen.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { toldMissing } from './told-missing.ts'

type ToldHead = Exclude<Awaited<ReturnType<Desk['flows']['list']>>, 'no-answer'>['flows'][number]

const longestDays = { hour: 8, day: 93 }

/** What capture sees, for whoever runs it (R13, R16, R17). */
export function captureSeenRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readReception,
    handler: async (request, reply) => {
      const { session } = request
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return refuse(reply, may.refused)
      const { by } = request.query
      const [from, to] = [readInstant(request.query.from), readInstant(request.query.to)]
      if (!from || from === 'invalid') return refuse(reply, 'input.invalid', { field: 'from' })
      if (!to || to === 'invalid') return refuse(reply, 'input.invalid', { field: 'to' })
      const hours = to.since(from).total('hours')
      if (hours <= 0 || hours > longestDays[by] * 24) {
        const message = `The time must end after it begins, and be ${longestDays[by]} days at most by the ${by}.`
        return refuse(reply, 'input.invalid', { field: 'to', message })
      }
      const found = await readReception(desk.db, session, { from, to, by })
      return 'refused' in found ? refuse(reply, found.refused) : reply.send({ items: found.map(viewPeriod) })
    },
  })

  app.route({
    ...operations.listClients,
    handler: async (request, reply) => {
      const { session } = request
      const found = await listClients(desk.db, session)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send({ items: found.map(viewClient) })
    },
  })

  app.route({
    ...operations.readClient,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readClient(desk.db, session, request.params.id)
      if ('refused' in found) return refuse(reply, found.refused)
      const sends = found.sends.map(({ kind, name, times, last_at }) => ({
        kind: kind as ClientSends['kind'],
        ...{ name, times: Number(times), lastAt: last_at.toString() },
      }))
      return reply.send({ client: viewClient(found.client), sends })
    },
  })

  app.route({
    ...operations.listCaptureNodes,
    handler: async (request, reply) => {
      const { session } = request
      const found = await listNodes(desk.db, session)
      if ('refused' in found) return refuse(reply, found.refused)
      const items = found.map(({ blockers: _, ...node }) => ({
        ...node,
        ...{ startedAt: node.startedAt.toString(), aliveAt: node.aliveAt.toString() },
      }))
      return reply.send({ items })
    },
  })

  app.route({
    ...operations.listBlockers,
    handler: async (request, reply) => {
      const { session } = request
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return refuse(reply, may.refused)
      const health = await desk.health()
      return reply.send({ missing: toldMissing(health), items: health.blockers })
    },
  })

  app.route({
    ...operations.listCallFlows,
    handler: async (request, reply) => {
      const { session } = request
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return refuse(reply, may.refused)
      const flows = await desk.flows.list()
      if (flows === 'no-answer') return refuse(reply, 'unavailable')
      const { segment } = request.query
      const wanted = flows.flows.filter(
        ({ segments }) => !segment || segments.some(({ segmentId }) => segmentId === segment),
      )
      return reply.send({ items: wanted.map(viewHead), unanswered: flows.unanswered })
    },
  })

  app.route({
    ...operations.readCallFlow,
    handler: async (request, reply) => {
      const { session } = request
      const may = await maySeeCapture(desk.db, session)
      if (may !== true) return refuse(reply, may.refused)
      const flow = await desk.flows.read(request.params.id)
      if (flow === 'no-answer') return refuse(reply, 'unavailable')
      if (!flow) return refuse(reply, 'not-found')
      const noted = await noteFlowRead(
        desk.db,
        session,
        flow.segments.map(({ segmentId }) => segmentId),
      )
      if (noted !== true) return refuse(reply, noted.refused)
      const steps = flow.steps.map(({ atMs, by, what, with: carries }) => ({
        ...{ at: iso(atMs), by, what, with: [...carries] },
      }))
      return reply.send({ ...viewHead(flow), steps, leftOut: flow.leftOut })
    },
  })
}

function viewPeriod({ at, ...counts }: ReceptionPeriod) {
  return { ...counts, at: at.toString() }
}

function viewClient({ id, trunk, client, first_at, last_at, sessions, refused, problems }: ClientRow): SeenClient {
  return {
    ...{ id: Number(id), trunk, client, firstAt: first_at.toString(), lastAt: last_at.toString() },
    ...{ sessions: Number(sessions), refused: Number(refused), problems },
  }
}

function viewHead(flow: ToldHead): ShownHead {
  const { id, segments, node, client, startedAtMs, endedAtMs, problems } = flow
  const transport = flow.transport as ShownHead['transport']
  return {
    ...{ id, segments, node, client, transport, startedAt: iso(startedAtMs), problems },
    ...(endedAtMs !== undefined && { endedAt: iso(endedAtMs) }),
  }
}

function iso(epochMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(epochMs)).toString()
}
