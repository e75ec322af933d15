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
import { answerAct, refuseAct } from '../answer-act.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Training: collections of moments, and the sessions in which they are played. */
export function trainingRoutes(app: Routes, desk: Desk): void {
  collectionRoutes(app, desk)
  momentRoutes(app, desk)
  sessionRoutes(app, desk)
  listRoutes(app, desk)
}

function collectionRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listCollections,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listCollections(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed })
    },
  })

  app.route({
    ...operations.beginCollection,
    handler: async (request, reply) => {
      const { session } = request
      const begun = await beginCollection(desk.db, session, request.body)
      return 'refused' in begun ? refuseAct(reply, begun) : reply.code(201).send(begun)
    },
  })

  app.route({
    ...operations.readCollection,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readCollection(desk.db, session, request.params.id)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send(found)
    },
  })

  app.route({
    ...operations.saveCollection,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await saveCollection(desk.db, session, request.params.id, request.body))
    },
  })

  app.route({
    ...operations.endCollection,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await endCollection(desk.db, session, request.params.id))
    },
  })
}

function momentRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.addMoment,
    handler: async (request, reply) => {
      const { session } = request
      const added = await addMoment(desk.db, session, request.params.id, request.body)
      return 'refused' in added ? refuseAct(reply, added) : reply.code(201).send(added)
    },
  })

  app.route({
    ...operations.orderMoments,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await orderMoments(desk.db, session, request.params.id, request.body.moments))
    },
  })

  app.route({
    ...operations.saveMoment,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await saveMoment(desk.db, session, request.params.id, request.body))
    },
  })

  app.route({
    ...operations.removeMoment,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await removeMoment(desk.db, session, request.params.id))
    },
  })
}

function sessionRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listTrainings,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listTrainings(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed })
    },
  })

  app.route({
    ...operations.beginTraining,
    handler: async (request, reply) => {
      const { session } = request
      const begun = await beginTraining(desk.db, session, request.body)
      return 'refused' in begun ? refuseAct(reply, begun) : reply.code(201).send(begun)
    },
  })

  app.route({
    ...operations.readTraining,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readTraining(desk.db, session, request.params.id)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send(found)
    },
  })

  app.route({
    ...operations.endTraining,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await endTraining(desk.db, session, request.params.id))
    },
  })
}

function listRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listOwnTrainings,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listOwnTrainings(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed })
    },
  })

  app.route({
    ...operations.findTrainees,
    handler: async (request, reply) => {
      const { session } = request
      const found = await findTrainees(desk.db, session, request.query.name)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send({ items: found })
    },
  })

  app.route({
    ...operations.enterTrainee,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await enterTrainee(desk.db, session, request.params.id, request.params.person))
    },
  })

  app.route({
    ...operations.removeTrainee,
    handler: async (request, reply) => {
      const { session } = request
      return answerAct(reply, await removeTrainee(desk.db, session, request.params.id, request.params.person))
    },
  })
}
