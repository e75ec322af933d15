import {
  addMoment,
  beginCollection,
  endCollection,
  listCollections,
  orderMoments,
  readCollection,
  removeMoment,
  saveCollection,
  saveMoment,
} from '#use/training/collections.ts'
import {
  beginTraining,
  endTraining,
  enterTrainee,
  findTrainees,
  listOwnTrainings,
  listTrainings,
  readTraining,
  removeTrainee,
} from '#use/training/sessions.ts'
import { registerOperations, items } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Routes for training: collections of moments, and sessions. */
export function trainingRoutes(app: Routes, { db }: Desk): void {
  registerOperations(app, {
    listCollections: ({ session }) => items(listCollections(db, session)),
    beginCollection: ({ session, body }) => beginCollection(db, session, body),
    readCollection: ({ session, params }) => readCollection(db, session, params.id),
    saveCollection: ({ session, params, body }) => saveCollection(db, session, params.id, body),
    endCollection: ({ session, params }) => endCollection(db, session, params.id),

    addMoment: ({ session, params, body }) => addMoment(db, session, params.id, body),
    orderMoments: ({ session, params, body }) => orderMoments(db, session, params.id, body.moments),
    saveMoment: ({ session, params, body }) => saveMoment(db, session, params.id, body),
    removeMoment: ({ session, params }) => removeMoment(db, session, params.id),

    listTrainings: ({ session }) => items(listTrainings(db, session)),
    beginTraining: ({ session, body }) => beginTraining(db, session, body),
    readTraining: ({ session, params }) => readTraining(db, session, params.id),
    endTraining: ({ session, params }) => endTraining(db, session, params.id),

    listOwnTrainings: ({ session }) => items(listOwnTrainings(db, session)),
    findTrainees: ({ session, query }) => items(findTrainees(db, session, query.name)),
    enterTrainee: ({ session, params }) => enterTrainee(db, session, params.id, params.person),
    removeTrainee: ({ session, params }) => removeTrainee(db, session, params.id, params.person),
  })
}
