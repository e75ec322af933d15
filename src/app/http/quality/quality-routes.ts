import { beginCalibration, closeCalibration, joinCalibration, listCalibrations } from '#use/quality/calibrations.ts'
import {
  answerDisagreement,
  beginEvaluation,
  listEvaluations,
  readEvaluation,
  releaseEvaluation,
  saveEvaluation,
  setAside,
} from '#use/quality/evaluate.ts'
import { acknowledgeEvaluation, disagreeWithEvaluation, listOwnEvaluations } from '#use/quality/own-evaluations.ts'
import { readResults } from '#use/quality/results.ts'
import { answerAct, refuseAct } from '../answer-act.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Evaluating, what the official reads of it, calibration, results of groups. */
export function qualityRoutes(app: Routes, desk: Desk): void {
  evaluatingRoutes(app, desk)
  ownRoutes(app, desk)
  calibrationRoutes(app, desk)

  app.route({
    ...operations.readQualityResults,
    handler: async (request, reply) => {
      const { session } = request
      const [year, quarter] = request.params.quarter.split('-Q').map(Number) as [number, number]
      const first = Temporal.PlainDate.from({ year, month: quarter * 3 - 2, day: 1 })
      const results = await readResults(desk.db, session, first)
      return 'refused' in results ? refuse(reply, results.refused) : reply.send({ items: results })
    },
  })
}

function evaluatingRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listEvaluations,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listEvaluations(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed })
    },
  })

  app.route({
    ...operations.readEvaluation,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readEvaluation(desk.db, session, request.params.id)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send(found)
    },
  })

  app.route({
    ...operations.beginEvaluation,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await beginEvaluation(desk.db, session, request.params.id))
    },
  })

  app.route({
    ...operations.saveEvaluation,
    handler: async (request, reply) => {
      const { session } = request
      const saved = await saveEvaluation(desk.db, session, request.params.id, request.body)
      return 'refused' in saved ? refuseAct(reply, saved) : reply.send(saved)
    },
  })

  app.route({
    ...operations.releaseEvaluation,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await releaseEvaluation(desk.db, session, request.params.id, request.body.revision))
    },
  })

  app.route({
    ...operations.setEvaluationAside,
    handler: async (request, reply) => {
      const { session } = request
      const aside = await setAside(desk.db, session, request.params.id, request.body.why)
      return 'refused' in aside ? refuseAct(reply, aside) : reply.send(aside)
    },
  })

  app.route({
    ...operations.answerDisagreement,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await answerDisagreement(desk.db, session, request.params.id, request.body))
    },
  })
}

function ownRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listOwnEvaluations,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listOwnEvaluations(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed })
    },
  })

  app.route({
    ...operations.acknowledgeEvaluation,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await acknowledgeEvaluation(desk.db, session, request.params.id))
    },
  })

  app.route({
    ...operations.disagreeWithEvaluation,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await disagreeWithEvaluation(desk.db, session, request.params.id, request.body.reasons))
    },
  })
}

function calibrationRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listCalibrations,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listCalibrations(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send(listed)
    },
  })

  app.route({
    ...operations.beginCalibration,
    handler: async (request, reply) => {
      const { session } = request
      const begun = await beginCalibration(desk.db, session, request.body)
      return 'refused' in begun ? refuseAct(reply, begun) : reply.code(201).send(begun)
    },
  })

  app.route({
    ...operations.joinCalibration,
    handler: async (request, reply) => {
      const { session } = request
      const joined = await joinCalibration(desk.db, session, request.params.id)
      return 'refused' in joined ? refuseAct(reply, joined) : reply.code(201).send(joined)
    },
  })

  app.route({
    ...operations.closeCalibration,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await closeCalibration(desk.db, session, request.params.id))
    },
  })
}
