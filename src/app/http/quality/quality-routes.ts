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
import { registerOperations, items } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Routes for evaluations, the official's view of them, calibration, and results of groups. */
export function qualityRoutes(app: Routes, { db }: Desk): void {
  registerOperations(app, {
    listEvaluations: ({ session }) => items(listEvaluations(db, session)),
    readEvaluation: ({ session, params }) => readEvaluation(db, session, params.id),
    beginEvaluation: ({ session, params }) => beginEvaluation(db, session, params.id),
    saveEvaluation: ({ session, params, body }) => saveEvaluation(db, session, params.id, body),
    releaseEvaluation: ({ session, params, body }) => releaseEvaluation(db, session, params.id, body.revision),
    setEvaluationAside: ({ session, params, body }) => setAside(db, session, params.id, body.why),
    answerDisagreement: ({ session, params, body }) => answerDisagreement(db, session, params.id, body),

    listOwnEvaluations: ({ session }) => items(listOwnEvaluations(db, session)),
    acknowledgeEvaluation: ({ session, params }) => acknowledgeEvaluation(db, session, params.id),
    disagreeWithEvaluation: ({ session, params, body }) => disagreeWithEvaluation(db, session, params.id, body.reasons),

    listCalibrations: ({ session }) => listCalibrations(db, session),
    beginCalibration: ({ session, body }) => beginCalibration(db, session, body),
    joinCalibration: ({ session, params }) => joinCalibration(db, session, params.id),
    closeCalibration: ({ session, params }) => closeCalibration(db, session, params.id),

    readQualityResults: ({ session, params }) => {
      const [year, quarter] = params.quarter.split('-Q').map(Number) as [number, number]
      return items(readResults(db, session, Temporal.PlainDate.from({ year, month: quarter * 3 - 2, day: 1 })))
    },
  })
}
