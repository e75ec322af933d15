import { currentNames } from '#safeguards/people/current-names.ts'
import { listPackages } from '#use/disclosure/packages/list-packages.ts'
import { askExtension, decideExtension, decideResearch } from '#use/disclosure/research/decide-research.ts'
import { addInstitute, changeInstitute, listInstitutes } from '#use/disclosure/research/institutes.ts'
import {
  beginResearch,
  changeResearch,
  dropItem,
  fileUndertaking,
  pickItem,
  withdrawResearch,
} from '#use/disclosure/research/prepare-research.ts'
import { listResearch, readResearch } from '#use/disclosure/research/read-research.ts'
import { closeResearch, confirmItem, endStudy } from '#use/disclosure/research/return-research.ts'
import { answerAct, refuseAct } from '../answer-act.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { viewPackage } from './package-view.ts'
import { refuse } from '../refuse.ts'
import { peopleOfResearch, viewInstitute, viewResearch, viewResearchSummary } from './research-view.ts'
import type { Routes } from '../routes.ts'

/** Disclosures to research institutes, from the first item to the last confirmation (R28-R32, R35). */
export function researchRoutes(app: Routes, desk: Desk): void {
  instituteRoutes(app, desk)
  preparingRoutes(app, desk)

  app.route({
    ...operations.listResearch,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listResearch(desk.db, session, request.query.state ?? 'open')
      if ('refused' in listed) return refuse(reply, listed.refused)
      const names = await currentNames(desk.db, listed.flatMap(peopleOfResearch))
      return reply.send({ items: listed.map((one) => viewResearchSummary(one, names)) })
    },
  })

  app.route({
    ...operations.readResearch,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readResearch(desk.db, session, request.params.id)
      if ('refused' in found) return refuse(reply, found.refused)
      const packages = await listPackages(desk.db, session, [request.params.id])
      const names = await currentNames(desk.db, [...peopleOfResearch(found), ...packages.map(({ made_by }) => made_by)])
      return reply.send({ ...viewResearch(found, names), packages: packages.map((one) => viewPackage(one, names)) })
    },
  })

  app.route({
    ...operations.decideResearch,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await decideResearch(desk.db, session, request.params.id, request.body))
    },
  })

  app.route({
    ...operations.endStudy,
    handler: async (request, reply) => {
      const { session } = request
      const endedOn = dayOf(request.body.endedOn)
      if (!endedOn) return refuse(reply, 'input.invalid', { field: 'endedOn' })
      return answerAct(reply, await endStudy(desk.db, session, request.params.id, endedOn))
    },
  })

  app.route({
    ...operations.confirmItem,
    handler: async (request, reply) => {
      const { session } = request
      const { id, item } = request.params
      return answerAct(reply, await confirmItem(desk.db, session, id, item, request.body))
    },
  })

  app.route({
    ...operations.closeResearch,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await closeResearch(desk.db, session, request.params.id))
    },
  })

  app.route({
    ...operations.askExtension,
    handler: async (request, reply) => {
      const { session } = request
      const dueOn = dayOf(request.body.dueOn)
      if (!dueOn) return refuse(reply, 'input.invalid', { field: 'dueOn' })
      const asked = await askExtension(desk.db, session, request.params.id, { ...request.body, dueOn })
      return 'refused' in asked ? refuseAct(reply, asked) : reply.code(201).send(asked)
    },
  })

  app.route({
    ...operations.decideExtension,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await decideExtension(desk.db, session, request.params.id, request.body.outcome))
    },
  })
}

function instituteRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listInstitutes,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listInstitutes(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed.map(viewInstitute) })
    },
  })

  app.route({
    ...operations.addInstitute,
    handler: async (request, reply) => {
      const { session } = request
      const added = await addInstitute(desk.db, session, request.body)
      return 'refused' in added ? refuseAct(reply, added) : reply.code(201).send(added)
    },
  })

  app.route({
    ...operations.changeInstitute,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await changeInstitute(desk.db, session, request.params.id, request.body))
    },
  })
}

function preparingRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.beginResearch,
    handler: async (request, reply) => {
      const { session } = request
      const dueOn = dayOf(request.body.dueOn)
      if (!dueOn) return refuse(reply, 'input.invalid', { field: 'dueOn' })
      const begun = await beginResearch(desk.db, session, { ...request.body, dueOn })
      return 'refused' in begun ? refuseAct(reply, begun) : reply.code(201).send(begun)
    },
  })

  app.route({
    ...operations.changeResearch,
    handler: async (request, reply) => {
      const { session } = request
      const dueOn = dayOf(request.body.dueOn)
      if (!dueOn) return refuse(reply, 'input.invalid', { field: 'dueOn' })
      return answerAct(reply, await changeResearch(desk.db, session, request.params.id, { ...request.body, dueOn }))
    },
  })

  app.route({
    ...operations.withdrawResearch,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await withdrawResearch(desk.db, session, request.params.id))
    },
  })

  app.route({
    ...operations.pickItem,
    handler: async (request, reply) => {
      const { session } = request
      const picked = await pickItem(desk.db, session, request.params.id, request.body.recordingId)
      return 'refused' in picked ? refuseAct(reply, picked) : reply.code(201).send(picked)
    },
  })

  app.route({
    ...operations.dropItem,
    handler: async (request, reply) => {
      const { session } = request
      const { id, item } = request.params
      return answerAct(reply, await dropItem(desk.db, session, id, item))
    },
  })

  app.route({
    ...operations.fileUndertaking,
    handler: async (request, reply) => {
      const { session } = request
      const signedOn = dayOf(request.body.signedOn)
      if (!signedOn) return refuse(reply, 'input.invalid', { field: 'signedOn' })
      return answerAct(reply, await fileUndertaking(desk.db, session, request.params.id, { ...request.body, signedOn }))
    },
  })
}

/** A day of this calendar's; none of the first centuries. */
function dayOf(written: string): Temporal.PlainDate | undefined {
  const day = Temporal.PlainDate.from(written)
  return day.year >= 2000 ? day : undefined
}
